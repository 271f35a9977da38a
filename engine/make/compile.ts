import {
  ComputedReference,
  Concatenation,
  DefinedNames,
  EagerCall,
  LazyCall,
  Literal,
  Malformed,
  Reference,
  SubstitutionReference,
  type Expression,
} from './expression.ts';
import type { MakeFunction } from './functions/function.ts';
import type { VariableSymbol } from './variables.ts';
import { isSpace, skipSpaces, trim } from './words.ts';

/** What the compiler needs to know of the run it compiles for. */
export interface CompilerScope {
  readonly functions: ReadonlyMap<string, MakeFunction>;
  symbol(name: string): VariableSymbol;
}

/** Parses a text into its expression; never fails (see Malformed). */
export function compile(text: string, scope: CompilerScope): Expression {
  let dollar = text.indexOf('$');
  if (dollar < 0) return new Literal(text);
  const parts: Expression[] = [];
  let literal = '';
  let at = 0;
  const flush = (): void => {
    if (literal !== '') parts.push(new Literal(literal));
    literal = '';
  };
  while (dollar >= 0) {
    literal += text.slice(at, dollar);
    const next = text.charAt(dollar + 1);
    if (next === '$' || next === '') {
      literal += '$';
      at = dollar + 2;
    } else {
      flush();
      const reference = compileReference(text, dollar, scope);
      parts.push(reference.expression);
      at = reference.end;
    }
    dollar = at >= text.length ? -1 : text.indexOf('$', at);
  }
  literal += text.slice(at);
  flush();
  return parts.length === 1 ? parts[0]! : parts.length === 0 ? new Literal('') : new Concatenation(parts);
}

export interface Compiled {
  readonly expression: Expression;
  /** Index after the closing parenthesis. */
  readonly end: number;
}

/** What stands at a `$`: `$$`, `$x`, `$(…)`. */
export function compileReference(text: string, dollar: number, scope: CompilerScope): Compiled {
  const next = text.charAt(dollar + 1);
  if (next === '(' || next === '{') return compileParenthesized(text, dollar + 1, scope);
  const expression = next === '$' || next === '' ? new Literal('$') : new Reference(scope.symbol(next));
  return { expression, end: dollar + 2 };
}

/** Index after a `$(…)` that has no parenthesis of its kind inside; -1 for anything else. */
export function endOfPlainReference(text: string, dollar: number): number {
  const next = text.charAt(dollar + 1);
  if (next !== '(' && next !== '{') return -1;
  const end = text.indexOf(next === '(' ? ')' : '}', dollar + 2);
  if (end < 0) return -1;
  const nested = text.indexOf(next, dollar + 2);
  return nested >= 0 && nested < end ? -1 : end + 1;
}

/** @param open index of the parenthesis or brace */
function compileParenthesized(text: string, open: number, scope: CompilerScope): Compiled {
  const opening = text.charAt(open);
  const closing = opening === '(' ? ')' : '}';
  const begin = open + 1;

  const definition = functionAt(text, begin, scope);
  if (definition !== undefined) return compileCall(text, begin, definition, opening, closing, scope);

  const end = text.indexOf(closing, begin);
  if (end < 0) return { expression: new Malformed('unterminated variable reference'), end: text.length };
  const dollar = text.indexOf('$', begin);
  if (dollar < 0 || dollar > end) {
    return { expression: referenceExpression(text.slice(begin, end), scope), end: end + 1 };
  }
  const match = matchingEnd(text, begin, opening, closing);
  // `$($(a)`: not closed. GNU Make takes `$(a` for a name then, and nothing of the text that follows.
  if (match < 0) return { expression: referenceExpression(text.slice(begin, end), scope), end: text.length };
  return { expression: new ComputedReference(compile(text.slice(begin, match), scope)), end: match + 1 };
}

/** `name` or `name:pattern=replacement`, without references in it. */
export function referenceExpression(text: string, scope: CompilerScope): Expression {
  const colon = text.indexOf(':');
  if (colon >= 0) {
    const equals = text.indexOf('=', colon + 1);
    if (equals >= 0) {
      return new SubstitutionReference(
        scope.symbol(text.slice(0, colon)),
        text.slice(colon + 1, equals),
        text.slice(equals + 1),
      );
    }
  }
  return new Reference(scope.symbol(text));
}

/** The function whose name, and whitespace behind it, stand at `begin`. */
function functionAt(text: string, begin: number, scope: CompilerScope): MakeFunction | undefined {
  let end = begin;
  while (end < text.length && isFunctionCharacter(text.charCodeAt(end))) end++;
  if (end === begin || (end < text.length && !isSpace(text.charCodeAt(end)))) return undefined;
  return scope.functions.get(text.slice(begin, end));
}

function isFunctionCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 45 ||
    code === 46 ||
    code === 95
  );
}

/** Index of the parenthesis that closes what begins at `from`; -1 if there is none. */
function matchingEnd(text: string, from: number, opening: string, closing: string): number {
  const first = text.indexOf(closing, from);
  if (first < 0) return -1;
  const nested = text.indexOf(opening, from);
  if (nested < 0 || nested > first) return first;
  let depth = 0;
  for (let index = nested; index < text.length; index++) {
    const char = text[index];
    if (char === opening) depth++;
    else if (char === closing && --depth < 0) return index;
  }
  return -1;
}

function compileCall(
  text: string,
  begin: number,
  definition: MakeFunction,
  opening: string,
  closing: string,
  scope: CompilerScope,
): Compiled {
  const start = skipSpaces(text, begin + definition.name.length);
  const end = matchingEnd(text, start, opening, closing);
  if (end < 0) {
    const message = `unterminated call to function '${definition.name}': missing '${closing}'`;
    return { expression: new Malformed(message), end: text.length };
  }
  const args = splitArguments(text, start, end, definition.max, opening, closing);
  if (definition.lazy) {
    const expressions = args.map((argument, index) =>
      compile(definition.trims(index) ? trim(argument) : argument, scope),
    );
    return { expression: new LazyCall(definition, expressions), end: end + 1 };
  }
  const call = new EagerCall(
    definition,
    args.map((argument) => compile(argument, scope)),
  );
  const isDefined = definition.name === 'filter' && args[1] === '$(.VARIABLES)';
  return { expression: isDefined ? new DefinedNames(call) : call, end: end + 1 };
}

/** Splits at commas outside of parentheses of the call's own kind; the argument number `max` takes the rest. */
function splitArguments(
  text: string,
  start: number,
  end: number,
  max: number,
  opening: string,
  closing: string,
): string[] {
  const whole = text.slice(start, end);
  if (max === 1 || !whole.includes(',')) return [whole];
  const args: string[] = [];
  let depth = 0;
  let from = start;
  for (let index = start; index < end; index++) {
    if (args.length + 1 === max) break;
    const char = text[index];
    if (char === ',') {
      if (depth !== 0) continue;
      args.push(text.slice(from, index));
      from = index + 1;
    } else if (char === opening) depth++;
    else if (char === closing) depth--;
  }
  args.push(text.slice(from, end));
  return args;
}

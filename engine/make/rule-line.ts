import { parseModifiedAssignment, type Modifiers } from './assignment.ts';
import { collapseContinuations, findUnquoted, findUnquotedOf, skipReference } from './quoting.ts';
import { parsePattern, type Pattern } from './pattern.ts';
import type { Run } from './run.ts';
import type { Place } from './variables.ts';
import { isBlank, skipSpaces, trim } from './words.ts';

/** What a line with a colon turned out to be. */
export type RuleLine =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'no targets' }
  | {
      readonly kind: 'variable';
      readonly targets: readonly string[];
      readonly definition: string;
      readonly modifiers: Modifiers;
    }
  | {
      readonly kind: 'rule';
      readonly targets: readonly string[];
      /** `&:` */
      readonly grouped: boolean;
      readonly doubleColon: boolean;
      readonly pattern: Pattern | undefined;
      /** Expanded once, without blanks at the ends; undefined if empty. */
      readonly prerequisites: string | undefined;
      /** What stands behind `;`. */
      readonly recipe: string | undefined;
    };

type WordKind = 'end' | 'word' | 'colon' | 'semicolon' | 'assignment';

interface MakeWord {
  readonly kind: WordKind;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads `targets : prerequisites ; recipe` or `targets : variable = value`. Which of them it is shows only behind the
 * colon, and a target's variable must not be expanded; so the line is expanded word by word up to the colon.
 */
export function readRuleLine(run: Run, text: string, place: Place): RuleLine {
  const { expander } = run;
  // A `;` or a comment outside of variable references ends what is read as a rule.
  let recipe: string | undefined;
  let semicolon: string | undefined;
  const cut = findUnquotedOf(text, ';#', true);
  let line = cut.text;
  if (cut.index >= 0) {
    line = cut.text.slice(0, cut.index);
    if (cut.text[cut.index] === ';') {
      recipe = cut.text.slice(cut.index + 1);
      semicolon = recipe;
    }
  }
  line = collapseContinuations(line, run.posix);

  let word = nextWord(line, 0);
  if (word.kind === 'end') {
    if (recipe !== undefined) expander.stop('missing rule before recipe', place);
    return { kind: 'nothing' };
  }
  if (word.kind === 'colon') return { kind: 'no targets' };

  let before = '';
  let current = expander.expand(line.slice(word.start, word.end));
  let colon = -1;
  let at: number;
  for (;;) {
    at = word.end;
    if (recipe === undefined) {
      const found = findUnquoted(current, ';');
      current = found.text;
      if (found.index >= 0) {
        // A `;` that came out of a variable: the rest of the line is expanded too, and belongs to the recipe.
        recipe = current.slice(found.index + 1) + expander.expand(line.slice(at));
        at = line.length;
        current = current.slice(0, found.index);
      }
    }
    const found = findUnquoted(current, ':');
    current = found.text;
    if (found.index >= 0) {
      colon = found.index;
      if (colon > 0 && current[colon - 1] === '&') colon--;
      break;
    }
    word = nextWord(line, at);
    if (word.kind === 'end') break;
    before += `${current} `;
    current = expander.expand(line.slice(word.start, word.end));
  }
  if (colon < 0) {
    if (trim(before + current) === '') return { kind: 'nothing' };
    if (run.recipePrefix === '\t' && text.startsWith('        ')) {
      expander.stop('missing separator (did you mean TAB instead of 8 spaces?)', place);
    }
    expander.stop('missing separator', place);
  }

  const grouped = current[colon] === '&';
  const targets = run.names.parse(before + current.slice(0, colon)).names;
  if (targets.length === 0) return { kind: 'no targets' };
  let after = current.slice(colon + (grouped ? 2 : 1));
  const doubleColon = after.startsWith(':');
  if (doubleColon) after = after.slice(1);

  const rest = line.slice(at);
  const unexpanded = after + rest;
  const modifiers = parseModifiedAssignment(unexpanded, 0);
  if (modifiers !== undefined) {
    let definition = unexpanded.slice(modifiers.start);
    if (semicolon !== undefined) definition += `;${collapseContinuations(semicolon, run.posix)}`;
    return { kind: 'variable', targets, definition, modifiers };
  }

  let prerequisites = after + expander.expand(findUnquoted(rest, '=').text);
  if (recipe === undefined && rest !== '') {
    const found = findUnquoted(prerequisites, ';');
    prerequisites = found.text;
    if (found.index >= 0) {
      recipe = prerequisites.slice(found.index + 1);
      prerequisites = prerequisites.slice(0, found.index);
    }
  }

  let pattern: Pattern | undefined;
  const second = patternColon(prerequisites);
  if (second >= 0) {
    pattern = readTargetPattern(run, prerequisites, place);
    prerequisites = run.names.parse(prerequisites, { stops: ':', noGlob: true }).rest.slice(1);
  }
  const trimmed = trim(prerequisites);
  return {
    kind: 'rule',
    targets,
    grouped,
    doubleColon,
    pattern,
    prerequisites: trimmed === '' ? undefined : trimmed,
    recipe,
  };
}

/** The colon of a static pattern rule: the first that no backslash quotes. */
function patternColon(text: string): number {
  let index = text.indexOf(':');
  while (index > 0 && text[index - 1] === '\\') {
    let count = 0;
    while (index - count > 0 && text[index - count - 1] === '\\') count++;
    if (count % 2 === 0) break;
    index = text.indexOf(':', index + 1);
  }
  return index;
}

function readTargetPattern(run: Run, text: string, place: Place): Pattern {
  const { names } = run.names.parse(text, { stops: ':', noGlob: true });
  if (names.length === 0) run.expander.stop('missing target pattern', place);
  if (names.length > 1) run.expander.stop('multiple target patterns', place);
  const pattern = parsePattern(names[0]!);
  if (pattern.percent < 0) run.expander.stop("target pattern contains no '%'", place);
  return pattern;
}

/** The next word of a rule line: one that may be expanded, or an operator. */
function nextWord(line: string, from: number): MakeWord {
  let start = from;
  while (start < line.length && isBlank(line.charCodeAt(start))) start++;
  const operator = operatorAt(line, start);
  if (operator !== undefined) return operator;
  let index = start;
  for (; index < line.length; index++) {
    const char = line[index]!;
    if (char === ' ' || char === '\t' || char === '=' || char === ':') break;
    const next = line[index + 1];
    if (char === '$') {
      if (next === undefined) {
        index++;
        break;
      }
      index = next === '$' ? index + 1 : skipReference(line, index) - 1;
    } else if ((char === '?' || char === '+') && next === '=') break;
    else if (char === '&' && next === ':') break;
    else if (char === '\\' && next !== undefined && ':;=\\'.includes(next)) index++;
  }
  return { kind: 'word', start, end: Math.min(index, line.length) };
}

function operatorAt(line: string, start: number): MakeWord | undefined {
  const operator = (kind: WordKind, length: number): MakeWord => ({ kind, start, end: start + length });
  const next = line[start + 1];
  switch (line[start]) {
    case undefined:
      return operator('end', 0);
    case ';':
      return operator('semicolon', 1);
    case '=':
      return operator('assignment', 1);
    case ':':
      if (next === '=') return operator('assignment', 2);
      if (next !== ':') return operator('colon', 1);
      return line[start + 3] === '=' ? operator('assignment', 3) : operator('colon', 2);
    case '&':
      if (next !== ':') return undefined;
      return operator('colon', line[start + 2] === ':' ? 3 : 2);
    case '+':
    case '?':
    case '!':
      return next === '=' ? operator('assignment', 2) : undefined;
    default:
      return undefined;
  }
}

/** True if nothing but whitespace is left from an index on. */
export function isAtEnd(text: string, from: number): boolean {
  return skipSpaces(text, from) >= text.length;
}

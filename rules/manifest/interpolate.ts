import { fail, ok, type Result } from '../../engine/result.ts';

/** What can be wrong with a `$` in a text. `offset` counts from the text's start. */
export interface InterpolationProblem {
  readonly message: string;
  readonly offset: number;
  readonly hint: string;
}

const dollarHint = "Write '$$' for a dollar sign, '${NAME}' or '${NAME:-default}' for a variable.";
const depthLimit = 8;
const lengthLimit = 64 * 1024;

/**
 * Replaces `$NAME`, `${NAME}` and, in braces, `:-` `-` (default), `:?` `?` (required, with a message), `:+` `+`
 * (replacement); `$$` is a dollar sign. With a colon, an empty variable counts as unset. A default may hold variables.
 * The forms are those of Docker Compose, which kraft's two generations took over.
 * @param unset gets the name of each variable that is not set and has no default; it becomes an empty text
 */
export function interpolate(
  text: string,
  lookUp: (name: string) => string | undefined,
  unset: (name: string) => void = () => undefined,
): Result<string, InterpolationProblem> {
  return expand(text, 0, lookUp, unset, 0);
}

function expand(
  text: string,
  base: number,
  lookUp: (name: string) => string | undefined,
  unset: (name: string) => void,
  depth: number,
): Result<string, InterpolationProblem> {
  if (!text.includes('$')) return ok(text);
  let result = '';
  let at = 0;
  const problem = (message: string, offset: number, hint = dollarHint) =>
    fail({ message, offset: base + offset, hint });
  if (depth > depthLimit) return problem('defaults of variables are nested too deeply', 0);
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0) {
      result += text.slice(at);
      break;
    }
    result += text.slice(at, dollar);
    if (text[dollar + 1] === '$') {
      result += '$';
      at = dollar + 2;
      continue;
    }
    if (text[dollar + 1] !== '{') {
      const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(dollar + 1))?.[0];
      if (name === undefined) return problem("a '$' that begins no variable", dollar);
      const value = lookUp(name);
      if (value === undefined) unset(name);
      result += value ?? '';
      at = dollar + 1 + name.length;
      continue;
    }
    const end = closingBrace(text, dollar + 2);
    if (end === undefined) return problem("a '${' without its '}'", dollar);
    const inner = text.slice(dollar + 2, end);
    const parts = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])(.*))?$/s.exec(inner);
    if (parts === null) return problem(`'\${${inner}}' is no form of a variable`, dollar);
    const [, name, operator, word = ''] = parts as unknown as [string, string, string?, string?];
    const value = lookUp(name);
    const present = value !== undefined && !(operator?.startsWith(':') && value === '');
    const wordAt = base + dollar + 2 + inner.length - word.length;
    const expandWord = () => expand(word, wordAt, lookUp, unset, depth + 1);
    if (operator === undefined) {
      if (value === undefined) unset(name);
      result += value ?? '';
    } else if (operator.endsWith('+')) {
      const replaced = present ? expandWord() : ok('');
      if (!replaced.ok) return replaced;
      result += replaced.value;
    } else if (present) {
      result += value;
    } else if (operator.endsWith('?')) {
      const said = word === '' ? 'it has no default' : word;
      return problem(
        `the variable ${name} must be set: ${said}`,
        dollar,
        `Set ${name} in the environment or in .env.`,
      );
    } else {
      const replaced = expandWord();
      if (!replaced.ok) return replaced;
      result += replaced.value;
    }
    if (result.length > lengthLimit) return problem('the text with its variables is too long', dollar);
    at = end + 1;
  }
  return ok(result);
}

function closingBrace(text: string, from: number): number | undefined {
  let open = 1;
  for (let index = from; index < text.length; index++) {
    if (text[index] === '{' && text[index - 1] === '$') open++;
    else if (text[index] === '}' && --open === 0) return index;
  }
  return undefined;
}

import { isBlank } from './words.ts';

/**
 * Backslashes in makefiles. A backslash quotes one of the characters that are being looked for, and another
 * backslash in front of such a character; anywhere else it stands for itself (manual, "Rule Syntax", "Wildcards").
 */

const BACKSLASH = 92;
const DOLLAR = 36;

/** Where an unquoted character was found, in a text whose quoting backslashes up to there are gone. */
export interface Unquoted {
  readonly text: string;
  /** -1 if there is none. */
  readonly index: number;
}

/**
 * Finds the first unquoted `wanted`. Of n backslashes in front of one, n/2 stay; with n odd it was quoted and the
 * search goes on.
 */
export function findUnquoted(text: string, wanted: string, from = 0): Unquoted {
  let current = text;
  let index = current.indexOf(wanted, from);
  while (index >= 0) {
    if (index === from || current.charCodeAt(index - 1) !== BACKSLASH) return { text: current, index };
    let first = index - 1;
    while (first > from && current.charCodeAt(first - 1) === BACKSLASH) first--;
    const count = index - first;
    const kept = count >> 1;
    current = current.slice(0, first + kept) + current.slice(index);
    index = first + kept;
    if (count % 2 === 0) return { text: current, index };
    index = current.indexOf(wanted, index + 1);
  }
  return { text: current, index: -1 };
}

/**
 * Finds the first unquoted character among `stops`, skipping whole variable references if `skipReferences`.
 * @param from where to begin; backslashes before it are not looked at
 */
export function findUnquotedOf(text: string, stops: string, skipReferences: boolean, from = 0): Unquoted {
  let current = text;
  let index = from;
  while (index < current.length) {
    const code = current.charCodeAt(index);
    if (code === DOLLAR && skipReferences) {
      if (index + 1 >= current.length) break;
      index = skipReference(current, index);
      continue;
    }
    if (!stops.includes(current.charAt(index))) {
      index++;
      continue;
    }
    if (index === from || current.charCodeAt(index - 1) !== BACKSLASH) return { text: current, index };
    let first = index - 1;
    while (first > from && current.charCodeAt(first - 1) === BACKSLASH) first--;
    const count = index - first;
    const kept = count >> 1;
    current = current.slice(0, first + kept) + current.slice(index);
    index = first + kept;
    if (count % 2 === 0) return { text: current, index };
    index++;
  }
  return { text: current, index: -1 };
}

/** Index after the variable reference whose `$` is at `dollar`; `$x` is two characters long. */
export function skipReference(text: string, dollar: number): number {
  const open = text.charAt(dollar + 1);
  let index = dollar + 2;
  if (open !== '(' && open !== '{') return index;
  const close = open === '(' ? ')' : '}';
  let depth = 1;
  for (; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === open) depth++;
    else if (char === close && --depth === 0) return index + 1;
  }
  return index;
}

/** Takes away the backslashes that quote `char`; all others stay. */
export function unescapeChar(text: string, char: string): string {
  if (!text.includes('\\')) return text;
  let result = '';
  let index = 0;
  while (index < text.length) {
    if (text.charCodeAt(index) !== BACKSLASH) {
      result += text.charAt(index++);
      continue;
    }
    let end = index;
    while (end < text.length && text.charCodeAt(end) === BACKSLASH) end++;
    const count = end - index;
    const quotes = text.charAt(end) === char && count % 2 === 1;
    result += '\\'.repeat(quotes ? count >> 1 : count);
    index = end;
    if (index < text.length) result += text.charAt(index++);
  }
  return result;
}

/**
 * Joins continued lines: backslash, newline and the blanks around them become one space (manual, "Splitting Lines").
 * Two backslashes before a newline become one, and the newline stays.
 * @param posix `.POSIX` was seen: blanks before the backslash stay
 */
export function collapseContinuations(line: string, posix: boolean): string {
  let newline = line.indexOf('\n');
  if (newline < 0) return line;
  let out = '';
  let start = 0;
  // What `out` ends with is known without looking: reading the end of a string that is being put together makes V8 copy
  // all of it, for each of the thousands of lines that a list of dependencies has.
  let endsWithBlank = false;
  while (newline >= 0) {
    let first = newline;
    while (first > start && line.charCodeAt(first - 1) === BACKSLASH) first--;
    const count = newline - first;
    let end = first + (count >> 1);
    const joins = count % 2 === 1;
    if (joins && !posix) while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
    if (end > start) {
      out += line.slice(start, end);
      endsWithBlank = false;
    }
    start = newline + 1;
    if (joins) {
      while (start < line.length && isBlank(line.charCodeAt(start))) start++;
      if (posix || !endsWithBlank) out += ' ';
      endsWithBlank = true;
    } else {
      out += '\n';
      endsWithBlank = false;
    }
    newline = line.indexOf('\n', start);
  }
  return out + line.slice(start);
}

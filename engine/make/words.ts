/** Words, blanks and whitespace as GNU Make sees them: blanks are space and tab; whitespace adds \n \v \f \r. */

const SPACE = 32;
const TAB = 9;

export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

export function isSpace(code: number): boolean {
  return code === SPACE || (code >= 9 && code <= 13);
}

/** Index of the first character at or after `from` that is not whitespace; the length if there is none. */
export function skipSpaces(text: string, from: number): number {
  let index = from;
  while (index < text.length && isSpace(text.charCodeAt(index))) index++;
  return index;
}

/** Index of the first whitespace at or after `from`; the length if there is none. */
export function endOfWord(text: string, from: number): number {
  let index = from;
  while (index < text.length && !isSpace(text.charCodeAt(index))) index++;
  return index;
}

/** The text without whitespace at either end. */
export function trim(text: string): string {
  const start = skipSpaces(text, 0);
  let end = text.length;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** The text without blanks at its end. */
export function trimEndBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
}

// Long lists (all sources of a library, all variables) are split again and again by filter and foreach.
const LONG = 256;
const KEPT = 512;
const splitBefore = new Map<string, readonly string[]>();

/** The words of a text. The answer must not be changed: long texts share it. */
export function splitWords(text: string): readonly string[] {
  if (text.length < LONG) return split(text);
  const known = splitBefore.get(text);
  if (known !== undefined) return known;
  const words = split(text);
  if (splitBefore.size >= KEPT) splitBefore.clear();
  splitBefore.set(text, words);
  return words;
}

function split(text: string): string[] {
  const words: string[] = [];
  let index = 0;
  const length = text.length;
  while (index < length) {
    while (index < length && isSpace(text.charCodeAt(index))) index++;
    if (index >= length) break;
    const start = index;
    while (index < length && !isSpace(text.charCodeAt(index))) index++;
    words.push(start === 0 && index === length ? text : text.slice(start, index));
  }
  return words;
}

/** The first word, or '' if there is none. */
export function firstWord(text: string): string {
  const start = skipSpaces(text, 0);
  return text.slice(start, endOfWord(text, start));
}

/** Compares as strcmp does: by bytes. */
export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

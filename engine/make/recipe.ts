import type { Place } from './variables.ts';
import { isBlank } from './words.ts';

/** What the characters in front of a recipe line say. */
export interface LineFlags {
  readonly silent: boolean;
  readonly ignoreErrors: boolean;
  /** `+`, or `$(MAKE)` in the line: runs under `-n`, `-t` and `-q` too. */
  readonly recursive: boolean;
}

/** A recipe as read: lines without their prefix character, each ended by a newline. */
export class RecipeText {
  readonly text: string;
  /** The place of the first line; undefined for built-in rules. */
  readonly place: Place | undefined;
  /** The character that marks recipe lines where this one was read. */
  readonly prefix: string;
  /** Index of the line last begun, for messages. All targets that have this recipe share it, also those running beside. */
  offset = 0;
  private chopped: readonly string[] | undefined;
  private anyRecursive = false;
  private flags: LineFlags[] | undefined;

  constructor(text: string, place: Place | undefined, prefix: string) {
    this.text = text;
    this.place = place;
    this.prefix = prefix;
  }

  /** The lines that go to the shell one by one, backslash-newlines kept; a single one under `.ONESHELL`. */
  lines(oneShell: boolean): readonly string[] {
    if (this.chopped !== undefined) return this.chopped;
    this.chopped = oneShell ? [this.text.replace(/\n$/, '')] : chop(this.text);
    this.flags = this.chopped.map(lineFlags);
    this.anyRecursive = this.flags.some((flags) => flags.recursive);
    return this.chopped;
  }

  lineFlags(oneShell: boolean): readonly LineFlags[] {
    this.lines(oneShell);
    return this.flags!;
  }

  /** The prefix `+` came out of a variable: the line counts as one that runs make from now on. */
  markRecursive(index: number): void {
    const flags = this.flags![index]!;
    if (!flags.recursive) this.flags![index] = { ...flags, recursive: true };
  }

  /** True if a line runs make. */
  isRecursive(oneShell: boolean): boolean {
    this.lines(oneShell);
    return this.anyRecursive;
  }

  /** Nothing but blanks and prefix characters: there is nothing to run. */
  isEmpty(): boolean {
    return /^[\s@+-]*$/.test(this.text);
  }
}

function chop(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf('\n', start);
    while (end >= 0 && backslashesBefore(text, end, start) % 2 === 1) end = text.indexOf('\n', end + 1);
    if (end < 0) end = text.length;
    lines.push(text.slice(start, end));
    start = end + 1;
  }
  return lines;
}

function backslashesBefore(text: string, index: number, start: number): number {
  let count = 0;
  while (index - count > start && text.charCodeAt(index - count - 1) === 92) count++;
  return count;
}

/** Reads `@`, `-` and `+` in front of a line. */
export function lineFlags(line: string): LineFlags {
  let silent = false;
  let ignoreErrors = false;
  let recursive = false;
  let index = 0;
  for (; index < line.length; index++) {
    const char = line[index];
    if (char === '@') silent = true;
    else if (char === '-') ignoreErrors = true;
    else if (char === '+') recursive = true;
    else if (!isBlank(line.charCodeAt(index))) break;
  }
  if (!recursive) recursive = line.includes('$(MAKE)', index) || line.includes('${MAKE}', index);
  return { silent, ignoreErrors, recursive };
}

import { readFileSync, statSync } from 'node:fs';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

/** Manifests are pages, not data: the largest in Unikraft's catalogue has 4 KiB. */
const sizeLimit = 256 * 1024;

/**
 * Control characters, and the marks that reorder or hide text on a terminal. A name or command with one of them
 * would show something else than it does.
 */
const forbidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/;

/** `U+001B`, for messages. */
export function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The first character of `text` that a manifest may not have, or undefined. */
export function forbiddenCharacter(text: string): { character: string; index: number } | undefined {
  const match = forbidden.exec(text);
  return match === null ? undefined : { character: match[0], index: match.index };
}

/** Line and column (from 1) of an offset in `text`. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

/**
 * Reads a text file that a stranger may have written: at most 256 KiB, UTF-8 (a byte order mark is dropped), no
 * control characters.
 */
export function readText(file: string): Result<string, Diagnostic> {
  const location = { file, line: 0, column: 0 };
  let bytes: Buffer;
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return fail({ message: 'this is not a regular file', location });
    if (stat.size > sizeLimit) {
      return fail({
        message: `this file is too large (${stat.size} bytes; the limit is ${sizeLimit})`,
        location,
      });
    }
    bytes = readFileSync(file);
  } catch (error) {
    return fail({
      message: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      location,
    });
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail({ message: 'this file is not UTF-8 text', location, hint: 'Save it as UTF-8.' });
  }
  const found = forbiddenCharacter(text);
  if (found !== undefined) {
    return fail({
      message: `there is a control or invisible character here (${codePoint(found.character)})`,
      location: { file, ...positionAt(text, found.index) },
      hint: 'Remove it.',
    });
  }
  return ok(text);
}

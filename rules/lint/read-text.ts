import fs from 'node:fs';

/** A file's text, byte for byte a character; empty when it cannot be read: what is wrong then, a build tells. */
export function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

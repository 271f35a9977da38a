/**
 * Byte strings. A makefile is bytes, not characters, and GNU Make never decodes them. Inside engine/make a
 * string therefore holds one byte in each character (U+0000 to U+00FF, "latin1"): every byte survives the round
 * trip, `sort` orders as strcmp does, and V8 keeps such strings at one byte a character. Text that comes from
 * elsewhere (arguments, environment, paths) is turned into a byte string at the border, and back again there.
 */

/** True if every character is below U+0080: then a byte string and a text are the same string. */
export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

/** Text (UTF-16, as Node hands it out) as a byte string of its UTF-8 bytes. */
export function toBytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** A byte string as text; bytes that are not UTF-8 become U+FFFD. */
export function toText(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A byte string as a path for node:fs: bytes that are not UTF-8 stay what they are. */
export function toPath(bytes: string): string | Buffer {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1');
}

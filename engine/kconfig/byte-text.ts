/**
 * Kconfig knows no character encoding: every text inside engine/kconfig is a *byte text*, a string whose
 * characters are bytes (0 to 255). Comparing two of them compares bytes as strcmp(3) does, and their length
 * is a length in bytes. Paths and environment values come in and go out as ordinary strings.
 */

const ascii = /^[\x00-\x7f]*$/;

/** Byte text of an ordinary string (its UTF-8 bytes). */
export function toByteText(text: string): string {
  return ascii.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** Ordinary string of a byte text; bytes that are no UTF-8 become replacement characters. */
export function fromByteText(text: string): string {
  return ascii.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8');
}

/** Byte text of bytes. */
export function decodeBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Bytes of a byte text. */
export function encodeBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** What a C string keeps of a text: everything before the first NUL. */
export function cString(text: string): string {
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

/** isspace(3) in the C locale, for one character. */
export function isSpace(character: string): boolean {
  return character !== '' && ' \t\n\v\f\r'.includes(character);
}

/** tolower(3) in the C locale, for a whole text: letters beyond ASCII stay as they are. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** How an archive is packed: zip, or tar in one of the compressions (`none`: plain tar). */
export type ArchiveFormat =
  | { readonly container: 'zip' }
  | { readonly container: 'tar'; readonly compression: 'none' | 'gzip' | 'xz' | 'bzip2' | 'zstd' };

/** Bytes that {@link detectFormat} wants to see; a shorter file is shown as it is. */
export const SNIFF_BYTES = 512;

const magics: readonly { readonly bytes: readonly number[]; readonly format: ArchiveFormat }[] = [
  { bytes: [0x1f, 0x8b], format: { container: 'tar', compression: 'gzip' } },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], format: { container: 'tar', compression: 'xz' } },
  { bytes: [0x42, 0x5a, 0x68], format: { container: 'tar', compression: 'bzip2' } },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], format: { container: 'tar', compression: 'zstd' } },
  { bytes: [0x50, 0x4b, 0x03, 0x04], format: { container: 'zip' } },
  // An empty zip has only its end record.
  { bytes: [0x50, 0x4b, 0x05, 0x06], format: { container: 'zip' } },
];

/**
 * Tells an archive's format from its first bytes; its name plays no part, because servers and people rename files.
 * @param head the first {@link SNIFF_BYTES} bytes, fewer if the file is shorter
 * @returns the format, or what the file looks like instead, for the error message
 */
export function detectFormat(head: Uint8Array): ArchiveFormat | { readonly looksLike: string } {
  for (const { bytes, format } of magics) {
    if (bytes.every((byte, index) => head[index] === byte)) return format;
  }
  // zstd's skippable frames (0x184D2A50 to 0x184D2A5F, little-endian) may come first.
  if (head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18 && (head[0]! & 0xf0) === 0x50) {
    return { container: 'tar', compression: 'zstd' };
  }
  if (isTarHeader(head)) return { container: 'tar', compression: 'none' };
  return { looksLike: describeContent(head) };
}

/** A block whose checksum is right (any tar since Unix V7), or two blocks of zeros: an empty archive. */
function isTarHeader(head: Uint8Array): boolean {
  if (head.length < 512) return false;
  const field = Buffer.from(head.subarray(148, 156)).toString('latin1').replace(/\0.*$/s, '').trim();
  let sum = 8 * 0x20;
  let zeros = true;
  for (let index = 0; index < 512; index++) {
    const byte = head[index]!;
    if (byte !== 0) zeros = false;
    if (index < 148 || index >= 156) sum += byte;
  }
  return zeros || (/^[0-7]+$/.test(field) && parseInt(field, 8) === sum);
}

function describeContent(head: Uint8Array): string {
  if (head.length === 0) return 'the file is empty';
  const text = Buffer.from(head).toString('latin1');
  if (/^\s*(<!doctype html|<html|<\?xml|<head)/i.test(text)) {
    return 'it is a web page (the server answered with a page instead of the file)';
  }
  if (text.startsWith('LZIP')) return 'it is compressed with lzip, which is not supported';
  if (text.startsWith('7z\xbc\xaf\x27\x1c')) return 'it is a 7z archive, which is not supported';
  if (text.startsWith('Rar!')) return 'it is a rar archive, which is not supported';
  if (text.startsWith('\x1f\x9d')) return 'it is compressed with compress (.Z), which is not supported';
  if (text.startsWith('version https://git-lfs')) return 'it is a pointer of Git LFS, not the file itself';
  if (text.startsWith('07070')) return 'it is a cpio archive, which is not supported';
  if (/^[\t\n\r\x20-\x7e]+$/.test(text)) {
    const line = text
      .trimStart()
      .split(/[\r\n]/)[0]!
      .slice(0, 60);
    return `it is a text file that begins with '${line}'`;
  }
  return `it begins with the bytes ${Buffer.from(head.subarray(0, 8)).toString('hex')}`;
}

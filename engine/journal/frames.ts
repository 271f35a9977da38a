import { digestOf } from '../digest/hash.ts';

/**
 * The journal's framing. The file is a header line, then frames: length and checksum (32 bits each,
 * little-endian), then that many bytes. Appending a frame is one write; a torn or flipped frame ends what
 * is believed, so that killing the writer at any moment costs at most what was being written.
 */
const HEADER = Buffer.from('unigraph journal 5\n', 'latin1');

export const FRAME_HEADER_BYTES = 8;

/** The bytes that start every journal of this version. */
export function journalHeader(): Buffer {
  return HEADER;
}

/** Low half of xxh64: 32 bits find every single flipped bit and all but 2^-32 of other damage. */
function checksum(payload: Uint8Array): number {
  return digestOf(payload).low;
}

/** One frame, ready to append. */
export function frame(payload: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  framed.writeUInt32LE(payload.length, 0);
  framed.writeUInt32LE(checksum(payload), 4);
  payload.copy(framed, FRAME_HEADER_BYTES);
  return framed;
}

/**
 * Calls `visit` with each payload of `file` until the first frame that is not whole and intact.
 * @returns the length of the valid part: 0 when the header is not this version's
 */
export function readFrames(file: Buffer, visit: (payload: Buffer) => void): number {
  if (!file.subarray(0, HEADER.length).equals(HEADER)) return 0;
  let offset = HEADER.length;
  while (offset + FRAME_HEADER_BYTES <= file.length) {
    const length = file.readUInt32LE(offset);
    const end = offset + FRAME_HEADER_BYTES + length;
    if (length === 0 || end > file.length) break;
    const payload = file.subarray(offset + FRAME_HEADER_BYTES, end);
    if (checksum(payload) !== file.readUInt32LE(offset + 4)) break;
    try {
      visit(payload);
    } catch (error) {
      if (error instanceof RangeError) break; // intact but not a record of ours
      throw error;
    }
    offset = end;
  }
  return offset;
}

import { digestOf } from '../digest/hash.ts';
import type { JournalFile } from './journal-file.ts';

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

/** Whether this is a journal of this version. */
export function isJournal(file: JournalFile): boolean {
  return file.range(0, HEADER.length).equals(HEADER);
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

/** The payload of the frame at the start of these bytes; undefined when it is not whole and intact. */
function intactPayload(bytes: Buffer): Buffer | undefined {
  if (bytes.length < FRAME_HEADER_BYTES) return undefined;
  const length = bytes.readUInt32LE(0);
  const end = FRAME_HEADER_BYTES + length;
  if (length === 0 || end > bytes.length) return undefined;
  const payload = bytes.subarray(FRAME_HEADER_BYTES, end);
  return checksum(payload) === bytes.readUInt32LE(4) ? payload : undefined;
}

/** As much as most frames take. */
const FIRST_LOOK_BYTES = 8 << 10;

/** The payload of the frame that begins at `offset`; undefined when it is not whole and intact. */
export function payloadAt(file: JournalFile, offset: number): Buffer | undefined {
  const bytes = file.range(offset, offset + FIRST_LOOK_BYTES);
  if (bytes.length < FRAME_HEADER_BYTES) return undefined;
  const length = FRAME_HEADER_BYTES + bytes.readUInt32LE(0);
  return intactPayload(length <= bytes.length ? bytes : file.range(offset, offset + length));
}

/**
 * Calls `visit` with the payload of each frame of a file, and where the frame begins, until the first that is not whole and
 * intact.
 * @param from where the first frame begins
 * @returns the length of the valid part
 */
export function readFrames(
  file: JournalFile,
  visit: (payload: Buffer, at: number) => void,
  from = HEADER.length,
): number {
  const bytes = file.range(from, file.length);
  let offset = 0;
  for (;;) {
    const payload = intactPayload(bytes.subarray(offset));
    if (payload === undefined) break;
    try {
      visit(payload, from + offset);
    } catch (error) {
      if (error instanceof RangeError) break; // intact but not a record of ours
      throw error;
    }
    offset += FRAME_HEADER_BYTES + payload.length;
  }
  return from + offset;
}

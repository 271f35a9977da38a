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

/** Whether these are the bytes of a journal of this version. */
export function isJournal(file: Buffer): boolean {
  return file.subarray(0, HEADER.length).equals(HEADER);
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

/** Where the frame ends that begins at `offset`, when it is whole and intact. */
function intactEnd(file: Buffer, offset: number): number | undefined {
  if (offset + FRAME_HEADER_BYTES > file.length) return undefined;
  const length = file.readUInt32LE(offset);
  const end = offset + FRAME_HEADER_BYTES + length;
  if (length === 0 || end > file.length) return undefined;
  const payload = file.subarray(offset + FRAME_HEADER_BYTES, end);
  return checksum(payload) === file.readUInt32LE(offset + 4) ? end : undefined;
}

/** The payload of the frame that begins at `offset`; undefined when it is not whole and intact. */
export function payloadAt(file: Buffer, offset: number): Buffer | undefined {
  const end = intactEnd(file, offset);
  return end === undefined ? undefined : file.subarray(offset + FRAME_HEADER_BYTES, end);
}

/**
 * Calls `visit` with each payload of `file`, and where its frame begins, until the first frame that is not whole and
 * intact.
 * @param from where the first frame begins
 * @returns the length of the valid part: 0 when the header is not this version's
 */
export function readFrames(
  file: Buffer,
  visit: (payload: Buffer, at: number) => void,
  from = HEADER.length,
): number {
  if (!isJournal(file)) return 0;
  let offset = from;
  for (let end = intactEnd(file, offset); end !== undefined; end = intactEnd(file, offset)) {
    try {
      visit(file.subarray(offset + FRAME_HEADER_BYTES, end), offset);
    } catch (error) {
      if (error instanceof RangeError) break; // intact but not a record of ours
      throw error;
    }
    offset = end;
  }
  return offset;
}

/**
 * The frames between the spawner and its helper: `u32 body length, u32 head length, head, tail`, little endian.
 * The head is JSON; the tail is raw bytes (standard input, output), which JSON would double.
 */

/** Renders one frame. */
export function encodeFrame(head: unknown, tail?: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const frame = Buffer.allocUnsafe(8 + json.length + (tail?.length ?? 0));
  frame.writeUInt32LE(frame.length - 4, 0);
  frame.writeUInt32LE(json.length, 4);
  json.copy(frame, 8);
  if (tail) frame.set(tail, 8 + json.length);
  return frame;
}

/** Cuts a byte stream back into frames, whatever its chunks are. */
export class FrameReader<Head> {
  readonly #onFrame: (head: Head, tail: Buffer) => void;
  #chunks: Buffer[] = [];
  #size = 0;

  /** @param onFrame gets head and tail of each frame in order; the tail may be kept */
  constructor(onFrame: (head: Head, tail: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (;;) {
      if (this.#size < 4) return;
      if (this.#chunks[0]!.length < 4) this.#join();
      const length = 4 + this.#chunks[0]!.readUInt32LE(0);
      if (this.#size < length) return;
      this.#join();
      const buffer = this.#chunks[0]!;
      const headEnd = 8 + buffer.readUInt32LE(4);
      const head = JSON.parse(buffer.toString('utf8', 8, headEnd)) as Head;
      const rest = buffer.subarray(length);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#size -= length;
      this.#onFrame(head, buffer.subarray(headEnd, length));
    }
  }

  #join(): void {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
  }
}

/**
 * Collects the output of a command in bounded memory: the first `limit` bytes and the last `limit` bytes.
 * What a failing command says first and last is what people look for; 100 MB between them help nobody.
 */
export class OutputBuffer {
  readonly #limit: number;
  #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #omitted = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Appends a chunk, which the caller must not change afterwards. */
  append(chunk: Buffer): void {
    const room = this.#limit - this.#headBytes;
    if (room > 0) {
      const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
      this.#head.push(part);
      this.#headBytes += part.length;
      chunk = chunk.subarray(part.length);
    }
    if (chunk.length === 0) return;
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    while (this.#tailBytes - this.#tail[0]!.length >= this.#limit) {
      const oldest = this.#tail.shift()!;
      this.#tailBytes -= oldest.length;
      this.#omitted += oldest.length;
    }
  }

  /** The output, and how many bytes of its middle are missing; a line in their place says so. */
  finish(): { readonly output: Buffer; readonly omittedBytes: number } {
    let tail = this.#tail;
    let omitted = this.#omitted;
    const excess = this.#tailBytes - this.#limit;
    if (excess > 0) {
      tail = [tail[0]!.subarray(excess), ...tail.slice(1)];
      omitted += excess;
    }
    if (omitted === 0) {
      const parts = [...this.#head, ...tail];
      return { output: parts.length === 1 ? parts[0]! : Buffer.concat(parts), omittedBytes: 0 };
    }
    const note = Buffer.from(`\n[… ${omitted} bytes of output left out …]\n`);
    return { output: Buffer.concat([...this.#head, note, ...tail]), omittedBytes: omitted };
  }
}

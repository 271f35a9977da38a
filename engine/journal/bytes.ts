/** Appends little-endian integers and strings to a growing buffer. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 1024) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }

  u8(value: number): this {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
    return this;
  }

  u32(value: number): this {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32LE(value, this.#length);
    return this;
  }

  f64(value: number): this {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
    return this;
  }

  /** Length in bytes, then UTF-8. */
  text(value: string): this {
    const bytes = Buffer.byteLength(value, 'utf8');
    this.u32(bytes);
    this.#reserve(bytes);
    this.#length += this.#buffer.write(value, this.#length, 'utf8');
    return this;
  }

  /** Number of elements, then each as 32 bits. */
  u32s(values: Uint32Array): this {
    this.u32(values.length);
    this.#reserve(values.length * 4);
    for (const value of values) this.#length = this.#buffer.writeUInt32LE(value, this.#length);
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** The bytes written so far; valid until the next write. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}

/** Reads what ByteWriter wrote. Reading past the end throws a RangeError. */
export class ByteReader {
  readonly #buffer: Buffer;
  #offset: number;

  constructor(buffer: Buffer, offset = 0) {
    this.#buffer = buffer;
    this.#offset = offset;
  }

  u8(): number {
    return this.#buffer.readUInt8(this.#offset++);
  }

  u32(): number {
    const value = this.#buffer.readUInt32LE(this.#offset);
    this.#offset += 4;
    return value;
  }

  f64(): number {
    const value = this.#buffer.readDoubleLE(this.#offset);
    this.#offset += 8;
    return value;
  }

  text(): string {
    const bytes = this.u32();
    if (this.#offset + bytes > this.#buffer.length) throw new RangeError('text beyond the end');
    const value = this.#buffer.toString('utf8', this.#offset, this.#offset + bytes);
    this.#offset += bytes;
    return value;
  }

  u32s(): Uint32Array {
    const count = this.u32();
    if (this.#offset + count * 4 > this.#buffer.length) throw new RangeError('array beyond the end');
    // A copy of the bytes, because a view would have to be aligned. Every machine that Node runs on is little-endian.
    const values = new Uint32Array(count);
    new Uint8Array(values.buffer).set(this.#buffer.subarray(this.#offset, this.#offset + count * 4));
    this.#offset += count * 4;
    return values;
  }

  get atEnd(): boolean {
    return this.#offset >= this.#buffer.length;
  }
}

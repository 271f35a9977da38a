/** Strings as a checkpoint holds them: found and read where they lie, so that a build that needs few decodes few. */
export class StoredStrings {
  readonly #ends: Uint32Array;
  readonly #bytes: Buffer;
  /** Open addressing: the id plus one, or zero. The length is a power of two. */
  readonly #slots: Uint32Array;

  constructor(ends: Uint32Array, bytes: Buffer, slots: Uint32Array) {
    this.#ends = ends;
    this.#bytes = bytes;
    this.#slots = slots;
  }

  get size(): number {
    return this.#ends.length;
  }

  text(id: number): string {
    return this.#bytes.toString('utf8', id === 0 ? 0 : this.#ends[id - 1]!, this.#ends[id]);
  }

  /** The id of `text`, or undefined when it is not among them. */
  find(text: string): number | undefined {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(text) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]! - 1;
      if (this.text(id) === text) return id;
    }
    return undefined;
  }
}

/** The parts of StoredStrings for these strings, in order of their ids. */
export function storeStrings(strings: readonly string[]): {
  readonly ends: Uint32Array;
  readonly bytes: Buffer;
  readonly slots: Uint32Array;
} {
  const bytes = Buffer.from(strings.join(''), 'utf8');
  const ends = new Uint32Array(strings.length);
  // Less than half full: a search ends after one or two looks.
  const slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * strings.length + 2)));
  const mask = slots.length - 1;
  let end = 0;
  for (const [id, text] of strings.entries()) {
    end += Buffer.byteLength(text, 'utf8');
    ends[id] = end;
    let slot = hashOf(text) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = id + 1;
  }
  return { ends, bytes, slots };
}

/** FNV-1a over UTF-16 code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  // The low bits alone choose the slot; the high ones know more of long texts.
  return (hash ^ (hash >>> 15)) >>> 0;
}

/**
 * The order in which GNU Make lists the entries of its hash tables. Nothing in the manual fixes it, but it shows:
 * in `$(.VARIABLES)`, in the order in which intermediate files are removed, in which prerequisites are expanded a
 * second time, in `make -p`. So the order of its tables is followed: open addressing over a power of two, probed in
 * single steps, doubled when 15/16 full, keyed by Bob Jenkins' public-domain hash (the variant with and the one
 * without a length).
 */

const SEED = 0xdeadbeef | 0;

/** Jenkins' hash of a byte string of known length (tables of variables). */
export function hashBytes(key: string): number {
  let length = key.length;
  const state = new Mixer(SEED + length);
  let at = 0;
  while (length > 12) {
    state.a = (state.a + word(key, at)) | 0;
    state.b = (state.b + word(key, at + 4)) | 0;
    state.c = (state.c + word(key, at + 8)) | 0;
    state.mix();
    length -= 12;
    at += 12;
  }
  if (length === 0) return state.c >>> 0;
  if (length > 8) {
    state.a = (state.a + word(key, at)) | 0;
    length -= 4;
    at += 4;
  }
  if (length > 4) {
    state.b = (state.b + word(key, at)) | 0;
    length -= 4;
    at += 4;
  }
  for (let index = 0; index < length; index++) {
    state.c = (state.c + (key.charCodeAt(at + index) << (8 * index))) | 0;
  }
  return state.finish();
}

/** The variant for strings that end with NUL (tables of files). */
export function hashString(key: string): number {
  const state = new Mixer(SEED);
  let at = 0;
  for (;;) {
    if (at + 4 > key.length) {
      state.a = (state.a + tail(key, at)) | 0;
      break;
    }
    state.a = (state.a + word(key, at)) | 0;
    at += 4;
    if (at + 4 > key.length) {
      state.b = (state.b + tail(key, at)) | 0;
      break;
    }
    state.b = (state.b + word(key, at)) | 0;
    at += 4;
    if (at + 4 > key.length) {
      state.c = (state.c + tail(key, at)) | 0;
      break;
    }
    state.c = (state.c + word(key, at)) | 0;
    at += 4;
    state.mix();
  }
  return ((state.finish() | 0) + at) >>> 0;
}

function word(key: string, at: number): number {
  return (
    key.charCodeAt(at) |
    (key.charCodeAt(at + 1) << 8) |
    (key.charCodeAt(at + 2) << 16) |
    (key.charCodeAt(at + 3) << 24)
  );
}

/** The up to three bytes that are left. */
function tail(key: string, at: number): number {
  let value = 0;
  for (let index = 0; at + index < key.length; index++) value |= key.charCodeAt(at + index) << (8 * index);
  return value;
}

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/** The three words of the hash's state. */
class Mixer {
  a: number;
  b: number;
  c: number;

  constructor(seed: number) {
    this.a = seed | 0;
    this.b = seed | 0;
    this.c = seed | 0;
  }

  mix(): void {
    let { a, b, c } = this;
    a = ((a - c) | 0) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = ((a - c) | 0) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 4);
    b = (b + a) | 0;
    this.a = a;
    this.b = b;
    this.c = c;
  }

  finish(): number {
    let { a, b, c } = this;
    c = ((c ^ b) - rotate(b, 14)) | 0;
    a = ((a ^ c) - rotate(c, 11)) | 0;
    b = ((b ^ a) - rotate(a, 25)) | 0;
    c = ((c ^ b) - rotate(b, 16)) | 0;
    a = ((a ^ c) - rotate(c, 4)) | 0;
    b = ((b ^ a) - rotate(a, 14)) | 0;
    c = ((c ^ b) - rotate(b, 24)) | 0;
    return c >>> 0;
  }
}

const DELETED = Symbol('deleted');
type Slot = string | undefined | typeof DELETED;

/**
 * Follows insertions and deletions of one table. They are only noted when they happen and played back when the order
 * is asked for, since most runs never ask.
 */
export class HashOrder {
  private readonly hash: (key: string) => number;
  private slots: Slot[];
  private fill = 0;
  private empty: number;
  private readonly pending: { key: string; inserted: boolean }[] = [];
  private listed: string[] | undefined;

  /** @param buckets the size that the table is created with, rounded up to a power of two above it */
  constructor(hash: (key: string) => number, buckets: number) {
    this.hash = hash;
    let size = 1;
    while (size <= buckets) size *= 2;
    this.slots = new Array<Slot>(size).fill(undefined);
    this.empty = size;
  }

  insert(key: string): void {
    this.pending.push({ key, inserted: true });
  }

  delete(key: string): void {
    this.pending.push({ key, inserted: false });
  }

  /** All keys, in the table's order. */
  keys(): readonly string[] {
    if (this.pending.length > 0 || this.listed === undefined) {
      for (const { key, inserted } of this.pending) {
        if (inserted) this.insertNow(key);
        else this.deleteNow(key);
      }
      this.pending.length = 0;
      this.listed = this.slots.filter((slot): slot is string => typeof slot === 'string');
    }
    return this.listed;
  }

  private find(key: string): number {
    const mask = this.slots.length - 1;
    let at = this.hash(key) & mask;
    let deleted = -1;
    for (;;) {
      const slot = this.slots[at];
      if (slot === undefined) return deleted >= 0 ? deleted : at;
      if (slot === DELETED) {
        if (deleted < 0) deleted = at;
      } else if (slot === key) {
        return at;
      }
      at = (at + 1) & mask;
    }
  }

  private insertNow(key: string): void {
    const at = this.find(key);
    const old = this.slots[at];
    if (old === key) return;
    this.fill++;
    if (old === undefined) this.empty--;
    this.slots[at] = key;
    const size = this.slots.length;
    if (this.empty < size >> 4) {
      const before = this.slots;
      if (this.fill >= size - (size >> 4)) this.slots = new Array<Slot>(size * 2).fill(undefined);
      else this.slots = new Array<Slot>(size).fill(undefined);
      for (const slot of before) if (typeof slot === 'string') this.slots[this.find(slot)] = slot;
      this.empty = this.slots.length - this.fill;
    }
  }

  private deleteNow(key: string): void {
    const at = this.find(key);
    if (this.slots[at] !== key) return;
    this.slots[at] = DELETED;
    this.fill--;
  }
}

import fs from 'node:fs';
import { ContentHash, type Digest } from '../digest/hash.ts';
import type { FileStat } from '../disk.ts';
import type { JournalFile } from './journal-file.ts';
import { StoredStrings, storeStrings } from './stored-strings.ts';

/** What is known of a file: as the journal has it. */
interface FileRecord {
  readonly stat: FileStat;
  readonly digest: Digest;
  readonly readMs: number;
}

/** All that a journal holds at one moment, for writing a checkpoint. */
export interface JournalContent {
  /** The journal's inode number. */
  readonly inode: number;
  /** Bytes of the journal that this stands for. */
  readonly covered: number;
  /** The last bytes of those, at most TAIL_BYTES. */
  readonly tail: Uint8Array;
  /** Bytes that the records would take in a journal without outdated ones. */
  readonly liveSize: number;
  readonly strings: readonly string[];
  readonly files: Iterable<readonly [id: number, known: FileRecord]>;
  /** Where in the journal the frame of each action's manifest begins. */
  readonly actions: Iterable<readonly [id: number, at: number]>;
  /** The same for what is known of a content. */
  readonly scans: Iterable<readonly [digest: Digest, at: number]>;
  readonly notes: Iterable<readonly [name: string, text: string]>;
}

/** Raised when the form of the file changes; another version's file is not read. */
const MAGIC = 0x75676331;

/** Bytes before the end of the covered part that tell one journal from another in its place. */
export const TAIL_BYTES = 64;

/** Numbers at the start of the file: 64 bits each. */
const HEADER = {
  magic: 0,
  checksum: 1,
  inode: 2,
  covered: 3,
  tail: 4,
  liveSize: 5,
  strings: 6,
  slots: 7,
  files: 8,
  actions: 9,
  scans: 10,
  stringBytes: 11,
  noteBytes: 12,
} as const;
const HEADER_NUMBERS = 13;

/** Of each file: when it was read, inode, size, mtime, ctime. */
const FILE_NUMBERS = 5;
/** And id, mode, digest. */
const FILE_WORDS = 4;
const SCAN_WORDS = 3;

/** How much is hashed at once: for more, the hasher would have to get memory first. */
const PIECE_BYTES = 32 << 10;

/** 53 bits of a digest, which a 64-bit float holds. */
function digestNumber(bytes: Uint8Array): number {
  const hash = new ContentHash();
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) hash.update(bytes.subarray(at, at + PIECE_BYTES));
  const { high, low } = hash.digest();
  return (high & 0x1fffff) * 2 ** 32 + low;
}

/**
 * A journal's state up to some byte, written beside it in a form that is used as it lies: reading a journal of 2,100 actions
 * takes 95 ms, opening its checkpoint 4. It says nothing that the journal does not, so it may be missing at any time, and
 * manifests stay in the journal: here is only where.
 */
export class Checkpoint {
  readonly strings: StoredStrings;
  readonly covered: number;
  readonly liveSize: number;
  readonly notes: readonly (readonly [name: string, text: string])[];
  /** By string id: the file's row plus one. */
  readonly #rows: Uint32Array;
  readonly #fileNumbers: Float64Array;
  readonly #fileWords: Uint32Array;
  readonly #actions: Uint32Array;
  /** Sorted by the digest's high half. */
  readonly #scans: Uint32Array;

  private constructor(numbers: Float64Array, cut: (bytes: number) => Uint8Array) {
    const count = (name: keyof typeof HEADER): number => numbers[HEADER[name]]!;
    const words = (length: number): Uint32Array => {
      const part = cut(length * 4);
      return new Uint32Array(part.buffer, part.byteOffset, length);
    };
    this.covered = count('covered');
    this.liveSize = count('liveSize');
    const floats = cut(count('files') * FILE_NUMBERS * 8);
    this.#fileNumbers = new Float64Array(
      floats.buffer,
      floats.byteOffset,
      floats.length / Float64Array.BYTES_PER_ELEMENT,
    );
    this.#fileWords = words(count('files') * FILE_WORDS);
    this.#actions = words(count('actions') * 2);
    this.#scans = words(count('scans') * SCAN_WORDS);
    const ends = words(count('strings'));
    const slots = words(count('slots'));
    this.#rows = words(count('strings'));
    const bytes = cut(count('stringBytes'));
    this.strings = new StoredStrings(ends, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), slots);
    this.notes = JSON.parse(Buffer.from(cut(count('noteBytes'))).toString('utf8')) as (readonly [
      string,
      string,
    ])[];
  }

  /**
   * Opens the checkpoint of a journal.
   * @returns undefined when there is none, or it is damaged, of another version, or of another journal
   */
  static open(file: string, journal: JournalFile): Checkpoint | undefined {
    let content: Buffer<ArrayBuffer>;
    try {
      content = readAligned(file);
    } catch {
      return undefined;
    }
    const headerBytes = HEADER_NUMBERS * 8;
    if (content.length < headerBytes) return undefined;
    const numbers = new Float64Array(content.buffer, 0, HEADER_NUMBERS);
    const covered = numbers[HEADER.covered]!;
    if (
      numbers[HEADER.magic] !== MAGIC ||
      numbers[HEADER.inode] !== journal.inode ||
      !(covered <= journal.length)
    )
      return undefined;
    if (digestNumber(content.subarray(2 * 8)) !== numbers[HEADER.checksum]) return undefined;
    if (digestNumber(journal.range(covered - TAIL_BYTES, covered)) !== numbers[HEADER.tail]) return undefined;
    let at = headerBytes;
    return new Checkpoint(numbers, (bytes) => content.subarray(at, (at += bytes)));
  }

  /**
   * Writes a checkpoint through a temporary file: a reader sees the old one or the new one.
   * @throws the file system's error; then no new file is left
   */
  static write(file: string, journal: JournalContent): void {
    const { ends, bytes, slots } = storeStrings(journal.strings);
    const rows = new Uint32Array(ends.length);
    const fileNumbers: number[] = [];
    const fileWords: number[] = [];
    for (const [id, { stat, digest, readMs }] of journal.files) {
      fileNumbers.push(readMs, stat.inode, stat.size, stat.mtimeMs, stat.ctimeMs);
      rows[id] = fileWords.push(id, stat.mode, digest.high, digest.low) / FILE_WORDS;
    }
    const actions = [...journal.actions].flat();
    const scans = [...journal.scans].sort(([a], [b]) => a.high - b.high || a.low - b.low);
    const notes = Buffer.from(JSON.stringify([...journal.notes]));
    const numbers = new Float64Array(HEADER_NUMBERS);
    numbers[HEADER.inode] = journal.inode;
    numbers[HEADER.covered] = journal.covered;
    numbers[HEADER.tail] = digestNumber(journal.tail);
    numbers[HEADER.liveSize] = journal.liveSize;
    numbers[HEADER.strings] = ends.length;
    numbers[HEADER.slots] = slots.length;
    numbers[HEADER.files] = fileWords.length / FILE_WORDS;
    numbers[HEADER.actions] = actions.length / 2;
    numbers[HEADER.scans] = scans.length;
    numbers[HEADER.stringBytes] = bytes.length;
    numbers[HEADER.noteBytes] = notes.length;
    const content = Buffer.concat(
      [
        numbers,
        Float64Array.from(fileNumbers),
        Uint32Array.from(fileWords),
        Uint32Array.from(actions),
        Uint32Array.from(scans.flatMap(([{ high, low }, at]) => [high, low, at])),
        ends,
        slots,
        rows,
        bytes,
        notes,
      ].map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)),
    );
    content.writeDoubleLE(MAGIC, HEADER.magic * 8);
    content.writeDoubleLE(digestNumber(content.subarray(2 * 8)), HEADER.checksum * 8);
    const temporary = `${file}.${process.pid}`;
    try {
      fs.writeFileSync(temporary, content);
      fs.renameSync(temporary, file);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw error;
    }
  }

  file(id: number): FileRecord | undefined {
    const row = (this.#rows[id] ?? 0) - 1;
    return row < 0 ? undefined : this.#fileAt(row);
  }

  #fileAt(row: number): FileRecord {
    const at = row * FILE_NUMBERS;
    const word = row * FILE_WORDS;
    return {
      readMs: this.#fileNumbers[at]!,
      stat: {
        inode: this.#fileNumbers[at + 1]!,
        size: this.#fileNumbers[at + 2]!,
        mtimeMs: this.#fileNumbers[at + 3]!,
        ctimeMs: this.#fileNumbers[at + 4]!,
        mode: this.#fileWords[word + 1]!,
        directory: false,
      },
      digest: { high: this.#fileWords[word + 2]!, low: this.#fileWords[word + 3]! },
    };
  }

  /** Every file's id with what is known of it. */
  *files(): Iterable<[id: number, known: FileRecord]> {
    for (let row = 0; row < this.#fileWords.length / FILE_WORDS; row++)
      yield [this.#fileWords[row * FILE_WORDS]!, this.#fileAt(row)];
  }

  /** Adds where in the journal the frame of each action's manifest begins. A generator would take 4 ms for 2,000. */
  addActions(into: Map<number, number>): void {
    for (let at = 0; at < this.#actions.length; at += 2) into.set(this.#actions[at]!, this.#actions[at + 1]!);
  }

  /** The same for what is known of each content. */
  *scans(): Iterable<[digest: Digest, at: number]> {
    for (let at = 0; at < this.#scans.length; at += SCAN_WORDS)
      yield [{ high: this.#scans[at]!, low: this.#scans[at + 1]! }, this.#scans[at + 2]!];
  }

  /** Where in the journal the frame is that tells of a content. */
  scan({ high, low }: Digest): number | undefined {
    let first = 0;
    let end = this.#scans.length / SCAN_WORDS;
    while (first < end) {
      const middle = (first + end) >>> 1;
      const at = middle * SCAN_WORDS;
      const order = this.#scans[at]! - high || this.#scans[at + 1]! - low;
      if (order === 0) return this.#scans[at + 2];
      if (order < 0) first = middle + 1;
      else end = middle;
    }
    return undefined;
  }
}

/** A file's bytes at the start of a buffer of their own, so that numbers in it can be used where they lie. */
function readAligned(file: string): Buffer<ArrayBuffer> {
  const descriptor = fs.openSync(file, 'r');
  try {
    const content = Buffer.allocUnsafeSlow(fs.fstatSync(descriptor).size);
    let length = 0;
    for (;;) {
      const size = fs.readSync(descriptor, content, length, content.length - length, null);
      if (size === 0) break;
      length += size;
    }
    return content.subarray(0, length);
  } finally {
    fs.closeSync(descriptor);
  }
}

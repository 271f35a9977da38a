import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../digest/hash.ts';
import type { FileStat } from '../disk.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { Checkpoint, TAIL_BYTES } from './checkpoint.ts';
import { FRAME_HEADER_BYTES, frame, isJournal, journalHeader, payloadAt, readFrames } from './frames.ts';
import { readManifest, writeManifest, type Manifest } from './manifest.ts';
import { StringTable } from './string-table.ts';
import { JournalFile } from './journal-file.ts';
import { makeFolder } from '../folders.ts';

/** Kinds of records; the first byte of a frame's payload. Never renumber: old journals hold these. */
const STRINGS = 1;
const STAT = 2;
const SCAN = 3;
const ACTION = 4;
const FORGET = 5;
const NOTE = 6;

/** A file's content digest, and the stat at which it was taken. */
export interface KnownFile {
  readonly stat: FileStat;
  readonly digest: Digest;
  /** When the content was read, milliseconds since 1970. */
  readonly readMs: number;
}

/** What reading a source file found that matters to the build; ids of the string table. */
export interface KnownScan {
  readonly symbols: Uint32Array;
  readonly includes: Uint32Array;
}

/** The size, relative to what is live, at which the file is written anew. */
const COMPACT_RATIO = 3;
const COMPACT_MINIMUM = 4 << 20;

/** Bytes after a checkpoint that are worth another one: replaying them takes 5 ms. */
const CHECKPOINT_BYTES = 256 << 10;

/**
 * What was built from what: an append-only file of records, the latest of a key counting. Manifests stay
 * encoded until asked for: a build that has little to do looks at few of them. A checkpoint beside the file saves reading
 * most of it (checkpoint.ts).
 *
 * A reader never writes. A writer must hold the build folder's lock (lock.ts).
 */
export class Journal {
  readonly strings: StringTable;
  readonly #checkpoint: Checkpoint | undefined;
  /** The file as it was when it was loaded. */
  readonly #content: JournalFile;
  /** What is newer than the checkpoint. */
  readonly #files = new Map<number, KnownFile>();
  /** Where the frames begin that hold manifests, by the action's string; and scans, where they are newer than the checkpoint. */
  readonly #manifestAt = new Map<number, number>();
  readonly #scanAt = new Map<string, number>();
  readonly #manifests = new Map<number, Manifest>();
  readonly #scans = new Map<string, KnownScan>();
  readonly #notes: Map<string, string>;
  readonly #path: string;
  #descriptor: number | undefined;
  #savedStrings: number;
  #size: number;
  /** The length of the part that can be believed. */
  readonly #valid: number;

  private constructor(file: string) {
    this.#path = file;
    this.#content = new JournalFile(file);
    this.#size = this.#content.length;
    const readable = isJournal(this.#content);
    if (readable) this.#checkpoint = Checkpoint.open(checkpointOf(file), this.#content);
    this.strings = new StringTable(this.#checkpoint?.strings);
    this.#notes = new Map(this.#checkpoint?.notes);
    this.#checkpoint?.addActions(this.#manifestAt);
    this.#valid = readable
      ? readFrames(this.#content, (payload, at) => this.#accept(payload, at), this.#checkpoint?.covered)
      : 0;
    this.#savedStrings = this.strings.size;
  }

  /** Loads a journal for reading; a missing, foreign or damaged file gives what can be believed of it. */
  static read(file: string): Journal {
    const journal = new Journal(file);
    // Readers are not closed.
    journal.#content.load();
    return journal;
  }

  /**
   * Loads a journal and opens it for appending, cutting off what is damaged.
   * @throws the file system's error when the file cannot be written
   */
  static open(file: string): Journal {
    let journal = new Journal(file);
    makeFolder(path.dirname(file));
    if (
      journal.#size > COMPACT_MINIMUM &&
      journal.#size > COMPACT_RATIO * (journal.#checkpoint?.liveSize ?? journal.#liveSize())
    ) {
      journal.#compact();
      journal.close();
      journal = new Journal(file);
    } else if (journal.#valid === 0) {
      fs.writeFileSync(file, journalHeader());
      journal.#size = journalHeader().length;
    } else if (journal.#valid < journal.#size) {
      fs.truncateSync(file, journal.#valid);
      journal.#size = journal.#valid;
    }
    journal.#descriptor = fs.openSync(file, 'a');
    return journal;
  }

  #accept(payload: Buffer, at: number): void {
    const reader = new ByteReader(payload);
    const kind = reader.u8();
    switch (kind) {
      case STRINGS: {
        const first = reader.u32();
        if (first !== this.strings.size) throw new RangeError('strings out of order');
        while (!reader.atEnd) {
          const next = this.strings.size;
          if (this.strings.intern(reader.text()) !== next) throw new RangeError('a string twice');
        }
        break;
      }
      case STAT: {
        const id = this.#knownString(reader.u32());
        const readMs = reader.f64();
        const stat: FileStat = {
          inode: reader.f64(),
          size: reader.f64(),
          mtimeMs: reader.f64(),
          ctimeMs: reader.f64(),
          mode: reader.u32(),
          directory: false,
        };
        this.#files.set(id, { stat, readMs, digest: { high: reader.u32(), low: reader.u32() } });
        break;
      }
      case SCAN:
        this.#scanAt.set(scanKey({ high: reader.u32(), low: reader.u32() }), at);
        break;
      case ACTION:
        this.#manifestAt.set(this.#knownString(reader.u32()), at);
        break;
      case FORGET:
        this.#manifestAt.delete(reader.u32());
        break;
      case NOTE:
        this.#notes.set(reader.text(), reader.text());
        break;
      default:
        throw new RangeError(`record of kind ${kind}`);
    }
  }

  #knownString(id: number): number {
    if (id >= this.strings.size) throw new RangeError(`string ${id} of ${this.strings.size}`);
    return id;
  }

  file(id: number): KnownFile | undefined {
    return this.#files.get(id) ?? this.#checkpoint?.file(id);
  }

  recordFile(id: number, known: KnownFile): void {
    this.#files.set(id, known);
    this.#append(this.#encodeFile(id, known));
  }

  #encodeFile(id: number, { stat, digest, readMs }: KnownFile): ByteWriter {
    return new ByteWriter(64)
      .u8(STAT)
      .u32(id)
      .f64(readMs)
      .f64(stat.inode)
      .f64(stat.size)
      .f64(stat.mtimeMs)
      .f64(stat.ctimeMs)
      .u32(stat.mode)
      .u32(digest.high)
      .u32(digest.low);
  }

  /** What is known of any file with this content. */
  scan(digest: Digest): KnownScan | undefined {
    const key = scanKey(digest);
    const known = this.#scans.get(key);
    if (known !== undefined) return known;
    const at = this.#scanAt.get(key) ?? this.#checkpoint?.scan(digest);
    const scan = this.#decode(at, (reader) => {
      if (scanKey({ high: reader.u32(), low: reader.u32() }) !== key) throw new RangeError('another scan');
      const [symbols, includes] = [reader.u32s(), reader.u32s()];
      for (const ids of [symbols, includes]) for (const id of ids) this.#knownString(id);
      return { symbols, includes };
    });
    if (scan !== undefined) this.#scans.set(key, scan);
    return scan;
  }

  recordScan(digest: Digest, { symbols, includes }: KnownScan): void {
    const key = scanKey(digest);
    this.#scans.set(key, { symbols, includes });
    const record = new ByteWriter().u8(SCAN).u32(digest.high).u32(digest.low).u32s(symbols).u32s(includes);
    const at = this.#append(record);
    if (at !== undefined) this.#scanAt.set(key, at);
  }

  /** The manifest of the action's last success; undefined when it never succeeded. */
  manifest(actionId: string): Manifest | undefined {
    const key = this.strings.find(actionId);
    if (key === undefined) return undefined;
    const known = this.#manifests.get(key);
    if (known !== undefined) return known;
    const manifest = this.#decode(this.#manifestAt.get(key), (reader) => {
      if (reader.u32() !== key) throw new RangeError('another manifest');
      return readManifest(reader);
    });
    if (manifest !== undefined) this.#manifests.set(key, manifest);
    return manifest;
  }

  /** What a frame of the file as it was read holds behind its kind; undefined when it cannot be believed. */
  #decode<T>(at: number | undefined, read: (reader: ByteReader) => T): T | undefined {
    const payload = at === undefined ? undefined : payloadAt(this.#content, at);
    if (payload === undefined) return undefined;
    try {
      return read(new ByteReader(payload, 1));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  recordManifest(actionId: string, manifest: Manifest): void {
    const key = this.strings.intern(actionId);
    const writer = new ByteWriter(8192).u8(ACTION).u32(key);
    writeManifest(writer, manifest);
    this.#manifests.set(key, manifest);
    // A reader keeps what it learns to itself; that there is a manifest it knows all the same.
    this.#manifestAt.set(key, this.#append(writer) ?? Infinity);
  }

  /** Drops an action's manifest: it will count as never run. */
  forget(actionId: string): void {
    const key = this.strings.find(actionId);
    if (key === undefined || !this.#manifestAt.delete(key)) return;
    this.#manifests.delete(key);
    this.#append(new ByteWriter(8).u8(FORGET).u32(key));
  }

  /** The ids of all actions with a manifest. */
  actionIds(): string[] {
    return [...this.#manifestAt.keys()].map((key) => this.strings.text(key));
  }

  /** A small named text of the caller's own; undefined when never set. */
  note(name: string): string | undefined {
    return this.#notes.get(name);
  }

  setNote(name: string, text: string): void {
    if (this.#notes.get(name) === text) return;
    this.#notes.set(name, text);
    this.#append(new ByteWriter().u8(NOTE).text(name).text(text));
  }

  /**
   * New strings go in front of the record that uses them, in the same write.
   * @returns where the record's frame begins; undefined for a reader, which keeps what it learns to itself
   */
  #append(record: ByteWriter): number | undefined {
    if (this.#descriptor === undefined) return undefined;
    const payload = Buffer.from(record.bytes());
    let at = this.#size;
    for (const bytes of [...this.#pendingStrings(), frame(payload)]) {
      at = this.#size;
      writeAll(this.#descriptor, bytes);
      this.#size += bytes.length;
    }
    return at;
  }

  #pendingStrings(): Buffer[] {
    if (this.#savedStrings === this.strings.size) return [];
    const writer = new ByteWriter().u8(STRINGS).u32(this.#savedStrings);
    for (; this.#savedStrings < this.strings.size; this.#savedStrings++) {
      writer.text(this.strings.text(this.#savedStrings));
    }
    return [frame(Buffer.from(writer.bytes()))];
  }

  *#liveFiles(): Iterable<[id: number, known: KnownFile]> {
    yield* this.#files;
    for (const [id, known] of this.#checkpoint?.files() ?? []) if (!this.#files.has(id)) yield [id, known];
  }

  *#liveScans(): Iterable<[digest: Digest, at: number]> {
    for (const [key, at] of this.#scanAt) {
      const [high, low] = key.split(':').map(Number) as [number, number];
      yield [{ high, low }, at];
    }
    for (const [digest, at] of this.#checkpoint?.scans() ?? [])
      if (!this.#scanAt.has(scanKey(digest))) yield [digest, at];
  }

  /** Bytes that the records would take without outdated ones, about. */
  #liveSize(): number {
    let size = 68 * [...this.#liveFiles()].length;
    for (let id = 0; id < this.strings.size; id++) size += this.strings.text(id).length + 4;
    for (const at of this.#manifestAt.values()) size += this.#frameLength(at);
    for (const [, at] of this.#liveScans()) size += this.#frameLength(at);
    return size;
  }

  /** Bytes of a frame; of one that was written since the file was loaded a guess. */
  #frameLength(at: number): number {
    return FRAME_HEADER_BYTES + (payloadAt(this.#content, at)?.length ?? 1000);
  }

  /** Writes the live records to a new file and renames it over the old one, synced: a crash leaves either. */
  #compact(): void {
    fs.rmSync(checkpointOf(this.#path), { force: true });
    const temporary = `${this.#path}.new`;
    const descriptor = fs.openSync(temporary, 'w');
    this.#savedStrings = 0;
    const chunks: Buffer[] = [journalHeader(), ...this.#pendingStrings()];
    for (const [id, known] of this.#liveFiles())
      chunks.push(frame(Buffer.from(this.#encodeFile(id, known).bytes())));
    const frames = [...this.#liveScans()].map(([, at]) => at).concat(...this.#manifestAt.values());
    for (const at of frames) {
      const payload = payloadAt(this.#content, at);
      if (payload !== undefined) chunks.push(frame(payload));
    }
    for (const [name, text] of this.#notes) {
      chunks.push(frame(Buffer.from(new ByteWriter().u8(NOTE).text(name).text(text).bytes())));
    }
    writeAll(descriptor, Buffer.concat(chunks));
    fs.fsyncSync(descriptor);
    fs.closeSync(descriptor);
    fs.renameSync(temporary, this.#path);
  }

  /**
   * Writes a checkpoint, where that would spare the next build some reading.
   * @param worthBytes how much must be new since the last one
   * @throws the file system's error
   */
  writeCheckpoint(worthBytes = CHECKPOINT_BYTES): void {
    if (this.#descriptor === undefined) return;
    if (this.#size - (this.#checkpoint?.covered ?? 0) < worthBytes) return;
    const strings = Array.from({ length: this.#savedStrings }, (_, id) => this.strings.text(id));
    const written = new JournalFile(this.#path);
    try {
      Checkpoint.write(checkpointOf(this.#path), {
        inode: written.inode,
        covered: this.#size,
        tail: written.range(this.#size - TAIL_BYTES, this.#size),
        liveSize: this.#liveSize(),
        strings,
        files: this.#liveFiles(),
        actions: this.#manifestAt,
        scans: this.#liveScans(),
        notes: this.#notes,
      });
    } finally {
      written.close();
    }
  }

  close(): void {
    this.#content.close();
    if (this.#descriptor === undefined) return;
    fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** A write may take less than it was given, on a nearly full disk. */
function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += fs.writeSync(descriptor, bytes, at);
}

/** A journal's checkpoint lies beside it. */
function checkpointOf(file: string): string {
  return `${file}.checkpoint`;
}

function scanKey(digest: Digest): string {
  return `${digest.high}:${digest.low}`;
}

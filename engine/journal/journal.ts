import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../digest/hash.ts';
import type { FileStat } from '../disk.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { frame, journalHeader, readFrames } from './frames.ts';
import { readManifest, writeManifest, type Manifest } from './manifest.ts';
import { StringTable } from './string-table.ts';
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

/**
 * What was built from what: an append-only file of records, the latest of a key counting. Manifests stay
 * encoded until asked for: a build that has little to do looks at few of them.
 *
 * A reader never writes. A writer must hold the build folder's lock (lock.ts).
 */
export class Journal {
  readonly strings = new StringTable();
  readonly #files = new Map<number, KnownFile>();
  readonly #scans = new Map<string, KnownScan>();
  readonly #actions = new Map<number, Buffer>();
  readonly #decoded = new Map<number, Manifest>();
  readonly #notes = new Map<string, string>();
  readonly #path: string;
  #descriptor: number | undefined;
  #savedStrings = 0;
  #size = 0;

  private constructor(file: string) {
    this.#path = file;
  }

  /** Loads a journal for reading; a missing, foreign or damaged file gives what can be believed of it. */
  static read(file: string): Journal {
    const journal = new Journal(file);
    journal.#load();
    return journal;
  }

  /**
   * Loads a journal and opens it for appending, cutting off what is damaged.
   * @throws the file system's error when the file cannot be written
   */
  static open(file: string): Journal {
    const journal = new Journal(file);
    const valid = journal.#load();
    makeFolder(path.dirname(file));
    if (journal.#size > COMPACT_MINIMUM && journal.#size > COMPACT_RATIO * journal.#liveSize()) {
      journal.#compact();
    } else if (valid === 0) {
      fs.writeFileSync(file, journalHeader());
    } else if (valid < journal.#size) {
      fs.truncateSync(file, valid);
    }
    journal.#descriptor = fs.openSync(file, 'a');
    return journal;
  }

  /** @returns the length of the valid part of the file */
  #load(): number {
    let content: Buffer;
    try {
      content = fs.readFileSync(this.#path);
    } catch {
      return 0;
    }
    this.#size = content.length;
    const valid = readFrames(content, (payload) => this.#accept(payload));
    this.#savedStrings = this.strings.size;
    return valid;
  }

  #accept(payload: Buffer): void {
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
      case SCAN: {
        const key = scanKey({ high: reader.u32(), low: reader.u32() });
        const symbols = reader.u32s();
        const includes = reader.u32s();
        symbols.forEach((id) => this.#knownString(id));
        includes.forEach((id) => this.#knownString(id));
        this.#scans.set(key, { symbols, includes });
        break;
      }
      case ACTION:
        this.#actions.set(this.#knownString(reader.u32()), payload);
        break;
      case FORGET:
        this.#actions.delete(reader.u32());
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
    return this.#files.get(id);
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
    return this.#scans.get(scanKey(digest));
  }

  recordScan(digest: Digest, scan: KnownScan): void {
    const key = scanKey(digest);
    this.#scans.set(key, scan);
    this.#append(this.#encodeScan(key, scan));
  }

  #encodeScan(key: string, scan: KnownScan): ByteWriter {
    const [high, low] = key.split(':').map(Number) as [number, number];
    return new ByteWriter().u8(SCAN).u32(high).u32(low).u32s(scan.symbols).u32s(scan.includes);
  }

  /** The manifest of the action's last success; undefined when it never succeeded. */
  manifest(actionId: string): Manifest | undefined {
    const key = this.strings.find(actionId);
    if (key === undefined) return undefined;
    const decoded = this.#decoded.get(key);
    if (decoded !== undefined) return decoded;
    const payload = this.#actions.get(key);
    if (payload === undefined) return undefined;
    try {
      const manifest = readManifest(new ByteReader(payload, 5));
      this.#decoded.set(key, manifest);
      return manifest;
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  recordManifest(actionId: string, manifest: Manifest): void {
    const key = this.strings.intern(actionId);
    const writer = new ByteWriter(8192).u8(ACTION).u32(key);
    writeManifest(writer, manifest);
    this.#actions.set(key, Buffer.from(writer.bytes()));
    this.#decoded.set(key, manifest);
    this.#append(writer);
  }

  /** Drops an action's manifest: it will count as never run. */
  forget(actionId: string): void {
    const key = this.strings.find(actionId);
    if (key === undefined || !this.#actions.delete(key)) return;
    this.#decoded.delete(key);
    this.#append(new ByteWriter(8).u8(FORGET).u32(key));
  }

  /** The ids of all actions with a manifest. */
  actionIds(): string[] {
    return [...this.#actions.keys()].map((key) => this.strings.text(key));
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

  /** New strings go in front of the record that uses them, in the same write. */
  #append(record: ByteWriter): void {
    if (this.#descriptor === undefined) return; // a reader keeps what it learns to itself
    const payload = Buffer.from(record.bytes());
    const frames = [...this.#pendingStrings(), frame(payload)];
    for (const bytes of frames) {
      writeAll(this.#descriptor, bytes);
      this.#size += bytes.length;
    }
  }

  #pendingStrings(): Buffer[] {
    if (this.#savedStrings === this.strings.size) return [];
    const writer = new ByteWriter().u8(STRINGS).u32(this.#savedStrings);
    for (; this.#savedStrings < this.strings.size; this.#savedStrings++) {
      writer.text(this.strings.text(this.#savedStrings));
    }
    return [frame(Buffer.from(writer.bytes()))];
  }

  #liveSize(): number {
    let size = this.#files.size * 68;
    for (let id = 0; id < this.strings.size; id++) size += this.strings.text(id).length + 4;
    for (const payload of this.#actions.values()) size += payload.length;
    for (const scan of this.#scans.values()) size += 32 + 4 * (scan.symbols.length + scan.includes.length);
    return size;
  }

  /** Writes the live records to a new file and renames it over the old one, synced: a crash leaves either. */
  #compact(): void {
    const temporary = `${this.#path}.new`;
    const descriptor = fs.openSync(temporary, 'w');
    this.#savedStrings = 0;
    const chunks: Buffer[] = [journalHeader(), ...this.#pendingStrings()];
    for (const [id, known] of this.#files)
      chunks.push(frame(Buffer.from(this.#encodeFile(id, known).bytes())));
    for (const [key, scan] of this.#scans)
      chunks.push(frame(Buffer.from(this.#encodeScan(key, scan).bytes())));
    for (const payload of this.#actions.values()) chunks.push(frame(payload));
    for (const [name, text] of this.#notes) {
      chunks.push(frame(Buffer.from(new ByteWriter().u8(NOTE).text(name).text(text).bytes())));
    }
    const content = Buffer.concat(chunks);
    writeAll(descriptor, content);
    fs.fsyncSync(descriptor);
    fs.closeSync(descriptor);
    fs.renameSync(temporary, this.#path);
    this.#size = content.length;
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** A write may take less than it was given, on a nearly full disk. */
function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += fs.writeSync(descriptor, bytes, at);
}

function scanKey(digest: Digest): string {
  return `${digest.high}:${digest.low}`;
}

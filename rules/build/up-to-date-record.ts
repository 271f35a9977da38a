import fs from 'node:fs';
import path from 'node:path';
import type { AnsweredShell } from '../evaluation/answers-again.ts';

/*
 * What is written down after a build for the short way: the stats of everything that it depended on, and which action depends
 * on which. It is read by every `unigraph build`, so this file imports nothing large, and the parts that only a small build
 * needs stay bytes until asked for.
 */

/** Raised when the form of the file changes. */
const FORMAT = 3;

/** Numbers kept of a stat: inode, size, modification and change time, mode. All zero: there is nothing. */
export const STAT_NUMBERS = 5;

/** In place of the inode: only what kind of thing is there counts. */
export const KIND_ONLY = -1;

/** The makefiles' evaluation, the configuration, or the folders in which names are searched depend on the path: a small build will not do. */
export const FOR_ALL = 1;
/** The evaluation depends on what kind of thing is at the path. */
export const FOR_KIND = 2;
/** Git tracks the file, and the evaluation asked whether anything is modified. */
export const FOR_GIT = 4;

/** The type of a file and whether it can be executed. */
export const KIND = 0o170111;

/** The small part of a record, JSON. */
export interface RecordHeader {
  /** Names the command line and its surroundings. */
  readonly call: string;
  /** The program that wrote it. */
  readonly program: string;
  /** Digests of what was at paths whose stat could not vouch for it, by position. */
  readonly young: Readonly<Record<number, string>>;
  /** The same of listings of folders, for when only the times of a folder change. */
  readonly listings: Readonly<Record<number, string>>;
  /** Commands of `$(shell)` that answer by the state of a git work tree. */
  readonly gitShells: readonly AnsweredShell[];
  /** Positions of names that actions only make, from the first to before the second: what tells of an edit is among the others. */
  readonly made: readonly [from: number, to: number];
  /** The stored graph, and its stat. */
  readonly graph: { readonly file: string; readonly stat: readonly number[] };
  /** Folders of unpacked sources, with their libraries. */
  readonly origins: readonly (readonly [folder: string, library: string])[];
  /** Actions, without groups. */
  readonly actions: number;
}

/** Lists of numbers, one list after the other. */
export interface Lists {
  /** Where each list ends. */
  readonly ends: Uint32Array;
  readonly values: Uint32Array;
}

/** The record of a build folder. */
export interface UpToDateRecord {
  readonly header: RecordHeader;
  readonly names: readonly string[];
  /** STAT_NUMBERS of each name. */
  readonly stats: Float64Array;
  /** FOR_ALL, FOR_KIND. */
  readonly flags: Uint8Array;
  /** By the graph's numbers of actions: positions of the names that an action reads and makes. */
  readonly uses: Lists;
  /** And the actions that wait for it. */
  readonly dependents: Lists;
}

export const recordFile = (build: string): string => path.join(build, '.unigraph', 'up-to-date');

/** Puts lists one after the other. */
export function joinLists(lists: readonly Iterable<number>[]): Lists {
  const values: number[] = [];
  const ends = Uint32Array.from(lists, (list) => {
    for (const value of list) values.push(value);
    return values.length;
  });
  return { ends, values: Uint32Array.from(values) };
}

/** One of the lists. */
export function listAt({ ends, values }: Lists, at: number): Uint32Array {
  return values.subarray(at === 0 ? 0 : ends[at - 1], ends[at]);
}

const bytesOf = (part: Uint8Array | Uint32Array | Float64Array): Uint8Array =>
  new Uint8Array(part.buffer, part.byteOffset, part.byteLength);

/**
 * Writes a record through a temporary file: a reader sees the old one or the new one.
 * @throws the file system's error
 */
export function writeRecord(build: string, record: UpToDateRecord): void {
  const { uses, dependents } = record;
  const parts = [
    Buffer.from(JSON.stringify(record.header)),
    Buffer.from(record.names.join('\0')),
    record.stats,
    record.flags,
    uses.ends,
    uses.values,
    dependents.ends,
    dependents.values,
  ].map(bytesOf);
  const front = Uint32Array.of(FORMAT, ...parts.map((part) => part.length));
  const file = recordFile(build);
  const temporary = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(temporary, Buffer.concat([bytesOf(front), ...parts]));
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** Takes a record back; called before a build changes anything that it does not follow. */
export function removeRecord(build: string): void {
  fs.rmSync(recordFile(build), { force: true });
}

/** Parts behind the front: header, names, stats, flags, and two for each of the lists. */
const PARTS = 8;

/** A record as it was read, with what tells whether the file is still the same. */
export interface ReadRecord extends UpToDateRecord {
  readonly identity: string;
}

/** Reads a folder's record; undefined when there is none, none of this version, or none that is whole. */
export function readRecord(build: string): ReadRecord | undefined {
  let content: Buffer;
  let identity: string;
  try {
    const descriptor = fs.openSync(recordFile(build), 'r');
    try {
      identity = identityOf(fs.fstatSync(descriptor));
      content = fs.readFileSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
  const frontBytes = 4 * (1 + PARTS);
  if (content.length < frontBytes || content.readUInt32LE(0) !== FORMAT) return undefined;
  const lengths = Array.from({ length: PARTS }, (_, at) => content.readUInt32LE(4 + 4 * at));
  if (lengths.reduce((sum, length) => sum + length, frontBytes) !== content.length) return undefined;
  const part = (wanted: number): Buffer => {
    const start = lengths.slice(0, wanted).reduce((sum, length) => sum + length, frontBytes);
    return content.subarray(start, start + lengths[wanted]!);
  };
  const words = (wanted: number): Uint32Array => {
    const values = new Uint32Array(lengths[wanted]! / Uint32Array.BYTES_PER_ELEMENT);
    bytesOf(values).set(part(wanted));
    return values;
  };
  const stats = new Float64Array(lengths[2]! / Float64Array.BYTES_PER_ELEMENT);
  bytesOf(stats).set(part(2));
  let header: RecordHeader;
  try {
    header = JSON.parse(part(0).toString('utf8')) as RecordHeader;
  } catch {
    return undefined;
  }
  const names = part(1).toString('utf8').split('\0');
  if (stats.length !== names.length * STAT_NUMBERS) return undefined;
  let uses: Lists | undefined;
  let dependents: Lists | undefined;
  return {
    identity,
    header,
    names,
    stats,
    flags: Uint8Array.from(part(3)),
    get uses() {
      return (uses ??= { ends: words(4), values: words(5) });
    },
    get dependents() {
      return (dependents ??= { ends: words(6), values: words(7) });
    },
  };
}

const identityOf = ({ ino, size, mtimeMs, ctimeMs }: fs.Stats): string =>
  `${ino} ${size} ${mtimeMs} ${ctimeMs}`;

/** Whether the file is still the one that was read. */
export function isStillThere(build: string, record: ReadRecord): boolean {
  const stat = fs.statSync(recordFile(build), { throwIfNoEntry: false });
  return stat !== undefined && identityOf(stat) === record.identity;
}

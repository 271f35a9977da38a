import fs from 'node:fs';
import path from 'node:path';
import { LINK_PREFIX } from '../../engine/digest/link-prefix.ts';
import { textDigest } from '../../engine/digest/text-digest.ts';
import { vouches } from '../../engine/digest/stat-trust.ts';
import {
  FOR_ALL,
  FOR_GIT,
  FOR_KIND,
  KIND,
  KIND_ONLY,
  STAT_NUMBERS,
  readRecord,
  type ReadRecord,
  type RecordHeader,
} from './up-to-date-record.ts';

/*
 * The short way: after a build, everything that it depended on is written down as one list of stats. A later call with
 * the same words in the same surroundings compares them and is done, without the journal, the graph, yargs or the
 * languages: 9,000 stats take 25 ms here, loading what they stand for 250 ms. Where few files differ that only commands read,
 * a small build follows (small-build.ts). Any other difference takes the long way.
 *
 * This file is loaded by every `unigraph build`, so it imports nothing large.
 */

/** What names a build besides the state of the disk. */
export interface Call {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Identifies this program. */
  readonly program: string;
}

/** Variables that change from terminal to terminal and that nothing in a build may depend on. */
const PASSING =
  /^(?:_|PWD|OLDPWD|SHLVL|COLUMNS|LINES|TERM|COLORTERM|DISPLAY|WINDOWID|SSH_\w+|TMUX\w*|STY|XDG_\w+|DBUS_\w+|LS_COLORS|HIST\w+|PS\d)$/;

/** Words that change what is told, or how fast, not what is made. */
export const TELLING = /^(?:-v|--verbose|-q|--quiet|-k|--keep-going|-j\d*|--jobs(?:=.*)?)$/;

/** The digest of a call, for a record's header. */
export function callText({ argv, cwd, environment }: Call): string {
  const words = argv.filter((word, at) => !TELLING.test(word) && !/^(?:-j|--jobs)$/.test(argv[at - 1] ?? ''));
  const variables = Object.keys(environment)
    .filter((name) => !PASSING.test(name))
    .sort()
    .map((name) => `${name}=${environment[name] ?? ''}`);
  return textDigest(JSON.stringify([words, cwd, variables]));
}

/** The build folder that a command line names, as far as that can be told without reading a manifest. */
function guessBuildFolder({ argv, cwd }: Call): string {
  const value = (names: readonly string[], word: RegExp): string | undefined => {
    for (const [at, each] of argv.entries()) {
      if (names.includes(each)) return argv[at + 1];
      const match = word.exec(each);
      if (match !== null) return match[1];
    }
    return undefined;
  };
  const start = path.resolve(cwd, value(['-C', '--directory'], /^--directory=(.*)$/) ?? '.');
  const output = value(['-o', '--output'], /^(?:--output|O)=(.*)$/);
  if (output !== undefined) return path.resolve(start, output);
  return path.resolve(start, value(['--app'], /^(?:--app|A)=(.*)$/) ?? '.', 'build');
}

/** Stats a path, or with LINK_PREFIX the link that is there, into a list of numbers; what is there, if anything is. */
export function look(file: string, into: Float64Array, at: number): fs.Stats | undefined {
  let stat: fs.Stats | undefined;
  try {
    stat = file.startsWith(LINK_PREFIX)
      ? fs.lstatSync(file.slice(LINK_PREFIX.length), { throwIfNoEntry: false })
      : fs.statSync(file, { throwIfNoEntry: false });
  } catch {
    stat = undefined;
  }
  into[at] = stat?.ino ?? 0;
  into[at + 1] = stat?.size ?? 0;
  into[at + 2] = stat?.mtimeMs ?? 0;
  into[at + 3] = stat?.ctimeMs ?? 0;
  into[at + 4] = stat?.mode ?? 0;
  return stat;
}

/** A digest of what a path holds; empty when it cannot be read. */
function contentDigest(file: string): string {
  try {
    if (file.startsWith(LINK_PREFIX)) return textDigest(fs.readlinkSync(file.slice(LINK_PREFIX.length)));
    return textDigest(fs.readFileSync(file, 'latin1'));
  } catch {
    return '';
  }
}

/** A digest of the names in a folder; empty when it cannot be listed. */
export function listingDigest(folder: string): string {
  try {
    return textDigest(fs.readdirSync(folder).sort().join('\0'));
  } catch {
    return '';
  }
}

/** Paths with their present stats, for a record. */
export interface Looked {
  readonly names: readonly string[];
  readonly stats: Float64Array;
  readonly flags: Uint8Array;
  readonly young: RecordHeader['young'];
  readonly listings: RecordHeader['listings'];
  readonly made: RecordHeader['made'];
}

/** What a build depended on. */
export interface Dependencies {
  /** Files that commands read and made. */
  readonly used: ReadonlySet<string>;
  /** Those that they made. */
  readonly made: ReadonlySet<string>;
  /** Paths that decide what is built at all: the evaluation's, the configuration's, searched folders. */
  readonly decisive: ReadonlySet<string>;
  /** Files that git tracks where the evaluation asked it what is modified. */
  readonly tracked: ReadonlySet<string>;
  /** Paths of which only existence and kind matter. */
  readonly kinds: Iterable<string>;
}

/** How sure it is that a path is as the build saw it: not, by what is there now, or so that its stat will tell of any change. */
export type Assurance = 'none' | 'now' | 'by-stat';

/**
 * Looks at everything that a build depended on.
 * @param vouch how sure it is that a path is as the build saw it
 * @returns undefined when one is not
 */
export function lookAtAll(
  { used, made, decisive, tracked, kinds }: Dependencies,
  vouch: (file: string, stat: fs.Stats | undefined) => Assurance,
): Looked | undefined {
  const byKind = new Set(kinds);
  const isMade = (name: string): boolean =>
    made.has(name) && !decisive.has(name) && !tracked.has(name) && !byKind.has(name);
  const whole = new Set([...used, ...decisive, ...tracked]);
  const others = [...whole].filter((name) => !isMade(name));
  const names = [...others, ...[...used].filter(isMade), ...[...byKind].filter((name) => !whole.has(name))];
  const stats = new Float64Array(names.length * STAT_NUMBERS);
  const flags = new Uint8Array(names.length);
  const young: Record<number, string> = {};
  const listings: Record<number, string> = {};
  const now = Date.now();
  for (const [index, name] of names.entries()) {
    const stat = look(name, stats, index * STAT_NUMBERS);
    flags[index] =
      (decisive.has(name) ? FOR_ALL : 0) |
      (byKind.has(name) ? FOR_KIND : 0) |
      (tracked.has(name) ? FOR_GIT : 0);
    if (index >= whole.size) {
      stats[index * STAT_NUMBERS] = KIND_ONLY;
      continue;
    }
    const assurance = vouch(name, stat);
    if (assurance === 'none') return undefined;
    if (stat?.isDirectory() === true) listings[index] = listingDigest(name);
    if (assurance === 'now' && stat !== undefined && !vouches(stat, now))
      young[index] = listings[index] ?? contentDigest(name);
  }
  return { names, stats, flags, young, listings, made: [others.length, whole.size] };
}

/** More paths than this are no small change. */
const FEW = 200;

/** How a build folder stands to a call. */
export type Standing =
  | { readonly kind: 'nothing-to-do' }
  /** Few paths differ; positions in the record's names. */
  | {
      readonly kind: 'few';
      readonly build: string;
      readonly record: ReadRecord;
      readonly changed: readonly number[];
      /** Folders of which only the times differ. */
      readonly touched: readonly number[];
      /** Whether the files that actions only make were compared as well. */
      readonly whole: boolean;
    }
  | { readonly kind: 'unknown' };

const UNKNOWN: Standing = { kind: 'unknown' };

/** Compares what a call's last build depended on with what there is now. */
export function standingOf(call: Call): Standing {
  const build = guessBuildFolder(call);
  const record = readRecord(build);
  if (record === undefined) return UNKNOWN;
  const { header } = record;
  if (header.program !== call.program || header.call !== callText(call)) return UNKNOWN;
  // Somebody builds there at this moment.
  if (fs.existsSync(path.join(build, '.unigraph', 'lock'))) return UNKNOWN;
  const [from, to] = header.made;
  const differences: Differences = { changed: [], touched: [] };
  compare(record, 0, from, differences);
  compare(record, to, record.names.length, differences);
  // Where something is to do anyway, that can be found out while it is done.
  const whole = differences.changed.length === 0;
  if (whole) compare(record, from, to, differences);
  const { changed, touched } = differences;
  if (changed.length === 0) return { kind: 'nothing-to-do' };
  if (changed.length > FEW) return UNKNOWN;
  return { kind: 'few', build, record, changed, touched, whole };
}

/** Positions of the files that actions only make and that are not as recorded. */
export function changedOutputs(record: ReadRecord): readonly number[] {
  const differences: Differences = { changed: [], touched: [] };
  compare(record, ...record.header.made, differences);
  return differences.changed;
}

/** Positions of paths that are not as recorded, and of folders of which only the times are not. */
interface Differences {
  readonly changed: number[];
  readonly touched: number[];
}

/** Compares part of a record with what there is; ends when more than few paths differ. */
function compare(
  { names, stats, header }: ReadRecord,
  from: number,
  to: number,
  { changed, touched }: Differences,
): void {
  const now = new Float64Array(STAT_NUMBERS);
  for (let index = from; index < to && changed.length <= FEW; index++) {
    const at = index * STAT_NUMBERS;
    const name = names[index]!;
    look(name, now, 0);
    const mode = stats[at + 4]!;
    if (stats[at] === KIND_ONLY) {
      if ((now[4]! & KIND) !== (mode & KIND)) changed.push(index);
      continue;
    }
    const isSame =
      now[0] === stats[at] &&
      now[1] === stats[at + 1] &&
      now[2] === stats[at + 2] &&
      now[3] === stats[at + 3] &&
      now[4] === mode;
    const young = header.young[index];
    if (isSame && young === undefined) continue;
    const listing = header.listings[index];
    if (listing !== undefined) {
      // The same names in another folder would not be the same.
      const isThere = now[0] === stats[at] && now[4] === mode;
      (isThere && listingDigest(name) === listing ? touched : changed).push(index);
    } else if (young === undefined || contentDigest(name) !== young) changed.push(index);
  }
}

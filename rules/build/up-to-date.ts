import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { vouches } from '../../engine/digest/stat-trust.ts';

/*
 * The short way: after a build, everything that it depended on is written down as one list of stats. A later call with
 * the same words in the same surroundings compares them and is done, without the journal, the graph, yargs or the
 * languages: 9,000 stats take 25 ms here, loading what they stand for 250 ms. Any difference whatever takes the long way.
 *
 * This file is loaded by every `unigraph build`, so it imports nothing large.
 */

/** Raised when the form of the file changes. */
const FORMAT = 2;

/** Numbers kept of a stat: inode, size, modification and change time, mode. All zero: there is nothing. */
const NUMBERS = 5;

/** In place of the inode: only what kind of thing is there counts. */
const KIND_ONLY = -1;

/** What names a build besides the state of the disk. */
export interface Call {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Identifies this program. */
  readonly program: string;
}

interface Header {
  readonly format: number;
  readonly call: string;
  readonly program: string;
  /** SHA-256 of files whose stat could not vouch for them, by position. */
  readonly young: Readonly<Record<number, string>>;
}

/** Variables that change from terminal to terminal and that nothing in a build may depend on. */
const PASSING =
  /^(?:_|PWD|OLDPWD|SHLVL|COLUMNS|LINES|TERM|COLORTERM|DISPLAY|WINDOWID|SSH_\w+|TMUX\w*|STY|XDG_\w+|DBUS_\w+|LS_COLORS|HIST\w+|PS\d)$/;

/** Words that change what is told, not what is made. */
const TELLING = /^(?:-v|--verbose|-q|--quiet|-k|--keep-going|-j\d*|--jobs(?:=.*)?)$/;

function callText({ argv, cwd, environment }: Call): string {
  const words = argv.filter((word, at) => !TELLING.test(word) && !/^(?:-j|--jobs)$/.test(argv[at - 1] ?? ''));
  const variables = Object.keys(environment)
    .filter((name) => !PASSING.test(name))
    .sort()
    .map((name) => `${name}=${environment[name] ?? ''}`);
  return createHash('sha256')
    .update(JSON.stringify([words, cwd, variables]))
    .digest('hex');
}

const fileIn = (build: string): string => path.join(build, '.unigraph', 'up-to-date');

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

function look(file: string, into: Float64Array, at: number): fs.Stats | undefined {
  let stat: fs.Stats | undefined;
  try {
    stat = fs.statSync(file, { throwIfNoEntry: false });
  } catch {
    stat = undefined;
  }
  if (stat !== undefined) {
    into[at] = stat.ino;
    into[at + 1] = stat.size;
    into[at + 2] = stat.mtimeMs;
    into[at + 3] = stat.ctimeMs;
    into[at + 4] = stat.mode;
  }
  return stat;
}

function contentDigest(file: string): string {
  try {
    return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  } catch {
    return '';
  }
}

/**
 * Writes down that a call has nothing to do as long as these paths are as they are now.
 * @param kinds paths of which only existence and kind matter
 * @param vouch whether a path is now as the build saw it; the first that is not ends the attempt
 * @returns whether it was written
 */
export function rememberUpToDate(
  build: string,
  call: Call,
  paths: Iterable<string>,
  kinds: Iterable<string>,
  vouch: (file: string, stat: fs.Stats | undefined) => boolean,
): boolean {
  const whole = new Set(paths);
  const names = [...whole, ...new Set([...kinds].filter((name) => !whole.has(name)))];
  const stats = new Float64Array(names.length * NUMBERS);
  const young: Record<number, string> = {};
  const now = Date.now();
  for (const [index, name] of names.entries()) {
    const stat = look(name, stats, index * NUMBERS);
    if (index >= whole.size) {
      stats[index * NUMBERS] = KIND_ONLY;
      continue;
    }
    if (!vouch(name, stat)) return false;
    if (stat === undefined || vouches(stat, now)) continue;
    young[index] = stat.isDirectory() ? listingDigest(name) : contentDigest(name);
  }
  const header: Header = { format: FORMAT, call: callText(call), program: call.program, young };
  const first = Buffer.from(JSON.stringify(header));
  const second = Buffer.from(names.join('\0'));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(first.length, 0);
  lengths.writeUInt32LE(second.length, 4);
  const file = fileIn(build);
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, Buffer.concat([lengths, first, second, Buffer.from(stats.buffer)]));
  fs.renameSync(temporary, file);
  return true;
}

function listingDigest(folder: string): string {
  try {
    return createHash('sha256').update(fs.readdirSync(folder).sort().join('\0')).digest('hex');
  } catch {
    return '';
  }
}

/** Takes back what rememberUpToDate wrote; called before a build changes anything. */
export function forgetUpToDate(build: string): void {
  fs.rmSync(fileIn(build), { force: true });
}

/** Whether a call has nothing to do, for certain. */
export function isUpToDate(call: Call): boolean {
  const build = guessBuildFolder(call);
  let content: Buffer;
  try {
    content = fs.readFileSync(fileIn(build));
    // Somebody builds there at this moment.
    if (fs.existsSync(path.join(build, '.unigraph', 'lock'))) return false;
    const headerEnd = 8 + content.readUInt32LE(0);
    const namesEnd = headerEnd + content.readUInt32LE(4);
    const header = JSON.parse(content.toString('utf8', 8, headerEnd)) as Header;
    if (header.format !== FORMAT || header.program !== call.program || header.call !== callText(call))
      return false;
    const names = content.toString('utf8', headerEnd, namesEnd).split('\0');
    if (content.length !== namesEnd + names.length * NUMBERS * 8) return false;
    return compare(names, content.subarray(namesEnd), header.young);
  } catch {
    return false;
  }
}

function compare(names: readonly string[], recorded: Buffer, young: Header['young']): boolean {
  const expected = new Float64Array(names.length * NUMBERS);
  new Uint8Array(expected.buffer).set(recorded);
  const now = new Float64Array(NUMBERS);
  for (const [index, name] of names.entries()) {
    const at = index * NUMBERS;
    now.fill(0);
    look(name, now, 0);
    const mode = expected[at + 4]!;
    if (expected[at] === KIND_ONLY) {
      if ((now[4]! & KIND) !== (mode & KIND)) return false;
      continue;
    }
    const same = now.every((number, part) => number === expected[at + part]);
    const digest = young[index];
    if (
      digest === undefined
        ? !same
        : (mode & S_IFDIR) !== 0
          ? listingDigest(name) !== digest
          : contentDigest(name) !== digest
    ) {
      return false;
    }
  }
  return true;
}

const S_IFDIR = 0o040000;

/** The type of a file and whether it can be executed. */
const KIND = 0o170111;

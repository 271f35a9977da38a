import fs from 'node:fs';
import { normalize } from 'node:path';
import type { FileStates } from '../../engine/digest/file-states.ts';
import { digestOfText, formatDigest } from '../../engine/digest/hash.ts';
import { which } from '../../engine/exec/which.ts';
import { unreachable } from '../../engine/result.ts';
import { influentialVariables } from '../lowering/environment.ts';
import type { FoundProgram } from '../lowering/toolchain.ts';
import { answersAgain } from './answers-again.ts';
import type { Observations, RecordedShell, Seen } from './recording-host.ts';

/** Everything that a cached evaluation depends on, as JSON. */
export interface EvaluationRecord {
  /** Path and content digest of each file read. */
  readonly contents: readonly (readonly [path: string, digest: string])[];
  readonly listings: readonly Listing[];
  readonly seen: readonly (readonly [path: string, seen: Seen])[];
  readonly realpaths: readonly (readonly [path: string, real: string | null])[];
  readonly shells: readonly RecordedShell[];
  readonly programs: readonly FoundProgram[];
  /** Files that the evaluation wrote, with their digests. */
  readonly written: readonly (readonly [path: string, digest: string])[];
  /** Folders that the evaluation made. */
  readonly folders: readonly string[];
  /** Variables whose value came from the environment. */
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** The variables of the environment that change what tools make, all of them. */
  readonly influential: readonly (readonly [name: string, value: string])[];
  /** Names that were looked up and not defined anywhere. */
  readonly undefinedNames: readonly string[];
  readonly umask: number;
}

/** A folder that was listed, and the names in it that do not count: those that the build itself makes there. */
export interface Listing {
  readonly path: string;
  readonly digest: string;
  readonly ignored: readonly string[];
}

/** What environment variables an evaluation asked for. */
export interface AskedVariables {
  readonly defined: ReadonlyMap<string, string>;
  readonly undefinedNames: ReadonlySet<string>;
}

const digestAt = (files: FileStates, path: string): string => formatDigest(files.digest(files.id(path)));

/** Puts an evaluation's observations down. */
export function recordEvaluation(
  observations: Observations,
  asked: AskedVariables,
  programs: readonly FoundProgram[],
  umask: number,
  files: FileStates,
  made: MadeFiles,
  environment: Readonly<Record<string, string>>,
): EvaluationRecord {
  // What the evaluation wrote itself is no input of it.
  const own = (path: string): boolean => observations.written.has(path);
  const contents = [...observations.read].filter((path) => !own(path));
  // What was missing only because nothing had been built yet: things in the build folder that the evaluation has made
  // itself by now, folders that actions fill, and sources that are unpacked before a rule reads them.
  const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
  const comesWithTheBuild = (path: string): boolean =>
    (isBelow(path, made.build) && look(path) !== 'missing') ||
    made.names(path)?.size !== 0 ||
    (observations.seenLate.has(path) && made.trees.some((tree) => isBelow(normalize(path), tree)));
  for (const path of observations.written.keys()) files.invalidateOutput(path);
  return {
    contents: contents.map((path) => [path, digestAt(files, path)]),
    listings: [...observations.listed].flatMap((path) => listing(path, made)),
    seen: [...observations.seen].filter(
      ([path, seen]) => !own(path) && !(seen === 'missing' && comesWithTheBuild(path)),
    ),
    realpaths: [...observations.realpaths]
      .filter(([path, real]) => real !== undefined || !comesWithTheBuild(path))
      .map(([path, real]) => [path, real ?? null]),
    shells: observations.shells,
    programs,
    written: [...observations.written.keys()].map((path) => [path, digestAt(files, path)]),
    folders: [...observations.folders],
    variables: [...asked.defined],
    influential: influentialVariables(environment),
    undefinedNames: [...asked.undefinedNames],
    umask,
  };
}

/** What a build makes. */
export interface MadeFiles {
  /** The build folder. */
  readonly build: string;
  /** Folders that actions fill as a whole: unpacked sources. */
  readonly trees: readonly string[];
  /** The names that actions make in a folder; `undefined` for a folder that is all the build's own. */
  readonly names: (folder: string) => ReadonlySet<string> | undefined;
}

/** Make lists folders to find single files too, so what the build adds to its own folder must not count. */
function listing(path: string, made: MadeFiles): Listing[] {
  const ignored = made.names(path);
  if (ignored === undefined) return [];
  return [{ path, digest: listingDigest(path, ignored), ignored: [...ignored] }];
}

function listingDigest(path: string, ignored: ReadonlySet<string>): string {
  let names: string[];
  try {
    names = fs.readdirSync(path);
  } catch {
    return 'missing';
  }
  return formatDigest(
    digestOfText(
      names
        .filter((name) => !ignored.has(name))
        .sort()
        .join('\n'),
    ),
  );
}

/** Why a cached evaluation cannot be used; for `explain`. */
export type Staleness = { readonly what: string };

/**
 * Looks at everything that an evaluation depended on.
 * @returns undefined when evaluating again would give the same
 */
export function staleness(
  record: EvaluationRecord,
  environment: Readonly<Record<string, string>>,
  umask: number,
  files: FileStates,
): Staleness | undefined {
  if (record.umask !== umask) return { what: 'the umask' };
  for (const [name, value] of record.variables) {
    if (environment[name] !== value) return { what: `the variable ${name} of the environment` };
  }
  const influential = new Map(record.influential);
  for (const [name, value] of influentialVariables(environment)) {
    if (influential.get(name) !== value) return { what: `the variable ${name} of the environment` };
    influential.delete(name);
  }
  for (const name of influential.keys()) return { what: `the variable ${name} of the environment` };
  const undefinedNames = new Set(record.undefinedNames);
  for (const name of Object.keys(environment)) {
    if (undefinedNames.has(name)) return { what: `the variable ${name} of the environment` };
  }
  for (const [path, digest] of record.contents) if (digestAt(files, path) !== digest) return { what: path };
  for (const { path, digest, ignored } of record.listings) {
    if (listingDigest(path, new Set(ignored)) !== digest) return { what: path };
  }
  for (const [path, digest] of record.written) if (digestAt(files, path) !== digest) return { what: path };
  for (const [path, seen] of record.seen) if (look(path) !== seen) return { what: path };
  for (const [path, real] of record.realpaths) if (realpath(path) !== real) return { what: path };
  for (const { program, path, file } of record.programs) {
    if (which(program, path, '/') !== file) return { what: `the program ${program}` };
  }
  // The same question from two runs of the Makefile is asked once; none of the trees asks in a way that depends on the folder.
  const asked = new Map(record.shells.map((each) => [each.command, each]));
  const shell = [...asked.values()].find((each) => !stillAnswers(each, environment, files));
  return shell === undefined ? undefined : { what: `the answer of $(shell ${shell.command})` };
}

function look(path: string): Seen {
  let stat: fs.Stats | undefined;
  try {
    stat = fs.statSync(path, { throwIfNoEntry: false }) ?? fs.lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // ENOTDIR, EACCES, ELOOP: for make there is no such file either.
  }
  if (stat === undefined) return 'missing';
  if (stat.isDirectory()) return 'folder';
  return (stat.mode & 0o111) === 0 ? 'file' : 'program';
}

function realpath(path: string): string | null {
  try {
    return fs.realpathSync(path);
  } catch {
    return null;
  }
}

function stillAnswers(
  shell: RecordedShell,
  environment: Readonly<Record<string, string>>,
  files: FileStates,
): boolean {
  const { trust } = shell;
  switch (trust.kind) {
    case 'constant':
    case 'clock':
      return true;
    case 'files':
      // The digests of these programs are in `contents`: see evaluationFiles.
      return trust.files.every((file) => files.exists(files.id(file)));
    case 'program':
      return which(trust.name, environment['PATH'] ?? '', '/') === trust.found;
    case 'variables':
      return true; // their names were looked up, and are in `variables` or `undefinedNames`
    case 'git':
    case 'unknown':
      return answersAgain(shell, environment);
    default:
      return unreachable(trust);
  }
}

/** Files on whose content answers of `$(shell)` rest. */
export function evaluationFiles(shells: readonly RecordedShell[]): string[] {
  return shells.flatMap(({ trust }) => (trust.kind === 'files' ? trust.files : []));
}

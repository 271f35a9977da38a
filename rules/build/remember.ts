import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { LINK_PREFIX } from '../../engine/digest/file-states.ts';
import { digestOfPieces, parseDigest, sameDigest } from '../../engine/digest/hash.ts';
import { vouches } from '../../engine/digest/stat-trust.ts';
import { fileStat, nodeDisk, sameStat } from '../../engine/disk.ts';
import { isGroup } from '../../engine/graph/action.ts';
import type { Surroundings } from '../../engine/graph/freshness.ts';
import { VERSION_STRIDE, type FileVersions } from '../../engine/journal/manifest.ts';
import { unreachable } from '../../engine/result.ts';
import type { AnsweredShell } from '../evaluation/answers-again.ts';
import type { RecordedShell } from '../evaluation/recording-host.ts';
import type { BuildRequest } from './build-workspace.ts';
import type { Loaded } from './load.ts';
import { originsOf } from './edited-origins.ts';
import { callText, look, lookAtAll, type Assurance, type Call } from './up-to-date.ts';
import { STAT_NUMBERS, joinLists, writeRecord } from './up-to-date-record.ts';

interface Remembered {
  readonly request: BuildRequest;
  readonly call: Call;
  readonly loaded: Loaded;
  readonly around: Surroundings;
  /** When the build began. */
  readonly startedMs: number;
}

/** Versions of files that the build saw. */
interface Versions {
  readonly high: number;
  readonly low: number;
}

/**
 * Collects everything that a build which found all fresh depended on, for the short way (up-to-date.ts). Gives up when
 * anything may have changed since the build looked at it.
 */
export function remember({ request, call, loaded, around, startedMs }: Remembered): void {
  const { journal, files } = around;
  const { graph, stored } = loaded;
  const { record } = stored;
  const contents = new Map<string, Versions>();
  const decisive = new Set<string>();
  /** The files that each action reads and makes. */
  const usedBy: string[][] = graph.actions.map(() => []);
  const made = new Set<string>();
  const outputs = new Set<string>();
  /** Folders that an action filled as a whole, and when it had. */
  const trees = new Map<string, number>();
  const addVersions = (versions: FileVersions, used: string[]): void => {
    for (let at = 0; at < versions.length; at += VERSION_STRIDE) {
      const name = files.path(versions[at]!);
      if (name.startsWith(LINK_PREFIX)) decisive.add(name);
      else {
        contents.set(name, { high: versions[at + 1]!, low: versions[at + 2]! });
        used.push(name);
      }
    }
  };
  const scope = graph.closure(loaded.roots);
  const folderSets = new Set<string>();
  let actions = 0;
  for (const index of scope) {
    const action = graph.actions[index]!;
    if (isGroup(action)) continue;
    if (action.always === true) return;
    const manifest = journal.manifest(action.id);
    if (manifest === undefined) return;
    addVersions(manifest.inputs, usedBy[index]!);
    addVersions(manifest.outputs, usedBy[index]!);
    for (const output of action.outputs) outputs.add(output);
    actions++;
    for (const pair of manifest.lookups) folderSets.add(journal.strings.text(pair).split(':')[0]!);
    if (action.symbolHeader !== undefined) decisive.add(action.symbolHeader);
    for (const step of action.steps)
      if (step.kind === 'script') made.add(step.file).add(step.file.replace(/\.cmd$/, ''));
    for (const output of action.outputs) made.add(output);
    if (action.tree !== undefined)
      trees.set(action.tree, Math.max(trees.get(action.tree) ?? 0, manifest.finishedMs));
    if (action.depfile !== undefined) made.add(action.depfile.path);
  }
  const kinds = record.seen.map(([name]) => name);
  for (const set of folderSets)
    for (const id of set.split(',')) {
      // A name that leads upwards has the file itself in its set: it finds that file whatever is in it.
      if (files.isFile(Number(id))) kinds.push(files.path(Number(id)));
      else decisive.add(files.path(Number(id)));
    }
  for (const [name, digest] of [...record.contents, ...record.written]) {
    contents.set(name, parseDigest(digest));
    decisive.add(name);
  }
  // A link that leads elsewhere shows in the inode.
  for (const [name] of record.realpaths) decisive.add(name);
  for (const { path: folder } of record.listings) decisive.add(folder);
  for (const name of request.workspace.read) decisive.add(name);
  for (const name of [request.workspace.config, ...programCandidates(loaded)]) decisive.add(name);
  const shells = filesOfShells(record.shells);
  if (shells === undefined) return;
  for (const name of shells.files) decisive.add(name);
  for (const [name] of record.written) made.add(name);
  // Unikraft's addlib makes the folder of every library, also of those that are not configured.
  for (const name of record.folders) made.add(name);
  for (const name of [...made])
    for (let up = path.dirname(name); up.startsWith(request.workspace.build); up = path.dirname(up))
      made.add(up);
  const build = request.workspace.build;
  // The configuration's files, and the link by which the tree's Makefile goes to the build folder.
  for (const name of ['Makefile', 'include', 'kconfig', '.unigraph']) made.add(path.join(build, name));
  const configured = ['include', 'kconfig'].map((name) => path.join(build, name));

  const whileBuilding = (name: string, stat: fs.Stats): boolean => {
    // Only what the build itself made there is no surprise.
    if (made.has(name.replace(LINK_PREFIX, '')) && !stat.isDirectory()) return true;
    if (!stat.isDirectory() || !isWithin(name, build)) return false;
    const filledMs = Math.max(
      0,
      ...[...trees].filter(([folder]) => isWithin(name, folder)).map(([, finishedMs]) => finishedMs),
    );
    return fs.readdirSync(name).every((entry) => {
      const file = path.join(name, entry);
      if (made.has(file) || trees.has(file) || configured.some((folder) => isWithin(file, folder)))
        return true;
      const { ctimeMs } = fs.lstatSync(file);
      return ctimeMs < startedMs || ctimeMs <= filledMs;
    });
  };
  const vouch = (name: string, stat: fs.Stats | undefined): Assurance => {
    const version = contents.get(name);
    if (version === undefined || stat?.isDirectory() === true)
      return stat === undefined || stat.ctimeMs < startedMs || whileBuilding(name, stat) ? 'now' : 'none';
    if (stat === undefined) return version.high === 0 && version.low === 0 ? 'now' : 'none';
    const known = journal.file(files.id(name));
    if (known === undefined || !sameDigest(known.digest, version) || !sameStat(known.stat, fileStat(stat)))
      return 'none';
    if (vouches(stat, known.readMs)) return 'by-stat';
    // Read in the moment in which it was written: perhaps it was written once more.
    return isContent(name, version) ? 'now' : 'none';
  };
  const looked = lookAtAll(
    { used: new Set(contents.keys()), made: outputs, decisive, tracked: shells.tracked, kinds },
    vouch,
  );
  if (looked === undefined) return;
  const graphStat = new Float64Array(STAT_NUMBERS);
  if (look(loaded.file, graphStat, 0) === undefined) return;
  const { names, stats, flags, young, listings, made: madeRange } = looked;
  const positions = new Map(names.map((name, position) => [name, position]));
  writeRecord(build, {
    header: {
      call: callText(call),
      program: call.program,
      young,
      listings,
      made: madeRange,
      gitShells: record.shells.filter(({ trust }) => trust.kind === 'git').map(justAnswered),
      graph: { file: loaded.file, stat: [...graphStat] },
      origins: [...originsOf(graph)],
      actions,
    },
    names,
    stats,
    flags,
    uses: joinLists(usedBy.map((used) => used.map((name) => positions.get(name)!))),
    dependents: joinLists(graph.dependents.map((after) => after.filter((index) => scope.has(index)))),
  });
}

function justAnswered({ argv, cwd, stdout, status }: RecordedShell): AnsweredShell {
  return { argv, cwd, stdout, status };
}

function isContent(file: string, version: Versions): boolean {
  const digest = digestOfPieces((take) => nodeDisk.read(file, take));
  return digest !== undefined && sameDigest(digest, version);
}

const isWithin = (name: string, folder: string): boolean => name === folder || name.startsWith(`${folder}/`);

/** Where a program could appear in front of the one that was found. */
function programCandidates(loaded: Loaded): string[] {
  return loaded.stored.record.programs.flatMap(({ program, path: search, file }) => {
    const found: string[] = [];
    for (const folder of search.split(':')) {
      const candidate = path.join(folder, program);
      found.push(candidate);
      if (candidate === file) break;
    }
    return found;
  });
}

/** The files that the answers of `$(shell)` rest on, and those on which git's answers do; undefined when an answer can only be had by running it again. */
function filesOfShells(
  shells: readonly RecordedShell[],
): { readonly files: readonly string[]; readonly tracked: ReadonlySet<string> } | undefined {
  const found: string[] = [];
  const tracked = new Set<string>();
  for (const { trust } of shells) {
    switch (trust.kind) {
      case 'constant':
      case 'clock':
      case 'variables':
        break;
      case 'files':
        found.push(...trust.files);
        break;
      case 'program':
        found.push(trust.found);
        break;
      case 'git':
        for (const name of gitFiles(trust.folder)) tracked.add(name);
        break;
      case 'unknown':
        return undefined;
      default:
        return unreachable(trust);
    }
  }
  return { files: found, tracked };
}

/** What `git rev-parse HEAD` and `git ls-files -m` look at in a work tree. */
export function gitFiles(folder: string): string[] {
  const git = (...args: string[]): string[] =>
    execFileSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    })
      .split(/[\0\n]/)
      .filter((name) => name !== '');
  try {
    const own = git(
      'rev-parse',
      '--git-path',
      'HEAD',
      '--git-path',
      'index',
      '--git-path',
      'packed-refs',
      '--git-path',
      'logs/HEAD',
    );
    const tracked = git('ls-files', '-z');
    return [...own, ...tracked].map((name) => path.resolve(folder, name));
  } catch {
    // Not a work tree: the answer changes when it becomes one.
    return [path.join(folder, '.git')];
  }
}

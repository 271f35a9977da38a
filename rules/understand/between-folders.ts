import fs from 'node:fs';
import path from 'node:path';
import { LINK_PREFIX } from '../../engine/digest/file-states.ts';
import { Journal } from '../../engine/journal/journal.ts';
import { VERSION_STRIDE, commandOf } from '../../engine/journal/manifest.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { stateFolder } from '../build/state-folder.ts';
import { objectContents, type ObjectContents } from './object-contents.ts';
import { optionDifferences, readOptions, type OptionDifference } from './option-differences.ts';

/** Where a thing is that is not in both folders. */
export type Side = 'first' | 'second';

/** How the commands of one library differ. */
export interface CommandDifference {
  readonly library: string;
  /** Actions whose commands differ, and those that both have. */
  readonly differing: number;
  readonly common: number;
  /** Actions of one folder only, by what they make. */
  readonly only: Readonly<Record<Side, readonly string[]>>;
  /** Words that only one side's commands have, each with the number of commands, the most frequent first. */
  readonly words: Readonly<Record<Side, readonly (readonly [word: string, commands: number])[]>>;
}

export interface FileDifference {
  readonly library: string;
  /** Names in the folders. */
  readonly differing: readonly string[];
  readonly only: Readonly<Record<Side, readonly string[]>>;
}

export interface SizeDifference {
  /** Name in the folders: `libmusl.o`, an image. */
  readonly file: string;
  readonly code: readonly [number, number];
  readonly data: readonly [number, number];
  readonly zero: readonly [number, number];
  readonly symbols: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly resized: readonly (readonly [name: string, from: number, to: number])[];
  };
}

export interface FolderDifferences {
  readonly options: readonly OptionDifference[];
  /** Sources outside the folders that the two were built from in different versions. */
  readonly sources: readonly string[];
  readonly commands: readonly CommandDifference[];
  readonly files: readonly FileDifference[];
  readonly sizes: readonly SizeDifference[];
}

/** A build folder as its journal has it; names and commands are freed of the folder's own place. */
interface BuiltFolder {
  readonly folder: string;
  readonly options: ReadonlyMap<string, string>;
  readonly commands: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, string>;
}

/** Compares two folders that unigraph has built in. */
export function betweenFolders(first: string, second: string): Result<FolderDifferences, Diagnostic> {
  const one = readFolder(first);
  if (!one.ok) return one;
  const two = readFolder(second);
  if (!two.ok) return two;
  const [a, b] = [one.value, two.value];
  return ok({
    options: optionDifferences(a.options, b.options),
    sources: [...a.sources]
      .filter(([name, digest]) => b.sources.has(name) && b.sources.get(name) !== digest)
      .map(([name]) => name)
      .sort(),
    commands: commandDifferences(a.commands, b.commands),
    files: fileDifferences(a.outputs, b.outputs),
    sizes: sizeDifferences(a, b),
  });
}

/** Whether anything at all was found. */
export function foldersDiffer(found: FolderDifferences): boolean {
  return Object.values(found).some((list: readonly unknown[]) => list.length > 0);
}

function readFolder(folder: string): Result<BuiltFolder, Diagnostic> {
  const file = path.join(stateFolder(folder), 'journal');
  if (!fs.existsSync(file)) {
    return fail({
      message: `${folder} is no build folder: there is no ${file}`,
      hint: "Name two folders in which 'unigraph build' has built.",
    });
  }
  const real = fs.realpathSync(folder);
  const journal = Journal.read(path.join(stateFolder(real), 'journal'));
  const inside = (name: string): string | undefined =>
    name.startsWith(`${real}/`) ? name.slice(real.length + 1) : undefined;
  // Not `/x/build.config` beside `/x/build`.
  const own = new RegExp(`${real.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\w.-])`, 'g');
  const commands = new Map<string, string>();
  const outputs = new Map<string, string>();
  const sources = new Map<string, string>();
  for (const id of journal.actionIds()) {
    const manifest = journal.manifest(id);
    if (manifest === undefined) continue;
    const made = versions(manifest.outputs, journal);
    // Of an action that the makefiles no longer have nothing may be left.
    if (made.length > 0 && !made.some(([name]) => fs.existsSync(name))) continue;
    commands.set(inside(id) ?? id, commandOf(manifest, journal.strings).replace(own, '$O'));
    for (const [name, digest] of made) outputs.set(inside(name) ?? name, digest);
    for (const [name, digest] of versions(manifest.inputs, journal))
      if (inside(name) === undefined) sources.set(name, digest);
  }
  return ok({
    folder: real,
    options: readOptions(path.join(real, 'config')) ?? new Map(),
    commands,
    outputs,
    sources,
  });
}

function versions(list: Uint32Array, { strings }: Journal): [name: string, digest: string][] {
  const found: [string, string][] = [];
  for (let at = 0; at < list.length; at += VERSION_STRIDE)
    found.push([strings.text(list[at]!).replace(LINK_PREFIX, ''), `${list[at + 1]} ${list[at + 2]}`]);
  return found;
}

/** The library that something in a build folder belongs to, as its name tells; empty for the image and for what all share. */
function libraryOf(name: string): string {
  const [first, ...below] = name.split('/');
  if (below.length > 0) return first!;
  return /^([\w-]+?)(?:\.ld)?\.o$/.exec(first!)?.[1] ?? '';
}

function commandDifferences(
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): CommandDifference[] {
  const counts = {
    differing: new Map<string, number>(),
    common: new Map<string, number>(),
    first: new Map<string, Map<string, number>>(),
    second: new Map<string, Map<string, number>>(),
  };
  const only = { first: new Map<string, string[]>(), second: new Map<string, string[]>() };
  for (const [name, command] of a) {
    const library = libraryOf(name);
    const other = b.get(name);
    if (other === undefined) {
      push(only.first, library, name);
      continue;
    }
    count(counts.common, library);
    if (other === command) continue;
    count(counts.differing, library);
    const [mine, theirs] = [wordsOf(command), wordsOf(other)];
    for (const [side, words, without] of [
      ['first', mine, theirs],
      ['second', theirs, mine],
    ] as const) {
      const counted = counts[side].get(library) ?? new Map<string, number>();
      counts[side].set(library, counted);
      for (const word of words) if (!without.has(word)) count(counted, word);
    }
  }
  for (const name of b.keys()) if (!a.has(name)) push(only.second, libraryOf(name), name);
  const libraries = new Set([...counts.differing.keys(), ...only.first.keys(), ...only.second.keys()]);
  const words = (side: Side, library: string): (readonly [string, number])[] =>
    [...(counts[side].get(library) ?? [])].sort(([x, m], [y, n]) => n - m || (x < y ? -1 : 1));
  return [...libraries].sort().map((library) => ({
    library,
    differing: counts.differing.get(library) ?? 0,
    common: counts.common.get(library) ?? 0,
    only: { first: only.first.get(library) ?? [], second: only.second.get(library) ?? [] },
    words: { first: words('first', library), second: words('second', library) },
  }));
}

function fileDifferences(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): FileDifference[] {
  const found = {
    differing: new Map<string, string[]>(),
    first: new Map<string, string[]>(),
    second: new Map<string, string[]>(),
  };
  for (const [name, digest] of a) {
    const other = b.get(name);
    if (other === undefined) push(found.first, libraryOf(name), name);
    else if (other !== digest) push(found.differing, libraryOf(name), name);
  }
  for (const name of b.keys()) if (!a.has(name)) push(found.second, libraryOf(name), name);
  const libraries = new Set(Object.values(found).flatMap((map) => [...map.keys()]));
  const sorted = (map: ReadonlyMap<string, string[]>, library: string): string[] =>
    (map.get(library) ?? []).sort();
  return [...libraries].sort().map((library) => ({
    library,
    differing: sorted(found.differing, library),
    only: { first: sorted(found.first, library), second: sorted(found.second, library) },
  }));
}

/** Of the libraries' whole objects and of the images: those are what a user knows by name. */
function sizeDifferences(a: BuiltFolder, b: BuiltFolder): SizeDifference[] {
  const whole = [...a.outputs.keys()].filter(
    (name) =>
      !name.includes('/') &&
      !name.endsWith('.ld.o') &&
      b.outputs.has(name) &&
      a.outputs.get(name) !== b.outputs.get(name),
  );
  return whole.sort().flatMap((file) => {
    const [from, to] = [objectContents(path.join(a.folder, file)), objectContents(path.join(b.folder, file))];
    if (from === undefined || to === undefined) return [];
    const difference = sizeDifference(file, from, to);
    const { code, data, zero, symbols } = difference;
    const same = [code, data, zero].every(([before, after]) => before === after);
    const none = symbols.added.length + symbols.removed.length + symbols.resized.length === 0;
    return same && none ? [] : [difference];
  });
}

function sizeDifference(file: string, from: ObjectContents, to: ObjectContents): SizeDifference {
  return {
    file,
    code: [from.code, to.code],
    data: [from.data, to.data],
    zero: [from.zero, to.zero],
    symbols: {
      added: [...to.symbols.keys()].filter((name) => !from.symbols.has(name)).sort(),
      removed: [...from.symbols.keys()].filter((name) => !to.symbols.has(name)).sort(),
      resized: [...to.symbols]
        .flatMap(([name, size]) => {
          const before = from.symbols.get(name);
          return before === undefined || before === size ? [] : [[name, before, size] as const];
        })
        .sort(([x, m, n], [y, k, l]) => Math.abs(l - k) - Math.abs(n - m) || (x < y ? -1 : 1)),
    },
  };
}

/** The words of a command; of the arguments of a native step, which are JSON, the single entries. */
function wordsOf(command: string): Set<string> {
  return new Set(command.split(/\s+|,(?=")/));
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function push(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

import path from 'node:path';
import { LINK_PREFIX } from '../../engine/digest/file-states.ts';
import { vouches } from '../../engine/digest/stat-trust.ts';
import { fileStat, sameStat } from '../../engine/disk.ts';
import { isGroup, type Action } from '../../engine/graph/action.ts';
import type { Surroundings } from '../../engine/graph/freshness.ts';
import { VERSION_STRIDE, type Manifest } from '../../engine/journal/manifest.ts';
import { listingDigest, look } from './up-to-date.ts';
import { FOR_ALL, STAT_NUMBERS, joinLists, listAt, type UpToDateRecord } from './up-to-date-record.ts';

/** A small build that has succeeded. */
export interface Followed {
  readonly record: UpToDateRecord;
  /** Positions of what differed before it; of folders of which only the times did. */
  readonly changed: readonly number[];
  readonly touched: readonly number[];
  /** Stats of changed files that git tracks, as they were before git was asked again. */
  readonly tracked: ReadonlyMap<number, Float64Array>;
  /** The actions that were looked at, with their numbers in the whole graph. */
  readonly actions: readonly (readonly [number: number, action: Action])[];
  readonly around: Surroundings;
  /** When it began, milliseconds since 1970. */
  readonly startedMs: number;
}

/**
 * Brings a record up to what a small build has left, so that the next call goes the short way again.
 * @returns undefined when something may have changed meanwhile: then the long way must look
 */
export function followedRecord(followed: Followed): UpToDateRecord | undefined {
  return new Follower(followed).record();
}

class Follower {
  readonly #followed: Followed;
  readonly #names: string[];
  /** Positions of some names: of those that these actions used before, and of folders. */
  readonly #near = new Map<string, number>();
  /** Of all, once another is asked for. */
  #positions: Map<string, number> | undefined;
  /** The recorded stats; those of names that are new follow. */
  readonly #stats: Float64Array;
  readonly #newStats: number[] = [];
  readonly #newFlags: number[] = [];
  readonly #young: Record<number, string>;
  readonly #listings: Record<number, string>;
  readonly #refreshed = new Set<number>();

  constructor(followed: Followed) {
    const { names, stats, header, uses } = followed.record;
    this.#followed = followed;
    this.#names = [...names];
    this.#stats = stats.slice();
    this.#young = { ...header.young };
    this.#listings = { ...header.listings };
    for (const [number] of followed.actions)
      for (const position of listAt(uses, number)) this.#near.set(names[position]!, position);
    for (const position of Object.keys(header.listings))
      this.#near.set(names[Number(position)]!, Number(position));
  }

  record(): UpToDateRecord | undefined {
    const { record, changed, touched, tracked, actions, around } = this.#followed;
    const { header, flags, dependents } = record;
    const uses = new Map<number, number[]>();
    const folders = new Set(touched);
    for (const [number, action] of actions) {
      if (isGroup(action)) continue;
      const manifest = around.journal.manifest(action.id);
      if (manifest === undefined) return undefined;
      const used = this.#used(manifest);
      if (used === undefined || !this.#searched(manifest)) return undefined;
      uses.set(number, used);
      for (const file of filesMadeBy(action)) this.#addFolders(file, folders);
    }
    for (const folder of folders) if (!this.#takeFolder(folder)) return undefined;
    for (const [position, stat] of tracked) if (!this.#refreshed.has(position)) this.#set(position, stat);
    if (!changed.every((position) => this.#refreshed.has(position))) return undefined;
    return {
      header: { ...header, young: this.#young, listings: this.#listings },
      names: this.#names,
      stats: joined(this.#stats, Float64Array.from(this.#newStats)),
      flags: joined(flags, Uint8Array.from(this.#newFlags)),
      uses: this.#usesWith(uses),
      dependents,
    };
  }

  /** Positions of the files that an action read and made; undefined when one is not as the action left it. */
  #used({ inputs, outputs }: Manifest): number[] | undefined {
    const { files } = this.#followed.around;
    const used: number[] = [];
    for (const versions of [inputs, outputs]) {
      for (let at = 0; at < versions.length; at += VERSION_STRIDE) {
        const id = versions[at]!;
        const name = files.path(id);
        const position = this.#takeFile(name, id, versions[at + 1]!, versions[at + 2]!);
        if (position === undefined) return undefined;
        used.push(position);
      }
    }
    return used;
  }

  /** Takes in what is at a file's path; undefined when that is not what the action saw. */
  #takeFile(name: string, id: number, high: number, low: number): number | undefined {
    const position = this.#positionOf(name, 0);
    if (this.#refreshed.has(position)) return position;
    const now = new Float64Array(STAT_NUMBERS);
    const stat = look(name, now, 0);
    const isAsRecorded =
      this.#young[position] === undefined &&
      now.every((value, at) => value === this.#stats[position * STAT_NUMBERS + at]);
    if (isAsRecorded || stat?.isDirectory() === true) return isAsRecorded ? position : undefined;
    if (stat === undefined) {
      if (high !== 0 || low !== 0) return undefined;
    } else if (name.startsWith(LINK_PREFIX)) {
      // A link that was made again: what it says is read, after its stat.
      const { files } = this.#followed.around;
      files.invalidate(id);
      if (!files.matches(id, high, low)) return undefined;
    } else {
      const known = this.#followed.around.journal.file(id);
      if (known === undefined || known.digest.high !== high || known.digest.low !== low) return undefined;
      if (!sameStat(known.stat, fileStat(stat)) || !vouches(stat, known.readMs)) return undefined;
    }
    this.#set(position, now);
    return position;
  }

  #positionOf(name: string, flags: number): number {
    const known = this.#find(name);
    if (known !== undefined) return known;
    const position = this.#names.push(name) - 1;
    this.#near.set(name, position);
    this.#newStats.push(...new Float64Array(STAT_NUMBERS));
    this.#newFlags.push(flags);
    return position;
  }

  #find(name: string): number | undefined {
    const near = this.#near.get(name);
    if (near !== undefined) return near;
    const { names } = this.#followed.record;
    return (this.#positions ??= new Map(names.map((each, position) => [each, position]))).get(name);
  }

  #set(position: number, stat: Float64Array): void {
    const start = position * STAT_NUMBERS;
    if (start < this.#stats.length) this.#stats.set(stat, start);
    else for (const [at, value] of stat.entries()) this.#newStats[start - this.#stats.length + at] = value;
    delete this.#young[position];
    this.#refreshed.add(position);
  }

  /** Takes in folders that an action searched and no other has; false when one has changed since the build began. */
  #searched({ lookups }: Manifest): boolean {
    const { journal, files } = this.#followed.around;
    for (const pair of lookups) {
      const [set] = journal.strings.text(pair).split(':') as [string];
      for (const id of set.split(',')) {
        const name = files.path(Number(id));
        if (this.#find(name) !== undefined) continue;
        const position = this.#positionOf(name, FOR_ALL);
        const now = new Float64Array(STAT_NUMBERS);
        const stat = look(name, now, 0);
        if (stat !== undefined && !vouches(stat, this.#followed.startedMs)) return false;
        this.#set(position, now);
        if (stat?.isDirectory() === true) this.#listings[position] = listingDigest(name);
      }
    }
    return true;
  }

  /** Adds the recorded ones of the folders above a file. */
  #addFolders(file: string, into: Set<number>): void {
    for (let folder = path.dirname(file); folder !== '/'; folder = path.dirname(folder)) {
      const position = this.#near.get(folder);
      if (position !== undefined && this.#listings[position] !== undefined) into.add(position);
    }
  }

  /** Takes in a folder's times; false when other names are in it. */
  #takeFolder(position: number): boolean {
    const now = new Float64Array(STAT_NUMBERS);
    const name = this.#names[position]!;
    const stat = look(name, now, 0);
    const listing = this.#listings[position];
    if (stat?.isDirectory() !== true || listing === undefined || listingDigest(name) !== listing)
      return false;
    this.#set(position, now);
    if (!vouches(stat, Date.now())) this.#young[position] = listing;
    return true;
  }

  /** The lists of files with those of the actions that were looked at in place of the former. */
  #usesWith(fresh: ReadonlyMap<number, readonly number[]>): UpToDateRecord['uses'] {
    const { uses } = this.#followed.record;
    const isAsBefore = [...fresh].every(([number, list]) => {
      const before = listAt(uses, number);
      return before.length === list.length && list.every((position, at) => position === before[at]);
    });
    if (isAsBefore) return uses;
    return joinLists(Array.from(uses.ends, (_, number) => fresh.get(number) ?? listAt(uses, number)));
  }
}

/** The files that an action's commands leave, those beside its outputs included. */
function filesMadeBy(action: Action): string[] {
  const made = [...action.outputs];
  for (const step of action.steps) {
    if (step.kind === 'script') made.push(step.file);
    if (step.kind === 'write') made.push(step.path);
  }
  if (action.depfile !== undefined) made.push(action.depfile.path);
  return made;
}

/** Both, one after the other. Spread into an argument list, a large application's numbers would be too many. */
function joined<T extends Uint8Array | Float64Array>(first: T, second: T): T {
  const Kind = first.constructor as new (length: number) => T;
  const both = new Kind(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

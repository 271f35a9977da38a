import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { openDirectory, type DirectoryEvent } from './directory-events.ts';
import { DirectoryPoller } from './directory-poll.ts';
import { entryKind, joinEntry, walkPath, type EntryKinds } from './path-walk.ts';
import { groupRoute, singleRoute, type Route } from './route.ts';
import { WatchedDirectory } from './watched-directory.ts';

export interface WatchedPathsOptions {
  readonly pollMs: number;
  /** Never asks the system for events. */
  readonly poll: boolean;
  /** An asked path may have changed. */
  readonly onChange: (path: string) => void;
  /** An event came, wanted or not. */
  readonly onEvent: () => void;
  /** A directory is polled since the system cannot watch it. */
  readonly onFallback: (directory: string, code: string) => void;
}

/**
 * Watches exactly the directories that lie on the way to the asked paths, each without what is below it.
 *
 * Why directories and not files: an editor saves by renaming a new file over the old one, and a watch on the old one would go with
 * it; a file that does not exist yet cannot be watched at all; and there are ten times fewer of them. Why all directories
 * of the way, up to the root: when `/a/b` is renamed, nothing happens in `/a/b/c`.
 */
export class WatchedPaths {
  readonly #options: WatchedPathsOptions;
  readonly #poller: DirectoryPoller;
  readonly #groups = new Map<string, Route>();
  readonly #directories = new Map<string, WatchedDirectory>();
  /** Routes that must be followed again before anybody may look at the changed paths. */
  readonly #stale = new Set<Route>();
  /** Leaves of groups whose kind (file, link, directory) must be looked at again. */
  readonly #staleLeaves = new Map<Route, Set<string>>();
  #settling: Promise<void> | undefined;
  #closed = false;

  constructor(options: WatchedPathsOptions) {
    this.#options = options;
    this.#poller = new DirectoryPoller(options.pollMs);
  }

  /** Number of directories that are watched. */
  get directoryCount(): number {
    return this.#directories.size;
  }

  /** Replaces the asked paths; returns those that were not asked for before. `settle` must follow. */
  replace(paths: Iterable<string>): string[] {
    const wanted = new Map<string, Map<string, string>>();
    for (const path of paths) {
      const absolute = resolve(path);
      const directory = dirname(absolute);
      const leaves = wanted.get(directory) ?? new Map<string, string>();
      wanted.set(directory, leaves.set(basename(absolute), path));
    }
    const added: string[] = [];
    for (const [directory, leaves] of wanted) {
      let group = this.#groups.get(directory);
      if (!group) {
        group = groupRoute(directory);
        this.#groups.set(directory, group);
        this.#stale.add(group);
      }
      for (const [name, path] of leaves) {
        if (group.leaves.has(name)) continue;
        group.leaves.set(name, path);
        added.push(path);
        this.#leafIsStale(group, name);
      }
    }
    for (const [directory, group] of this.#groups) {
      const leaves = wanted.get(directory);
      for (const name of [...group.leaves.keys()]) {
        if (leaves?.has(name)) continue;
        group.leaves.delete(name);
        this.#dropSingle(group, name);
      }
      if (group.leaves.size > 0) continue;
      this.#groups.delete(directory);
      this.#stale.delete(group);
      this.#staleLeaves.delete(group);
      this.#unregister(group);
    }
    return added;
  }

  /** Resolves when every change of an asked path from now on will be reported. */
  settle(): Promise<void> {
    this.#settling ??= this.#settle();
    return this.#settling;
  }

  /** Reports every asked path and opens all directories anew: events may have been lost. */
  distrust(): void {
    for (const directory of this.#directories.values()) this.#closeSource(directory);
    for (const group of this.#groups.values()) this.#routeIsStale(group);
  }

  /** Whether an asked path, or the place where it would be, has changed since a time (ms since 1970). */
  changedSince(path: string, timeMs: number): boolean {
    const time = changeTime(path);
    if (time !== undefined) return time >= timeMs;
    const missing = walkPath(path, new Map()).points.at(-1);
    return missing !== undefined && (changeTime(missing.directory) ?? 0) >= timeMs;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#settling;
    for (const directory of this.#directories.values()) await directory.source?.close();
    this.#directories.clear();
  }

  async #settle(): Promise<void> {
    // Each round may find directories that lead to others. A directory that was just opened may have changed before it
    // was, so what depends on it is looked at once more.
    do {
      const kinds: EntryKinds = new Map();
      while (this.#stale.size > 0 || this.#staleLeaves.size > 0) {
        for (const route of this.#stale) {
          this.#stale.delete(route);
          this.#follow(route, kinds);
        }
        for (const [group, names] of this.#staleLeaves) {
          this.#staleLeaves.delete(group);
          this.#sortLeaves(group, names, kinds);
        }
      }
      const opened = await this.#openAndClose();
      this.#poller.takeBaselines();
      for (const directory of opened) this.#dependentsAreStale(directory);
    } while (!this.#closed && (this.#stale.size > 0 || this.#staleLeaves.size > 0));
    // In the same breath as the last check, or what becomes stale in between would wait for the next change.
    this.#settling = undefined;
  }

  #follow(route: Route, kinds: EntryKinds): void {
    this.#unregister(route);
    const walk = walkPath(route.path, kinds);
    route.walk = walk;
    for (const { directory, name } of walk.points) this.#directory(directory).addPassing(name, route);
    if (walk.real === undefined || !walk.isDirectory) return;
    const end = this.#directory(walk.real);
    if (route.kind === 'single') {
      end.listings.add(route);
      return;
    }
    end.groups.add(route);
    this.#staleLeaves.set(route, new Set(route.leaves.keys()));
  }

  /** Gives leaves that are links or directories a route of their own, and takes it from those that no longer are. */
  #sortLeaves(group: Route, names: ReadonlySet<string>, kinds: EntryKinds): void {
    const real = group.walk?.isDirectory ? group.walk.real : undefined;
    for (const name of names) {
      const path = group.leaves.get(name);
      if (path === undefined || real === undefined || !needsRoute(real, name, kinds)) {
        this.#dropSingle(group, name);
        continue;
      }
      const single = group.singles.get(name) ?? singleRoute(path);
      group.singles.set(name, single);
      this.#stale.add(single);
    }
  }

  /** Opens the wanted directories that are not, closes the open ones that are not wanted; returns the newly opened ones. */
  async #openAndClose(): Promise<WatchedDirectory[]> {
    const opened: WatchedDirectory[] = [];
    const work: Promise<void>[] = [];
    for (const directory of this.#directories.values()) {
      if (!directory.isWanted) {
        this.#closeSource(directory);
        this.#directories.delete(directory.path);
      } else if (!directory.source) {
        work.push(this.#open(directory).then((isOpen) => void (isOpen && opened.push(directory))));
      }
    }
    await Promise.all(work);
    return opened;
  }

  /** Returns whether the directory is watched now and was not before. */
  async #open(directory: WatchedDirectory): Promise<boolean> {
    const { generation } = directory;
    const onEvent = (event: DirectoryEvent): void => this.#receive(directory, event);
    const result = this.#options.poll
      ? ({ kind: 'unavailable', code: '' } as const)
      : await openDirectory(directory.path, onEvent);
    if (this.#closed || directory.generation !== generation) {
      // Replaced while it was being opened: which of the two was opened is not known.
      if (result.kind === 'open') await result.source.close();
      this.#dependentsAreStale(directory);
      return false;
    }
    switch (result.kind) {
      case 'missing':
        // It vanished after it was found. Whoever removed it has told its parent, which is open or about to be.
        this.#dependentsAreStale(directory);
        return false;
      case 'unavailable':
        if (!this.#options.poll) this.#options.onFallback(directory.path, result.code);
        directory.source = this.#poller.open(directory, onEvent);
        return true;
      case 'open':
        directory.source = result.source;
        return true;
    }
  }

  #receive(directory: WatchedDirectory, { type, name }: DirectoryEvent): void {
    if (this.#closed) return;
    this.#options.onEvent();
    if (name === undefined) {
      for (const each of new Set(directory.names())) this.#entryChanged(directory, type, each);
    } else this.#entryChanged(directory, type, name);
    if (type === 'rename') for (const route of directory.listings) this.#report(route);
  }

  #entryChanged(directory: WatchedDirectory, type: DirectoryEvent['type'], name: string): void {
    for (const group of directory.groups) {
      const path = group.leaves.get(name);
      if (path === undefined) continue;
      this.#options.onChange(path);
      if (type === 'rename') this.#leafIsStale(group, name);
    }
    const routes = directory.passing.get(name);
    if (!routes) return;
    if (type === 'rename') this.#closeBelow(joinEntry(directory.path, name));
    for (const route of [...routes]) this.#routeIsStale(route);
  }

  /** What is at this place now may be another directory, even of the same inode number: its watches are of no use. */
  #closeBelow(path: string): void {
    for (const directory of this.#directories.values()) {
      if (directory.path === path || directory.path.startsWith(`${path}/`)) this.#closeSource(directory);
    }
  }

  #routeIsStale(route: Route): void {
    this.#report(route);
    this.#stale.add(route);
  }

  #leafIsStale(group: Route, name: string): void {
    const names = this.#staleLeaves.get(group);
    if (names) names.add(name);
    else this.#staleLeaves.set(group, new Set([name]));
  }

  #dependentsAreStale(directory: WatchedDirectory): void {
    for (const routes of directory.passing.values()) for (const route of routes) this.#stale.add(route);
    for (const route of directory.groups) this.#stale.add(route);
    for (const route of directory.listings) this.#stale.add(route);
  }

  #report(route: Route): void {
    for (const path of route.leaves.values()) this.#options.onChange(path);
  }

  #directory(path: string): WatchedDirectory {
    let directory = this.#directories.get(path);
    if (!directory) {
      directory = new WatchedDirectory(path);
      this.#directories.set(path, directory);
    }
    return directory;
  }

  #closeSource(directory: WatchedDirectory): void {
    directory.generation++;
    void directory.source?.close();
    directory.source = undefined;
  }

  #dropSingle(group: Route, name: string): void {
    const single = group.singles.get(name);
    if (!single) return;
    group.singles.delete(name);
    this.#stale.delete(single);
    this.#unregister(single);
  }

  #unregister(route: Route): void {
    if (!route.walk) return;
    for (const { directory, name } of route.walk.points)
      this.#directories.get(directory)?.removePassing(name, route);
    if (route.walk.real !== undefined) {
      const end = this.#directories.get(route.walk.real);
      end?.groups.delete(route);
      end?.listings.delete(route);
    }
    route.walk = undefined;
  }
}

function needsRoute(directory: string, name: string, kinds: EntryKinds): boolean {
  if (name === '') return true; // The root itself.
  const { kind } = entryKind(joinEntry(directory, name), kinds);
  return kind === 'link' || kind === 'directory';
}

function changeTime(path: string): number | undefined {
  try {
    return statSync(path).ctimeMs;
  } catch {
    return undefined; // Missing, or not to be seen.
  }
}

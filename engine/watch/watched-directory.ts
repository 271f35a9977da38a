import type { DirectorySource } from './directory-events.ts';
import type { PolledDirectory } from './directory-poll.ts';
import type { Route } from './route.ts';

/** A directory whose events are wanted, and by whom. */
export class WatchedDirectory implements PolledDirectory {
  readonly path: string;
  /** Routes that pass an entry, by the entry's name. */
  readonly passing = new Map<string, Set<Route>>();
  /** Routes that end in this directory and want entries by their names. */
  readonly groups = new Set<Route>();
  /** Routes that end in this directory and want to know which entries it has. */
  readonly listings = new Set<Route>();
  /** Where its events come from; undefined until it is opened. */
  source: DirectorySource | undefined;
  /** Counts how often its source was given up, so that one that is just being opened is not kept after that. */
  generation = 0;

  constructor(path: string) {
    this.path = path;
  }

  get isWanted(): boolean {
    return this.passing.size > 0 || this.groups.size > 0 || this.listings.size > 0;
  }

  get wantsListing(): boolean {
    return this.listings.size > 0;
  }

  *names(): Iterable<string> {
    yield* this.passing.keys();
    for (const group of this.groups) yield* group.leaves.keys();
  }

  addPassing(name: string, route: Route): void {
    const routes = this.passing.get(name);
    if (routes) routes.add(route);
    else this.passing.set(name, new Set([route]));
  }

  removePassing(name: string, route: Route): void {
    const routes = this.passing.get(name);
    routes?.delete(route);
    if (routes?.size === 0) this.passing.delete(name);
  }
}

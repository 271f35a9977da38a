import type { MakeHost } from './host.ts';

/**
 * Directory listings, each read once per run. As with GNU Make, what wildcards and implicit rule search see is the
 * state at the first look; a file made later is found by stat only.
 */
export class Directories {
  private readonly host: MakeHost;
  private readonly cwd: string;
  private readonly byName = new Map<string, ReadonlySet<string> | undefined>();
  private readonly byIdentity = new Map<string, ReadonlySet<string> | undefined>();
  private readonly impossible = new Set<string>();
  /** What `isPresent` found, while nothing that this run does can change it. */
  private found: Map<string, boolean> | undefined = new Map();

  constructor(host: MakeHost, cwd: string) {
    this.host = host;
    this.cwd = cwd;
  }

  /** The path of a name, for the host. */
  path(name: string): string {
    return name.startsWith('/') ? name : `${this.cwd}/${name}`;
  }

  /** The names in a directory; undefined if it cannot be listed. */
  list(directory: string): ReadonlySet<string> | undefined {
    if (this.byName.has(directory)) return this.byName.get(directory);
    const stat = this.host.stat(this.path(directory));
    let names: ReadonlySet<string> | undefined;
    if (stat !== undefined) {
      const identity = `${stat.device}:${stat.inode}`;
      if (this.byIdentity.has(identity)) {
        names = this.byIdentity.get(identity);
      } else {
        const listed = this.host.readDirectory(this.path(directory));
        names = listed === undefined ? undefined : new Set(['.', '..', ...listed]);
        this.byIdentity.set(identity, names);
      }
    }
    this.byName.set(directory, names);
    return names;
  }

  /**
   * True if there is something by that name now, be it a link to nothing. Lists of dependencies ask for the same few
   * thousand names a hundred thousand times.
   */
  isPresent(name: string): boolean {
    const known = this.found?.get(name);
    if (known !== undefined) return known;
    const present = this.host.lstat(this.path(name)) !== undefined;
    this.found?.set(name, present);
    return present;
  }

  /** A command ran or a file was written: what was there before has to be looked for again. */
  filesChanged(): void {
    this.found?.clear();
  }

  /** Recipes begin to run: from now on files change at any time. */
  filesWillChange(): void {
    this.found = undefined;
  }

  /** True if the listing of the file's directory has it. */
  exists(name: string): boolean {
    if (this.impossible.has(name)) return false;
    const slash = name.lastIndexOf('/');
    if (slash < 0) return this.list('.')?.has(name) ?? false;
    const directory = slash === 0 ? '/' : name.slice(0, slash);
    const names = this.list(directory);
    if (names === undefined) return false;
    const base = name.slice(slash + 1);
    return base === '' || names.has(base);
  }

  /** Notes that implicit rule search cannot make a file. */
  markImpossible(name: string): void {
    this.impossible.add(name);
  }

  isImpossible(name: string): boolean {
    return this.impossible.has(name);
  }
}

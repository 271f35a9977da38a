import type { Directories } from './directories.ts';
import type { MakeHost } from './host.ts';
import { matchPattern, parsePattern, type Pattern } from './pattern.ts';
import { Mtime, type TargetTable } from './target.ts';

interface SearchPath {
  readonly pattern: Pattern;
  readonly directories: readonly string[];
}

export interface VpathResult {
  readonly name: string;
  /** If the search had to find it out. */
  readonly mtime: number;
  /** Place of the path among all, and of the directory in it: of two, the smaller is searched first. */
  readonly pathIndex: number;
  readonly directoryIndex: number;
}

/** Directory search (manual, "Directory Search"). */
export class Vpath {
  private readonly directories: Directories;
  private readonly host: MakeHost;
  private readonly targets: TargetTable;
  /** `vpath` directives, in the order of search. */
  private selective: SearchPath[] = [];
  /** `VPATH` */
  private general: SearchPath | undefined;
  /** `GPATH` */
  private kept: readonly string[] = [];

  constructor(directories: Directories, host: MakeHost, targets: TargetTable) {
    this.directories = directories;
    this.host = host;
    this.targets = targets;
  }

  /** A `vpath` directive: with a path adds one; with only a pattern removes its paths; with nothing, all. */
  add(patternText: string | undefined, path: string | undefined): void {
    if (patternText === undefined) {
      this.selective = [];
      return;
    }
    const pattern = parsePattern(patternText);
    if (path === undefined) {
      this.selective = this.selective.filter(
        (entry) => entry.pattern.text !== pattern.text || entry.pattern.percent !== pattern.percent,
      );
      return;
    }
    const directories = splitPath(path);
    if (directories.length > 0) this.selective.push({ pattern, directories });
  }

  /** After reading: the values of `VPATH` and `GPATH`. */
  setGeneral(vpath: string, gpath: string): void {
    const directories = splitPath(vpath);
    if (directories.length > 0) this.general = { pattern: parsePattern('%'), directories };
    this.kept = splitPath(gpath);
  }

  /** True if a target found in this directory keeps the name under which it was found. */
  keeps(directory: string): boolean {
    return this.kept.includes(directory);
  }

  get isEmpty(): boolean {
    return this.selective.length === 0 && this.general === undefined;
  }

  /** Where a file is, other than at its own name. */
  search(name: string): VpathResult | undefined {
    if (name.startsWith('/') || this.isEmpty) return undefined;
    const paths = this.general === undefined ? this.selective : [...this.selective, this.general];
    for (let pathIndex = 0; pathIndex < paths.length; pathIndex++) {
      const path = paths[pathIndex]!;
      if (path !== this.general && matchPattern(path.pattern, name) === undefined) continue;
      const found = this.searchIn(path, name);
      if (found !== undefined) {
        return { name: found.name, mtime: found.mtime, pathIndex, directoryIndex: found.directoryIndex };
      }
    }
    return undefined;
  }

  private searchIn(
    path: SearchPath,
    name: string,
  ): { readonly name: string; readonly mtime: number; readonly directoryIndex: number } | undefined {
    const known = this.targets.lookup(name);
    const isPlainFile = known === undefined || !known.isTarget;
    for (let index = 0; index < path.directories.length; index++) {
      const directory = path.directories[index]!;
      const candidate = directory.endsWith('/') ? directory + name : `${directory}/${name}`;
      const mentioned = this.targets.lookup(candidate);
      if (mentioned !== undefined && (isPlainFile || mentioned.isTarget)) {
        const special = mentioned.mtime === Mtime.old || mentioned.mtime === Mtime.newest;
        return { name: candidate, mtime: special ? mentioned.mtime : Mtime.unknown, directoryIndex: index };
      }
      if (!this.directories.exists(candidate)) continue;
      const stat = this.host.stat(this.directories.path(candidate));
      if (stat !== undefined) return { name: candidate, mtime: stat.mtimeMs, directoryIndex: index };
    }
    return undefined;
  }

  /** For `make -p`. */
  describe(): {
    readonly selective: readonly { readonly pattern: string; readonly directories: readonly string[] }[];
    readonly general: readonly string[];
  } {
    return {
      selective: this.selective.map(({ pattern, directories }) => ({ pattern: pattern.text, directories })),
      general: this.general?.directories ?? [],
    };
  }
}

/** Directories between colons or blanks, without a slash at the end; `.` is left out. */
function splitPath(path: string): string[] {
  return path
    .split(/[: \t]+/)
    .filter((directory) => directory !== '')
    .map((directory) =>
      directory.length > 1 && directory.endsWith('/') ? directory.slice(0, -1) : directory,
    )
    .filter((directory) => directory !== '.');
}

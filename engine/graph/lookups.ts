import path from 'node:path';
import type { FileStates } from '../digest/file-states.ts';
import { digestOfText, formatDigest } from '../digest/hash.ts';
import type { KnownScan } from '../journal/journal.ts';
import type { StringTable } from '../journal/string-table.ts';
import type { IncludePath } from './action.ts';
import { parseIncludeName } from './include-search.ts';

/** A file that a compilation read, and what its text includes. */
export interface ScannedFile {
  readonly path: string;
  readonly scan: KnownScan;
}

/** An interned set, and the folders whose appearing makes it another one. */
interface FolderSet {
  readonly text: string;
  readonly absent: readonly number[];
}

/**
 * The folders whose listings decide which file an included name gets. A compilation searches some 300 of them, most of
 * them the same as its neighbours do; so they are kept as interned sets, and a manifest holds, for each set, the pair of
 * the set and one digest of all its listings: `ID,ID,…:DIGEST`.
 */
export class Lookups {
  readonly #files: FileStates;
  readonly #strings: StringTable;
  readonly #digests = new Map<string, { readonly generation: number; readonly digest: string }>();
  readonly #bySub = new WeakMap<IncludePath, Map<string, FolderSet>>();
  /** The sub folders that the names in a scan lead to: of all names, and of the quoted ones. */
  readonly #subs = new WeakMap<
    KnownScan,
    { readonly all: readonly string[]; readonly quoted: readonly string[] }
  >();

  constructor(files: FileStates, strings: StringTable) {
    this.#files = files;
    this.#strings = strings;
  }

  /**
   * The sets that a compilation depends on.
   * @param read the files that it read, whose own folders are searched first for quoted names
   */
  pairs(includePath: IncludePath, read: readonly ScannedFile[]): Uint32Array {
    const subs = new Set<string>(['.']);
    const own = new Set<number>();
    for (const { path: file, scan } of read) {
      const folder = path.dirname(file);
      own.add(this.#files.id(folder));
      const { all, quoted } = this.#subsOf(scan);
      for (const sub of all) subs.add(sub);
      for (const sub of quoted) this.#nearest(path.join(folder, sub), own, []);
    }
    const sets = new Set<string>();
    for (const sub of subs) sets.add(this.#folders(includePath, sub));
    sets.add([...own].join(','));
    sets.delete('');
    return Uint32Array.from(sets, (set) => this.#strings.intern(`${set}:${this.#digest(set)}`));
  }

  #subsOf(scan: KnownScan): { readonly all: readonly string[]; readonly quoted: readonly string[] } {
    const known = this.#subs.get(scan);
    if (known !== undefined) return known;
    const all = new Set<string>();
    const quoted = new Set<string>();
    for (const include of scan.includes) {
      const name = parseIncludeName(this.#strings.text(include));
      const sub = path.dirname(name.spelled);
      if (sub === '.') continue;
      all.add(sub);
      if (name.quoted) quoted.add(sub);
    }
    const found = { all: [...all], quoted: [...quoted] };
    this.#subs.set(scan, found);
    return found;
  }

  /**
   * Ids of the searched folders for `.`. For a sub folder, ids of `folder/sub` where it exists, and of the nearest folder
   * below the searched one where it does not: that listing tells when it appears.
   */
  #folders(includePath: IncludePath, sub: string): string {
    const bySub = this.#bySub.get(includePath) ?? new Map<string, FolderSet>();
    this.#bySub.set(includePath, bySub);
    let set = bySub.get(sub);
    // A build makes folders while it goes on.
    if (set === undefined || set.absent.some((id) => this.#files.exists(id))) {
      const ids = new Set<number>();
      const absent: number[] = [];
      for (const folder of [...includePath.quote, ...includePath.angle]) {
        if (sub === '.') ids.add(this.#files.id(path.resolve(folder)));
        else this.#nearest(path.join(folder, sub), ids, absent, path.resolve(folder));
      }
      set = { text: [...ids].join(','), absent };
      bySub.set(sub, set);
    }
    return set.text;
  }

  /**
   * Adds a folder, or the nearest above it that exists.
   * @param absent receives those that do not exist
   * @param covered a folder that is in another set, and need not be added nor any above it
   */
  #nearest(folder: string, into: Set<number>, absent: number[], covered?: string): void {
    for (let at = folder; at !== covered; at = path.dirname(at)) {
      const id = this.#files.id(at);
      if (this.#files.exists(id) || at === '/') {
        into.add(id);
        return;
      }
      absent.push(id);
    }
  }

  #digest(set: string): string {
    const known = this.#digests.get(set);
    if (known?.generation === this.#files.generation) return known.digest;
    const digest = this.#computeDigest(set);
    this.#digests.set(set, { generation: this.#files.generation, digest });
    return digest;
  }

  #computeDigest(set: string): string {
    const listings = set.split(',').map((id) => formatDigest(this.#files.digest(Number(id))));
    return formatDigest(digestOfText(listings.join(' ')));
  }

  /** Whether the listings of a set are what they were. */
  holds(pair: number): boolean {
    const text = this.#strings.text(pair);
    const colon = text.indexOf(':');
    return this.#digest(text.slice(0, colon)) === text.slice(colon + 1);
  }
}

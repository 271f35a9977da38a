import path from 'node:path';
import type { FileStates } from '../digest/file-states.ts';
import { digestOfText, formatDigest } from '../digest/hash.ts';
import type { KnownScan } from '../journal/journal.ts';
import type { StringTable } from '../journal/string-table.ts';
import type { IncludePath } from './action.ts';

/**
 * The folders whose listings decide which file an included name gets. A compilation searches some 300 of them, most of
 * them the same as its neighbours do; so they are kept as interned sets, and a manifest holds, for each set, the pair of
 * the set and one digest of all its listings: `ID,ID,…:DIGEST`.
 */
export class Lookups {
  readonly #files: FileStates;
  readonly #strings: StringTable;
  readonly #digests = new Map<string, { readonly generation: number; readonly digest: string }>();
  readonly #bySub = new WeakMap<IncludePath, Map<string, string>>();

  constructor(files: FileStates, strings: StringTable) {
    this.#files = files;
    this.#strings = strings;
  }

  /**
   * The sets that a compilation depends on.
   * @param scans what its inputs include
   * @param inputs the files themselves, whose own folders are searched first for quoted names
   */
  pairs(includePath: IncludePath, scans: readonly KnownScan[], inputs: readonly string[]): Uint32Array {
    const subs = new Set<string>(['.']);
    for (const scan of scans) {
      for (const include of scan.includes) {
        let sub = path.dirname(this.#strings.text(include).slice(1));
        // Folders above a searched one are named by `..`; theirs are the listings of the folders that it leads to.
        while (sub !== '.' && sub !== '/' && !subs.has(sub)) {
          subs.add(sub);
          sub = sub.includes('..') ? '.' : path.dirname(sub);
        }
      }
    }
    const sets = new Set<string>();
    for (const sub of subs) sets.add(this.#folders(includePath, sub));
    const own = new Set(inputs.map((input) => this.#files.id(path.dirname(input))));
    sets.add([...own].join(','));
    sets.delete('');
    return Uint32Array.from(sets, (set) => this.#strings.intern(`${set}:${this.#digest(set)}`));
  }

  /** Ids of `folder/sub` for each searched folder that has it; of the folders themselves for `.`. */
  #folders(includePath: IncludePath, sub: string): string {
    const bySub = this.#bySub.get(includePath) ?? new Map<string, string>();
    this.#bySub.set(includePath, bySub);
    let set = bySub.get(sub);
    if (set === undefined) {
      const all = [...includePath.quote, ...includePath.angle].map((folder) =>
        this.#files.id(path.join(folder, sub)),
      );
      // Where the sub folder is missing, the listing of the folder above tells when it appears.
      const ids = sub === '.' ? all : all.filter((id) => this.#files.exists(id));
      set = [...new Set(ids)].join(',');
      bySub.set(sub, set);
    }
    return set;
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

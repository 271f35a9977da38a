import path from 'node:path';
import type { FileStates } from '../digest/file-states.ts';
import { digestOf, formatDigest } from '../digest/hash.ts';
import type { KnownScan } from '../journal/journal.ts';
import type { StringTable } from '../journal/string-table.ts';
import type { IncludePath } from './action.ts';
import { parseIncludeName, resolveInclude } from './include-search.ts';

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

/** The digest of all listings of a set, at a generation of the file states. */
interface SetDigest {
  readonly ids: Uint32Array;
  /** High and low half of each listing's digest. */
  readonly listings: Uint32Array;
  generation: number;
  digest: string;
  /** When the last of the listings was read, milliseconds since 1970. */
  readMs: number;
}

/**
 * The folders whose listings decide which file an included name gets. A compilation searches some 300 of them, most of
 * them the same as its neighbours do; so they are kept as interned sets, and a manifest holds, for each set, the pair of
 * the set and one digest of all its listings: `ID,ID,…:DIGEST`.
 */
export class Lookups {
  readonly #files: FileStates;
  readonly #strings: StringTable;
  readonly #digests = new Map<string, SetDigest>();
  /** Recorded pairs, taken apart. */
  readonly #pairs = new Map<number, { readonly set: SetDigest; readonly digest: string }>();
  readonly #bySub = new WeakMap<IncludePath, Map<string, FolderSet>>();
  /** The sub folders that the names in a scan lead to, or the files where that is upwards: of all names, and of the quoted ones. */
  readonly #subs = new WeakMap<
    KnownScan,
    { readonly all: readonly string[]; readonly quoted: readonly string[] }
  >();

  /** What names resolved to, by include path, at a generation of the file states. */
  #resolved = new WeakMap<IncludePath, Map<string, string | undefined>>();
  #resolvedAt = -1;

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
      for (const sub of quoted) this.#addSub(folder, sub, own, []);
    }
    const sets = new Set<string>();
    for (const sub of subs) sets.add(this.#folders(includePath, sub));
    sets.add([...own].join(','));
    sets.delete('');
    return Uint32Array.from(sets, (set) => this.#strings.intern(`${set}:${this.#present(this.#set(set))}`));
  }

  #subsOf(scan: KnownScan): { readonly all: readonly string[]; readonly quoted: readonly string[] } {
    const known = this.#subs.get(scan);
    if (known !== undefined) return known;
    const all = new Set<string>();
    const quoted = new Set<string>();
    for (const include of scan.includes) {
      const name = parseIncludeName(this.#strings.text(include));
      const folder = path.dirname(name.spelled);
      if (folder === '.') continue;
      // Above the searched folder there may be a busy place, such as /tmp: only the file itself is watched there.
      const sub = folder.split('/').includes('..') ? name.spelled : folder;
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
        else this.#addSub(path.resolve(folder), sub, ids, absent, path.resolve(folder));
      }
      set = { text: [...ids].join(','), absent };
      bySub.set(sub, set);
    }
    return set.text;
  }

  /**
   * Adds a folder's sub folder, or the nearest above it that exists; what is not below the folder is added as it is.
   * @param absent receives those that do not exist
   * @param covered a folder that is in another set, and need not be added
   */
  #addSub(folder: string, sub: string, into: Set<number>, absent: number[], covered?: string): void {
    const wanted = path.join(folder, sub);
    for (let at = wanted; at === folder || at.startsWith(`${folder}/`); at = path.dirname(at)) {
      if (at === covered) return;
      const id = this.#files.id(at);
      if (this.#files.exists(id)) {
        into.add(id);
        return;
      }
      absent.push(id);
    }
    into.add(this.#files.id(wanted));
  }

  #set(text: string): SetDigest {
    let set = this.#digests.get(text);
    if (set === undefined) {
      const ids = Uint32Array.from(text.split(','), Number);
      set = { ids, listings: new Uint32Array(2 * ids.length), generation: -1, digest: '', readMs: 0 };
      this.#digests.set(text, set);
    }
    return set;
  }

  #pair(pair: number): { readonly set: SetDigest; readonly digest: string } {
    let known = this.#pairs.get(pair);
    if (known === undefined) {
      const [set, digest] = this.#strings.text(pair).split(':') as [string, string];
      this.#pairs.set(pair, (known = { set: this.#set(set), digest }));
    }
    return known;
  }

  /** The digest of a set's listings now. Asked for again after every action, because actions fill folders: 300 folders take 10 µs. */
  #present(known: SetDigest): string {
    const { generation } = this.#files;
    if (known.generation === generation) return known.digest;
    let changed = known.generation === -1;
    for (const [at, id] of known.ids.entries()) {
      if (this.#files.matches(id, known.listings[2 * at]!, known.listings[2 * at + 1]!)) continue;
      const { high, low } = this.#files.digest(id);
      known.listings[2 * at] = high;
      known.listings[2 * at + 1] = low;
      known.readMs = Math.max(known.readMs, this.#files.askedAtMs(id));
      changed = true;
    }
    if (changed) known.digest = formatDigest(digestOf(new Uint8Array(known.listings.buffer)));
    known.generation = generation;
    return known.digest;
  }

  /**
   * The file that an included name gets now. Sources of one library ask for the same names in the same folders, so
   * answers are kept until any file changes.
   * @param include id of the name as a scan has it
   * @param from the including file
   */
  resolve(include: number, from: string, includePath: IncludePath): string | undefined {
    if (this.#resolvedAt !== this.#files.generation) {
      this.#resolved = new WeakMap();
      this.#resolvedAt = this.#files.generation;
    }
    const answers = this.#resolved.get(includePath) ?? new Map<string, string | undefined>();
    this.#resolved.set(includePath, answers);
    const name = this.#strings.text(include);
    const { quoted, next } = parseIncludeName(name);
    const key = next ? `${include} ${from}` : quoted ? `${include} ${path.dirname(from)}` : String(include);
    if (answers.has(key)) return answers.get(key);
    const found = resolveInclude(name, from, includePath, (file) => this.#files.isFile(this.#files.id(file)));
    answers.set(key, found);
    return found;
  }

  /** Folders of these pairs whose listings were read later than at some time: milliseconds since 1970. */
  readAfter(pairs: Uint32Array, timeMs: number): Set<string> {
    const late = new Set<string>();
    for (const pair of pairs) {
      const known = this.#pair(pair).set;
      if (known.readMs < timeMs) continue;
      for (const id of known.ids) if (this.#files.askedAtMs(id) >= timeMs) late.add(this.#files.path(id));
    }
    return late;
  }

  /** Whether the listings of a set are what they were. */
  holds(pair: number): boolean {
    const { set, digest } = this.#pair(pair);
    return this.#present(set) === digest;
  }
}

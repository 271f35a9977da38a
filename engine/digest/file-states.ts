import type { Clock } from '../clock.ts';
import { sameStat, type Disk, type FileStat } from '../disk.ts';
import type { Journal } from '../journal/journal.ts';
import { LINK_PREFIX } from './link-prefix.ts';
import { vouches, writtenMs } from './stat-trust.ts';
import { digestOfPieces, digestOfText, missingDigest, type Digest } from './hash.ts';

export { LINK_PREFIX };

/** What is remembered of a path: nothing, an answer, or that it is a folder. */
const UNKNOWN = 0;
const KNOWN = 1;
const FOLDER = 2;

/**
 * What every file holds right now: asks the disk once a session for each path and remembers the answer until
 * told that it changed. A file whose stat is the journal's is not read; a folder digests to its listing.
 */
export class FileStates {
  readonly #journal: Journal;
  readonly #disk: Disk;
  readonly #clock: Clock;
  #generation = 0;
  #known = new Uint8Array(1024);
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  /** When each answer was had, milliseconds since 1970. */
  #atMs = new Float64Array(1024);

  constructor(journal: Journal, disk: Disk, clock: Clock) {
    this.#journal = journal;
    this.#disk = disk;
    this.#clock = clock;
  }

  /** The id of a path, the same as in the journal's string table. */
  id(path: string): number {
    return this.#journal.strings.intern(path);
  }

  path(id: number): string {
    return this.#journal.strings.text(id);
  }

  /** The id under which an output is recorded: of the link itself when it is one. */
  outputId(path: string): number {
    return this.#disk.readLink(path) === undefined ? this.id(path) : this.id(LINK_PREFIX + path);
  }

  /** Something may have written this output: it, the link that it may be, and the listings of the folders above. */
  invalidateOutput(path: string): void {
    this.#invalidateName(LINK_PREFIX + path);
    for (let name = path; name !== ''; name = name.slice(0, name.lastIndexOf('/')))
      this.#invalidateName(name);
  }

  #invalidateName(name: string): void {
    const id = this.#journal.strings.find(name);
    if (id !== undefined) this.invalidate(id);
  }

  #look(id: number): void {
    if (id >= this.#known.length) this.#grow(id);
    if (this.#known[id] !== UNKNOWN) return;
    this.#atMs[id] = this.#clock.now();
    const { high, low, folder } = this.#examine(id);
    this.#high[id] = high;
    this.#low[id] = low;
    this.#known[id] = folder === true ? FOLDER : KNOWN;
  }

  #grow(id: number): void {
    const size = Math.max(this.#known.length * 2, id + 1);
    const grown = <T extends Uint8Array | Uint32Array | Float64Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.#known = grown(this.#known, new Uint8Array(size));
    this.#high = grown(this.#high, new Uint32Array(size));
    this.#low = grown(this.#low, new Uint32Array(size));
    this.#atMs = grown(this.#atMs, new Float64Array(size));
  }

  #examine(id: number): Digest & { readonly folder?: boolean } {
    const path = this.path(id);
    if (path.startsWith(LINK_PREFIX)) {
      const target = this.#disk.readLink(path.slice(LINK_PREFIX.length));
      return target === undefined ? missingDigest : digestOfText(target);
    }
    const stat = this.#disk.stat(path);
    if (stat === undefined) return missingDigest;
    if (stat.directory) return { ...this.#listing(path), folder: true };
    const recorded = this.#journal.file(id);
    if (recorded !== undefined && sameStat(recorded.stat, stat) && vouches(stat, recorded.readMs)) {
      return recorded.digest;
    }
    const readMs = this.#clock.now();
    const digest = digestOfPieces((take) => this.#disk.read(path, take));
    if (digest === undefined) return missingDigest;
    this.#journal.recordFile(id, { stat, digest, readMs });
    return digest;
  }

  /**
   * Takes in what an action has just written. Nothing else writes there, so that what is read now is what the action
   * left, however short a time ago: the stat vouches for it at once where the file system's clock is fine enough to show
   * a later change. Without this a library's 560 MB of fresh objects are read twice when it is linked.
   */
  takeOutput(id: number): void {
    this.invalidate(id);
    this.#look(id);
    const recorded = this.#journal.file(id);
    if (recorded === undefined || this.#known[id] === FOLDER || vouches(recorded.stat, recorded.readMs))
      return;
    const readMs = Math.max(recorded.readMs, writtenMs(recorded.stat));
    this.#journal.recordFile(id, { ...recorded, readMs });
  }

  /**
   * Takes in what an action says it has just written, so that it need not be read: as {@link takeOutput}, for a caller
   * that had the bytes in its hands.
   * @param stat of the file after the last write
   */
  takeWritten(path: string, stat: FileStat, digest: Digest): void {
    const id = this.id(path);
    this.invalidate(id);
    this.#journal.recordFile(id, { stat, digest, readMs: writtenMs(stat) });
  }

  /** Reads a file again although its stat is what it was: somebody may have kept size and times. */
  verify(id: number): void {
    const recorded = this.#journal.file(id);
    if (recorded !== undefined) this.#journal.recordFile(id, { ...recorded, readMs: 0 });
    this.invalidate(id);
  }

  #listing(path: string): Digest {
    const names = this.#disk.list(path);
    return names === undefined ? missingDigest : digestOfText(`folder\n${[...names].sort().join('\n')}`);
  }

  /** The digest of what is at a path now; `missingDigest` when there is nothing. */
  digest(id: number): Digest {
    this.#look(id);
    return { high: this.#high[id]!, low: this.#low[id]! };
  }

  /** Whether the path holds the given content; allocates nothing. */
  matches(id: number, high: number, low: number): boolean {
    this.#look(id);
    return this.#high[id] === high && this.#low[id] === low;
  }

  /** When the disk was asked for the present answer, milliseconds since 1970; 0 when there is none. */
  askedAtMs(id: number): number {
    return this.#known[id] === UNKNOWN ? 0 : (this.#atMs[id] ?? 0);
  }

  exists(id: number): boolean {
    this.#look(id);
    return this.#high[id] !== 0 || this.#low[id] !== 0;
  }

  /** Whether there is something at the path; unlike {@link exists} without reading what it is. */
  isPresent(id: number): boolean {
    if (id < this.#known.length && this.#known[id] !== UNKNOWN) return this.exists(id);
    const path = this.path(id);
    return path.startsWith(LINK_PREFIX)
      ? this.#disk.readLink(path.slice(LINK_PREFIX.length)) !== undefined
      : this.#disk.stat(path) !== undefined;
  }

  /** Whether there is something that is not a folder. */
  isFile(id: number): boolean {
    return this.exists(id) && this.#known[id] !== FOLDER;
  }

  /**
   * Asks the disk again whether a path still holds what the last answer said, and reads it only where its stat does
   * not tell. A change becomes the new answer. Folders are not looked at: builds fill them all the time.
   */
  holdsStill(id: number): boolean {
    this.#look(id);
    if (this.#known[id] === FOLDER) return true;
    const [high, low] = [this.#high[id]!, this.#low[id]!];
    const recorded = this.#journal.file(id);
    const stat = this.#disk.stat(this.path(id));
    if (stat === undefined && high === 0 && low === 0) return true;
    if (stat !== undefined && recorded !== undefined && sameStat(recorded.stat, stat)) {
      if (vouches(stat, recorded.readMs)) return true;
    }
    this.invalidate(id);
    return this.matches(id, high, low);
  }

  /** Something may have written this path: the next question goes to the disk. */
  invalidate(id: number): void {
    if (id >= this.#known.length || this.#known[id] === UNKNOWN) return;
    this.#known[id] = UNKNOWN;
    this.#generation++;
  }

  /** Grows whenever an answer was taken back: what was computed from answers before holds while it stays. */
  get generation(): number {
    return this.#generation;
  }

  /** Forgets every answer of this session; the journal's stats still save reading. */
  invalidateAll(): void {
    this.#known.fill(UNKNOWN);
    this.#generation++;
  }
}

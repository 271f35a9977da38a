import fs from 'node:fs';
import path from 'node:path';
import { LINK_PREFIX } from '../../engine/digest/file-states.ts';
import { nodeDisk } from '../../engine/disk.ts';
import { helperSpawner, type Spawner } from '../../engine/exec/spawner.ts';
import { Journal } from '../../engine/journal/journal.ts';
import { FolderContents } from './folder-contents.ts';
import { type KeptBuild } from '../build/build-workspace.ts';
import { stateFolder } from '../build/state-folder.ts';
import { surroundings } from '../build/surroundings.ts';

/** The journal is read again, which writes it anew without what is out of date, when a session has let it grow by this. */
const MOST_GROWTH = 64 << 20;

/** More changed places than this, and asking the disk about everything is quicker than finding out about what. */
const MOST_PLACES = 16;
const MOST_PATHS = 500;

/** Files that editors and other programs make for a moment, or beside the one that is edited. */
const PASSING = /~$|^\.?#|^\.(?!config)|^4913$|\.(?:tmp|temp|swp|swx|swo|bak|orig|part|lock)\b|___jb_/;

/** What of a set of changed paths can matter. */
export interface Relevance {
  /** To an action: all but folders in which only files came and went that nobody has heard of. */
  readonly relevant: ReadonlySet<string>;
  /** Folders in which only files came and went that will not stay, or that nothing is made of. */
  readonly passing: ReadonlySet<string>;
}

/**
 * What is kept of a build folder from one build to the next: the open journal, what all files hold, the graph. Reading it
 * takes longer than most builds of one file. To be used only while one holds the folder's lock: another build may have
 * written in between, which `open` notices.
 */
export class BuildMemory {
  readonly #journalFile: string;
  readonly #spawner: Spawner = helperSpawner();
  #kept: KeptBuild | undefined;
  #mark = '';
  #sizeAtOpen = 0;
  /** Names as recorded, by their normalised form, where the two differ. */
  #spellings = new Map<string, string[]>();
  #contents = new FolderContents();

  constructor(build: string) {
    this.#journalFile = path.join(stateFolder(build), 'journal');
  }

  /**
   * The state as it is; read again when somebody else has built, or the folder is another.
   * @throws the file system's error when the journal cannot be written
   */
  open(): KeptBuild {
    if (this.holds) return this.#kept!;
    this.forget();
    const journal = Journal.open(this.#journalFile);
    this.#kept = { spawner: this.#spawner, around: surroundings(journal), loaded: undefined };
    this.#sizeAtOpen = this.#journalSize();
    return this.#kept;
  }

  /** What was opened last; undefined when it was forgotten. */
  get current(): KeptBuild | undefined {
    return this.#kept;
  }

  /** Whether `open` would give what it gave last. */
  get holds(): boolean {
    return this.#kept !== undefined && this.#mark !== '' && this.#mark === this.#journalStamp();
  }

  /** Notes the journal's state; to be called before the lock is given back. */
  settle(): void {
    if (this.#journalSize() - this.#sizeAtOpen > MOST_GROWTH) this.forget();
    this.#mark = this.#journalStamp();
  }

  /** Tells how paths that will be reported as changed are written in the journal. */
  learnSpellings(names: Iterable<string>): void {
    for (const name of names) {
      const normal = path.resolve(name);
      if (normal === name) continue;
      const known = this.#spellings.get(normal);
      if (known === undefined) this.#spellings.set(normal, [name]);
      else if (!known.includes(name)) known.push(name);
    }
  }

  /**
   * Takes back all answers about paths that may have changed, and about what is below them.
   * @returns what can matter of it
   */
  invalidate(changed: ReadonlySet<string>): Relevance {
    const relevant = new Set(changed);
    const passing = new Set<string>();
    if (this.#kept === undefined) return { relevant, passing };
    const { files, journal } = this.#kept.around;
    /** Places at which something came or went. */
    const replaced: string[] = [];
    for (const name of changed) {
      const stat = nodeDisk.stat(name);
      if (stat?.directory !== true) {
        // It may have been a folder, or a link on somebody's way.
        if (stat === undefined) replaced.push(name);
        continue;
      }
      const differences = this.#contents.differences(name);
      if (differences?.every((entry) => PASSING.test(entry)) === true) passing.add(name);
      const known = differences?.filter((entry) => this.#contents.isKnown(entry, journal.strings));
      if (known === undefined) replaced.push(name);
      else if (known.length === 0) relevant.delete(name);
      else replaced.push(...known.map((entry) => path.join(name, entry)));
    }
    if (changed.size > MOST_PATHS || replaced.length > MOST_PLACES) {
      files.invalidateAll();
      return { relevant, passing };
    }
    for (const name of changed) {
      for (const spelling of [name, ...(this.#spellings.get(name) ?? [])]) {
        for (const each of [spelling, LINK_PREFIX + spelling]) {
          const id = journal.strings.find(each);
          if (id !== undefined) files.invalidate(id);
        }
      }
    }
    const prefixes = replaced.map((name) => `${name}/`);
    if (prefixes.length === 0) return { relevant, passing };
    for (let id = 0; id < journal.strings.size; id++) {
      const name = path.posix.normalize(journal.strings.text(id));
      if (name.startsWith('/') && prefixes.some((prefix) => name.startsWith(prefix) || `${name}/` === prefix))
        files.invalidate(id);
    }
    return { relevant, passing };
  }

  /** Looks at folders, so that it can be told later what came and went. */
  learnContents(folders: Iterable<string>): void {
    for (const folder of folders) this.#contents.differences(folder);
  }

  /** Takes back every answer. */
  invalidateAll(): void {
    this.#kept?.around.files.invalidateAll();
    this.#contents = new FolderContents();
  }

  /** Drops everything but the process that launches commands. */
  forget(): void {
    this.#kept?.around.journal.close();
    this.#kept = undefined;
    this.#spellings.clear();
    this.#contents = new FolderContents();
  }

  async close(): Promise<void> {
    this.forget();
    await this.#spawner.close();
  }

  #journalSize(): number {
    return fs.statSync(this.#journalFile, { throwIfNoEntry: false })?.size ?? 0;
  }

  #journalStamp(): string {
    const stat = fs.statSync(this.#journalFile, { throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
  }
}

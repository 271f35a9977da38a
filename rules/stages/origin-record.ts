import fs from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../engine/folders.ts';
import { TreeDigests } from './tree-digests.ts';

/** What an origin folder was last made from, and what that put in it. Kept beside the journal. */
export interface OriginState {
  /** Digest of the archive. */
  readonly archive: string;
  /** `digest name` of each patch applied, in order. */
  readonly patches: readonly string[];
  /** Digest of each file, by its name below the folder. `undefined` while it is being changed. */
  readonly files: Readonly<Record<string, string>> | undefined;
}

/** What an origin was last made from. */
export interface OriginRecord {
  /** Digest of the archive. */
  readonly archive: string;
  readonly patches: readonly { readonly name: string; readonly digest: string }[];
}

/** What a person changed in an origin since it was made. */
export interface OriginEdits {
  readonly changed: readonly string[];
}

/**
 * Tells a person that a folder is not what was unpacked.
 * @param changed names below the folder
 * @param library whose sources they are, if it is known
 */
export function describeEdits(folder: string, changed: readonly string[], library = ''): string {
  const some = changed.slice(0, 3).join(', ') + (changed.length > 3 ? ` and ${changed.length - 3} more` : '');
  const command = library === '' ? 'unigraph patch' : `unigraph patch ${library}`;
  return (
    `${folder} was edited by hand (${some}); it is used as it is.\n` +
    `  '${command}' turns the edits into a patch; removing the folder makes it anew.`
  );
}

/** What is known of a folder of unpacked sources: what it was made from, and so what a person changed in it since. */
export class OriginRecordFile {
  readonly folder: string;
  readonly #stateFile: string;
  readonly #digests: TreeDigests;

  /**
   * @param folder the origin, such as `O/libmusl/origin`
   * @param stateFolder where states are kept
   * @param digests what is known of files already
   */
  constructor(folder: string, stateFolder: string, digests = new TreeDigests()) {
    this.folder = folder.replace(/\/+$/, '');
    this.#stateFile = path.join(stateFolder, `${encodeURIComponent(this.folder)}.json`);
    this.#digests = digests;
  }

  /** What the folder was last made from; undefined when nothing is known: make filled it, or the record is gone or torn. */
  record(): OriginRecord | undefined {
    const state = this.load();
    if (state === undefined) return undefined;
    const patches = state.patches.map((line) => {
      const blank = line.indexOf(' ');
      return { name: line.slice(blank + 1), digest: line.slice(0, blank) };
    });
    return { archive: state.archive, patches };
  }

  /**
   * What a person changed since the folder was made; undefined when it was not made here.
   * @param names only these are looked at, of 2,450 in musl's
   */
  edits(names?: Iterable<string>): OriginEdits | undefined {
    const files = this.load()?.files;
    if (files === undefined) return undefined;
    if (names === undefined) return this.editsSince(files);
    const asked: Record<string, string> = {};
    for (const name of names) if (files[name] !== undefined) asked[name] = files[name];
    return this.editsSince(asked);
  }

  /** Which of these files, with their digests by their names below the folder, a person changed. Removing one is no change. */
  editsSince(files: Readonly<Record<string, string>>): OriginEdits {
    const changed = Object.keys(files).filter((name) => {
      const now = this.#digests.of(`${this.folder}/${name}`);
      return now !== undefined && now !== files[name];
    });
    return { changed };
  }

  /** Undefined when nothing is known, or what is there is torn. */
  load(): OriginState | undefined {
    const text = readFile(this.#stateFile)?.toString();
    if (text === undefined) return undefined;
    try {
      const state = JSON.parse(text) as OriginState | null;
      return typeof state?.archive === 'string' && Array.isArray(state.patches) ? state : undefined;
    } catch {
      return undefined; // torn by a crash: as if nothing were known
    }
  }

  save(state: OriginState): void {
    makeFolder(path.dirname(this.#stateFile));
    const temporary = `${this.#stateFile}.new`;
    fs.writeFileSync(temporary, JSON.stringify(state));
    fs.renameSync(temporary, this.#stateFile);
  }
}

/** The bytes of a file; undefined when it cannot be read. */
export function readFile(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

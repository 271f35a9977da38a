import { randomBytes } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { isRunning } from '../running-process.ts';

/** Where the bytes of a partial file came from. */
export interface PartialSource {
  readonly url: string;
  /** The value for If-Range: a strong ETag or a Last-Modified date (RFC 9110, 13.1.5); undefined where the server gave none. */
  readonly validator: string | undefined;
}

/**
 * The file that a download grows in, beside its destination.
 *
 * At rest it is `DESTINATION.part`, with `DESTINATION.part.json` telling its source. While a process works on it, it has
 * a name with that process's id: taking it is a rename, so that only one of two processes gets it, and one that was
 * killed is succeeded by the next. All methods throw the errors of node:fs.
 */
export class PartialFile {
  readonly #destination: string;
  readonly #path: string;
  #descriptor: number | undefined;
  #size: number;
  #source: PartialSource | undefined;

  private constructor(destination: string, path: string) {
    this.#destination = destination;
    this.#path = path;
    this.#source = readSource(path);
    this.#descriptor = openSync(path, 'a');
    this.#size = statSync(path).size;
  }

  /** Takes what an earlier attempt left, or begins anew. The destination's folder is made. */
  static claim(destination: string): PartialFile {
    const folder = dirname(destination);
    mkdirSync(folder, { recursive: true });
    const own = `${destination}.part-${process.pid}-${randomBytes(4).toString('hex')}`;
    for (const left of leftovers(folder, basename(destination))) {
      try {
        renameSync(left, own);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        throw error;
      }
      try {
        renameSync(sourcePath(left), sourcePath(own));
      } catch {
        // Without its source it cannot be continued; restart() empties it.
      }
      break;
    }
    return new PartialFile(destination, own);
  }

  get path(): string {
    return this.#path;
  }

  /** Bytes that are there. */
  get size(): number {
    return this.#size;
  }

  /** Undefined when there is nothing that could be continued. */
  get source(): PartialSource | undefined {
    return this.#size > 0 ? this.#source : undefined;
  }

  /** Empties the file; what follows comes from `source`. */
  restart(source: PartialSource): void {
    ftruncateSync(this.#open(), 0);
    this.#size = 0;
    this.#source = source;
    writeFileSync(sourcePath(this.#path), JSON.stringify(source));
  }

  append(chunk: Uint8Array): void {
    let written = 0;
    while (written < chunk.length) {
      written += writeSync(this.#open(), chunk, written, chunk.length - written);
    }
    this.#size += chunk.length;
  }

  /** Makes the file the destination, in one step. */
  commit(): void {
    this.#close();
    renameSync(this.#path, this.#destination);
    rmSync(sourcePath(this.#path), { force: true });
  }

  /** Lays the file aside for the next attempt; removes it when there is nothing in it. Never throws. */
  keep(): void {
    if (this.source === undefined) {
      this.discard();
      return;
    }
    this.#close();
    try {
      renameSync(sourcePath(this.#path), `${this.#destination}.part.json`);
      renameSync(this.#path, `${this.#destination}.part`);
    } catch {
      // Somebody removed the folder meanwhile; there is nothing to keep, then.
      this.discard();
    }
  }

  /** Removes it. */
  discard(): void {
    this.#close();
    rmSync(this.#path, { force: true });
    rmSync(sourcePath(this.#path), { force: true });
  }

  #open(): number {
    if (this.#descriptor === undefined) throw new Error('the partial file is closed');
    return this.#descriptor;
  }

  #close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

const sourcePath = (path: string): string => `${path}.json`;

function readSource(path: string): PartialSource | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(sourcePath(path), 'utf8'));
    if (typeof read !== 'object' || read === null) return undefined;
    const { url, validator } = read as Record<string, unknown>;
    if (typeof url !== 'string') return undefined;
    return { url, validator: typeof validator === 'string' ? validator : undefined };
  } catch {
    return undefined;
  }
}

/** Partial files of `name` that nobody works on. */
function leftovers(folder: string, name: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder)) {
    if (!entry.startsWith(`${name}.part`) || entry.endsWith('.json')) continue;
    const owner = /^-(\d+)-[0-9a-f]+$/.exec(entry.slice(name.length + '.part'.length));
    if (entry === `${name}.part` || (owner !== null && !isRunning(Number(owner[1]))))
      found.push(join(folder, entry));
  }
  return found;
}

import { closeSync, fstatSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../folders.ts';
import { makeNamedFifos } from './fifo.ts';

/** How many are made at once. A small build uses one or two. */
const BATCH = 32;

/**
 * FIFOs that wait under their names for a program that will run few commands: making them, by a run of mkfifo, takes 8 ms,
 * taking one 0.1. A name is removed when its FIFO is taken, so that none ever serves two programs. To be used by one
 * program at a time, under the build folder's lock.
 */
export class FifoStock {
  readonly #folder: string;
  #names: string[] | undefined;

  /** @param folder where they wait; made when it is missing */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Takes one.
   * @param flags for open(2); a FIFO must open without waiting for its other end
   * @returns its descriptor; undefined where there can be none
   */
  take(flags: number): number | undefined {
    try {
      this.#names ??= this.#list();
      if (this.#names.length === 0) this.#names = this.#fill();
      for (let name = this.#names.pop(); name !== undefined; name = this.#names.pop()) {
        const fd = takeFifo(name, flags);
        if (fd !== undefined) return fd;
      }
    } catch {
      // Read-only, full, or a file system without FIFOs.
    }
    return undefined;
  }

  #list(): string[] {
    makeFolder(this.#folder);
    return readdirSync(this.#folder).map((name) => join(this.#folder, name));
  }

  #fill(): string[] {
    const names = Array.from({ length: BATCH }, (_, number) => join(this.#folder, String(number)));
    makeNamedFifos(names);
    return names;
  }
}

/** Opens a FIFO and removes its name; undefined when it is something else, which is removed as well. */
function takeFifo(name: string, flags: number): number | undefined {
  const fd = openSync(name, flags);
  rmSync(name, { force: true });
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  return undefined;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * FIFOs for a program that will soon run a few commands: mkfifo makes them while the program does something else. Waiting for
 * it would take 8 ms.
 */
export class FifosAhead {
  #folder: string | undefined;
  readonly #paths: string[] = [];
  readonly #maker: ChildProcess | undefined;

  /** @param count how many are wanted */
  constructor(count: number) {
    try {
      const folder = (this.#folder = mkdtempSync(join(tmpdir(), 'unigraph-')));
      this.#paths = Array.from({ length: count }, (_, number) => join(folder, String(number)));
      this.#maker = spawn('mkfifo', ['-m', '600', ...this.#paths], { stdio: 'ignore' });
      // Whoever takes one finds out that there is none.
      this.#maker.on('error', () => undefined);
      this.#maker.unref();
    } catch {
      this.close();
    }
  }

  /**
   * Takes one, and with the last removes all names.
   * @param flags for open(2); a FIFO must open without waiting for its other end
   * @returns its descriptor; undefined when there is none, or not yet
   */
  take(flags: number): number | undefined {
    const path = this.#paths.shift();
    if (path === undefined) return undefined;
    try {
      const fd = openSync(path, flags);
      if (fstatSync(fd).isFIFO()) return fd;
      closeSync(fd);
    } catch {
      // Not made: a full disk, no mkfifo, or a busy machine.
    } finally {
      if (this.#paths.length === 0) this.close();
    }
    return undefined;
  }

  /** Removes the names. What was taken stays open. */
  close(): void {
    this.#paths.length = 0;
    if (this.#folder === undefined) return;
    this.#maker?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }
}

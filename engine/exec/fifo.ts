import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, ok, type Result } from '../result.ts';

/**
 * Makes FIFOs and removes their names at once, so that nothing is left in the file system whatever happens later;
 * `/proc/PID/fd/N` still opens them. Node has no pipe(2) and no mkfifo(3): coreutils' mkfifo does it (8 ms with a fork).
 * @param flags for open(2); a FIFO must open without waiting for its other end
 * @returns one descriptor for each FIFO, or in one sentence why there are none
 */
export function makeFifos(count: number, flags: number): Result<number[], string> {
  let reason = '';
  for (const parent of new Set([tmpdir(), '/dev/shm', '/tmp'])) {
    try {
      return ok(makeFifosIn(parent, count, flags));
    } catch (error) {
      // Read-only, full, or without FIFOs: the next one.
      reason ||= error instanceof Error ? error.message : String(error);
    }
  }
  return fail(`cannot make a named pipe: ${reason}`);
}

function makeFifosIn(parent: string, count: number, flags: number): number[] {
  const folder = mkdtempSync(join(parent, 'unigraph-'));
  const fds: number[] = [];
  try {
    const paths = Array.from({ length: count }, (_, index) => join(folder, String(index)));
    const made = spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: ['ignore', 'ignore', 'pipe'] });
    if (made.status !== 0) throw made.error ?? new Error(made.stderr.toString().trim());
    for (const path of paths) fds.push(openSync(path, flags));
    return fds;
  } catch (error) {
    for (const fd of fds) closeSync(fd);
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

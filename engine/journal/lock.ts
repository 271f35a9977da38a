import fs from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import { makeFolder } from '../folders.ts';

/** Who holds a build folder. */
export interface LockHolder {
  readonly pid: number;
}

export interface Lock {
  release(): void;
}

/** The start time of a process in clock ticks since boot (proc(5), field 22); undefined when there is none. */
function startTime(pid: number): string | undefined {
  let stat: string;
  try {
    stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The command name, in parentheses, may hold blanks and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z') return undefined;
  return fields[19];
}

/**
 * Takes the lock file of a build folder. It holds the process id and the start time of the holder, so that a
 * lock left by a killed process, or by one whose id was given away since, is taken over.
 * @param file the lock's path; its folder is created
 * @returns the lock, or who holds it
 * @throws the file system's error when the folder cannot be written
 */
export function takeLock(file: string): Result<Lock, LockHolder> {
  makeFolder(path.dirname(file));
  const own = `${process.pid} ${startTime(process.pid) ?? ''}\n`;
  // The lock appears under its name only with its content in it: link(2) is atomic and fails when it exists.
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, own);
  try {
    for (;;) {
      try {
        fs.linkSync(temporary, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = readHolder(file);
      if (holder !== undefined && holder.pid !== process.pid) return fail({ pid: holder.pid });
      // Stale. Renaming it away first makes sure that of two who see this only one removes it.
      const stale = `${temporary}.stale`;
      try {
        fs.renameSync(file, stale);
        fs.unlinkSync(stale);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  } finally {
    fs.rmSync(temporary, { force: true });
  }
  return ok({
    release() {
      if (readText(file) === own) fs.rmSync(file, { force: true });
    },
  });
}

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}

/** The live process named by a lock file. */
function readHolder(file: string): LockHolder | undefined {
  const [pid, started] = (readText(file) ?? '').trim().split(' ');
  if (pid === undefined || !/^\d+$/.test(pid)) return undefined;
  const actual = startTime(Number(pid));
  return actual !== undefined && (started === undefined || started === actual)
    ? { pid: Number(pid) }
    : undefined;
}

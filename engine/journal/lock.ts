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

/** Locks that this process holds. */
const held = new Set<string>();

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
  if (held.has(file)) return fail({ pid: process.pid });
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
      if (holder !== undefined) return fail(holder);
      const usurped = removeStale(file, `${temporary}.stale`);
      if (usurped !== undefined) return fail(usurped);
    }
  } finally {
    fs.rmSync(temporary, { force: true });
  }
  held.add(file);
  return ok({
    release() {
      held.delete(file);
      if (readText(file) === own) fs.rmSync(file, { force: true });
    },
  });
}

/**
 * Removes a stale lock. Renaming it away first makes sure that of two who see it only one removes it; and when what was
 * renamed turns out to be the lock that the other has taken since, it is put back.
 * @returns who holds the lock now, if somebody does
 */
function removeStale(file: string, aside: string): LockHolder | undefined {
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
  const holder = readHolder(aside);
  try {
    if (holder !== undefined) fs.linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(aside, { force: true });
  }
  return holder;
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
  if (!fs.existsSync('/proc/self/stat')) return isAlive(Number(pid)) ? { pid: Number(pid) } : undefined;
  const actual = startTime(Number(pid));
  return actual !== undefined && (started === undefined || started === actual)
    ? { pid: Number(pid) }
    : undefined;
}

/** Where there is no /proc, an id that was given to another process counts as its first owner. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

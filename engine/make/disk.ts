import { closeSync, ftruncateSync, openSync, readSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { toPath } from './bytes.ts';

/** What remaking does to files itself; paths are byte strings. Answers are undefined or the system's error code. */

export function unlinkFile(path: string): string | undefined {
  try {
    unlinkSync(toPath(path));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EIO';
  }
}

/**
 * Gives a file the present time, making it if it is not there. As GNU Make does it: by writing its first byte anew.
 * @returns which step failed, and why
 */
export function touchFile(path: string): { readonly step: string; readonly code: string } | undefined {
  let step = 'open';
  let fd: number | undefined;
  try {
    fd = openSync(toPath(path), 'a+', 0o666);
    closeSync(fd);
    fd = openSync(toPath(path), 'r+');
    step = 'read';
    const byte = Buffer.from('x');
    readSync(fd, byte, 0, 1, 0);
    step = 'write';
    const wasEmpty = statSync(toPath(path)).size === 0;
    writeSync(fd, byte, 0, 1, 0);
    if (wasEmpty) ftruncateSync(fd, 0);
    return undefined;
  } catch (error) {
    return { step, code: (error as NodeJS.ErrnoException).code ?? 'EIO' };
  } finally {
    if (fd !== undefined) {
      try {
        closeSync(fd);
      } catch {
        // It was closed already, between the two openings.
      }
    }
  }
}

/** True if it is a file, not a directory or device. */
export function isRegularFile(path: string): boolean {
  try {
    return statSync(toPath(path)).isFile();
  } catch {
    return false;
  }
}

export function sizeOf(path: string): number | undefined {
  return statSync(toPath(path), { throwIfNoEntry: false })?.size;
}

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

/**
 * Writes a text file complete or not at all, with the mode that it had: by way of a neighbour that is renamed, so that
 * a full disk or a kill leaves the old one. A symbolic link keeps pointing at the file.
 */
export function writeWhole(file: string, text: string): Result<void, Diagnostic> {
  const neighbourOf = (path: string) => `${path}.${randomBytes(4).toString('hex')}.tmp`;
  let neighbour: string | undefined;
  try {
    const present = statSync(file, { throwIfNoEntry: false });
    const target = present === undefined ? file : realpathSync.native(file);
    neighbour = neighbourOf(target);
    const descriptor = openSync(neighbour, 'wx', (present?.mode ?? 0o644) & 0o777);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(neighbour, target);
    return ok(undefined);
  } catch (error) {
    if (neighbour !== undefined) rmSync(neighbour, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return fail({ message: `cannot write ${file} (${code})` });
  }
}

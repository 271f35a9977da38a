import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

/** The files that make a folder a Unikraft core: releases 0.4 to today have them all. */
const coreFiles = ['Makefile', 'Config.uk', 'support/build/Makefile.rules'] as const;

/** True when `folder` is the top of a Unikraft core's tree. */
export function isCore(folder: string): boolean {
  return coreFiles.every((file) => existsSync(join(folder, file)));
}

/** The real path of a folder that must exist. `what` names it in the message, e.g. `core`. */
export function existingFolder(path: string, what: string, hint: string): Result<string, Diagnostic> {
  let real: string;
  try {
    real = realpathSync.native(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return fail({ message: `there is no ${what} at ${path}`, hint });
    if (code === 'ELOOP')
      return fail({ message: `the ${what} ${path} is a symbolic link in a circle`, hint });
    return fail({ message: `cannot reach the ${what} ${path} (${code ?? 'unknown error'})`, hint });
  }
  if (!statSync(real).isDirectory()) return fail({ message: `the ${what} ${path} is not a folder`, hint });
  return ok(real);
}

/** The real path of a core, or what is missing in it. */
export function coreFolder(path: string, hint: string): Result<string, Diagnostic> {
  const folder = existingFolder(path, 'Unikraft core', hint);
  if (!folder.ok) return folder;
  const missing = coreFiles.filter((file) => !existsSync(join(folder.value, file)));
  if (missing.length > 0) {
    return fail({
      message: `${path} is not a Unikraft tree: it has no ${missing.join(', ')} (looked for ${coreFiles.join(', ')})`,
      hint,
    });
  }
  return ok(folder.value);
}

/** The real path of a folder that must hold a Makefile.uk: an application, library or platform. */
export function makefileFolder(path: string, what: string, hint: string): Result<string, Diagnostic> {
  const folder = existingFolder(path, what, hint);
  if (!folder.ok) return folder;
  if (!existsSync(join(folder.value, 'Makefile.uk'))) {
    return fail({ message: `the ${what} ${path} has no Makefile.uk`, hint });
  }
  return ok(folder.value);
}

/** `path` without symbolic links, as far as it exists; the rest is kept as it is. */
export function realAsFarAsPossible(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realAsFarAsPossible(parent), basename(path));
  }
}

/** The longest existing part of `path`. */
export function nearestExisting(path: string): string {
  let current = path;
  while (!existsSync(current) && dirname(current) !== current) current = dirname(current);
  return current;
}

/** Why nothing can be written at `path` (a folder that may not exist yet); undefined when it can. */
export function whyNotWritable(path: string): string | undefined {
  const existing = nearestExisting(path);
  if (!statSync(existing).isDirectory()) return `${existing} is not a folder`;
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'EROFS'
      ? `${existing} is on a read-only file system`
      : `you may not write in ${existing}`;
  }
}

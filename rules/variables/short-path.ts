import path from 'node:path';

/** A path as one would type it: relative inside the current folder, else as it is. */
export function shortPath(file: string, cwd: string): string {
  return file.startsWith(`${cwd}/`) ? path.relative(cwd, file) : file;
}

import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

/** What a search for a program found, and where it looked in vain: a file that appears there later would win. */
export interface ProgramLookup {
  /** Absolute path of the program (symbolic links not followed); undefined when there is none. */
  readonly path: string | undefined;
  /** Absolute paths that were tried before and are no programs, in order. */
  readonly missing: readonly string[];
}

/** Answers by program, PATH and folder. */
export type ProgramCache = Map<string, ProgramLookup>;

const sharedCache: ProgramCache = new Map();

/** Forgets what `which` and `lookUpProgram` found, since programs may have been installed or removed. */
export function forgetPrograms(): void {
  sharedCache.clear();
}

/**
 * Finds a program as execvp(3) and shells do; remembers the answer until `forgetPrograms`.
 * @param program a name to be searched in `pathVariable`, or a path when it contains a slash
 * @param pathVariable the value of PATH: folders separated by colons; an empty one, like a relative one, is seen from `cwd`
 * @param cwd absolute path of the working directory
 * @returns the program's absolute path, or undefined
 */
export function which(program: string, pathVariable: string, cwd: string): string | undefined {
  return lookUpProgram(program, pathVariable, cwd).path;
}

/** As `which`, and also says where the program was looked for and not found. */
export function lookUpProgram(
  program: string,
  pathVariable: string,
  cwd: string,
  cache: ProgramCache = sharedCache,
): ProgramLookup {
  const key = `${program}\0${pathVariable}\0${cwd}`;
  let lookup = cache.get(key);
  if (!lookup) {
    lookup = search(program, pathVariable, cwd);
    cache.set(key, lookup);
  }
  return lookup;
}

function search(program: string, pathVariable: string, cwd: string): ProgramLookup {
  if (program === '') return { path: undefined, missing: [] };
  const missing: string[] = [];
  const folders = program.includes('/') ? [cwd] : pathVariable.split(':');
  for (const folder of folders) {
    const path = isAbsolute(program) ? program : join(resolve(cwd, folder), program);
    if (isProgram(path)) return { path, missing };
    missing.push(path);
  }
  return { path: undefined, missing };
}

/** A regular file that may be executed. A folder may be "executed" too, which is why access(2) alone does not do. */
function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

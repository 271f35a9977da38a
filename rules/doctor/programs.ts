import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { compareVersions } from '../index/versions.ts';
import type { Environment } from '../workspace/working-folders.ts';

/** A program as it was found. */
export interface FoundProgram {
  /** Undefined when it is not there. */
  readonly path: string | undefined;
  /** Undefined where it tells none. */
  readonly version: string | undefined;
  /** True when it could not be started. */
  readonly broken: boolean;
}

/** Looks for a program as a shell would: in PATH, or at its own path. */
export function findProgram(name: string, environment: Environment): string | undefined {
  const folders =
    isAbsolute(name) || name.includes('/') ? [''] : (environment['PATH'] ?? '').split(delimiter);
  for (const folder of folders) {
    if (folder === '' && !name.includes('/')) continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here: the next folder is looked at.
    }
  }
  return undefined;
}

/** Finds a program and asks it for its version (`--version`; the first number with a dot in what it says). */
export async function probeProgram(name: string, environment: Environment): Promise<FoundProgram> {
  const path = findProgram(name, environment);
  if (path === undefined) return { path, version: undefined, broken: false };
  const env = Object.fromEntries(
    Object.entries({ ...environment, LC_ALL: 'C' }).filter(([, value]) => value !== undefined),
  );
  return new Promise((resolve) => {
    // mawk and busybox answer '--version' with an error; their version matters to nobody.
    execFile(path, ['--version'], { env: env, timeout: 10_000 }, (error, stdout, stderr) => {
      const broken = error !== null && typeof error.code === 'string';
      resolve({ path, version: versionIn(`${stdout}\n${stderr}`), broken });
    });
  });
}

/** The first number with a dot in a text; of gcc's `(Debian 12.2.0-14) 12.2.0` that is right too. */
export function versionIn(text: string): string | undefined {
  return /(?<![\w.])\d+\.\d+(?:\.\d+)*/.exec(text)?.[0];
}

/** True when a version is older than the one that is needed; an unknown one is taken for new enough. */
export function isTooOld(version: string | undefined, needed: string | undefined): boolean {
  return version !== undefined && needed !== undefined && compareVersions(version, needed) < 0;
}

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where kraft and unigraph keep what they have pulled: absolute paths, which need not exist. */
export interface WorkingFolders {
  readonly root: string;
  readonly core: string;
  readonly architectures: string;
  readonly platforms: string;
  readonly libraries: string;
  readonly apps: string;
  /** Downloads and the index. */
  readonly cache: string;
}

const parts = [
  ['core', 'unikraft', 'UK_ROOT'],
  ['architectures', 'archs', 'UK_ARCHS'],
  ['platforms', 'plats', 'UK_PLATS'],
  ['libraries', 'libs', 'UK_LIBS'],
  ['apps', 'apps', 'UK_APPS'],
] as const;

/** The user's home folder; `HOME` as with other tools, so that tests and containers can set it. */
export function home(environment: Environment): string {
  return environment['HOME'] || homedir();
}

/** A leading `~` stands for the home folder; shells leave it alone in `--core=~/x` and `L=~/a`. */
export function expandHome(path: string, environment: Environment): string {
  return path === '~' || path.startsWith('~/') ? join(home(environment), path.slice(1)) : path;
}

/**
 * Kraft's layout: `UK_WORKDIR` (default `~/.unikraft`) holds `unikraft archs plats libs apps`, each of which can be
 * moved with a variable of its own. Relative paths start at `cwd`.
 */
export function workingFolders(environment: Environment, cwd: string): WorkingFolders {
  const named = (variable: string): string | undefined => {
    const value = environment[variable];
    return value ? resolve(cwd, expandHome(value, environment)) : undefined;
  };
  const root = named('UK_WORKDIR') ?? join(home(environment), '.unikraft');
  const folder = Object.fromEntries(
    parts.map(([part, name, variable]) => [part, named(variable) ?? join(root, name)]),
  ) as Record<(typeof parts)[number][0], string>;
  return { root, ...folder, cache: named('UK_CACHEDIR') ?? join(root, '.cache') };
}

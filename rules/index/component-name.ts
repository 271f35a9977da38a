import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export type Kind = 'core' | 'library' | 'platform' | 'architecture' | 'application';

/** A component's kind and its name without the kind: `lib-musl` is the library `musl`. */
export interface ComponentName {
  readonly kind: Kind;
  readonly name: string;
}

const prefixes: readonly [Kind, string][] = [
  ['library', 'lib'],
  ['application', 'app'],
  ['platform', 'plat'],
  ['architecture', 'arch'],
];

/** How a kind is written before a name: `lib/musl`. */
export function prefixOf(kind: Kind): string {
  return prefixes.find(([each]) => each === kind)?.[1] ?? 'core';
}

/** Names as they may stand on the list: what a folder and a Kconfig option can be made of. */
export function isComponentName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/.test(name) && !name.includes('..');
}

/**
 * Kind and name as a repository's or folder's path tells them: `…/lib-musl.git`, `…/libs/musl`, `…/unikraft`, and,
 * since local libraries are called so, `…/libfortune`.
 * @returns undefined where the path says nothing
 */
export function nameFromPath(path: string): ComponentName | undefined {
  const clean = path.replace(/[/\\]+$/, '').replace(/\.git$/, '');
  const last = basename(clean);
  if (last === 'unikraft') return { kind: 'core', name: 'unikraft' };
  const folder = basename(dirname(clean));
  for (const [kind, prefix] of prefixes) {
    const dashed = new RegExp(`^${prefix}-(.+)$`).exec(last)?.[1];
    if (dashed !== undefined) return { kind, name: dashed };
    if (folder === `${prefix}s`)
      return { kind, name: kind === 'library' ? last.replace(/^lib(?=[a-z0-9])/, '') : last };
  }
  const glued = /^lib(?!rar(?:y|ies)$)([a-z0-9]{2}.*)$/.exec(last)?.[1];
  return glued === undefined ? undefined : { kind: 'library', name: glued };
}

/**
 * What a folder is: told by its content where that is clear (a core's files, the registration in `Makefile.uk`), and by
 * its path where not.
 * @returns undefined for a folder that is no component
 */
export function nameFromFolder(folder: string): ComponentName | undefined {
  const isCore = ['Makefile', 'Config.uk', 'support/build/Makefile.rules'].every((file) =>
    existsSync(join(folder, file)),
  );
  if (isCore) return { kind: 'core', name: 'unikraft' };
  const makefile = join(folder, 'Makefile.uk');
  if (!existsSync(makefile)) return undefined;
  const path = nameFromPath(folder);
  const text = readFileSync(makefile, 'utf8').slice(0, 256 * 1024);
  // The first registration is the component's own; lib-musl registers a hundred further ones.
  const [, macro, registered] = /\$\(call\s+(add(?:lib|plat)\w*)\s*,\s*([\w-]+)/.exec(text) ?? [];
  if (macro === undefined || registered === undefined)
    return path ?? { kind: 'application', name: basename(folder) };
  if (macro.startsWith('addplat')) return { kind: 'platform', name: path?.name ?? registered };
  if (registered.startsWith('app')) {
    return path?.kind === 'application' ? path : { kind: 'application', name: basename(folder) };
  }
  if (path?.kind === 'library') return path;
  if (macro.endsWith('_s') || /^lib/.test(registered)) {
    return { kind: 'library', name: registered.replace(/^lib(?=.)/, '') };
  }
  return path ?? { kind: 'application', name: basename(folder) };
}

/** A component as it is asked for on a command line. */
export interface Asked {
  /** Undefined where the name does not tell. */
  readonly kind?: Kind;
  readonly name: string;
  readonly version?: string;
}

/** Reads `musl`, `lib/musl`, `lib-musl@0.16`, `unikraft@staging`, kraft's `musl==1.0` and `lib-x>=2`. */
export function parseAsked(text: string): Asked {
  const [, path = text, version] = /^(.+?)(?:@|==|>=)([^@]+)$/.exec(text) ?? [];
  const rest = version === undefined ? {} : { version };
  if (path === 'unikraft' || path === 'core') return { kind: 'core', name: 'unikraft', ...rest };
  for (const [kind, prefix] of prefixes) {
    const name = new RegExp(`^${prefix}s?[-/](.+)$`).exec(path)?.[1];
    if (name !== undefined) return { kind, name, ...rest };
  }
  return { name: path, ...rest };
}

/** `lib/musl`, `app/helloworld`, `unikraft`. */
export function formatName({ kind, name }: ComponentName): string {
  return kind === 'core' ? name : `${prefixOf(kind)}/${name}`;
}

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, type Result } from '../../engine/result.ts';
import { versionedFolder } from '../index/installed.ts';
import type { Component } from '../manifest/manifest.ts';
import { coreFolder, isCore, makefileFolder } from './tree.ts';
import { expandHome, type Environment, type WorkingFolders } from './working-folders.ts';

export type ComponentKind = 'core' | 'library' | 'platform' | 'application';

const partOf = { library: 'libs', platform: 'plats', application: 'apps' } as const;
const folderOf = { library: 'libraries', platform: 'platforms', application: 'apps' } as const;
const variableOf = { library: 'UK_LIBS', platform: 'UK_PLATS', application: 'UK_APPS' } as const;
const prefixOf = { library: 'lib', platform: 'plat', application: 'app' } as const;

/** Where components are looked for. */
export interface Surrounding {
  /** The application's folder: what lies in and beside it comes first. */
  readonly app: string;
  readonly folders: WorkingFolders;
  readonly environment: Environment;
  /** Local folders that the user has put on the list (`unigraph list add DIR`), by kind and name. */
  readonly listed?: (kind: ComponentKind, name: string) => string | undefined;
  /** Gets every place that was asked: a component that appears there changes the answer. */
  readonly looked?: string[];
  /** Commits that are preferred over versions, by `unikraft` or `lib/NAME`. */
  readonly pinned?: Readonly<Record<string, string>>;
}

/** `musl` out of `lib-musl`, `libmusl` or `lib/musl`: kraft drops the kind from a repository's name. */
export function bareName(kind: ComponentKind, name: string): string {
  if (kind === 'core') return 'unikraft';
  const prefix = prefixOf[kind];
  const rest = name.replace(new RegExp(`^${prefix}[-/]`), '');
  return kind === 'library' && rest === name ? name.replace(/^lib(?=[a-z0-9])/i, '') : rest;
}

/**
 * The folders in which a component may be, in the order in which they are looked at: in the application
 * (`.unikraft/`, KraftKit's place too, and `workdir/`), where the environment says, on the list, beside the
 * application, and in `~/.unikraft`. A folder `NAME@VERSION` holds that version beside another one.
 */
export function componentPlaces(
  kind: ComponentKind,
  name: string,
  version: string | undefined,
  around: Surrounding,
): string[] {
  const bare = bareName(kind, name);
  const pin = around.pinned?.[kind === 'library' ? `lib/${bare}` : bare];
  const folders = basePlaces(kind, name, around);
  // A pinned commit is taken wherever it is; a version only where nothing nearer has the component.
  return [
    ...(pin === undefined ? [] : folders.map((folder) => versionedFolder(folder, pin))),
    ...folders.flatMap((folder) =>
      version === undefined ? [folder] : [versionedFolder(folder, version), folder],
    ),
  ];
}

function basePlaces(kind: ComponentKind, name: string, around: Surrounding): string[] {
  const { app, folders, environment } = around;
  const beside = [dirname(app), dirname(dirname(app))];
  if (kind === 'core') {
    const own = [join(app, '.unikraft/unikraft'), join(app, 'workdir/unikraft')];
    const near = beside.map((folder) => join(folder, 'unikraft'));
    const named = environment['UK_ROOT'] || environment['UK_WORKDIR'];
    return [...own, ...(named ? [folders.core, ...near] : [...near, folders.core])];
  }
  const bare = bareName(kind, name);
  const part = partOf[kind];
  const own = [join(app, '.unikraft', part), join(app, 'workdir', part)];
  const near = beside.map((folder) => join(folder, part));
  const named = environment[variableOf[kind]] || environment['UK_WORKDIR'];
  const global = folders[folderOf[kind]];
  const prefix = prefixOf[kind];
  const names = [...new Set([name, bare, `${prefix}-${bare}`, `${prefix}${bare}`])];
  const inside = (folder: string) => names.map((each) => join(folder, each));
  const listed = around.listed?.(kind, bare);
  return [
    ...own.flatMap(inside),
    ...(named ? inside(global) : []),
    ...(listed === undefined ? [] : [listed]),
    ...near.flatMap(inside),
    ...(named ? [] : inside(global)),
  ];
}

/** Where a component of a manifest lies: its `source` if that is a folder, else the first place that has it. */
export function locateComponent(
  kind: ComponentKind,
  component: Component,
  base: string,
  around: Surrounding,
): Result<string, Diagnostic> {
  const { source, location } = component;
  const what = kind === 'core' ? 'Unikraft core' : kind;
  const at = (result: Result<string, Diagnostic>): Result<string, Diagnostic> =>
    result.ok ? result : fail({ ...result.error, location });
  const check = (path: string, hint: string) =>
    at(kind === 'core' ? coreFolder(path, hint) : makefileFolder(path, what, hint));
  if (source !== undefined && !isRemote(source)) {
    return check(resolve(base, expandHome(source, around.environment)), "Correct the manifest's source.");
  }
  const places = componentPlaces(kind, component.name, component.version, around);
  const present = firstPresent(kind, places, around);
  if (present !== undefined) return check(present, '');
  const label = component.version === undefined ? component.name : `${component.name}@${component.version}`;
  const origin = source === undefined ? '' : `unigraph list add ${source} && `;
  const cached = places.at(-1)!;
  return fail({
    message: `the ${what} ${component.name} is not on this machine (looked for ${cached} and ${places.length - 1} other places)`,
    location,
    hint: `Get it with '${origin}unigraph list pull ${label}', or name its folder with ${
      kind === 'core' ? '--core DIR' : kind === 'library' ? '--lib DIR or as its source' : 'its source'
    }.`,
  });
}

/** The first place that holds a component of the kind. */
export function firstPresent(
  kind: ComponentKind,
  places: readonly string[],
  around: Surrounding,
): string | undefined {
  for (const place of places) {
    around.looked?.push(place);
    if (kind === 'core' ? isCore(place) : existsSync(join(place, 'Makefile.uk'))) return place;
  }
  return undefined;
}

/** True for an URL or `git@host:path`, false for a path. */
export function isRemote(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source) || /^[\w.-]+@[\w.-]+:/.test(source);
}

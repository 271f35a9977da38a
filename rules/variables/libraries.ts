import path from 'node:path';
import { formatLocation, type Location } from '../../engine/location.ts';
import type { EvaluatedWorkspace } from './evaluated-workspace.ts';
import { fillName, UNKNOWN } from './name-pattern.ts';
import { topLevelArguments } from './written-references.ts';

/** A library that a makefile registers, or would if its option were set. */
export interface KnownLibrary {
  readonly name: string;
  /** What its variables begin with: `LIBFORTUNE_`. */
  readonly prefix: string;
  /** Whether it is part of this build. */
  readonly isRegistered: boolean;
  /** The folder of its Makefile.uk. */
  readonly folder: string;
  /** Where it is registered; a library may have several places of which one is reached. */
  readonly registrations: readonly Registration[];
}

/** An `$(eval $(call addlib…))` as written. */
export interface Registration {
  readonly macro: string;
  readonly location: Location;
  /** What the switch is, as written: `$(CONFIG_LIBX)`; none for `addlib`. */
  readonly condition?: string;
}

/** The macros that register a library (support/build/Makefile.rules), with the places of name and switch. */
const REGISTERING: Readonly<Record<string, readonly [name: number, condition?: number]>> = {
  addlib: [1],
  addlib_s: [1, 2],
  addlib_tree: [1],
  addlib_tree_s: [1, 2],
  addlib_paramprefix: [1],
  addplatlib: [2],
  addplatlib_s: [2, 3],
  addplatlib_paramprefix: [2],
};

/** The prefix of a library's variables: its name in capitals (Makefile.rules, vprefix_lib). */
export function variablePrefix(library: string): string {
  return `${library.replace(/[a-z]/g, (letter) => letter.toUpperCase())}_`;
}

/** All libraries that the makefiles know, by name; those that are switched off too. */
export function knownLibraries(evaluated: EvaluatedWorkspace): ReadonlyMap<string, KnownLibrary> {
  const registered = new Set(registeredLibraries(evaluated));
  const registrations = new Map<string, Map<string, Registration>>();
  for (const { references } of evaluated.written) {
    for (const { kind, name, location } of references) {
      if (kind !== 'call') continue;
      const words = topLevelArguments(name);
      const [at, conditionAt] = REGISTERING[words[0]!.trim()] ?? [];
      if (at === undefined) continue;
      const library = fillName((words[at] ?? '').trim(), () => undefined);
      if (library === '' || library.includes(UNKNOWN)) continue;
      const condition = conditionAt === undefined ? undefined : words[conditionAt]?.trim();
      const places = registrations.get(library) ?? new Map<string, Registration>();
      registrations.set(library, places);
      places.set(formatLocation(location), {
        macro: words[0]!.trim(),
        location,
        ...(condition !== undefined && { condition }),
      });
    }
  }
  const known = new Map<string, KnownLibrary>();
  for (const name of [...registered, ...registrations.keys()]) {
    if (known.has(name)) continue;
    const prefix = variablePrefix(name);
    const places = [...(registrations.get(name)?.values() ?? [])];
    const [base] = evaluated.words(`${prefix}BASE`);
    const folder = base ?? path.dirname(places[0]?.location.file ?? evaluated.cwd);
    known.set(name, {
      name,
      prefix,
      isRegistered: registered.has(name),
      folder,
      registrations: places,
    });
  }
  return known;
}

/** Names of the libraries that are part of the build (Makefile.build: UK_LIBS and each platform's LIBS). */
function registeredLibraries(evaluated: EvaluatedWorkspace): string[] {
  const both = (name: string): string[] => [...evaluated.words(name), ...evaluated.words(`${name}-y`)];
  const ofPlatforms = both('UK_PLATS').flatMap((platform) => both(`${variablePrefix(platform)}LIBS`));
  return [...both('UK_LIBS'), ...ofPlatforms];
}

/** The library whose variable a name is: the one with the longest prefix. */
export function libraryOfVariable(name: string, libraries: Iterable<KnownLibrary>): KnownLibrary | undefined {
  let best: KnownLibrary | undefined;
  for (const library of libraries) {
    if (name.startsWith(library.prefix) && library.prefix.length > (best?.prefix.length ?? 0)) best = library;
  }
  return best;
}

import path from 'node:path';
import { toBytes, toText } from '../../engine/make/bytes.ts';
import type { EvaluatedWorkspace } from './evaluated-workspace.ts';
import { fillName, UNKNOWN } from './name-pattern.ts';
import { scanReferences } from './written-references.ts';

/**
 * Which targets' commands read which variables. Unikraft's build rules leave references to a library's flags in the
 * recipes they install (`$(LIBX_CFLAGS-y)`, Makefile.rules, buildrule_c), so the recipes themselves say it.
 */
export class RecipeReferences {
  readonly #targets = new Map<string, Set<string>>();
  /** Of each file: the targets that are made from it. */
  readonly #madeFrom = new Map<string, Set<string>>();
  /** Of each variable: those whose value takes it up. */
  readonly #carriers = new Map<string, Set<string>>();

  constructor(evaluated: EvaluatedWorkspace) {
    const { database } = evaluated;
    const valueOf = (name: string): string | undefined => database.variables.get(name)?.value;
    const each = (text: string, found: (name: string) => void): void => {
      if (!text.includes('$')) return;
      scanReferences(text, (written, kind) => {
        const name = fillName(kind === 'call' ? written.split(',', 1)[0]!.trim() : written, valueOf);
        if (!name.includes(UNKNOWN)) found(name);
      });
    };
    for (const name of database.targetNames) {
      const target = database.resolve(name);
      if (target?.recipe === undefined) continue;
      for (const file of target.prerequisites) add(this.#madeFrom, file, name);
      for (const line of target.recipe.lines) each(line, (variable) => add(this.#targets, variable, name));
    }
    for (const variable of database.variables.values()) {
      const texts = [
        variable.flavour === 'recursive' ? variable.value : '',
        ...(variable.assignments ?? []).map(({ text }) => text),
      ];
      for (const text of texts) each(text, (name) => add(this.#carriers, name, variable.name));
    }
  }

  /** Whether a recipe mentions the variable itself. */
  isRead(name: string): boolean {
    return this.#targets.has(name);
  }

  /** Variables that a recipe mentions. */
  names(): Iterable<string> {
    return this.#targets.keys();
  }

  /** The variables that take up a variable's value, directly or through others; itself first. */
  carriers(name: string): string[] {
    const reached = new Set([name]);
    for (const each of reached) for (const next of this.#carriers.get(each) ?? []) reached.add(next);
    return [...reached];
  }

  /** The targets that are made from one of the files, as `SRCS` has them: `PATH|variant` or `PATH>suffix`. */
  madeFrom(sources: readonly string[]): string[] {
    const targets = new Set<string>();
    for (const source of sources)
      for (const target of this.#madeFrom.get(toBytes(source.replace(/[|>].*/, ''))) ?? [])
        targets.add(toText(target));
    return [...targets];
  }

  /** The targets whose commands a variable's value reaches, itself or through others. */
  reach(name: string): string[] {
    const targets = new Set<string>();
    for (const carrier of this.carriers(name))
      for (const target of this.#targets.get(carrier) ?? []) targets.add(toText(target));
    return [...targets];
  }
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}

/** The library that a target belongs to by its place in the build folder; empty for none. */
export function libraryOfTarget(
  target: string,
  build: string,
  libraries: { has(name: string): boolean },
): string {
  const [first = ''] = path.relative(build, target).split('/');
  const name = first.replace(/(?:\.ld)?\.o$/, '');
  return libraries.has(name) ? name : '';
}

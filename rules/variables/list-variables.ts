import type { Diagnostic, Location } from '../../engine/location.ts';
import { toText } from '../../engine/make/bytes.ts';
import type { Origin, VariableView } from '../../engine/make/database.ts';
import { nearest } from '../../engine/nearest.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { EvaluatedWorkspace } from './evaluated-workspace.ts';
import { knownLibraries } from './libraries.ts';
import { globPattern } from './name-pattern.ts';

/** Where a variable was set or appended to. */
export interface VariablePlace {
  readonly file: string;
  readonly line: number;
  readonly operator: string;
  readonly text: string;
  /** So many assignments in a row came from there, as from a macro that is called for each source. */
  readonly times: number;
}

/** One variable of an evaluated tree. All texts are text, not byte strings. */
export interface ListedVariable {
  readonly name: string;
  /** As defined; unexpanded when recursive. */
  readonly value: string;
  readonly flavour: VariableView['flavour'];
  readonly origin: Origin;
  /** Where it was last set, and what was appended since, oldest first; none where no makefile sets it. */
  readonly places: readonly VariablePlace[];
  /** What it comes to, if that was asked for; `null` when make would stop at it. */
  readonly expanded?: string | null;
}

export interface ListOptions {
  /** Globs; none: the variables of the libraries and the application that are part of the build. */
  readonly patterns: readonly string[];
  /** Those of make itself and of the environment too. */
  readonly all: boolean;
  readonly expand: boolean;
}

/** The variables that the patterns name, sorted by name. Fails for a pattern that names none. */
export function listVariables(
  evaluated: EvaluatedWorkspace,
  { patterns, all, expand }: ListOptions,
): Result<readonly ListedVariable[], Diagnostic> {
  const views = [...evaluated.database.variables.values()];
  const chosen = new Set<VariableView>();
  for (const pattern of patterns) {
    const expression = globPattern(pattern);
    const matching = views.filter(({ name }) => expression.test(toText(name)));
    // A name in full means that variable, whoever set it; a glob the makefiles' own unless asked.
    const shown = all || matching.length === 1 ? matching : matching.filter(isOfMakefile);
    if (shown.length === 0) return fail(noSuch(pattern, views, matching.length));
    for (const view of shown) chosen.add(view);
  }
  if (patterns.length === 0) {
    const prefixes = [...knownLibraries(evaluated).values()]
      .filter((library) => library.isRegistered)
      .map((library) => library.prefix);
    for (const view of views) {
      if (all || (isOfMakefile(view) && prefixes.some((prefix) => view.name.startsWith(prefix))))
        chosen.add(view);
    }
  }
  const listed = [...chosen].map((view) => describeVariable(evaluated, view, expand));
  return ok(listed.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/** A variable as people read it. */
export function describeVariable(
  evaluated: EvaluatedWorkspace,
  view: VariableView,
  expand: boolean,
): ListedVariable {
  const assignments = view.assignments ?? [];
  const written = isOfMakefile(view) && view.location.line > 0;
  const places =
    assignments.length > 0
      ? assignments
      : written
        ? [{ location: view.location, operator: '=', text: view.value }]
        : [];
  return {
    name: toText(view.name),
    value: toText(view.value),
    flavour: view.flavour,
    origin: view.origin,
    places: inRuns(places),
    ...(expand && { expanded: evaluated.expand(`$(${toText(view.name)})`) ?? null }),
  };
}

const isOfMakefile = ({ origin }: VariableView): boolean =>
  origin === 'file' || origin === 'override' || origin === 'command line';

function inRuns(
  places: readonly { readonly location: Location; readonly operator: string; readonly text: string }[],
): VariablePlace[] {
  const runs: VariablePlace[] = [];
  for (const { location, operator, text } of places) {
    const file = toText(location.file);
    const last = runs.at(-1);
    const continues = last?.file === file && last.line === location.line && last.operator === operator;
    if (continues) runs[runs.length - 1] = { ...last, times: last.times + 1 };
    else runs.push({ file, line: location.line, operator, text: toText(text), times: 1 });
  }
  return runs;
}

function noSuch(pattern: string, views: readonly VariableView[], hidden: number): Diagnostic {
  if (hidden > 0) {
    return {
      message: `only variables of make itself or of the environment match '${pattern}'`,
      hint: `Ask for them with --all.`,
    };
  }
  const names = views.map(({ name }) => toText(name));
  const head = /^[^*?[]*/.exec(pattern)![0];
  const meant =
    head === pattern
      ? nearest(pattern, names)
      : // A glob's beginning is compared with the beginnings of the names.
        nearest(head, new Set(names.map((name) => headLike(name, head))));
  return {
    message: head === pattern ? `there is no variable '${pattern}'` : `no variable matches '${pattern}'`,
    ...(meant !== undefined &&
      meant !== '' && { hint: `Did you mean '${meant}${pattern.slice(head.length)}'?` }),
  };
}

/** The beginning of a name with as many `_` as another beginning has, or as many characters if that has none. */
function headLike(name: string, head: string): string {
  const parts = head.split('_').length - 1;
  if (parts === 0) return name.slice(0, head.length);
  const words = name.split('_');
  return words.length <= parts ? name : `${words.slice(0, parts).join('_')}_`;
}

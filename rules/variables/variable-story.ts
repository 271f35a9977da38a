import path from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { toBytes, toText } from '../../engine/make/bytes.ts';
import type { VariableView } from '../../engine/make/database.ts';
import { nearest } from '../../engine/nearest.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { EvaluatedWorkspace } from './evaluated-workspace.ts';
import { knownLibraries, libraryOfVariable } from './libraries.ts';
import type { ListedVariable } from './list-variables.ts';
import { makeVariables } from '../workspace/workspace.ts';
import { describeVariable } from './list-variables.ts';
import { fillName, namePattern } from './name-pattern.ts';
import { readersOf, type Reader } from './readers.ts';
import { libraryOfTarget, RecipeReferences } from './recipe-references.ts';
import type { WrittenAssignment } from './written-makefile.ts';

/** What came of an assignment. */
export type Effect =
  /** It is in the value. */
  | 'took effect'
  /** A later one replaced it. */
  | 'replaced'
  /** The command line, the environment (`-e`) or an `override` wins. */
  | 'overridden'
  /** `?=` on a variable that was set. */
  | 'already set'
  /** The evaluation did not come by: a condition did not hold, or nothing called the macro. */
  | 'not reached'
  /** Its name came to be another variable's, as with `-$(CONFIG_X)` when X is off. */
  | 'other variable';

export interface StoryAssignment {
  /** Empty for the command line. */
  readonly file: string;
  readonly line: number;
  /** 0 where a macro assigned. */
  readonly column: number;
  readonly operator: string;
  readonly text: string;
  readonly effect: Effect;
  /** What decided the effect: the place of the one that replaced it, who overrode it, the condition. */
  readonly because?: string;
  readonly times: number;
}

/** All about one variable. */
export interface VariableStory {
  readonly name: string;
  /** None where nothing that was reached defines it. */
  readonly variable?: ListedVariable;
  readonly assignments: readonly StoryAssignment[];
  readonly readers: readonly Reader[];
  /** The libraries' targets whose commands get its value; an empty library name for targets of none. */
  readonly reaches: readonly { readonly library: string; readonly targets: readonly string[] }[];
}

/** Tells one variable's story; the workspace must have been evaluated following it. */
export function tellVariable(evaluated: EvaluatedWorkspace, name: string): Result<VariableStory, Diagnostic> {
  const bytes = toBytes(name);
  const view = evaluated.database.variables.get(bytes);
  const libraries = knownLibraries(evaluated);
  const given = makeVariables(evaluated.workspace).filter((variable) => variable.name === name);
  const assignments = [
    ...given.map(({ operator, value }): StoryAssignment => {
      return { file: '', line: 0, column: 0, operator, text: value, effect: 'took effect', times: 1 };
    }),
    ...assignmentsOf(evaluated, bytes, view),
  ];
  const readers = readersOf(evaluated, libraries.values(), bytes);
  if (view === undefined && assignments.length === 0 && readers.length === 0) {
    const names = [...evaluated.database.variables.keys(), ...evaluated.undefinedNames].map(toText);
    const meant = nearest(name, names);
    return fail({
      message: `there is no variable '${name}', and no makefile reads it`,
      ...(meant !== undefined && { hint: `Did you mean '${meant}'?` }),
    });
  }
  const build = evaluated.cwd;
  const grouped = new Map<string, string[]>();
  const references = new RecipeReferences(evaluated);
  const targets = references.reach(bytes);
  // Names of sources are put into the rules when these are made; no reference is left.
  if (targets.length === 0) targets.push(...references.madeFrom(evaluated.words(name)));
  for (const target of targets) {
    const library = libraryOfTarget(target, build, libraries);
    grouped.set(library, [...(grouped.get(library) ?? []), target]);
  }
  const own = libraryOfVariable(name, libraries.values())?.name;
  const reaches = [...grouped].map(([library, names]) => ({ library, targets: names }));
  reaches.sort((a, b) => Number(b.library === own) - Number(a.library === own));
  return ok({
    name,
    ...(view !== undefined && { variable: describeVariable(evaluated, view, true) }),
    assignments,
    readers,
    reaches,
  });
}

function assignmentsOf(
  evaluated: EvaluatedWorkspace,
  name: string,
  view: VariableView | undefined,
): StoryAssignment[] {
  const { probed } = evaluated;
  const story: { -readonly [Key in keyof StoryAssignment]: StoryAssignment[Key] }[] = [];
  const elsewhere = new Map<WrittenAssignment, string>();
  for (const { assignment, originBefore, name: became } of probed) {
    if (became !== name) {
      elsewhere.set(assignment, toText(became));
      continue;
    }
    const { location, operator, text, isOverride } = assignment;
    const told = {
      file: toText(location.file),
      line: location.line,
      column: location.column,
      operator,
      text: toText(text).trim(),
      times: 1,
    };
    const weaker = /^(?:command line|environment override|override)$/.test(originBefore) && !isOverride;
    if (weaker) story.push({ ...told, effect: 'overridden', because: describeWinner(originBefore) });
    else if (operator === '?=' && originBefore !== 'undefined')
      story.push({ ...told, effect: 'already set' });
    else story.push({ ...told, effect: 'took effect' });
  }
  addByMacros(story, view);
  markReplaced(story, name);
  const key = ({ location, offset }: WrittenAssignment): string =>
    `${path.resolve(evaluated.cwd, location.file)}:${offset}`;
  const reached = new Set(
    probed.filter((each) => each.name === name).map(({ assignment }) => key(assignment)),
  );
  const others = new Map([...elsewhere].map(([assignment, became]) => [key(assignment), became]));
  for (const { assignments } of evaluated.written) {
    for (const each of assignments) {
      if (each.isDeferred || reached.has(key(each))) continue;
      if (!mayAssign(evaluated, each, name)) continue;
      const became = others.get(key(each));
      const condition = became === undefined ? each.conditions.at(-1) : `it went to '${became}'`;
      story.push({
        file: toText(each.location.file),
        line: each.location.line,
        column: each.location.column,
        operator: each.operator,
        text: toText(each.text).trim(),
        effect: became === undefined ? 'not reached' : 'other variable',
        ...(condition !== undefined && { because: toText(condition) }),
        times: 1,
      });
    }
  }
  return story;
}

/** Whether a written assignment that no evaluation came by would be one to the name. */
function mayAssign(
  evaluated: EvaluatedWorkspace,
  { name: written }: WrittenAssignment,
  name: string,
): boolean {
  if (written === name) return true;
  if (!written.includes('$')) return false;
  // `LIBX_SRCS-$(CONFIG_Y)` goes to `LIBX_SRCS-` when Y is off: it is one that would have gone to `LIBX_SRCS-y`.
  const filled = fillName(written, (inner) =>
    inner.startsWith('CONFIG_') ? 'y' : evaluated.database.variables.get(inner)?.value,
  );
  return filled.replace(/\0/g, '').length >= 4 && namePattern(filled).test(name);
}

/** Puts in what macros assigned: the database has it, and no line of a makefile says the name. */
function addByMacros(story: StoryAssignment[], view: VariableView | undefined): void {
  let at = 0;
  for (const { location, operator, text } of view?.assignments ?? []) {
    const file = toText(location.file);
    const same = story.findIndex(
      (each, index) => index >= at && each.file === file && each.line === location.line && each.column > 0,
    );
    if (same >= 0) {
      at = same + 1;
      continue;
    }
    const before = story[at - 1];
    if (before?.column === 0 && before.file === file && before.line === location.line) {
      story[at - 1] = { ...before, times: before.times + 1 };
      continue;
    }
    story.splice(at++, 0, {
      file,
      line: location.line,
      column: 0,
      operator,
      text: toText(text).trim(),
      effect: 'took effect',
      times: 1,
    });
  }
}

/** What stood before the last assignment that begins anew is gone, unless that one takes it up. */
function markReplaced(story: StoryAssignment[], name: string): void {
  let replacedBy: StoryAssignment | undefined;
  for (let index = story.length - 1; index >= 0; index--) {
    const each = story[index]!;
    if (each.effect !== 'took effect') continue;
    if (replacedBy !== undefined) {
      const because =
        replacedBy.operator === 'undefine'
          ? `undefined at ${replacedBy.file}:${replacedBy.line}`
          : `by ${replacedBy.file}:${replacedBy.line}`;
      story[index] = { ...each, effect: 'replaced', because };
    }
    const isAnew = each.operator !== '+=';
    const takesUp = each.text.includes(`$(${name})`) || each.text.includes(`\${${name}}`);
    if (isAnew && !takesUp) replacedBy ??= each;
  }
}

function describeWinner(origin: string): string {
  if (origin === 'command line') return 'the command line has it';
  return origin === 'override' ? "an 'override' has it" : 'the environment has it (-e)';
}

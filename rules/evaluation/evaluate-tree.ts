import path from 'node:path';
import { parseSimpleCommand } from '../../engine/exec/command-line.ts';
import type { Diagnostic, Location } from '../../engine/location.ts';
import { toBytes, toText } from '../../engine/make/bytes.ts';
import type { MakeDatabase, ResolvedTarget } from '../../engine/make/database.ts';
import { evaluate, type EvaluationObserver, type MakeFailure } from '../../engine/make/evaluate.ts';
import type { MakeHost } from '../../engine/make/host.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

export interface TreeOptions {
  readonly host: MakeHost;
  /** The Unikraft core. */
  readonly core: string;
  /** What `$(MAKE)` stands for: the path of a program that runs `unigraph make`. */
  readonly makeCommand: string;
  /** make's command line: `A=…`, `O=…` and so on. */
  readonly assignments: readonly string[];
  readonly goals: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly observer?: EvaluationObserver;
  readonly onInfo?: (text: string, location: Location) => void;
  readonly onWarning?: (text: string, location: Location) => void;
  readonly recordAssignments?: boolean;
}

/** The evaluated tree: the innermost of the makes that the top Makefile runs in one another. */
export interface TreeEvaluation {
  readonly database: MakeDatabase;
  /** The folder in which the recipes run: the build folder. */
  readonly cwd: string;
  readonly goals: readonly string[];
}

/** More levels than any release has (umask, build folder); a loop would pass it. */
const DEEPEST = 5;

/**
 * Evaluates a core's top Makefile. It runs itself again, once to set the umask and once in the build folder
 * (Makefile, `_all` and `sub-make`); those runs are followed instead of started, with the command line and the
 * environment that make would have given them.
 *
 * Files of dependencies (`*.d`, written by compilers and fixdep) are not read: the journal knows what they say.
 */
export function evaluateTree(options: TreeOptions): Result<TreeEvaluation, MakeFailure> {
  let cwd = options.core;
  let makefiles: readonly string[] = [`${options.core}/Makefile`];
  let assignments = options.assignments.map(toBytes);
  let goals = options.goals.map(toBytes);
  let environment = Object.fromEntries(
    Object.entries(options.environment).map(([name, value]) => [name, toBytes(value)]),
  );
  for (let level = 0; level < DEEPEST; level++) {
    const evaluated = evaluate({
      host: options.host,
      cwd: toBytes(cwd),
      makefiles: makefiles.map(toBytes),
      goals,
      assignments,
      environment,
      makeCommand: toBytes(options.makeCommand),
      skipInclude: (name) => /\.d$/.test(name),
      ...(options.onInfo !== undefined && { onInfo: options.onInfo }),
      ...(options.onWarning !== undefined && { onWarning: options.onWarning }),
      ...(options.observer !== undefined && { observer: options.observer }),
      ...(options.recordAssignments === true && { recordAssignments: true }),
    });
    if (!evaluated.ok) return evaluated;
    const database = evaluated.value;
    const inner = findRecursion(database, options, cwd);
    if (inner === undefined) return ok({ database, cwd, goals: database.goals.map(toText) });
    for (const preparation of inner.before) runRecipe(database, preparation, options.host, cwd);
    environment = database.recipeEnvironment(inner.target);
    ({ cwd, makefiles, assignments, goals } = inner);
  }
  const diagnostic: Diagnostic = { message: `${options.core}/Makefile runs itself without end` };
  return fail({ diagnostic, text: diagnostic.message, expansionStack: [] });
}

interface Recursion {
  readonly target: ResolvedTarget;
  /** Targets with recipes that must run before, such as the link to the Makefile in the build folder. */
  readonly before: readonly ResolvedTarget[];
  readonly cwd: string;
  readonly makefiles: readonly string[];
  readonly assignments: string[];
  readonly goals: string[];
}

/** Finds the recipe through which a goal is handed to another run of the same Makefile. */
function findRecursion(database: MakeDatabase, options: TreeOptions, cwd: string): Recursion | undefined {
  const seen = new Set<string>();
  const before: ResolvedTarget[] = [];
  const search = (name: string): Recursion | undefined => {
    // A tree that is handed on needs a handful of targets; one that builds needs thousands.
    if (seen.has(name) || seen.size > 64) return undefined;
    seen.add(name);
    const target = database.resolve(name);
    if (target?.recipe === undefined && target?.hasRule !== true) return undefined;
    for (const prerequisite of [...target.prerequisites, ...target.orderOnly]) {
      const found = search(prerequisite);
      if (found !== undefined) return found;
    }
    if (target.recipe === undefined) return undefined;
    if (!target.recipe.lines.some((line) => line.includes('$(MAKE)') || line.includes('${MAKE}'))) {
      before.push(target);
      return undefined;
    }
    for (const line of database.expandRecipe(target)) {
      const run = readSubMake(toText(line.text), cwd, options.makeCommand);
      if (run === undefined) continue;
      const own = run.makefiles.some(
        (file) => path.basename(file) === 'Makefile' && isTopMakefile(file, options, before),
      );
      if (own || run.makefiles.length === 0) return { target, before, ...run };
    }
    return undefined;
  };
  for (const goal of database.goals) {
    const found = search(goal);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a makefile is the core's own, or a link to it that an earlier target makes. */
function isTopMakefile(file: string, options: TreeOptions, before: readonly ResolvedTarget[]): boolean {
  if (options.host.realpath(toBytes(file)) === options.host.realpath(toBytes(`${options.core}/Makefile`)))
    return true;
  return before.some((target) => toText(target.name) === file);
}

/** Reads `[umask N &&] make [OPTION…] [VARIABLE=value…] [-C DIR] [-f FILE] [GOAL…]`. */
function readSubMake(
  line: string,
  cwd: string,
  makeCommand: string,
): Omit<Recursion, 'target' | 'before'> | undefined {
  const command = line.replace(/^\s*umask [0-7]+\s*&&/, '');
  const words = parseSimpleCommand(command);
  if (words?.[0] !== makeCommand) return undefined;
  let folder = cwd;
  const makefiles: string[] = [];
  const assignments: string[] = [];
  const goals: string[] = [];
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    if (word === '-C') folder = path.resolve(folder, words[++at] ?? '');
    else if (word === '-f') makefiles.push(words[++at] ?? '');
    else if (/^[^\s=]+=/.test(word)) assignments.push(toBytes(word));
    else if (!word.startsWith('-')) goals.push(toBytes(word));
  }
  return { cwd: folder, makefiles, assignments, goals };
}

/** Runs the recipe of a target that the inner run needs, such as linking the Makefile into the build folder. */
function runRecipe(database: MakeDatabase, target: ResolvedTarget, host: MakeHost, cwd: string): void {
  const { shell, flags } = database.shellFor(target);
  for (const line of database.expandRecipe(target)) {
    host.shell({
      command: line.text,
      argv: [shell, ...flags.split(' '), line.text],
      cwd: toBytes(cwd),
      environment: database.recipeEnvironment(target),
    });
  }
}

import path from 'node:path';
import { which } from '../../engine/exec/which.ts';
import type { Action, Pool, Step } from '../../engine/graph/action.ts';
import { toBytes, toText } from '../../engine/make/bytes.ts';
import type { MakeDatabase, ResolvedTarget } from '../../engine/make/database.ts';
import type { CaptureHost } from './capture-host.ts';
import { compilerKind, readCompilerOptions } from './compiler-options.ts';
import { EnvironmentFilter } from './environment.ts';
import { isOutput, mentionedFiles } from './mentioned-files.ts';
import { lowerRecipe, type LoweredRecipe, type NativeTools } from './recipe-steps.ts';
import { linkSources } from './link-sources.ts';
import type { RuleName } from './rule-names.ts';
import type { Toolchain } from './toolchain.ts';
import { UnpackedSources } from './unpacked-sources.ts';

export interface LowerOptions {
  readonly database: MakeDatabase;
  readonly host: CaptureHost;
  /** The folder that the Makefile runs in. */
  readonly cwd: string;
  readonly goals: readonly string[];
  readonly toolchain: Toolchain;
  /** The environment that unigraph itself was given. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Lowered {
  readonly actions: readonly Action[];
  /** The goals' ids. */
  readonly roots: readonly string[];
  /** Variables of the environment that recipes mention. */
  readonly askedVariables: ReadonlySet<string>;
}

/** A goal or prerequisite that no rule makes and that is not there. */
export interface UnknownTarget {
  readonly kind: 'unknown-target';
  readonly name: string;
  readonly neededBy: string | undefined;
}

/**
 * Turns the targets that the goals need into typed actions. Targets whose recipe does nothing become groups.
 * Throws what expanding a recipe throws (MakeFailureError of engine/make).
 */
export function lower(options: LowerOptions): Lowered {
  return new Lowering(options).run();
}

class Lowering {
  readonly #options: LowerOptions;
  readonly #native: NativeTools;
  readonly #configHeader: string | undefined;
  readonly #environments: EnvironmentFilter;
  readonly #actions = new Map<string, Action>();
  readonly #recipes = new Map<string, LoweredRecipe>();
  readonly #visited = new Set<string>();
  /** Interned, so that 1,400 actions share some 40 lists of 60 folders. */
  readonly #includePaths = new Map<string, NonNullable<Action['includePath']>>();

  constructor(options: LowerOptions) {
    this.#options = options;
    const value = (name: string): string | undefined => {
      const text = toText(options.database.expand(`$(${name})`)).trim();
      return text === '' ? undefined : text;
    };
    const kconfig = value('KCONFIG_DIR') ?? `${options.cwd}/kconfig`;
    this.#native = { conf: `${kconfig}/conf`, fixdep: value('UK_FIXDEP') ?? `${kconfig}/fixdep` };
    this.#configHeader = value('KCONFIG_AUTOHEADER');
    this.#environments = new EnvironmentFilter(options.environment);
  }

  run(): Lowered {
    const roots = this.#options.goals.map((goal) => toBytes(goal));
    // A stack, not recursion: chains of targets can be longer than the call stack is deep.
    const stack = roots.map((name) => ({ name, neededBy: undefined as string | undefined })).reverse();
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (this.#visited.has(next.name)) continue;
      this.#visited.add(next.name);
      const target = this.#options.database.resolve(next.name);
      if (target === undefined || !target.hasRule) continue;
      const before = this.#lowerTarget(target);
      for (const name of [...before].reverse()) stack.push({ name, neededBy: target.name });
    }
    const lowered = [...this.#actions.values()];
    const unpacked = new UnpackedSources(lowered);
    const actions = linkSources(lowered.map((action) => this.#withMentioned(action, unpacked)));
    return {
      actions,
      roots: roots.map((name) => this.#idOf(name)),
      askedVariables: this.#environments.asked,
    };
  }

  /** A target's name as an id: text, and normalised when it is a path, so that `a//b` and `a/b` are one file. */
  #idOf(name: string): string {
    const text = toText(name);
    return text.startsWith('/') ? path.normalize(text) : text;
  }

  /** A file's name as an absolute path; a phony name stays as it is. */
  #nameOf(name: string, phony: boolean): string {
    const id = this.#idOf(name);
    return phony || id.startsWith('/') ? id : path.resolve(this.#options.cwd, id);
  }

  /** @returns the targets that this one needs */
  #lowerTarget(target: ResolvedTarget): readonly string[] {
    const rules = target.doubleColonRules.length > 0 ? target.doubleColonRules : [target];
    const id = this.#idOf(target.name);
    if (this.#actions.has(id)) return [];
    const recipes = rules.map((rule) => this.#lowerOneRecipe(rule));
    const joined = joinRecipes(recipes);
    // A phony target that does nothing only waits for others (uknetdev's `uk_scratch_mem_set`, which has `@:;`).
    const recipe = target.phony && joined.steps.every(doesNothing) ? { ...joined, steps: [] } : joined;
    const native = this.#native;
    const needs = (names: readonly string[]): string[] => {
      const kept = names.filter((name) => name !== native.conf && name !== native.fixdep);
      return [...new Set(kept)];
    };
    const prerequisites = needs(rules.flatMap((rule) => rule.prerequisites));
    const orderOnly = needs(rules.flatMap((rule) => rule.orderOnly));
    const inputs = prerequisites.map((name) => this.#inputName(name));
    const action: Action = {
      id,
      rule: recipe.rule,
      library: libraryOf(recipe.text) || linkedLibrary(recipe.rule, id),
      label: recipe.label,
      description: recipe.text === '' ? id : recipe.text,
      cwd: this.#options.cwd,
      steps: recipe.steps,
      inputs,
      implicit: [],
      orderOnly: orderOnly.map((name) => this.#inputName(name)),
      outputs: [],
      tools: [],
      environment: {},
      pool: poolOf(recipe.rule),
    };
    this.#actions.set(
      id,
      recipe.steps.length === 0 ? { ...action, rule: 'Group' } : this.#complete(action, target, recipe),
    );
    return [...prerequisites, ...orderOnly];
  }

  #inputName(name: string): string {
    const text = toText(name);
    if (text.startsWith('/')) return path.normalize(text);
    // A name without a slash is a phony target or a file of the folder that make runs in.
    const target = this.#options.database.resolve(name);
    if (target?.phony === true || (target?.hasRule === true && (target.recipe?.lines.length ?? 0) === 0))
      return text;
    return target?.hasRule === true ? text : path.resolve(this.#options.cwd, text);
  }

  #lowerOneRecipe(rule: ResolvedTarget): LoweredRecipe {
    const { database, host, cwd } = this.#options;
    if (rule.recipe === undefined) {
      return { steps: [], rule: 'Group', label: '', text: '', commands: [], sideOutputs: [] };
    }
    const { result, effects } = host.capture(() => database.expandRecipe(rule));
    const { shell, flags, oneShell } = database.shellFor(rule);
    return lowerRecipe(result, {
      target: toText(rule.name),
      effects,
      shell: [
        toText(shell),
        ...toText(flags)
          .split(/\s+/)
          .filter((flag) => flag !== ''),
      ],
      cwd,
      native: this.#native,
      oneShell,
    });
  }

  #complete(action: Action, target: ResolvedTarget, recipe: LoweredRecipe): Action {
    const { toolchain, cwd, database } = this.#options;
    // Unikraft's `X.in.new` idiom: phony, so that make runs it each time, but it writes the file of its name.
    const writesItself = recipe.steps.some(
      (step) => 'text' in step && isOutput(step.text, toText(target.name)),
    );
    const always = target.phony && !writesItself;
    const outputs = always ? [] : [target.name, ...target.alsoMakes].map((name) => this.#nameOf(name, false));
    const compile = recipe.rule === 'Compile' ? this.#compileFacts(recipe) : {};
    const environment = database.recipeEnvironment(target);
    const tracked = this.#environments.forRule(recipe.rule, environment, recipe.steps);
    const search = toText(environment['PATH'] ?? '');
    const tools = recipe.commands.flatMap((words) => toolchain.toolsOf(words, cwd, search));
    const shells = recipe.steps.some((step) => step.kind === 'shell')
      ? [action.steps.find(isShell)!.shell[0]!]
      : [];
    const programs = shells.map((shell) => which(shell, search, cwd) ?? shell);
    const usesHeader = this.#configHeader !== undefined && action.inputs.includes(this.#configHeader);
    const tree = treeOf(recipe.steps);
    const completed: Action = {
      ...action,
      outputs,
      environment: tracked,
      tools: [...new Set([...tools, ...programs])],
      ...compile,
      ...(usesHeader && this.#treatsHeaderBySymbols(recipe) && { symbolHeader: this.#configHeader }),
      ...(always && { always: true }),
      ...(target.precious && { precious: true }),
      ...(tree !== undefined && { tree }),
    };
    this.#recipes.set(completed.id, recipe);
    return completed;
  }

  /** Adds what commands mention, once it is known which folders are filled with sources. */
  #withMentioned(action: Action, unpacked: UnpackedSources): Action {
    const recipe = this.#recipes.get(action.id);
    if (recipe === undefined) return action;
    const known = new Set([...action.inputs, ...action.orderOnly, ...action.outputs, ...recipe.sideOutputs]);
    const isMade = (name: string): boolean =>
      unpacked.hasFile(name) ?? this.#options.database.resolve(toBytes(name))?.hasRule === true;
    return { ...action, implicit: mentionedFiles(action, recipe, known, isMade) };
  }

  /**
   * Unikraft makes every object depend on config.h as a stopgap (Makefile.rules, "FIXME: We add $(KCONFIG_AUTOHEADER)").
   * What a compiler reads is known from its dependency file, and a command that does not name the header and runs
   * no script cannot read it.
   */
  #treatsHeaderBySymbols(recipe: LoweredRecipe): boolean {
    if (recipe.depfile !== undefined) return true;
    const header = this.#configHeader!;
    return (
      recipe.rule !== 'Configure' &&
      recipe.rule !== 'Custom' &&
      !recipe.steps.some((step) => 'text' in step && step.text.includes(header))
    );
  }

  #compileFacts(recipe: LoweredRecipe): Pick<Action, 'depfile' | 'includePath'> {
    const words = recipe.commands.find(
      (command) => command[0] !== undefined && compilerKind(command[0]) !== undefined,
    );
    if (words === undefined) return {};
    const options = readCompilerOptions(words, this.#options.cwd);
    const depfile = options.depfile ?? recipe.depfile;
    if (depfile === undefined) return {};
    const key = JSON.stringify(options.includePath);
    const includePath = this.#includePaths.get(key) ?? options.includePath;
    this.#includePaths.set(key, includePath);
    return {
      depfile: {
        path: path.resolve(this.#options.cwd, depfile),
        ...(recipe.dependencies !== undefined && {
          keepAs: path.resolve(this.#options.cwd, recipe.dependencies),
        }),
      },
      includePath,
    };
  }
}

const doesNothing = (step: Step): boolean =>
  step.kind === 'shell' && /^\s*(?::|true)?\s*;?\s*$/.test(step.text);

const isShell = (step: Step): step is Step & { readonly kind: 'shell' } => step.kind === 'shell';

function joinRecipes(recipes: readonly LoweredRecipe[]): LoweredRecipe {
  const [first, ...others] = recipes;
  if (others.length === 0) return first!;
  return recipes.reduce((joined, recipe) => ({
    ...joined,
    steps: [...joined.steps, ...recipe.steps],
    commands: [...joined.commands, ...recipe.commands],
    sideOutputs: [...joined.sideOutputs, ...recipe.sideOutputs],
    rule: joined.rule === 'Group' ? recipe.rule : joined.rule,
  }));
}

function libraryOf(text: string): string {
  return /^(\w[\w.-]*): /.exec(text)?.[1] ?? '';
}

/** The library whose partial link or final object a target is (Makefile.rules, libname2preolib and libname2olib). */
function linkedLibrary(rule: RuleName, id: string): string {
  if (rule !== 'PartialLink' && rule !== 'Localize') return '';
  return /^(.+?)(?:\.ld)?\.o$/.exec(path.basename(id))?.[1] ?? '';
}

function poolOf(rule: RuleName): Pool {
  if (rule === 'Fetch') return 'fetch';
  return rule === 'PartialLink' || rule === 'Link' ? 'link' : 'compile';
}

/** The folder that unpacking or patching fills. */
function treeOf(steps: readonly Step[]): string | undefined {
  for (const step of steps) {
    if (step.kind !== 'native' || (step.performer !== 'unpack' && step.performer !== 'patch')) continue;
    const { folder } = JSON.parse(step.argument) as { folder: string };
    return path.normalize(folder).replace(/\/$/, '');
  }
  return undefined;
}

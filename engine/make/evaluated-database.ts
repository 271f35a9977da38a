import type { MakeDatabase, RecipeLine, ResolvedTarget, VariableView } from './database.ts';
import { recipeEnvironment } from './environment.ts';
import { failureOf, MakeFailureError } from './evaluate.ts';
import { searchImplicitRule } from './implicit-search.ts';
import { expandLines, firstCommand, prepareTarget, recipePlace } from './recipe-expansion.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';
import { originName, Rank, type Variable } from './variables.ts';

/** The database of one evaluated run. */
export class EvaluatedDatabase implements MakeDatabase {
  private readonly run: Run;
  private readonly resolved = new Map<Target, ResolvedTarget>();
  private readonly targets = new WeakMap<ResolvedTarget, Target>();
  private views: Map<string, VariableView> | undefined;

  constructor(run: Run) {
    this.run = run;
  }

  get variables(): ReadonlyMap<string, VariableView> {
    if (this.views !== undefined) return this.views;
    this.views = new Map();
    for (const name of this.run.variables.globalNames()) {
      const variable = this.run.variables.lookup(name);
      if (variable === undefined || variable.rank === Rank.automatic) continue;
      this.views.set(name, viewOf(variable));
    }
    return this.views;
  }

  get defaultGoal(): string | undefined {
    const name = this.expand('$(.DEFAULT_GOAL)').trim();
    return name === '' ? undefined : name;
  }

  get goals(): readonly string[] {
    if (this.run.goals.length > 0) return this.run.goals.map(({ name }) => name);
    const goal = this.defaultGoal;
    return goal === undefined ? [] : [goal];
  }

  get makefiles(): MakeDatabase['makefiles'] {
    return this.run.readFiles.map(({ name, found, optional }) => ({ name, found, required: !optional }));
  }

  get makefilesWithRules(): readonly string[] {
    return this.run.readFiles
      .filter(({ target, skipped }) => !skipped && target.recipe !== undefined)
      .map(({ name }) => name);
  }

  get targetNames(): readonly string[] {
    return [...this.run.targets.names()];
  }

  expand(text: string, target?: string): string {
    return this.guard(() => {
      if (target === undefined) return this.run.expander.expand(text);
      const found = this.run.targets.lookup(target);
      if (found === undefined) return this.run.expander.expand(text);
      prepareTarget(this.run, found);
      return this.run.expandForTarget(text, found);
    });
  }

  resolve(name: string): ResolvedTarget | undefined {
    return this.guard(() => {
      const known = this.run.targets.lookup(name);
      if (known === undefined) {
        if (!this.exists(name) && !this.isMadeImplicitly(name)) return undefined;
      }
      return this.resolveTarget(this.run.targets.lookupOrEnter(name));
    });
  }

  private exists(name: string): boolean {
    const { run } = this;
    return run.host.stat(run.directories.path(name)) !== undefined || run.vpath.search(name) !== undefined;
  }

  /** Enters a name that no makefile mentions if a pattern rule makes it. */
  private isMadeImplicitly(name: string): boolean {
    const target = this.run.targets.enter(name);
    target.triedImplicit = true;
    if (searchImplicitRule(this.run, target, 0)) return true;
    this.run.targets.remove(target);
    return false;
  }

  private resolveTarget(target: Target): ResolvedTarget {
    const known = this.resolved.get(target);
    if (known !== undefined) return known;
    const { run } = this;
    for (const rule of target.rules()) {
      if (!rule.phony && rule.recipe === undefined && !rule.triedImplicit) {
        rule.triedImplicit = true;
        searchImplicitRule(run, rule, 0);
      }
      if (rule.recipe === undefined && !rule.isTarget && run.defaultTarget?.recipe !== undefined) {
        if (!this.exists(rule.name)) rule.recipe = run.defaultTarget.recipe;
      }
    }
    const rules = [...target.rules()].map((rule) => this.describe(rule));
    const [first] = rules;
    const result: ResolvedTarget = {
      ...first!,
      doubleColonRules: target.doubleColon === undefined ? [] : rules,
    };
    this.targets.set(result, target);
    this.resolved.set(target, result);
    return result;
  }

  private describe(target: Target): ResolvedTarget {
    const elsewhere = this.nameByVpath(target);
    const normal = target.dependencies.filter((each) => !each.orderOnly);
    const orderOnly = target.dependencies.filter((each) => each.orderOnly);
    const alsoMakes = target.alsoMakes.filter((each) => each !== target).map(({ name }) => name);
    const described: ResolvedTarget = {
      name: elsewhere,
      phony: target.phony,
      precious: target.precious,
      intermediate: target.intermediate && !target.secondary,
      hasRule: target.recipe !== undefined || target.isTarget,
      prerequisites: normal.map((each) => this.nameByVpath(each.target!)),
      orderOnly: orderOnly.map((each) => this.nameByVpath(each.target!)),
      ...(target.recipe === undefined
        ? {}
        : {
            recipe: {
              lines: target.recipe.lines(this.run.oneShell),
              location: {
                file: target.recipe.place?.file ?? '',
                line: target.recipe.place?.line ?? 0,
                column: 0,
              },
            },
          }),
      ...(target.stem === undefined ? {} : { stem: target.stem }),
      alsoMakes,
      doubleColon: target.doubleColon !== undefined,
      doubleColonRules: [],
      specificVariables: [...(target.variables?.variables.values() ?? [])]
        .filter((variable) => variable.rank !== Rank.automatic)
        .map(({ name }) => name),
    };
    this.targets.set(described, target);
    return described;
  }

  /** The name under which directory search finds a file that is not where its name says. */
  private nameByVpath(target: Target): string {
    const { run } = this;
    if (target.phony || run.vpath.isEmpty || target.ignoreVpath) return target.name;
    if (run.host.stat(run.directories.path(target.name)) !== undefined) return target.name;
    const found = run.vpath.search(target.name);
    if (found === undefined || (target.isTarget && target.recipe !== undefined)) return target.name;
    return found.name;
  }

  expandRecipe(resolved: ResolvedTarget, newer?: readonly string[]): readonly RecipeLine[] {
    return this.guard(() => {
      const target = this.targets.get(resolved)!;
      const { recipe } = target;
      if (recipe === undefined) return [];
      const { run } = this;
      const chosen = newer === undefined ? undefined : new Set(newer);
      for (const dependency of target.dependencies) {
        dependency.changed = chosen === undefined || chosen.has(this.nameByVpath(dependency.target!));
      }
      prepareTarget(run, target);
      const flags = recipe.lineFlags(run.oneShell);
      const settings = run.services.shellSettings(target.variables, true);
      const commands: RecipeLine[] = [];
      expandLines(run, target, recipe).forEach((line, index) => {
        const place = recipePlace(recipe, index);
        for (let rest = line; rest !== '';) {
          const command = firstCommand(rest, flags[index]!, recipe.prefix, settings);
          rest = command.rest;
          if (command.argv === undefined) continue;
          commands.push({
            text: command.text,
            silent: command.silent || target.silent || run.silent,
            ignoreErrors: command.ignoreErrors || target.ignoreErrors || run.flags.ignoreErrors,
            always: command.recursive,
            location: {
              file: place?.file ?? '',
              line: place === undefined ? 0 : place.line + index,
              column: 0,
            },
          });
        }
      });
      return commands;
    });
  }

  recipeEnvironment(resolved: ResolvedTarget): Record<string, string> {
    return this.guard(() => {
      const target = this.targets.get(resolved)!;
      prepareTarget(this.run, target);
      return recipeEnvironment(this.run, target);
    });
  }

  shellFor(resolved: ResolvedTarget): {
    readonly shell: string;
    readonly flags: string;
    readonly oneShell: boolean;
  } {
    return this.guard(() => {
      const target = this.targets.get(resolved)!;
      this.run.targetVariables.initialize(target, false);
      const { shell, flags, oneShell } = this.run.services.shellSettings(target.variables, true);
      return { shell, flags, oneShell };
    });
  }

  private guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw new MakeFailureError(failureOf(this.run, error));
    }
  }
}

function viewOf(variable: Variable): VariableView {
  return {
    name: variable.name,
    value: variable.value,
    flavour: variable.recursive ? 'recursive' : 'simple',
    origin: originName(variable.rank),
    location: {
      file: variable.place?.file ?? '',
      line: variable.place === undefined ? 0 : variable.place.line + variable.place.offset,
      column: 0,
    },
    ...(variable.assignments === undefined
      ? {}
      : {
          assignments: variable.assignments.map(({ file, line, operator, text }) => ({
            location: { file, line, column: 0 },
            operator,
            text,
          })),
        }),
  };
}

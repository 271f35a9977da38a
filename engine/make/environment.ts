import { HashOrder, hashBytes } from './hash-order.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';
import { Rank, type TargetScope, type Variable } from './variables.ts';

/**
 * The environment of a target's recipe (manual, "Variables/Recursion"): variables of the environment and the command
 * line, exported ones, MAKEFLAGS, and MAKELEVEL one higher.
 */
export function recipeEnvironment(run: Run, target: Target): Record<string, string> {
  const chosen = new Map<string, Variable | string>();
  for (let scope: TargetScope | undefined = target.variables; scope !== undefined; scope = scope.next) {
    for (const variable of scope.variables.values()) consider(run, variable, chosen);
  }
  const globals = run.variables.globals();
  for (let index = 0; index < globals.length; index++) {
    const variable = globals[index]!;
    // Of some thousand variables, nearly all are a makefile's own; each of some thousand recipes passes over them.
    if (variable.exportState === 'default' && variable.rank === Rank.file && !run.exportAll) continue;
    consider(run, variable, chosen);
  }
  const environment: Record<string, string> = {};
  chosen.delete('MAKELEVEL');
  // GNU make collects them in a table of its own, and expanding may have effects.
  for (const name of inTableOrder([...chosen.keys()])) {
    const variable = chosen.get(name)!;
    if (typeof variable === 'string') {
      environment[name] = variable;
      continue;
    }
    const fromEnvironment = variable.rank === Rank.environment || variable.rank === Rank.environmentOverride;
    environment[name] =
      variable.recursive && !fromEnvironment ? expandFor(run, variable, target) : variable.value;
  }
  environment['MAKELEVEL'] = String(run.level + 1);
  return environment;
}

let last: { readonly names: readonly string[]; readonly ordered: readonly string[] } = {
  names: [],
  ordered: [],
};

/** Names in the order of a new table of GNU make's that gets them one by one; mostly they are the same as last time. */
function inTableOrder(names: readonly string[]): readonly string[] {
  const same = names.length === last.names.length && names.every((name, index) => name === last.names[index]);
  if (!same) {
    const order = new HashOrder(hashBytes, 523);
    for (const name of names) order.insert(name);
    last = { names, ordered: order.keys() };
  }
  return last.ordered;
}

function consider(run: Run, variable: Variable, chosen: Map<string, Variable | string>): void {
  if (variable.perTarget && variable.exportState === 'default') {
    const global = run.variables.global(variable.name);
    if (global !== undefined) variable.exportState = global.exportState;
  }
  switch (variable.exportState) {
    case 'default':
      if (variable.rank === Rank.default || variable.rank === Rank.automatic) return;
      if (
        !run.exportAll &&
        variable.rank !== Rank.commandLine &&
        variable.rank !== Rank.environment &&
        variable.rank !== Rank.environmentOverride
      ) {
        return;
      }
      if (!variable.exportable) return;
      break;
    case 'export':
      break;
    case 'noexport':
      // The shell that the user works with stays visible to recipes.
      if (variable.name === 'SHELL' && run.shellFromEnvironment !== undefined) {
        if (!chosen.has('SHELL')) chosen.set('SHELL', run.shellFromEnvironment);
      }
      return;
    case 'ifset':
      if (variable.rank === Rank.default) return;
      break;
    default:
      variable.exportState satisfies never;
  }
  if (!chosen.has(variable.name)) chosen.set(variable.name, variable);
}

function expandFor(run: Run, variable: Variable, target: Target): string {
  const { variables, expander } = run;
  const saved = variables.context;
  variables.context = target.variables;
  try {
    return expander.expandVariable(variable);
  } finally {
    variables.context = saved;
  }
}

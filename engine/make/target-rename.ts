import type { Run } from './run.ts';
import { MakeStop } from './stop.ts';
import type { Target } from './target.ts';
import type { TargetScope } from './variables.ts';

/**
 * Puts a target under the name where directory search found it; the target keeps its own name until it is known
 * whether it must be remade. If the new name has a target already, the two become one.
 */
export function rehashTarget(run: Run, given: Target, key: string): void {
  given.builtin = false;
  if (given.key === key) return;
  let from = given;
  while (from.renamed !== undefined) from = from.renamed;
  run.targets.remove(from);
  const to = run.targets.get(key);
  from.key = key;
  for (let rule = from.doubleColon; rule !== undefined; rule = rule.next) rule.key = key;
  if (to === undefined) {
    run.targets.insert(from);
    return;
  }
  mergeRecipes(run, from, to, key);
  to.dependencies = [...to.dependencies, ...from.dependencies];
  to.variables = mergeScopes(to.variables, from.variables);
  if (to.doubleColon !== undefined && from.isTarget && from.doubleColon === undefined) {
    throw new MakeStop(`can't rename single-colon '${from.name}' to double-colon '${key}'`, undefined);
  }
  if (to.doubleColon === undefined && from.doubleColon !== undefined) {
    if (to.isTarget) {
      throw new MakeStop(`can't rename double-colon '${from.name}' to single-colon '${key}'`, undefined);
    }
    to.doubleColon = from.doubleColon;
  }
  if (from.mtime > to.mtime) to.mtime = from.mtime;
  to.mtimeBeforeUpdate = from.mtimeBeforeUpdate;
  to.precious ||= from.precious;
  to.triedImplicit ||= from.triedImplicit;
  to.updating ||= from.updating;
  to.updated ||= from.updated;
  to.isTarget ||= from.isTarget;
  to.isGoal ||= from.isGoal;
  to.phony ||= from.phony;
  to.ignoreVpath ||= from.ignoreVpath;
  to.builtin = false;
  from.renamed = to;
}

/** Gives a target, and its further double-colon rules, a new name at once. */
export function renameTarget(run: Run, target: Target, name: string): void {
  rehashTarget(run, target, name);
  for (const rule of target.rules()) rule.name = rule.key;
}

function mergeRecipes(run: Run, from: Target, to: Target, key: string): void {
  if (from.recipe === undefined) return;
  if (to.recipe === undefined) {
    to.recipe = from.recipe;
    return;
  }
  if (from.recipe === to.recipe) return;
  const { place } = from.recipe;
  const other = to.recipe.place;
  run.messages.warn(
    other === undefined
      ? `Recipe for file '${from.name}' was found by implicit rule search,`
      : `Recipe was specified for file '${from.name}' at ${other.file}:${other.line},`,
    place,
  );
  run.messages.warn(`but '${from.name}' is now considered the same file as '${key}'.`, place);
  run.messages.warn(`Recipe for '${key}' will be ignored in favor of the one for '${from.name}'.`, place);
}

/** Variables of `from` that `to` does not have go to it, scope by scope. */
function mergeScopes(to: TargetScope | undefined, from: TargetScope | undefined): TargetScope | undefined {
  if (from === undefined || to === from) return to;
  if (to === undefined) return from;
  for (let scope: TargetScope | undefined = to; scope !== undefined; scope = scope.next) {
    if (scope === from) return to;
  }
  let left: TargetScope | undefined = to;
  let right: TargetScope | undefined = from;
  let last = to;
  while (left !== undefined && right !== undefined) {
    for (const [name, variable] of right.variables) {
      if (!left.variables.has(name)) left.variables.set(name, variable);
    }
    last = left;
    left = left.next;
    right = right.next;
  }
  if (right !== undefined) last.next = right;
  return to;
}

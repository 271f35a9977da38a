import { searchImplicitRule } from './implicit-search.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';

/** A recipe from an implicit rule, or from `.DEFAULT`, for a target that has none. */
export function findRecipe(run: Run, target: Target, depth: number, intermediate = false): void {
  if (!target.phony && target.recipe === undefined && !target.triedImplicit) {
    const found = searchImplicitRule(run, target, depth);
    run.debug.at(
      'i',
      depth,
      found ? `Found an implicit rule for '${target.name}'.` : `No implicit rule found for '${target.name}'.`,
    );
    target.triedImplicit = true;
  }
  if (target.recipe === undefined && !target.isTarget && run.defaultTarget?.recipe !== undefined) {
    const what = intermediate ? 'commands' : 'recipe';
    run.debug.at('i', depth, `Using default ${what} for '${target.name}'.`);
    target.recipe = run.defaultTarget.recipe;
  }
}

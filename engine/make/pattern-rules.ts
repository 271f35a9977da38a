import type { Dependency } from './target.ts';
import type { RecipeText } from './recipe.ts';

/** A pattern rule (manual, "Pattern Rules"). */
export interface PatternRule {
  /** Targets, each with the index of its `%`. */
  readonly targets: readonly { readonly text: string; readonly percent: number }[];
  /** Prerequisites, `%` not yet replaced. */
  dependencies: Dependency[];
  readonly recipe: RecipeText | undefined;
  /** `::`: the prerequisites must exist or be mentioned, not be made by chaining. */
  terminal: boolean;
  /** An implicit search that uses it is under way: chains must not use it twice. */
  inUse: boolean;
}

/** All pattern rules in the order in which they are tried. */
export class PatternRules {
  rules: PatternRule[] = [];

  /**
   * Adds a rule at the end.
   * @param override a rule with the same targets and prerequisites gives way to this one; else this one is dropped
   * @returns false if it was dropped
   */
  add(rule: PatternRule, override: boolean): boolean {
    for (const old of this.rules) {
      if (!isSame(rule, old)) continue;
      if (!override) return false;
      this.rules.splice(this.rules.indexOf(old), 1);
      break;
    }
    this.rules.push(rule);
    return true;
  }
}

/** As GNU Make compares: some target of the new rule equals all targets of the old one. */
function isSame(rule: PatternRule, old: PatternRule): boolean {
  if (rule.dependencies.length !== old.dependencies.length) return false;
  const sameTargets = rule.targets.some(({ text }) => old.targets.every((other) => other.text === text));
  return (
    sameTargets &&
    rule.dependencies.every((dependency, index) => dependency.name === old.dependencies[index]!.name)
  );
}

import type { Location } from '../location.ts';

/** Where a variable's value came from: the words of `$(origin)`. */
export type Origin =
  | 'undefined'
  | 'default'
  | 'environment'
  | 'environment override'
  | 'file'
  | 'command line'
  | 'override'
  | 'automatic';

/** A global variable as it stands after reading. */
export interface VariableView {
  readonly name: string;
  /** The text as defined (unexpanded when recursive), as `$(value)` gives it. */
  readonly value: string;
  readonly flavour: 'simple' | 'recursive';
  readonly origin: Origin;
  /** Where it was last set; line 0 for those not set in a makefile. */
  readonly location: Location;
  /** Where it was set and each place that appended to it, oldest first, if `recordAssignments` was asked for. */
  readonly assignments?: readonly {
    readonly location: Location;
    readonly operator: string;
    readonly text: string;
  }[];
}

/** A recipe as it stands in the makefile. */
export interface Recipe {
  /** Logical lines, backslash-newlines kept, without the recipe prefix character, unexpanded. */
  readonly lines: readonly string[];
  /** The place of the first line. */
  readonly location: Location;
}

/** What make would use to remake one target. */
export interface ResolvedTarget {
  /** The target's name; with `vpath`, the name under which it was found. */
  readonly name: string;
  readonly phony: boolean;
  readonly precious: boolean;
  readonly intermediate: boolean;
  /** True if a rule (explicit, or implicit found by search) or a `.DEFAULT` recipe applies. */
  readonly hasRule: boolean;
  /** As `$+` has them: in order, with repetitions, without order-only ones. `$^` is their set. */
  readonly prerequisites: readonly string[];
  /** As `$|` has them. */
  readonly orderOnly: readonly string[];
  readonly recipe?: Recipe;
  /** What `%` matched, `$*`. */
  readonly stem?: string;
  /** Other targets that the same run of the recipe makes (grouped targets, pattern rules with several targets). */
  readonly alsoMakes: readonly string[];
  readonly doubleColon: boolean;
  /** For a double-colon target: each of its rules in order, this one being the first. */
  readonly doubleColonRules: readonly ResolvedTarget[];
  /** Names of variables that have a value of their own for this target (target- and pattern-specific, inherited ones not). */
  readonly specificVariables: readonly string[];
}

/** One line of a recipe, expanded just as make would hand it to the shell. */
export interface RecipeLine {
  /** Without the prefix characters; backslash-newlines kept, as make passes them. */
  readonly text: string;
  /** `@`, `.SILENT` or `-s`. */
  readonly silent: boolean;
  /** `-`, `.IGNORE` or `-i`. */
  readonly ignoreErrors: boolean;
  /** `+`, or the unexpanded line mentions `$(MAKE)`: runs even under `-n`, `-t`, `-q`. */
  readonly always: boolean;
  readonly location: Location;
}

/** Everything that reading the makefiles gave: variables, rules, and the means to ask make's questions about them. */
export interface MakeDatabase {
  /** The global variables by name; automatic ones excluded. */
  readonly variables: ReadonlyMap<string, VariableView>;
  /** `$(.DEFAULT_GOAL)`; undefined if no rule gives one. */
  readonly defaultGoal: string | undefined;
  /** The goals asked for, or the default goal. */
  readonly goals: readonly string[];
  /** Makefiles read, in order, as they were named; with those that an include names and that do not exist. */
  readonly makefiles: readonly {
    readonly name: string;
    readonly found: boolean;
    readonly required: boolean;
  }[];
  /** Those of `makefiles` that a rule with a recipe could remake. */
  readonly makefilesWithRules: readonly string[];
  /** Every target and prerequisite that the makefiles mention, in the order of mention. */
  readonly targetNames: readonly string[];
  /**
   * Expands text as make does at this point, in the context of a target's variables if one is named.
   * Throws MakeFailureError on what make would stop at.
   */
  expand(text: string, target?: string): string;
  /**
   * The rule for a target: explicit rules merged, prerequisites expanded a second time, implicit rules searched.
   * @returns undefined for a name that no rule makes and that is not a file
   */
  resolve(name: string): ResolvedTarget | undefined;
  /**
   * Expands a recipe with its automatic variables.
   * @param newer the prerequisites that `$?` names; default: all
   */
  expandRecipe(target: ResolvedTarget, newer?: readonly string[]): readonly RecipeLine[];
  /** The environment of a target's recipe: exported variables, MAKEFLAGS, MAKELEVEL and so on. */
  recipeEnvironment(target: ResolvedTarget): Record<string, string>;
  /** The shell that runs a target's recipe; `oneShell` if all lines go to one (`.ONESHELL`). */
  shellFor(target: ResolvedTarget): {
    readonly shell: string;
    readonly flags: string;
    readonly oneShell: boolean;
  };
}

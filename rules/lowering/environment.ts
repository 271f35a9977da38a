import { toText } from '../../engine/make/bytes.ts';
import type { Step } from '../../engine/graph/action.ts';
import type { RuleName } from './rule-names.ts';

/**
 * Variables of the environment that change what compilers, linkers and common tools make (GCC manual, "Environment
 * Variables"; ld and binutils manuals; locale(7)).
 */
const INFLUENTIAL =
  /^(?:PATH|LANG|LANGUAGE|LC_\w+|CPATH|C_INCLUDE_PATH|CPLUS_INCLUDE_PATH|OBJC_INCLUDE_PATH|LIBRARY_PATH|COMPILER_PATH|GCC_\w+|SOURCE_DATE_EPOCH|LD_LIBRARY_PATH|LD_RUN_PATH|LDEMULATION|GNUTARGET|PYTHONPATH|TZ|POSIXLY_CORRECT)$/;

/** Variables that make sets itself and that hold nothing of the build. */
const MAKES_OWN =
  /^(?:MAKEFLAGS|MFLAGS|MAKELEVEL|MAKEFILES|MAKEOVERRIDES|MAKE_TERMOUT|MAKE_TERMERR|GNUMAKEFLAGS)$/;

/** Rules whose programs read no variable but the influential ones. */
const HERMETIC = new Set<RuleName>(['Compile', 'PartialLink', 'Localize', 'Link', 'Strip']);

/**
 * Reduces the environment of a recipe to what its commands may depend on, so that a new terminal or session does
 * not make anything dirty: influential variables; for recipes of any kind also those that the makefiles export and
 * those that the recipe's own text mentions.
 */
export class EnvironmentFilter {
  readonly #own: Readonly<Record<string, string>>;
  readonly #shared = new Map<string, Readonly<Record<string, string>>>();

  /** @param own the environment that unigraph was given */
  constructor(own: Readonly<Record<string, string>>) {
    this.#own = own;
  }

  /**
   * @param environment of the recipe, byte strings, as make would pass it
   * @returns the part that counts; the same object for equal environments
   */
  forRule(
    rule: RuleName,
    environment: Readonly<Record<string, string>>,
    steps: readonly Step[],
  ): Readonly<Record<string, string>> {
    const mentioned = HERMETIC.has(rule) ? new Set<string>() : variablesIn(steps);
    const kept: Record<string, string> = {};
    for (const name of Object.keys(environment).sort()) {
      if (MAKES_OWN.test(name) && !mentioned.has(name)) continue;
      const value = toText(environment[name]!);
      const exported = this.#own[name] !== value;
      if (INFLUENTIAL.test(name) || mentioned.has(name) || (exported && !HERMETIC.has(rule)))
        kept[name] = value;
    }
    const key = JSON.stringify(kept);
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    this.#shared.set(key, kept);
    return kept;
  }
}

/** Names of shell variables that commands expand. */
function variablesIn(steps: readonly Step[]): Set<string> {
  const names = new Set<string>();
  for (const step of steps) {
    if (step.kind !== 'shell' && step.kind !== 'script') continue;
    for (const [, braced, plain] of step.text.matchAll(/\$(?:\{(\w+)|(\w+))/g)) names.add((braced ?? plain)!);
    if (/\bmake\b/.test(step.text)) for (const name of ['MAKEFLAGS', 'MAKELEVEL']) names.add(name);
  }
  return names;
}

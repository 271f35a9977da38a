import { parseSimpleCommand } from '../../engine/exec/command-line.ts';
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

/** Programs that run no other ones. */
const LONE_PROGRAM = /^(?:\/usr)?(?:\/bin\/)?(?:cp|ln|mkdir|mv|rm|touch)$/;

/**
 * Whether all programs that a recipe runs are known by their files, so that PATH itself does not matter: opening another
 * terminal or entering a Python environment must not build everything anew.
 */
function knowsItsPrograms(rule: RuleName, steps: readonly Step[]): boolean {
  if (HERMETIC.has(rule)) return true;
  return steps.every((step) => {
    if (step.kind !== 'shell') return step.kind !== 'script';
    return LONE_PROGRAM.test(parseSimpleCommand(step.text)?.[0] ?? '');
  });
}

/**
 * Whether no program of a recipe reads variables that the makefiles export: a clean tree's first edit changes Unikraft's full
 * version, which they export to every recipe. What this program does itself reads none, but for Kconfig.
 */
function readsNoExported(rule: RuleName, steps: readonly Step[]): boolean {
  if (HERMETIC.has(rule)) return true;
  return steps.every((step) => {
    if (step.kind === 'script') return false;
    if (step.kind === 'native') return step.performer !== 'configure';
    return step.kind !== 'shell' || LONE_PROGRAM.test(parseSimpleCommand(step.text)?.[0] ?? '');
  });
}

/**
 * Reduces the environment of a recipe to what its commands may depend on, so that a new terminal or session does
 * not make anything dirty: influential variables; for recipes of any kind also those that the makefiles export and
 * those that the recipe's own text mentions.
 */
export class EnvironmentFilter {
  readonly #own: Readonly<Record<string, string>>;
  readonly #shared = new Map<string, Readonly<Record<string, string>>>();
  readonly #asked = new Set<string>();

  /** @param own the environment that unigraph was given */
  constructor(own: Readonly<Record<string, string>>) {
    this.#own = own;
  }

  /** Other variables on which actions depend, set or not: those that recipes mention. */
  get asked(): ReadonlySet<string> {
    return this.#asked;
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
    for (const name of mentioned) this.#asked.add(name);
    const kept: Record<string, string> = {};
    const dropsPath = knowsItsPrograms(rule, steps);
    const dropsExported = readsNoExported(rule, steps);
    for (const name of Object.keys(environment).sort()) {
      if (MAKES_OWN.test(name) && !mentioned.has(name)) continue;
      const value = toText(environment[name]!);
      const exported = this.#own[name] !== value;
      if (name === 'PATH' && dropsPath && !exported) continue;
      if (INFLUENTIAL.test(name) || mentioned.has(name) || (exported && !dropsExported)) kept[name] = value;
    }
    const key = JSON.stringify(kept);
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    this.#shared.set(key, kept);
    return kept;
  }
}

/**
 * The influential variables of an environment, sorted: whoever keeps what was lowered in one must lower again in another.
 */
export function influentialVariables(
  environment: Readonly<Record<string, string>>,
): (readonly [string, string])[] {
  return Object.entries(environment)
    .filter(([name]) => INFLUENTIAL.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
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

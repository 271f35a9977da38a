import type { Run } from './run.ts';
import { findUnquoted, unescapeChar } from './quoting.ts';
import { matchPattern, parsePattern, type Pattern } from './pattern.ts';
import { enterPrerequisites, splitPrerequisites } from './prerequisites.ts';
import { RecipeText } from './recipe.ts';
import { substituteWords } from './substitute.ts';
import { Dependency, type Target } from './target.ts';
import { Rank, type Place } from './variables.ts';

/** A rule as the reader found it. */
export interface RuleText {
  readonly targets: readonly string[];
  /** `&:` */
  readonly grouped: boolean;
  /** Target pattern of a static pattern rule. */
  readonly pattern: Pattern | undefined;
  /** Prerequisites, expanded once. */
  readonly prerequisites: string | undefined;
  /** Recipe lines, each ended by a newline; '' without recipe. */
  readonly recipe: string;
  readonly recipeLine: number;
  readonly doubleColon: boolean;
  readonly recipePrefix: string;
  readonly place: Place;
}

/** Enters a rule into the database (manual, "Rules"). */
export function recordRule(run: Run, rule: RuleText): void {
  const { place } = rule;
  if (run.snapped) run.expander.stop('prerequisites cannot be defined in recipes', place);

  const first = findUnquoted(rule.targets[0]!, '%');
  const recipe =
    rule.recipe === ''
      ? undefined
      : new RecipeText(
          rule.recipe,
          { file: place.file, line: rule.recipeLine, offset: 0 },
          rule.recipePrefix,
        );
  if (recipe === undefined && rule.grouped) run.expander.stop('grouped targets must provide a recipe', place);

  const dependencies = readPrerequisites(run, rule, first.index >= 0);
  if (first.index >= 0) recordPatternRule(run, rule, dependencies, recipe);
  else recordExplicitRule(run, rule, dependencies, recipe);
}

function readPrerequisites(run: Run, rule: RuleText, isPatternRule: boolean): Dependency[] {
  if (rule.prerequisites === undefined) return [];
  const text = unescapeChar(rule.prerequisites, ':');
  if (run.secondExpansion && text.includes('$')) {
    const dependency = new Dependency(text);
    dependency.needsSecondExpansion = true;
    dependency.staticPattern = rule.pattern !== undefined;
    return [dependency];
  }
  const dependencies = splitPrerequisites(run, text);
  // Prerequisites with a `%` are not files yet.
  if (rule.pattern !== undefined || isPatternRule) return dependencies;
  return enterPrerequisites(run, dependencies, undefined);
}

function recordPatternRule(
  run: Run,
  rule: RuleText,
  dependencies: Dependency[],
  recipe: RecipeText | undefined,
): void {
  if (rule.pattern !== undefined) {
    run.expander.stop('mixed implicit and static pattern rules', rule.place);
  }
  const targets = rule.targets.map((name) => {
    const pattern = parsePattern(name);
    if (pattern.percent < 0) run.expander.stop('mixed implicit and normal rules', rule.place);
    return pattern;
  });
  run.patternRules.add({ targets, dependencies, recipe, terminal: rule.doubleColon, inUse: false }, true);
}

function recordExplicitRule(
  run: Run,
  rule: RuleText,
  dependencies: Dependency[],
  recipe: RecipeText | undefined,
): void {
  const group: Target[] = [];
  for (let index = 0; index < rule.targets.length; index++) {
    const { text: name, index: percent } = findUnquoted(rule.targets[index]!, '%');
    if (index > 0 && percent >= 0) {
      run.messages.warn('*** mixed implicit and normal rules: deprecated syntax', rule.place);
    }
    noticeSpecialTarget(run, name);

    let own: Dependency[] = [];
    const stem = rule.pattern === undefined ? undefined : matchPattern(rule.pattern, name);
    if (rule.pattern !== undefined && stem === undefined) {
      run.messages.warn(`target '${name}' doesn't match the target pattern`, rule.place);
    } else {
      const last = index === rule.targets.length - 1;
      own = last ? dependencies : dependencies.map((dependency) => dependency.copy());
    }

    const target = rule.doubleColon
      ? doubleColonTarget(run, name, recipe, rule.place)
      : singleColonTarget(run, name, own, recipe, rule.place);
    if (rule.grouped) group.unshift(target);
    target.isTarget = true;

    if (rule.pattern !== undefined) {
      target.stem = substituteWords(name, rule.pattern, { text: '%', percent: 0 });
      if (own.length > 0) {
        if (own[0]!.needsSecondExpansion) own[0]!.stem = target.stem;
        else own = enterPrerequisites(run, own, target.stem);
      }
    }
    if (own.length === 0) continue;
    // The rule with the recipe has its prerequisites first: `$<` is one of them.
    target.dependencies =
      recipe !== undefined && target.dependencies.length > 0
        ? [...own, ...target.dependencies]
        : [...target.dependencies, ...own];
  }

  for (const target of group) {
    if (target.alsoMakes.length > 0) {
      run.messages.warn(`warning: overriding group membership for target '${target.name}'`, recipe!.place);
    }
    target.alsoMakes = [...group];
  }
}

function singleColonTarget(
  run: Run,
  name: string,
  dependencies: readonly Dependency[],
  recipe: RecipeText | undefined,
  place: Place,
): Target {
  const target = run.targets.enter(name);
  if (target.doubleColon !== undefined) {
    run.expander.stop(`target file '${target.name}' has both : and :: entries`, place);
  }
  if (recipe !== undefined && recipe === target.recipe) {
    run.messages.warn(`target '${target.name}' given more than once in the same rule`, place);
  } else if (recipe !== undefined && target.recipe !== undefined && target.isTarget) {
    run.messages.warn(`warning: overriding recipe for target '${target.name}'`, recipe.place);
    run.messages.warn(`warning: ignoring old recipe for target '${target.name}'`, target.recipe.place);
  }
  // `.DEFAULT:` alone takes its recipe away, `.SUFFIXES:` alone its suffixes.
  if (target === run.defaultTarget && dependencies.length === 0 && recipe === undefined) {
    target.recipe = undefined;
  }
  if (recipe !== undefined) target.recipe = recipe;
  if (target === run.suffixTarget && dependencies.length === 0) target.dependencies = [];
  return target;
}

function doubleColonTarget(run: Run, name: string, recipe: RecipeText | undefined, place: Place): Target {
  const known = run.targets.lookup(name);
  if (known?.isTarget === true && known.doubleColon === undefined) {
    run.expander.stop(`target file '${known.name}' has both : and :: entries`, place);
  }
  const target = run.targets.enter(name);
  target.doubleColon ??= target;
  target.recipe = recipe;
  return target;
}

/** Special targets that take effect as soon as they are read. */
function noticeSpecialTarget(run: Run, name: string): void {
  if (!name.startsWith('.')) return;
  if (name === '.POSIX' && !run.posix) {
    run.posix = true;
    run.variables.define('.SHELLFLAGS', '-ec', Rank.default, false);
    for (const [variable, value] of posixDefaults) {
      run.variables.define(variable, value, Rank.default, false);
    }
  } else if (name === '.SECONDEXPANSION') run.secondExpansion = true;
  else if (name === '.ONESHELL') run.oneShell = true;
}

/** IEEE Std 1003.1-2008, as GNU Make reads it; the `U` is what Debian's has, whose archiver would leave times out. */
const posixDefaults: readonly (readonly [string, string])[] = [
  ['ARFLAGS', '-rvU'],
  ['CC', 'c99'],
  ['CFLAGS', '-O1'],
  ['FC', 'fort77'],
  ['FFLAGS', '-O1'],
  ['SCCSGETFLAGS', '-s'],
];

import { defaultPatternRules, defaultTerminalRules } from './builtin.ts';
import { parsePattern } from './pattern.ts';
import { expandPrerequisites, extraPrerequisites } from './prerequisites.ts';
import { RecipeText } from './recipe.ts';
import type { Run } from './run.ts';
import { Dependency, Mtime, type Target } from './target.ts';
import { splitWords } from './words.ts';

/** Second expansion, special targets, suffix rules, built-in pattern rules, VPATH. */
export function snapRules(run: Run): void {
  run.snapped = true;
  if (run.secondExpansion) expandAllTwice(run);
  applySpecialTargets(run);
  addExtraPrerequisites(run);
  convertSuffixRules(run);
  if (!run.flags.noBuiltinRules) {
    for (const [target, prerequisites, recipe] of defaultPatternRules) {
      addBuiltinRule(run, target, prerequisites, recipe, false);
    }
    for (const [target, prerequisites, recipe] of defaultTerminalRules) {
      addBuiltinRule(run, target, prerequisites, recipe, true);
    }
  }
  const extra = variablesExtra(run);
  if (extra.length > 0) {
    for (const rule of run.patternRules.rules) {
      rule.dependencies = [...rule.dependencies, ...extra.map((each) => each.copy())];
    }
  }
  run.vpath.setGeneral(run.expandQuietly('$(strip $(VPATH))'), run.expandQuietly('$(strip $(GPATH))'));
}

/** Second expansion of all prerequisites; in the order of GNU Make's table, since expanding may have effects. */
function expandAllTwice(run: Run): void {
  for (const rule of run.suffixTarget.rules()) expandPrerequisites(run, rule);
  for (const first of run.targets.inTableOrder()) {
    if (first === run.suffixTarget) continue;
    for (const rule of first.rules()) expandPrerequisites(run, rule);
  }
}

function variablesExtra(run: Run): Dependency[] {
  const extra = run.variables.lookup('.EXTRA_PREREQS');
  return extra === undefined ? [] : extraPrerequisites(run, extra.value);
}

function* prerequisitesOf(run: Run, name: string): Iterable<Target> {
  for (let rule = run.targets.lookup(name); rule !== undefined; rule = rule.next) {
    for (const { target } of rule.dependencies) {
      if (target !== undefined) yield* target.rules();
    }
  }
}

/** Manual, "Special Targets". */
function applySpecialTargets(run: Run): void {
  for (const target of prerequisitesOf(run, '.PRECIOUS')) target.precious = true;
  for (const target of prerequisitesOf(run, '.LOW_RESOLUTION_TIME')) target.lowResolutionTime = true;
  for (const target of prerequisitesOf(run, '.PHONY')) {
    target.phony = true;
    target.isTarget = true;
    target.mtime = Mtime.missing;
    target.mtimeBeforeUpdate = Mtime.missing;
  }
  for (const target of prerequisitesOf(run, '.INTERMEDIATE')) target.intermediate = true;
  for (let rule = run.targets.lookup('.SECONDARY'); rule !== undefined; rule = rule.next) {
    if (rule.dependencies.length === 0) run.allSecondary = true;
  }
  for (const target of prerequisitesOf(run, '.SECONDARY')) {
    target.intermediate = true;
    target.secondary = true;
  }
  if (run.targets.lookup('.EXPORT_ALL_VARIABLES')?.isTarget === true) run.exportAll = true;
  const ignore = run.targets.lookup('.IGNORE');
  if (ignore?.isTarget === true) {
    if (ignore.dependencies.length === 0) run.flags.ignoreErrors = true;
    for (const target of firstRulePrerequisites(ignore)) target.ignoreErrors = true;
  }
  const silent = run.targets.lookup('.SILENT');
  if (silent?.isTarget === true) {
    if (silent.dependencies.length === 0) run.silent = true;
    for (const target of firstRulePrerequisites(silent)) target.silent = true;
  }
  if (run.targets.lookup('.NOTPARALLEL')?.isTarget === true) run.notParallel = true;
}

function* firstRulePrerequisites(special: Target): Iterable<Target> {
  for (const { target } of special.dependencies) if (target !== undefined) yield* target.rules();
}

/** `.EXTRA_PREREQS`, global or of a target (manual, "Special Variables"). */
function addExtraPrerequisites(run: Run): void {
  const global = variablesExtra(run);
  // The order shows only in what the extra prerequisites add to the table.
  for (const first of global.length > 0 ? run.targets.inTableOrder() : [...run.targets.all()]) {
    if (!run.secondExpansion) first.updating = false;
    if (run.allSecondary) first.intermediate = true;
    let extra: Dependency[] = [];
    const own = first.variables?.variables.get('.EXTRA_PREREQS');
    if (first.variables !== undefined) {
      if (own !== undefined) extra = extraPrerequisites(run, own.value);
    } else if (first.isTarget) {
      extra = global.map((each) => each.copy());
    }
    if (extra.length === 0 || extra.some((each) => each.name === first.name)) continue;
    first.dependencies = [...first.dependencies, ...extra];
  }
}

/** Suffix rules become pattern rules (manual, "Suffix Rules"). */
function convertSuffixRules(run: Run): void {
  const suffixes = run.suffixTarget.dependencies;
  for (const first of suffixes) {
    // A rule without anything makes the suffix one that match-anything rules leave alone.
    addSuffixRule(run, `%${first.name}`, undefined, undefined);
    if (first.target!.recipe !== undefined) addSuffixRule(run, '%', first.name, first.target!.recipe);
    for (const second of suffixes) {
      if (first.name === second.name) continue;
      const target = run.targets.lookup(first.name + second.name);
      if (target?.recipe === undefined) continue;
      if (target.dependencies.length > 0) {
        if (run.posix) continue;
        run.messages.warn('warning: ignoring prerequisites on suffix rule definition', target.recipe.place);
      }
      if (second.name === '.a') addSuffixRule(run, '(%.o)', first.name, target.recipe);
      addSuffixRule(run, `%${second.name}`, first.name, target.recipe);
    }
  }
}

function addSuffixRule(
  run: Run,
  target: string,
  source: string | undefined,
  recipe: RecipeText | undefined,
): void {
  run.patternRules.add(
    {
      targets: [{ text: target, percent: target.indexOf('%') }],
      dependencies: source === undefined ? [] : [new Dependency(`%${source}`)],
      recipe,
      terminal: false,
      inUse: false,
    },
    false,
  );
}

function addBuiltinRule(
  run: Run,
  target: string,
  prerequisites: string,
  recipe: string,
  terminal: boolean,
): void {
  run.patternRules.add(
    {
      targets: [parsePattern(target)],
      dependencies: splitWords(prerequisites).map((name) => new Dependency(name)),
      recipe: new RecipeText(recipe, undefined, '\t'),
      terminal,
      inUse: false,
    },
    false,
  );
}

import { setAutomaticVariables } from './automatic-variables.ts';
import { findUnquoted } from './quoting.ts';
import type { Run } from './run.ts';
import { substituteWords } from './substitute.ts';
import { Dependency, type Target } from './target.ts';

const anyWord = { text: '%', percent: 0 };

/** Splits an expanded list of prerequisites; those behind `|` are order-only. */
export function splitPrerequisites(run: Run, text: string): Dependency[] {
  const { names, rest } = run.names.parse(text, text.includes('|') ? { stops: '|' } : {});
  const dependencies = names.map((name) => new Dependency(name));
  if (rest !== '') {
    for (const name of run.names.parse(rest.slice(1)).names) {
      const dependency = new Dependency(name);
      dependency.orderOnly = true;
      dependencies.push(dependency);
    }
  }
  return dependencies;
}

/**
 * Gives prerequisites their targets, making those that are not yet in the database.
 * @param stem replaces `%` in them first; those that become empty are dropped
 */
export function enterPrerequisites(
  run: Run,
  dependencies: readonly Dependency[],
  stem: string | undefined,
): Dependency[] {
  const entered: Dependency[] = [];
  for (const dependency of dependencies) {
    if (stem !== undefined) {
      const { text, index } = findUnquoted(dependency.text!, '%');
      if (index >= 0) {
        // A stem with blanks counts as several words, each of which takes the pattern.
        const name =
          stem === ''
            ? text.slice(0, index) + text.slice(index + 1)
            : substituteWords(stem, anyWord, { text, percent: index });
        if (name === '') continue;
        dependency.text = name;
      }
      dependency.stem = stem;
      dependency.staticPattern = true;
    }
    entered.push(dependency);
  }
  for (const dependency of entered) {
    if (dependency.needsSecondExpansion) continue;
    dependency.target = run.targets.lookupOrEnter(dependency.text!);
    dependency.staticPattern = false;
    dependency.text = undefined;
  }
  return entered;
}

/** Second expansion of a target's prerequisites (manual, "Secondary Expansion"). */
export function expandPrerequisites(run: Run, target: Target): void {
  target.updating = false;
  if (!target.dependencies.some((dependency) => dependency.needsSecondExpansion)) return;
  const ownStem = target.stem;
  let initialized = false;
  for (let index = 0; index < target.dependencies.length;) {
    const dependency = target.dependencies[index]!;
    if (dependency.text === undefined || !dependency.needsSecondExpansion) {
      index++;
      continue;
    }
    let text = dependency.text;
    if (dependency.staticPattern) text = text.split('%').join('$*');
    if (!initialized) {
      run.targetVariables.initialize(target, false);
      initialized = true;
    }
    if (dependency.stem !== undefined) target.stem = dependency.stem;
    setAutomaticVariables(run, target);
    const expanded = run.expandForTarget(text, target);
    if (dependency.stem !== undefined) target.stem = ownStem;
    const added = enterPrerequisites(run, splitPrerequisites(run, expanded), dependency.stem);
    target.dependencies.splice(index, 1, ...added);
    index += added.length;
  }
}

/** The prerequisites that `.EXTRA_PREREQS` names, as hidden ones. */
export function extraPrerequisites(run: Run, value: string): Dependency[] {
  return splitPrerequisites(run, run.expander.expand(value)).map((dependency) => {
    dependency.target = run.targets.lookupOrEnter(dependency.text!);
    dependency.text = undefined;
    dependency.hidden = true;
    return dependency;
  });
}

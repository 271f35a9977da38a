import { fileExists, splitMember } from './archive.ts';
import { setAutomaticVariables } from './automatic-variables.ts';
import type { PatternRule } from './pattern-rules.ts';
import type { Run } from './run.ts';
import { Dependency, Target } from './target.ts';
import { Rank } from './variables.ts';
import { skipReference } from './quoting.ts';
import { isBlank, skipSpaces } from './words.ts';

/** A rule whose target pattern matches. */
interface Candidate {
  rule: PatternRule | undefined;
  readonly match: number;
  /** With the directory, if that was left out of the match. */
  readonly stemLength: number;
  /** The pattern has no slash and was matched against the name without its directory. */
  readonly withoutDirectory: boolean;
}

/** A prerequisite that the rule under test would have. */
interface Found {
  readonly name: string;
  readonly orderOnly: boolean;
  readonly hidden: boolean;
  /** Set if it would be made by a chained rule. */
  intermediate?: Target;
  /** The target pattern of that rule. */
  pattern?: string;
}

/**
 * Looks for a pattern rule for a target that has no recipe (manual, "Implicit Rule Search"). If one is found, the
 * target gets its recipe, stem and prerequisites.
 */
export function searchImplicitRule(run: Run, target: Target, depth: number): boolean {
  run.debug.at('i', depth, `Looking for an implicit rule for '${target.name}'.`);
  if (search(run, target, depth, 0) !== undefined) return true;
  const parts = splitMember(target.name);
  if (parts === undefined) return false;
  run.debug.at('i', depth, `Looking for archive-member implicit rule for '${target.name}'.`);
  return search(run, target, depth, 0, `(${parts.member})`) !== undefined;
}

/**
 * @param name what patterns are matched against, if not the target's name: `(member)` of an archive
 * @returns the target pattern that matched
 */
function search(
  run: Run,
  target: Target,
  depth: number,
  recursion: number,
  name = target.name,
): string | undefined {
  // A slash in an archive member's name parts no directory.
  const slash = /^[^(]*\(.+\)$/s.test(name) ? -1 : name.lastIndexOf('/', name.length - 2);
  const directory = slash < 0 ? '' : name.slice(0, slash + 1);
  const candidates = matchingRules(run, name, directory, depth, recursion);
  if (candidates.length === 0) return undefined;

  let variablesReady = false;
  for (const chaining of [false, true]) {
    for (const candidate of candidates) {
      const { rule } = candidate;
      if (rule === undefined || (chaining && rule.terminal)) continue;
      const pattern = rule.targets[candidate.match]!;
      const stemStart = pattern.percent + (candidate.withoutDirectory ? directory.length : 0);
      const length = candidate.stemLength - (candidate.withoutDirectory ? directory.length : 0);
      const stem = name.slice(stemStart, stemStart + length);
      const fullStem = (candidate.withoutDirectory ? directory : '') + stem;
      run.debug.at('i', depth, `Trying pattern rule with stem '${stem}'.`);
      if (rule.dependencies.length === 0) {
        return adopt(run, target, candidate, [], fullStem, recursion);
      }
      target.stem = fullStem;
      rule.inUse = true;
      const trial: Trial = new Trial(
        run,
        target,
        candidate,
        directory,
        stem,
        depth,
        recursion,
        chaining,
        variablesReady,
      );
      const found: Found[] | undefined = trial.prerequisites();
      variablesReady = trial.variablesReady;
      target.stem = undefined;
      rule.inUse = false;
      if (found !== undefined) return adopt(run, target, candidate, found, fullStem, recursion);
    }
  }
  return undefined;
}

function matchingRules(
  run: Run,
  name: string,
  directory: string,
  depth: number,
  recursion: number,
): Candidate[] {
  const candidates: Candidate[] = [];
  let specific = false;
  const base = name.slice(directory.length);
  for (const rule of run.patternRules.rules) {
    // Rules with prerequisites but no recipe cancel built-in ones.
    if (rule.dependencies.length > 0 && rule.recipe === undefined) continue;
    if (rule.inUse) {
      run.debug.at('i', depth, 'Avoiding implicit rule recursion.');
      continue;
    }
    for (let index = 0; index < rule.targets.length; index++) {
      const { text, percent } = rule.targets[index]!;
      // Intermediate files do not come from match-anything rules.
      if (recursion > 0 && text.length === 1 && !rule.terminal) continue;
      if (text.length > name.length) continue;
      const withoutDirectory = directory !== '' && !text.includes('/');
      const subject = withoutDirectory ? base : name;
      const stemLength = subject.length - text.length + 1;
      if (stemLength < 0) continue;
      if (percent > 0 && !subject.startsWith(text.slice(0, percent))) continue;
      if (percent + 1 < text.length && !subject.endsWith(text.slice(percent + 1))) continue;
      if (text.length > 1) specific = true;
      // A rule without prerequisites and recipe only says that such names are specific.
      if (rule.dependencies.length === 0 && rule.recipe === undefined) continue;
      candidates.push({
        rule,
        match: index,
        stemLength: stemLength + (withoutDirectory ? directory.length : 0),
        withoutDirectory,
      });
    }
  }
  // The shortest stem is the most specific; the sort is stable.
  candidates.sort((a, b) => a.stemLength - b.stemLength);
  if (specific) {
    for (const candidate of candidates) {
      const { rule } = candidate;
      if (rule !== undefined && !rule.terminal && rule.targets.some(({ text }) => text.length === 1)) {
        candidate.rule = undefined;
      }
    }
  }
  return candidates;
}

/** One rule being tried for one target. */
class Trial {
  variablesReady: boolean;
  private readonly run: Run;
  private readonly target: Target;
  private readonly candidate: Candidate;
  private readonly directory: string;
  private readonly stem: string;
  private readonly depth: number;
  private readonly recursion: number;
  private readonly chaining: boolean;
  private stemSet = false;

  constructor(
    run: Run,
    target: Target,
    candidate: Candidate,
    directory: string,
    stem: string,
    depth: number,
    recursion: number,
    chaining: boolean,
    variablesReady: boolean,
  ) {
    this.run = run;
    this.target = target;
    this.candidate = candidate;
    this.directory = directory;
    this.stem = stem;
    this.depth = depth;
    this.recursion = recursion;
    this.chaining = chaining;
    this.variablesReady = variablesReady;
  }

  /** The prerequisites if all exist or can be made; undefined if the rule does not apply. */
  prerequisites(): Found[] | undefined {
    const found: Found[] = [];
    for (const dependency of this.candidate.rule!.dependencies) {
      const applies = dependency.needsSecondExpansion
        ? this.expandTwice(dependency, found)
        : this.expandOnce(dependency, found);
      if (!applies) return undefined;
    }
    return found;
  }

  private expandOnce(dependency: Dependency, found: Found[]): boolean {
    const text = dependency.name;
    const percent = text.indexOf('%');
    const name =
      percent < 0
        ? text
        : (this.candidate.withoutDirectory ? this.directory : '') +
          text.slice(0, percent) +
          this.stem +
          text.slice(percent + 1);
    const { names } = this.run.names.parse(name, { oneWord: true });
    return names.every((each) =>
      this.test(
        { name: each, orderOnly: dependency.orderOnly, hidden: dependency.hidden },
        each === text,
        found,
      ),
    );
  }

  /** Word by word: the stem goes in as `$*`, so that it is not itself expanded again. */
  private expandTwice(dependency: Dependency, found: Found[]): boolean {
    const text = dependency.text!;
    let orderOnly = false;
    let at = 0;
    for (;;) {
      const word = nextWord(text, at);
      if (word === undefined) return true;
      at = word.end;
      const source = text.slice(word.start, word.end);
      if (!orderOnly && source === '|') {
        orderOnly = true;
        continue;
      }
      const percent = source.indexOf('%');
      const addDirectory = percent >= 0 && this.candidate.withoutDirectory;
      const expandable =
        percent < 0
          ? source
          : source.slice(0, percent) + (addDirectory ? '$(*F)' : '$*') + source.slice(percent + 1);
      this.prepareVariables();
      let rest = this.run.expandForTarget(expandable, this.target);
      const prefix = addDirectory ? this.directory : '';
      do {
        const list = this.run.names.parse(rest, { stops: orderOnly ? '' : '|', prefix });
        for (const name of list.names) {
          if (!this.test({ name, orderOnly, hidden: false }, false, found)) return false;
        }
        rest = list.rest;
        if (rest.startsWith('|')) {
          orderOnly = true;
          rest = rest.slice(1);
        }
      } while (rest !== '');
    }
  }

  private prepareVariables(): void {
    const { run, target } = this;
    if (!this.variablesReady) {
      run.targetVariables.initialize(target, false);
      setAutomaticVariables(run, target);
      this.variablesReady = true;
    } else if (!this.stemSet) {
      run.variables.define('*', target.stem!, Rank.automatic, false, undefined, target.variables);
    }
    this.stemSet = true;
  }

  private test(candidate: Found, isRule: boolean, found: Found[]): boolean {
    const { run, depth } = this;
    const { name } = candidate;
    const kind = isRule ? 'rule' : 'implicit';
    if (run.directories.isImpossible(name)) {
      run.debug.at('i', depth, `Rejecting impossible ${kind} prerequisite '${name}'.`);
      this.candidate.rule = undefined;
      return false;
    }
    run.debug.at('i', depth, `Trying ${kind} prerequisite '${name}'.`);
    const accept = (): true => {
      found.push(candidate);
      return true;
    };
    // What the target depends on anyway must be made whatever the rule.
    if (this.target.dependencies.some((dependency) => dependency.name === name)) {
      found.push({ name, orderOnly: candidate.orderOnly, hidden: candidate.hidden });
      return true;
    }
    if (run.targets.lookup(name) !== undefined || fileExists(run, name)) return accept();
    const elsewhere = run.vpath.search(name);
    if (elsewhere !== undefined) {
      run.debug.at('i', depth, `Found prerequisite '${name}' as VPATH '${elsewhere.name}'`);
      return accept();
    }
    if (!this.chaining) return false;
    run.debug.at('i', depth, `Looking for a rule with intermediate file '${name}'.`);
    const intermediate = new Target(name);
    const pattern = search(run, intermediate, depth + 1, this.recursion + 1);
    if (pattern === undefined) {
      run.directories.markImpossible(name);
      return false;
    }
    candidate.intermediate = intermediate;
    candidate.pattern = pattern;
    return accept();
  }
}

function nextWord(text: string, from: number): { readonly start: number; readonly end: number } | undefined {
  const start = skipSpaces(text, from);
  if (start >= text.length) return undefined;
  if (text[start] === '|') return { start, end: start + 1 };
  let index = start;
  while (index < text.length && !isBlank(text.charCodeAt(index))) {
    const char = text[index];
    if (char === '|') {
      index++;
      break;
    }
    if (char === '$') index = text[index + 1] === '$' ? index + 2 : skipReference(text, index);
    else index++;
  }
  return { start, end: Math.min(index, text.length) };
}

/** Gives a target what the rule found for it provides. */
function adopt(
  run: Run,
  target: Target,
  candidate: Candidate,
  found: readonly Found[],
  stem: string,
  recursion: number,
): string {
  const rule = candidate.rule!;
  const pattern = rule.targets[candidate.match]!.text;
  const added: Dependency[] = [];
  // From the last to the first, as GNU Make does: intermediate files enter the database in this order.
  for (const each of [...found].reverse()) {
    if (each.intermediate !== undefined) enterIntermediate(run, each.intermediate, each.pattern!);
    const dependency = new Dependency(each.name);
    dependency.orderOnly = each.orderOnly;
    dependency.hidden = each.hidden;
    if (recursion === 0) {
      dependency.target = run.targets.lookupOrEnter(each.name);
      dependency.text = undefined;
    }
    if (each.intermediate === undefined && rule.terminal) {
      if (dependency.target === undefined) dependency.changed = true;
      else dependency.target.triedImplicit = true;
    }
    added.unshift(dependency);
  }
  target.dependencies = [...added, ...target.dependencies];
  target.stem = stem;
  target.recipe = rule.recipe;
  target.isTarget = true;
  if (run.targets.lookup(pattern)?.precious === true) target.precious = true;
  for (let index = 0; index < rule.targets.length; index++) {
    if (index === candidate.match) continue;
    const { text, percent } = rule.targets[index]!;
    const other = run.targets.enter(text.slice(0, percent) + stem + text.slice(percent + 1));
    if (run.targets.lookup(text)?.precious === true) other.precious = true;
    other.isTarget = true;
    target.alsoMakes.unshift(other);
  }
  return pattern;
}

/** A file that a chain of rules makes on the way. */
function enterIntermediate(run: Run, intermediate: Target, pattern: string): void {
  const known = run.targets.lookup(intermediate.name);
  // One that is mentioned elsewhere is not deleted.
  if (known !== undefined) known.secondary = true;
  const target = known ?? run.targets.enter(intermediate.name);
  target.dependencies = intermediate.dependencies;
  target.recipe = intermediate.recipe;
  target.stem = intermediate.stem;
  target.variables = intermediate.variables;
  target.patternVariables = intermediate.patternVariables;
  target.patternsSearched = intermediate.patternsSearched;
  target.alsoMakes = intermediate.alsoMakes;
  target.isTarget = true;
  target.intermediate = true;
  target.triedImplicit = true;
  if (run.targets.lookup(pattern)?.precious === true) target.precious = true;
  for (const dependency of target.dependencies) {
    if (dependency.target === undefined) {
      dependency.target = run.targets.enter(dependency.text!);
      dependency.text = undefined;
    }
    if (dependency.changed) dependency.target.triedImplicit = true;
  }
}

import {
  assign,
  parseAssignment,
  type AssignmentContext,
  type AssignmentSyntax,
  type Flavour,
  type Modifiers,
} from './assignment.ts';
import type { Expander } from './expander.ts';
import { matchPattern, type Pattern } from './pattern.ts';
import type { Target } from './target.ts';
import { Rank, TargetScope, Variable, type Place } from './variables.ts';

/** One pattern-specific assignment. */
interface PatternVariable {
  readonly pattern: Pattern;
  readonly name: string;
  value: string;
  readonly flavour: Flavour;
  rank: Rank;
  readonly place: Place | undefined;
  recursive: boolean;
  readonly exported: boolean;
  readonly isPrivate: boolean;
  /** As `make -p` lists it. */
  readonly view: Variable;
}

/** Target- and pattern-specific variables (manual, "Target-specific", "Pattern-specific"). */
export class TargetVariables {
  private readonly expander: Expander;
  /** Shortest pattern first; of equal length, in the order of definition. Later ones win. */
  private readonly patterns: PatternVariable[] = [];

  constructor(expander: Expander) {
    this.expander = expander;
  }

  /** `target: modifiers name op value`, `definition` beginning with the name. */
  assignTo(target: Target, definition: string, modifiers: Modifiers, context: AssignmentContext): void {
    const first = target.doubleColon ?? target;
    this.initialize(first, true);
    const syntax = this.parse(definition, context.place);
    const { variables } = this.expander;
    const saved = variables.context;
    variables.context = first.variables;
    const name = this.expandName(definition.slice(syntax.nameStart, syntax.nameEnd), context.place);
    const variable = assign(name, definition.slice(syntax.valueStart), syntax.flavour, {
      ...context,
      scope: first.variables!,
    });
    variables.context = saved;
    variable.perTarget = true;
    variable.isPrivate = modifiers.isPrivate;
    variable.exportState = modifiers.isExport ? 'export' : 'default';
    this.yieldToCommandLine(variable);
  }

  /** `%.o: modifiers name op value` */
  assignToPattern(
    pattern: Pattern,
    definition: string,
    modifiers: Modifiers,
    context: AssignmentContext,
  ): void {
    const syntax = this.parse(definition, context.place);
    const name = this.expandName(definition.slice(syntax.nameStart, syntax.nameEnd), context.place);
    const text = definition.slice(syntax.valueStart);
    const value = syntax.flavour === 'simple' ? this.expander.expand(text) : text;
    const view = new Variable(name, value, context.rank, syntax.flavour !== 'simple', context.place);
    this.yieldToCommandLine(view);
    const entry: PatternVariable = {
      pattern,
      name,
      value: view.value,
      flavour: syntax.flavour,
      rank: view.rank,
      place: context.place,
      recursive: view.recursive,
      exported: modifiers.isExport,
      isPrivate: modifiers.isPrivate,
      view,
    };
    const at = this.patterns.findIndex((other) => other.pattern.text.length > pattern.text.length);
    if (at < 0) this.patterns.push(entry);
    else this.patterns.splice(at, 0, entry);
  }

  /** Behind a colon, `define` and `undefine` are no assignments. (For a pattern, GNU make crashes.) */
  private parse(definition: string, place: Place | undefined): AssignmentSyntax {
    return (
      parseAssignment(definition, 0) ??
      this.expander.stop('Malformed target-specific variable definition', place)
    );
  }

  private expandName(text: string, place: Place | undefined): string {
    const name = this.expander.expand(text);
    if (name === '') this.expander.stop('empty variable name', place);
    return name;
  }

  /** A command line's setting wins over a target's, unless that says `override`. */
  private yieldToCommandLine(variable: Variable): void {
    if (variable.rank === Rank.override) return;
    const global = this.expander.variables.lookup(variable.name);
    if (global === undefined || global === variable) return;
    if (global.rank !== Rank.environmentOverride && global.rank !== Rank.commandLine) return;
    variable.setValue(global.value);
    variable.rank = global.rank;
    variable.recursive = global.recursive;
    variable.append = false;
  }

  /**
   * Builds the chain of scopes that a target's recipe sees: its own, those of matching patterns, those of the target
   * that needs it, the global ones.
   * @param reading makefiles are still being read: patterns may yet be added, so they are not searched
   */
  initialize(target: Target, reading: boolean): TargetScope {
    const scope = (target.variables ??= new TargetScope());
    if (target.doubleColon !== undefined && target.doubleColon !== target) {
      scope.next = this.initialize(target.doubleColon, reading);
      scope.nextIsParent = false;
      return scope;
    }
    // Long chains of targets are walked from the far end, so that their length does not use up the stack.
    const parents: Target[] = [];
    const seen = new Set<Target>([target]);
    for (let parent = target.parent; parent !== undefined && !seen.has(parent); parent = parent.parent) {
      parents.push(parent);
      seen.add(parent);
    }
    let outer: TargetScope | undefined;
    for (const parent of parents.reverse()) outer = this.chain(parent, outer, reading);
    return this.chain(target, outer, reading);
  }

  private chain(target: Target, outer: TargetScope | undefined, reading: boolean): TargetScope {
    const scope = (target.variables ??= new TargetScope());
    if (target.doubleColon !== undefined && target.doubleColon !== target) {
      scope.next = this.chain(target.doubleColon, outer, reading);
      scope.nextIsParent = false;
      return scope;
    }
    scope.next = outer;
    scope.nextIsParent = true;
    if (!reading && !target.patternsSearched) {
      target.patternsSearched = true;
      this.searchPatterns(target);
    }
    if (target.patternVariables !== undefined) {
      target.patternVariables.next = outer;
      target.patternVariables.nextIsParent = true;
      scope.next = target.patternVariables;
      scope.nextIsParent = false;
    }
    return scope;
  }

  private searchPatterns(target: Target): void {
    const { variables } = this.expander;
    for (const entry of this.patterns) {
      if (target.name.length < entry.pattern.text.length) continue;
      if (matchPattern(entry.pattern, target.name) === undefined) continue;
      const scope = (target.patternVariables ??= new TargetScope());
      let variable: Variable;
      if (entry.flavour === 'simple') {
        variable = variables.define(entry.name, entry.value, entry.rank, false, entry.place, scope);
      } else {
        const saved = variables.context;
        variables.context = scope;
        variable = assign(entry.name, entry.value, entry.flavour, {
          expander: this.expander,
          place: entry.place,
          rank: entry.rank,
          scope,
        });
        variables.context = saved;
      }
      variable.perTarget = true;
      variable.exportState = entry.exported ? 'export' : 'default';
      variable.isPrivate = entry.isPrivate;
    }
  }

  /** Pattern-specific variables, for `make -p`. */
  *patternViews(): Iterable<{
    readonly pattern: string;
    readonly variable: Variable;
    readonly flavour: Flavour;
  }> {
    for (const { pattern, view, flavour } of this.patterns)
      yield { pattern: pattern.text, variable: view, flavour };
  }
}

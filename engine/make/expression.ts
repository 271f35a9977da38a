import type { Expander } from './expander.ts';
import { substituteWords } from './substitute.ts';
import { parsePattern } from './pattern.ts';
import { splitWords } from './words.ts';
import type { VariableSymbol } from './variables.ts';
import type { EagerFunction, LazyFunction } from './functions/function.ts';

/**
 * A text with variable references and function calls, parsed once and expanded many times. Errors in the text are
 * parts of the tree too: they are reported when expansion reaches them, after the effects of what stands before.
 */
export interface Expression {
  expand(expander: Expander): string;
  /**
   * The highest argument number (`$(1)` …) that the result depends on if it depends on nothing else; -1 if it may
   * depend on, or do, anything else. Computed once.
   */
  readonly purity: number;
  /** Results by arguments, kept by `$(call)` for pure macros. */
  memo?: Map<string, string>;
}

export class Literal implements Expression {
  readonly text: string;
  readonly purity = 0;

  constructor(text: string) {
    this.text = text;
  }

  expand(): string {
    return this.text;
  }
}

export class Concatenation implements Expression {
  readonly parts: readonly Expression[];
  private pure: number | undefined;
  memo?: Map<string, string>;

  constructor(parts: readonly Expression[]) {
    this.parts = parts;
  }

  get purity(): number {
    return (this.pure ??= purityOf(this.parts));
  }

  expand(expander: Expander): string {
    let result = '';
    const { parts } = this;
    for (let index = 0; index < parts.length; index++) result += parts[index]!.expand(expander);
    return result;
  }
}

function purityOf(parts: readonly Expression[]): number {
  let highest = 0;
  for (const part of parts) {
    const { purity } = part;
    if (purity < 0) return -1;
    if (purity > highest) highest = purity;
  }
  return highest;
}

/** `$(name)`, `${name}` or `$n`. */
export class Reference implements Expression {
  readonly symbol: VariableSymbol;
  readonly purity: number;
  memo?: Map<string, string>;

  constructor(symbol: VariableSymbol) {
    this.symbol = symbol;
    this.purity = /^[1-9]\d?$/.test(symbol.name) ? Number(symbol.name) : -1;
  }

  expand(expander: Expander): string {
    return expander.reference(this.symbol);
  }
}

/** `$(name:pattern=replacement)` (manual, "Substitution Refs"). */
export class SubstitutionReference implements Expression {
  readonly symbol: VariableSymbol;
  readonly pattern: string;
  readonly replacement: string;
  readonly purity = -1;

  constructor(symbol: VariableSymbol, pattern: string, replacement: string) {
    this.symbol = symbol;
    this.pattern = pattern;
    this.replacement = replacement;
  }

  expand(expander: Expander): string {
    const variable = expander.variables.lookupSymbol(this.symbol);
    if (variable === undefined) expander.warnUndefined(this.symbol.name);
    if (variable === undefined || variable.value === '') return '';
    const value = variable.recursive ? expander.expandVariable(variable) : variable.value;
    const pattern = parsePattern(this.pattern);
    if (pattern.percent >= 0) return substituteWords(value, pattern, parsePattern(this.replacement));
    return substituteWords(
      value,
      { text: `%${pattern.text}`, percent: 0 },
      { text: `%${this.replacement}`, percent: 0 },
    );
  }
}

/** `$(…)` whose name is itself made of references. */
export class ComputedReference implements Expression {
  readonly name: Expression;
  readonly purity = -1;

  constructor(name: Expression) {
    this.name = name;
  }

  expand(expander: Expander): string {
    return expander.referenceTo(this.name.expand(expander));
  }
}

/** A call of a function whose arguments are expanded first. */
export class EagerCall implements Expression {
  readonly definition: EagerFunction;
  readonly args: readonly Expression[];
  private pure: number | undefined;
  memo?: Map<string, string>;

  constructor(definition: EagerFunction, args: readonly Expression[]) {
    this.definition = definition;
    this.args = args;
  }

  get purity(): number {
    return (this.pure ??= this.definition.pure ? purityOf(this.args) : -1);
  }

  expand(expander: Expander): string {
    const { args, definition } = this;
    const values = new Array<string>(args.length);
    for (let index = 0; index < args.length; index++) values[index] = args[index]!.expand(expander);
    if (values.length < definition.min) expander.tooFewArguments(values.length, definition.name);
    return definition.run(values, expander);
  }
}

/** A call of a function that expands its arguments itself. */
export class LazyCall implements Expression {
  readonly definition: LazyFunction;
  readonly args: readonly Expression[];
  private pure: number | undefined;
  memo?: Map<string, string>;

  constructor(definition: LazyFunction, args: readonly Expression[]) {
    this.definition = definition;
    this.args = args;
  }

  get purity(): number {
    return (this.pure ??= this.definition.pure ? purityOf(this.args) : -1);
  }

  expand(expander: Expander): string {
    if (this.args.length < this.definition.min) {
      expander.tooFewArguments(this.args.length, this.definition.name);
    }
    // Without a call of `run`, macros that decide whether to go on may nest deeper.
    if (this.definition.choose !== undefined) {
      return this.definition.choose(this.args, expander)?.expand(expander) ?? '';
    }
    return this.definition.run(this.args, expander);
  }
}

/**
 * `$(filter …,$(.VARIABLES))`: the idiom for "is this variable defined". It is asked for each source of a tree, and the
 * list has thousands of names.
 */
export class DefinedNames implements Expression {
  readonly purity = -1;
  private readonly patterns: Expression;
  private readonly general: EagerCall;

  constructor(general: EagerCall) {
    this.patterns = general.args[0]!;
    this.general = general;
  }

  expand(expander: Expander): string {
    const words = splitWords(this.patterns.expand(expander));
    const { variables } = expander;
    const name = words[0];
    if (name === undefined) return '';
    if (words.length > 1 || /[%\\]/.test(name) || variables.global('.VARIABLES')?.special !== true) {
      return this.general.definition.run(
        [words.join(' '), expander.reference(variables.symbol('.VARIABLES'))],
        expander,
      );
    }
    return variables.global(name) === undefined ? '' : name;
  }
}

/** Text that is no expression; says so when it is expanded. */
export class Malformed implements Expression {
  readonly message: string;
  readonly purity = -1;

  constructor(message: string) {
    this.message = message;
  }

  expand(expander: Expander): string {
    return expander.fail(this.message);
  }
}

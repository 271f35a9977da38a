import {
  compile,
  compileReference,
  endOfPlainReference,
  referenceExpression,
  type CompilerScope,
} from './compile.ts';
import type { Expression } from './expression.ts';
import type { MakeFunction } from './functions/function.ts';
import { functionTable } from './functions/table.ts';
import { MakeStop, type ExpansionFrame } from './stop.ts';
import { lookupInScopes, Rank, Variable } from './variables.ts';
import type { Place, TargetScope, Variables, VariableSymbol } from './variables.ts';

/** What functions do beyond text: the run that an expander belongs to provides it. */
export interface ExpansionServices {
  readonly cwd: string;
  /** `$(wildcard)` */
  wildcard(patterns: string): string;
  /** `$(realpath)` of one name. */
  realpath(name: string): string | undefined;
  /** `$(shell)`; `trimAll` takes all newlines from the end, not only one. */
  shell(command: string, trimAll: boolean): string;
  /** `$(eval)` */
  evaluateText(text: string): void;
  /** `$(file <…)`: the content, '' if there is no such file, or a message if it cannot be read. */
  readFile(name: string): { readonly content: string; readonly problem?: string };
  writeFile(name: string, text: string, append: boolean): string | undefined;
  info(text: string): void;
  warn(text: string, place: Place | undefined): void;
}

/** Texts longer than this are mostly evaluated once; keeping their trees would only cost memory. */
const LONGEST_KEPT = 4096;
const MOST_KEPT = 20_000;
/** Texts longer than this are expanded without a tree of their own. */
const LONG = 1024;

/** One `$(call)` under way. */
export class MacroFrame {
  name = '';
  place: Place | undefined;
  /** Arguments that have variables of their own here, the name counted. */
  count = 0;
  outerCount = 0;
  readonly variables: Variable[] = [];
  /** What the numbered names meant outside. */
  readonly saved: (Variable | undefined)[] = [];
}

/** Expands texts (manual, "Reference", "Functions"): compiles, remembers, keeps track of what is being expanded. */
export class Expander implements CompilerScope {
  readonly variables: Variables;
  readonly services: ExpansionServices;
  readonly functions: ReadonlyMap<string, MakeFunction> = functionTable;
  /** The place in the makefile (or recipe) that is being worked on. */
  reading: Place | undefined;
  /** The variable that is being expanded, if a makefile defined it; messages about the text of its value point to where that was. */
  private placed: Variable | undefined;
  warnUndefinedVariables = false;
  /** Arguments of the innermost `$(call)`, its name counted: inner calls hide as many. */
  argumentCount = 0;
  private readonly cache = new Map<string, Expression>();
  private readonly numbered: VariableSymbol[] = [];
  /** Frames of `$(call)` by depth; they are used again, since there are a hundred thousand calls in a real tree. */
  private readonly frames: MacroFrame[] = [];
  private depth = 0;
  private readonly beingExpanded: Variable[] = [];

  constructor(variables: Variables, services: ExpansionServices) {
    this.variables = variables;
    this.services = services;
  }

  symbol(name: string): VariableSymbol {
    return this.variables.symbol(name);
  }

  /** Expands a text at the place `reading`. */
  expand(text: string): string {
    if (!text.includes('$')) return text;
    return text.length > LONG ? this.expandByPieces(text) : this.compile(text).expand(this);
  }

  /**
   * Expands a long text, most often a list that is looked at once, piece by piece: its references are the same few as in
   * other lists, and known (dependency files ask for 3,000 names by 114,000 `$(wildcard include/config/…)`).
   */
  private expandByPieces(text: string): string {
    let result = '';
    let at = 0;
    for (let dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', at)) {
      if (dollar > at) result += text.slice(at, dollar);
      const end = endOfPlainReference(text, dollar);
      if (end > 0) {
        result += this.compile(text.slice(dollar, end)).expand(this);
        at = end;
      } else {
        const piece = compileReference(text, dollar, this);
        result += piece.expression.expand(this);
        at = piece.end;
      }
    }
    return result + text.slice(at);
  }

  /** Expands in the context of a target's variables. */
  expandIn(scope: TargetScope | undefined, text: string): string {
    if (!text.includes('$')) return text;
    const saved = this.variables.context;
    this.variables.context = scope;
    try {
      return this.compile(text).expand(this);
    } finally {
      this.variables.context = saved;
    }
  }

  compile(text: string): Expression {
    if (text.length > LONGEST_KEPT) return compile(text, this);
    let expression = this.cache.get(text);
    if (expression === undefined) {
      expression = compile(text, this);
      if (this.cache.size >= MOST_KEPT) this.cache.clear();
      this.cache.set(text, expression);
    }
    return expression;
  }

  /** The expression of a recursive variable's value. */
  compiled(variable: Variable): Expression {
    return (variable.compiled ??= this.compile(variable.value)) as Expression;
  }

  /** The value of a name as `$(name)` gives it. */
  reference(symbol: VariableSymbol): string {
    const variable = this.variables.lookupSymbol(symbol);
    if (variable === undefined) {
      if (this.warnUndefinedVariables) this.warnUndefined(symbol.name);
      return '';
    }
    return this.referenceVariable(variable);
  }

  referenceVariable(variable: Variable): string {
    if (variable.value === '' && !variable.append) return '';
    return variable.recursive ? this.expandVariable(variable) : variable.value;
  }

  /** `$(text)` where `text` has been expanded already; may be a substitution reference. */
  referenceTo(text: string): string {
    if (!text.includes(':')) return this.reference(this.variables.symbol(text));
    return referenceExpression(text, this).expand(this);
  }

  /** Expands a recursive variable's value. */
  expandVariable(variable: Variable): string {
    const savedPlaced = this.placed;
    const { place } = variable;
    if (place !== undefined && place.file !== '') this.placed = variable;
    const savedReading = this.reading;
    this.reading ??= place;
    if (variable.expanding) {
      if (variable.expansionsLeft === 0) {
        this.fail(`Recursive variable '${variable.name}' references itself (eventually)`);
      }
      variable.expansionsLeft--;
    }
    variable.expanding = true;
    this.beingExpanded.push(variable);
    const value = variable.append ? this.appended(variable) : this.compiled(variable).expand(this);
    this.beingExpanded.pop();
    variable.expanding = false;
    this.reading = savedReading;
    this.placed = savedPlaced;
    return value;
  }

  /** The value of a target's `+=` variable: outer values first, each expanded by itself. */
  private appended(variable: Variable): string {
    return this.appendedFrom(variable.name, this.variables.context, true);
  }

  private appendedFrom(name: string, scope: TargetScope | undefined, local: boolean): string {
    const inGlobal = scope === undefined;
    const variable = inGlobal ? this.variables.global(name) : scope.variables.get(name);
    const nextLocal = local && !(scope?.nextIsParent ?? false);
    if (variable === undefined || (!local && variable.isPrivate)) {
      return inGlobal ? '' : this.appendedFrom(name, scope.next, nextLocal);
    }
    let result = variable.append && !inGlobal ? this.appendedFrom(name, scope.next, nextLocal) : '';
    if (result !== '') result += ' ';
    return result + (variable.recursive ? this.expand(variable.value) : variable.value);
  }

  /** As `$(flavor)` and the like see it in a target's context, without global variables. */
  scoped(name: string): Variable | undefined {
    return this.variables.context === undefined ? undefined : lookupInScopes(this.variables.context, name);
  }

  /** Begins a call: makes `$(0)`, `$(1)` … variables of its own, as many as it or the call around it has. */
  enterMacro(name: string, given: number): MacroFrame {
    const frame = (this.frames[this.depth] ??= new MacroFrame());
    this.depth++;
    this.variables.enterScope();
    frame.name = name;
    frame.place = this.reading;
    frame.outerCount = this.argumentCount;
    frame.count = given > this.argumentCount ? given : this.argumentCount;
    this.argumentCount = frame.count;
    for (let index = 0; index < frame.count; index++) {
      const symbol = (this.numbered[index] ??= this.variables.symbol(String(index)));
      frame.saved[index] = symbol.local;
      symbol.local = frame.variables[index] ??= new Variable(
        symbol.name,
        '',
        Rank.automatic,
        false,
        undefined,
      );
    }
    return frame;
  }

  leaveMacro(frame: MacroFrame): void {
    for (let index = 0; index < frame.count; index++) this.numbered[index]!.local = frame.saved[index];
    this.argumentCount = frame.outerCount;
    this.depth--;
    this.variables.leaveScope();
  }

  warnUndefined(name: string): void {
    if (this.warnUndefinedVariables) {
      this.services.warn(`warning: undefined variable '${name}'`, this.reading);
    }
  }

  tooFewArguments(count: number, name: string): never {
    return this.fail(`insufficient number of arguments (${count}) to function '${name}'`);
  }

  /** Stops because of the text that is being expanded. */
  fail(text: string): never {
    return this.stop(text, this.placed?.place ?? this.reading);
  }

  /** Stops at a place. */
  stop(text: string, place: Place | undefined): never {
    const stop = new MakeStop(text, place);
    stop.expansion = this.expansionStack();
    throw stop;
  }

  /** The macros being expanded, innermost first. */
  expansionStack(): readonly ExpansionFrame[] {
    return this.frames
      .slice(0, this.depth)
      .map(({ name, place }) => ({
        expression: `$(call ${name})`,
        place: place === undefined ? undefined : { ...place },
      }))
      .reverse();
  }

  /** The variable that was being expanded when the stack overflowed, then forgets all that was under way. */
  abandon(): Variable | undefined {
    const last = this.beingExpanded.at(-1);
    for (const variable of this.beingExpanded) {
      variable.expanding = false;
      variable.expansionsLeft = 0;
    }
    this.beingExpanded.length = 0;
    this.depth = 0;
    this.argumentCount = 0;
    this.placed = undefined;
    return last;
  }
}

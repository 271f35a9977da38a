import type { Origin } from './database.ts';
import { HashOrder, hashBytes } from './hash-order.ts';

/** Strength of an origin: a definition replaces only one of equal or lesser strength. */
export const Rank = {
  default: 0,
  environment: 1,
  file: 2,
  environmentOverride: 3,
  commandLine: 4,
  override: 5,
  automatic: 6,
} as const;
export type Rank = (typeof Rank)[keyof typeof Rank];

const rankNames: readonly Origin[] = [
  'default',
  'environment',
  'file',
  'environment override',
  'command line',
  'override',
  'automatic',
];

/** The words of `$(origin)`. */
export function originName(rank: Rank): Origin {
  return rankNames[rank]!;
}

/** A place in a makefile; `offset` counts lines within a recipe. Mutable while a file is being read. */
export interface Place {
  readonly file: string;
  line: number;
  offset: number;
}

export interface Assignment {
  readonly file: string;
  readonly line: number;
  readonly operator: string;
  readonly text: string;
}

/** Whether a variable goes to the environment of recipes; 'ifset': only if not default. */
export type ExportState = 'default' | 'export' | 'noexport' | 'ifset';

export class Variable {
  readonly name: string;
  value: string;
  recursive: boolean;
  rank: Rank;
  place: Place | undefined;
  /** Target-specific `+=`: the value continues that of the outer scopes. */
  append = false;
  perTarget = false;
  isPrivate = false;
  exportState: ExportState = 'default';
  /** `.VARIABLES` or `.RECIPEPREFIX`: reading or setting it does more. */
  special = false;
  /** Being expanded right now; `expansionsLeft` further ones are allowed (inside `$(call)`). */
  expanding = false;
  expansionsLeft = 0;
  /** The value's expression, made when first needed. */
  compiled: { readonly expand: (expander: never) => string } | undefined;
  assignments: Assignment[] | undefined;

  constructor(name: string, value: string, rank: Rank, recursive: boolean, place: Place | undefined) {
    this.name = name;
    this.value = value;
    this.rank = rank;
    this.recursive = recursive;
    this.place = place;
  }

  /** The name can be a shell's variable. */
  get exportable(): boolean {
    return isShellName(this.name);
  }

  setValue(value: string): void {
    this.value = value;
    this.compiled = undefined;
  }
}

function isShellName(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    const letter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
    if (!letter && (index === 0 || code < 48 || code > 57)) return false;
  }
  return true;
}

/**
 * A name and what it means now. References in compiled expressions point here, so that looking one up costs no
 * hashing.
 */
export class VariableSymbol {
  readonly name: string;
  global: Variable | undefined;
  /** Argument of a `$(call)` or variable of a `$(foreach)`: hides all others. */
  local: Variable | undefined;
  /** What was reported to the observer: 1 undefined, 2 from the environment. */
  reported = 0;

  constructor(name: string) {
    this.name = name;
  }
}

/** Variables of one target, or of the patterns that match it, in front of those it inherits. */
export class TargetScope {
  readonly variables = new Map<string, Variable>();
  /** undefined: the global variables come next. */
  next: TargetScope | undefined;
  /** `next` belongs to a target that this one is built for: its private variables do not show. */
  nextIsParent = false;
}

const SHELL_STATUS = '.SHELLSTATUS';
const NONE_OF_ITS_OWN = Symbol('none of its own');

export interface VariableObserver {
  environmentVariable(name: string, value: string): void;
  undefinedVariable(name: string): void;
}

/** All variables of one run. */
export class Variables {
  private readonly symbols = new Map<string, VariableSymbol>();
  /** The order of `$(.VARIABLES)`; 523 is the size that GNU Make gives this table. */
  private readonly order = new HashOrder(hashBytes, 523);
  /** Changes whenever a global name appears or goes. */
  private changes = 0;
  private listedAt = -1;
  private globalsAt = -1;
  private globalList: readonly Variable[] = [];
  /** The scopes of the target whose recipe or prerequisites are being expanded. */
  context: TargetScope | undefined;
  /** What `.SHELLSTATUS` was outside, for each scope of a call or a loop under way that has one of its own. */
  private readonly statusOutside: (Variable | undefined | typeof NONE_OF_ITS_OWN)[] = [];
  /** -e */
  environmentOverrides = false;
  observer: VariableObserver | undefined;

  symbol(name: string): VariableSymbol {
    let symbol = this.symbols.get(name);
    if (symbol === undefined) {
      symbol = new VariableSymbol(name);
      this.symbols.set(name, symbol);
    }
    return symbol;
  }

  lookup(name: string): Variable | undefined {
    const symbol = this.symbols.get(name);
    if (symbol === undefined) {
      if (this.context !== undefined) {
        const found = lookupInScopes(this.context, name);
        if (found !== undefined) return found;
      }
      if (this.observer !== undefined) return this.lookupSymbol(this.symbol(name));
      return undefined;
    }
    return this.lookupSymbol(symbol);
  }

  lookupSymbol(symbol: VariableSymbol): Variable | undefined {
    if (symbol.local !== undefined) return symbol.local;
    if (this.context !== undefined) {
      const found = lookupInScopes(this.context, symbol.name);
      if (found !== undefined) return found;
    }
    const variable = symbol.global;
    if (variable?.isPrivate === true && this.context !== undefined && hidesPrivate(this.context))
      return undefined;
    if (this.observer !== undefined) this.report(symbol, variable);
    if (variable?.special === true && variable.name === '.VARIABLES') this.list(variable);
    return variable;
  }

  private report(symbol: VariableSymbol, variable: Variable | undefined): void {
    if (variable === undefined) {
      if (symbol.reported & 1) return;
      symbol.reported |= 1;
      this.observer!.undefinedVariable(symbol.name);
    } else if (variable.rank === Rank.environment || variable.rank === Rank.environmentOverride) {
      if (symbol.reported & 2) return;
      symbol.reported |= 2;
      this.observer!.environmentVariable(symbol.name, variable.value);
    }
  }

  private list(variable: Variable): void {
    if (this.listedAt === this.changes) return;
    this.listedAt = this.changes;
    variable.value = this.order.keys().join(' ');
  }

  /** Names of all global variables, in the order of `$(.VARIABLES)`. */
  globalNames(): readonly string[] {
    return this.order.keys();
  }

  /** All global variables, in the order of `$(.VARIABLES)`. */
  globals(): readonly Variable[] {
    if (this.globalsAt !== this.changes) {
      this.globalsAt = this.changes;
      this.globalList = this.order.keys().map((name) => this.symbols.get(name)!.global!);
    }
    return this.globalList;
  }

  global(name: string): Variable | undefined {
    return this.symbols.get(name)?.global;
  }

  /**
   * Defines a variable, unless one of greater strength has the name.
   * @param scope a target's variables; default: the global ones
   * @returns the variable of that name, changed or not
   */
  define(
    name: string,
    value: string,
    rank: Rank,
    recursive: boolean,
    place?: Place,
    scope?: TargetScope,
  ): Variable {
    const strength = this.environmentOverrides && rank === Rank.environment ? Rank.environmentOverride : rank;
    const symbol = scope === undefined ? this.symbol(name) : undefined;
    const old = symbol !== undefined ? symbol.global : scope!.variables.get(name);
    if (old !== undefined) {
      if (this.environmentOverrides && old.rank === Rank.environment) old.rank = Rank.environmentOverride;
      if (strength >= old.rank) {
        old.setValue(value);
        old.place = place;
        old.rank = strength;
        old.recursive = recursive;
      }
      return old;
    }
    const variable = new Variable(name, value, strength, recursive, place);
    if (symbol !== undefined) {
      symbol.global = variable;
      this.order.insert(name);
      this.changes++;
    } else {
      scope!.variables.set(name, variable);
    }
    return variable;
  }

  /** A `$(call)` or `$(foreach)` begins, which has variables of its own. */
  enterScope(): void {
    this.statusOutside.push(NONE_OF_ITS_OWN);
  }

  leaveScope(): void {
    const outside = this.statusOutside.pop();
    if (outside !== NONE_OF_ITS_OWN) this.symbol(SHELL_STATUS).local = outside;
  }

  /** Defines `.SHELLSTATUS` as GNU Make does: in the innermost scope, which may be that of a call, a loop or a target. */
  setShellStatus(status: number): void {
    const top = this.statusOutside.length - 1;
    const symbol = this.symbol(SHELL_STATUS);
    if (top < 0) {
      this.define(SHELL_STATUS, String(status), Rank.override, false, undefined, this.context);
    } else if (this.statusOutside[top] === NONE_OF_ITS_OWN) {
      this.statusOutside[top] = symbol.local;
      symbol.local = new Variable(SHELL_STATUS, String(status), Rank.override, false, undefined);
    } else {
      symbol.local!.setValue(String(status));
    }
  }

  /** Removes a global variable, unless it is of greater strength. */
  undefine(name: string, rank: Rank): void {
    const symbol = this.symbols.get(name);
    const old = symbol?.global;
    if (symbol === undefined || old === undefined) return;
    if (this.environmentOverrides && old.rank === Rank.environment) old.rank = Rank.environmentOverride;
    if (rank < old.rank) return;
    symbol.global = undefined;
    this.order.delete(name);
    this.changes++;
  }
}

/** The global variables are another's to whoever looks from here: those that are private do not show. */
function hidesPrivate(scopes: TargetScope): boolean {
  for (let scope: TargetScope | undefined = scopes; scope !== undefined; scope = scope.next) {
    if (scope.nextIsParent) return true;
  }
  return false;
}

/** Looks a name up in a target's scopes, without the global ones; private variables of parents do not show. */
export function lookupInScopes(scopes: TargetScope, name: string): Variable | undefined {
  let fromParent = false;
  for (let scope: TargetScope | undefined = scopes; scope !== undefined; scope = scope.next) {
    const variable = scope.variables.get(name);
    if (variable !== undefined && !(fromParent && variable.isPrivate)) return variable;
    fromParent ||= scope.nextIsParent;
  }
  return undefined;
}

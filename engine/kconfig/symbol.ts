import type { Expression } from './expression.ts';
import type { Property } from './menu.ts';

/** A value of three-valued logic; `and` is the minimum, `or` the maximum, `not` is 2 less the value. */
export type Tristate = 0 | 1 | 2;
export const NO = 0;
export const MODULE = 1;
export const YES = 2;

export type SymbolType = 'unknown' | 'bool' | 'tristate' | 'int' | 'hex' | 'string';

/** A type's name in messages: the program says 'integer' for int. */
export function typeName(type: SymbolType): string {
  return type === 'int' ? 'integer' : type;
}

/** A value that came from outside: from `.config`, a person, or an earlier `auto.conf`. */
export class GivenValue {
  /** Whether a value was given at all. */
  set = false;
  state: Tristate = NO;
  /** For int, hex and string. */
  text: string | undefined;
  /** For a choice: the member that was picked. */
  chosen: ConfigSymbol | undefined;
}

/** A condition and what it was when last looked at. */
export class Dependency {
  expression: Expression | undefined;
  state: Tristate = NO;
}

/**
 * One configuration symbol. A choice is a symbol too (often without a name), and so is every word and
 * quoted text that an expression compares with.
 */
export class ConfigSymbol {
  /** Undefined only for a choice. */
  readonly name: string | undefined;
  type: SymbolType = 'unknown';
  /** A quoted text or one of y, m, n: its value is its name. */
  readonly constant: boolean;
  readonly choice: boolean;
  /** A member of a choice. */
  choiceValue = false;

  /** The calculated value; up to date while `valid`. A bool's text is always "n": strings defaulting to a bool get that. */
  state: Tristate = NO;
  text: string | undefined;
  /** For a choice that is y: the member that is y. */
  chosen: ConfigSymbol | undefined;
  valid = false;

  readonly user = new GivenValue();
  readonly auto = new GivenValue();

  /** The most that a person may set; no prompt means n. */
  visible: Tristate = NO;
  properties: Property[] = [];
  /** `depends on` of every place of definition, enclosing blocks included. */
  readonly direct = new Dependency();
  /** `select` by others. */
  readonly selected = new Dependency();
  /** `imply` by others. */
  readonly implied = new Dependency();

  /** For a choice: every member may be n. Set on every symbol of a config statement as well. */
  optional = false;
  /** Belongs in `.config`; cleared while writing, so that a symbol is written once. */
  write = false;
  /** Never written: choices and the defconfig_list symbol. */
  neverWritten = false;
  /** y under allnoconfig. */
  yesWhenAllNo = false;
  /** The members of the choice still have to be set before this is calculated. */
  membersUnset = false;
  /** Marks of the search for circular dependencies. */
  onPath = false;
  checked = false;
  /** Definition warnings were printed. */
  warned = false;

  constructor(name: string | undefined, constant: boolean, choice: boolean) {
    this.name = name;
    this.constant = constant;
    this.choice = choice;
  }

  /** The name in messages. */
  get label(): string {
    return this.name ?? '<choice>';
  }
}

/** Members of a choice, in the order of definition. */
export function membersOf(choice: ConfigSymbol): readonly ConfigSymbol[] {
  return choice.properties.find((property) => property.kind === 'choice')?.members ?? [];
}

/** The choice that a member belongs to. */
export function choiceOf(member: ConfigSymbol): ConfigSymbol | undefined {
  return member.properties.find((property) => property.kind === 'choice')?.expression?.symbol;
}

import { formatExpression, type Comparison, type Expression } from './expression.ts';
import type { Menu, Property, PropertyKind } from './menu.ts';
import { formatHex, parseSigned, parseUnsigned } from './number-text.ts';
import {
  choiceOf,
  membersOf,
  MODULE,
  NO,
  YES,
  type ConfigSymbol,
  type SymbolType,
  type Tristate,
} from './symbol.ts';
import type { KconfigTree } from './tree.ts';

function minimum(a: Tristate, b: Tristate): Tristate {
  return a < b ? a : b;
}

function maximum(a: Tristate, b: Tristate): Tristate {
  return a > b ? a : b;
}

/** A comparison's side as a number: signed and unsigned ones compare differently; undefined when it is none. */
interface Numeric {
  readonly value: bigint;
  readonly unsigned: boolean;
}

/**
 * Calculates the values of symbols: from what was given, the defaults, selects, implies and conditions.
 * A value is calculated when asked for, and kept until something is set; warnings about unmet dependencies
 * are written each time one is calculated.
 */
export class Solver {
  readonly tree: KconfigTree;
  /** How many changes there were since the last save; 0 means that `.config` says the same. */
  changes = 0;

  constructor(tree: KconfigTree) {
    this.tree = tree;
  }

  /** Forgets all calculated values. */
  invalidate(): void {
    for (const symbol of this.tree.symbols.inHashOrder()) symbol.valid = false;
    this.changes++;
    this.calculate(this.tree.modules!);
  }

  /** The type in effect: without modules a tristate is a bool, and so is a visible member of a choice that is y. */
  typeOf(symbol: ConfigSymbol): SymbolType {
    if (symbol.type !== 'tristate') return symbol.type;
    if (symbol.choiceValue && symbol.visible === YES) return 'bool';
    return this.tree.modulesState === NO ? 'bool' : 'tristate';
  }

  #isLogic(symbol: ConfigSymbol): boolean {
    return symbol.type === 'bool' || symbol.type === 'tristate';
  }

  /** The first property of a kind whose condition is not n. */
  firstVisible(symbol: ConfigSymbol, kind: PropertyKind): Property | undefined {
    for (const property of symbol.properties) {
      if (property.kind !== kind) continue;
      property.visible = this.evaluate(property.condition);
      if (property.visible !== NO) return property;
    }
    return undefined;
  }

  // Expressions

  /** The value of a condition; an absent one is y. */
  evaluate(expression: Expression | undefined): Tristate {
    if (expression === undefined) return YES;
    switch (expression.kind) {
      case 'symbol':
        this.calculate(expression.symbol!);
        return expression.symbol!.state;
      // Both sides are always looked at: calculating has effects (warnings).
      case 'and': {
        const left = this.evaluate(expression.left);
        return minimum(left, this.evaluate(expression.right));
      }
      case 'or': {
        const left = this.evaluate(expression.left);
        return maximum(left, this.evaluate(expression.right));
      }
      case 'not':
        return (YES - this.evaluate(expression.left)) as Tristate;
      case 'range':
        return NO;
      case '=':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#compare(expression.kind, expression.symbol!, expression.other!) ? YES : NO;
    }
  }

  #compare(kind: Comparison, left: ConfigSymbol, right: ConfigSymbol): boolean {
    this.calculate(left);
    this.calculate(right);
    const [a, b] = [this.textOf(left) ?? '', this.textOf(right) ?? ''];
    let order: number;
    const asText = left.type === 'string' && right.type === 'string';
    const x = asText ? undefined : toNumber(a, left.type);
    const y = x === undefined ? undefined : toNumber(b, right.type);
    if (x === undefined || y === undefined) order = a < b ? -1 : a > b ? 1 : 0;
    else {
      const unsigned = x.unsigned || y.unsigned;
      const p = unsigned ? BigInt.asUintN(64, x.value) : x.value;
      const q = unsigned ? BigInt.asUintN(64, y.value) : y.value;
      order = p < q ? -1 : p > q ? 1 : 0;
    }
    switch (kind) {
      case '=':
        return order === 0;
      case '!=':
        return order !== 0;
      case '<':
        return order < 0;
      case '<=':
        return order <= 0;
      case '>':
        return order > 0;
      case '>=':
        return order >= 0;
    }
  }

  /** The value as text. Undefined only for a nameless choice without a type. */
  textOf(symbol: ConfigSymbol): string | undefined {
    if (!this.#isLogic(symbol)) return symbol.text;
    if (symbol.state === MODULE) {
      this.calculate(this.tree.modules!);
      return this.tree.modules!.state === NO ? 'n' : 'm';
    }
    return symbol.state === NO ? 'n' : 'y';
  }

  // Visibility

  #calculateVisibility(symbol: ConfigSymbol): void {
    const choice = symbol.choiceValue ? choiceOf(symbol) : undefined;
    let visible: Tristate = NO;
    for (const property of symbol.properties) {
      if (property.text === undefined) continue;
      property.visible = this.evaluate(property.condition);
      // A tristate member that could be m is not visible while its choice is y.
      if (symbol.type === 'tristate' && property.visible === MODULE && choice?.state === YES) {
        property.visible = NO;
      }
      visible = maximum(visible, property.visible);
    }
    if (visible === MODULE && (symbol.type !== 'tristate' || this.tree.modulesState === NO)) visible = YES;
    symbol.visible = visible;
    if (symbol.choiceValue) return;

    symbol.direct.state = this.#promote(symbol, this.evaluate(symbol.direct.expression));
    const { selected, implied } = symbol;
    selected.state =
      selected.expression === undefined ? NO : this.#promote(symbol, this.evaluate(selected.expression));
    implied.state =
      implied.expression === undefined || symbol.direct.state === NO
        ? NO
        : this.#promote(symbol, this.evaluate(implied.expression));
  }

  /** m for a bool is y. */
  #promote(symbol: ConfigSymbol, state: Tristate): Tristate {
    return state === MODULE && this.typeOf(symbol) === 'bool' ? YES : state;
  }

  // Values

  /** Brings a symbol's value up to date. */
  calculate(symbol: ConfigSymbol): void {
    if (symbol.valid) return;
    if (symbol.choiceValue && symbol.membersUnset) {
      symbol.membersUnset = false;
      const choice = choiceOf(symbol);
      if (choice !== undefined) this.calculate(choice);
    }
    symbol.valid = true;
    if (symbol.type === 'unknown') {
      symbol.text = symbol.name;
      symbol.state = NO;
      return;
    }
    const logic = this.#isLogic(symbol);
    symbol.write = false;
    this.#calculateVisibility(symbol);
    if (symbol.visible !== NO) symbol.write = true;
    // What the symbol's own calculation sees of it, should it come back here.
    symbol.state = NO;
    symbol.text = logic ? 'n' : '';
    symbol.chosen = symbol.choice ? undefined : symbol.chosen;

    let state: Tristate = NO;
    if (logic) state = this.#calculateState(symbol);
    else {
      const text = this.#calculateText(symbol);
      symbol.text = text;
    }
    symbol.state = state;
    if (symbol.choice && state === YES) symbol.chosen = this.#pick(symbol);
    this.#clampToRange(symbol);
    if (symbol === this.tree.modules) this.tree.modulesState = symbol.state;
    if (symbol.choice) {
      for (const member of membersOf(symbol)) {
        if (symbol.write && member.visible !== NO) member.write = true;
      }
    }
    if (symbol.neverWritten) symbol.write = false;
    if (symbol.membersUnset) this.settleMembers(symbol);
  }

  #calculateState(symbol: ConfigSymbol): Tristate {
    let state: Tristate = NO;
    if (symbol.choiceValue && symbol.visible === YES) {
      state = choiceOf(symbol)?.chosen === symbol ? YES : NO;
    } else {
      if (symbol.visible !== NO && symbol.user.set) {
        state = minimum(symbol.user.state, symbol.visible);
      } else {
        if (symbol.selected.state !== NO) symbol.write = true;
        if (!symbol.choice) state = this.#defaultState(symbol);
      }
      if (symbol.direct.state < symbol.selected.state) this.#warnUnmet(symbol);
      state = maximum(state, symbol.selected.state);
    }
    if (state === MODULE && (this.typeOf(symbol) === 'bool' || symbol.implied.state === YES)) return YES;
    return state;
  }

  #defaultState(symbol: ConfigSymbol): Tristate {
    let state: Tristate = NO;
    const property = this.firstVisible(symbol, 'default');
    if (property !== undefined) {
      state = minimum(this.evaluate(property.expression), property.visible);
      if (state !== NO) symbol.write = true;
    }
    if (symbol.implied.state !== NO) {
      symbol.write = true;
      state = maximum(state, symbol.implied.state);
    }
    return state;
  }

  /** Undefined for an int, hex or string that is a member of a choice and was picked there: a nonsense of the tree. */
  #calculateText(symbol: ConfigSymbol): string | undefined {
    if (symbol.visible !== NO && symbol.user.set) return symbol.user.text;
    const value = this.#defaultSymbol(symbol);
    if (value === undefined) return '';
    symbol.write = true;
    this.calculate(value);
    return value.text ?? '';
  }

  /** The symbol whose text is the default of an int, hex or string. */
  #defaultSymbol(symbol: ConfigSymbol): ConfigSymbol | undefined {
    const expression = this.firstVisible(symbol, 'default')?.expression;
    return expression?.kind === 'symbol' ? expression.symbol : undefined;
  }

  /** The member that a choice with the value y picks. */
  #pick(choice: ConfigSymbol): ConfigSymbol | undefined {
    let given = choice.user.set;
    for (const member of membersOf(choice)) {
      this.#calculateVisibility(member);
      if (member.visible !== NO) given &&= member.user.set;
    }
    // Once a member appears that nobody was asked about, the choice is new again.
    choice.user.set &&= given;
    const { chosen } = choice.user;
    if (chosen !== undefined && chosen.visible !== NO) return chosen;
    const picked = this.defaultMember(choice);
    if (picked === undefined) choice.state = NO;
    return picked;
  }

  /** The first visible default of a choice, or its first visible member. */
  defaultMember(choice: ConfigSymbol): ConfigSymbol | undefined {
    for (const property of choice.properties) {
      if (property.kind !== 'default') continue;
      property.visible = this.evaluate(property.condition);
      if (property.visible === NO) continue;
      const member = property.expression!.symbol!;
      if (member.visible !== NO) return member;
    }
    return membersOf(choice).find((member) => member.visible !== NO);
  }

  /** Makes every member that has no value n, before a choice is calculated for the first time. */
  settleMembers(choice: ConfigSymbol): void {
    for (const member of membersOf(choice)) {
      if (!member.user.set) member.user.state = NO;
    }
    choice.user.set = true;
    choice.valid = false;
    choice.membersUnset = false;
  }

  #warnUnmet(symbol: ConfigSymbol): void {
    const { direct, selected } = symbol;
    this.tree.world.warn(
      `\nWARNING: unmet direct dependencies detected for ${symbol.name ?? '(null)'}\n` +
        `  Depends on [${direct.state === MODULE ? 'm' : 'n'}]: ${this.describe(direct.expression)}\n` +
        this.describeSelectors(selected.expression, YES, '  Selected by [y]:\n') +
        this.describeSelectors(selected.expression, MODULE, '  Selected by [m]:\n'),
    );
  }

  /** An expression with the present value behind each symbol. */
  describe(expression: Expression | undefined): string {
    return formatExpression(expression, (symbol) => {
      if (symbol.name === undefined) return '<choice>';
      const text = this.textOf(symbol);
      return symbol.type === 'unknown' ? symbol.name : `${symbol.name} [=${text ?? '(null)'}]`;
    });
  }

  /** The alternatives of an expression that have the value `state`, one a line below `title`. */
  describeSelectors(expression: Expression | undefined, state: Tristate, title: string): string {
    const lines: string[] = [];
    const visit = (part: Expression): void => {
      if (part.kind === 'or') {
        visit(part.left!);
        visit(part.right!);
      } else if (this.evaluate(part) === state) lines.push(`  - ${this.describe(part)}\n`);
    };
    if (expression !== undefined) visit(expression);
    return lines.length === 0 ? '' : title + lines.join('');
  }

  // Ranges

  #bound(symbol: ConfigSymbol, base: 10 | 16): bigint {
    this.calculate(symbol);
    const own = symbol.type === 'int' ? 10 : symbol.type === 'hex' ? 16 : base;
    return parseSigned(symbol.text ?? '', own).value;
  }

  /** The bounds of the range in effect; with `evenHidden`, of the first one where none is. */
  range(symbol: ConfigSymbol, evenHidden = false): { low: bigint; high: bigint } | undefined {
    const hidden = evenHidden ? symbol.properties.find(({ kind }) => kind === 'range') : undefined;
    const range = (this.firstVisible(symbol, 'range') ?? hidden)?.expression;
    if (range === undefined) return undefined;
    const base = symbol.type === 'hex' ? 16 : 10;
    return { low: this.#bound(range.symbol!, base), high: this.#bound(range.other!, base) };
  }

  #clampToRange(symbol: ConfigSymbol): void {
    if (symbol.type !== 'int' && symbol.type !== 'hex') return;
    const range = this.firstVisible(symbol, 'range')?.expression;
    if (range === undefined) return;
    const base = symbol.type === 'hex' ? 16 : 10;
    const { value } = parseSigned(symbol.text ?? '', base);
    let bound = this.#bound(range.symbol!, base);
    if (value >= bound) {
      bound = this.#bound(range.other!, base);
      if (value <= bound) return;
    }
    symbol.text = symbol.type === 'int' ? bound.toString() : `0x${formatHex(bound)}`;
  }

  /** The text of the default value, as savedefconfig compares with; not clamped to the range. */
  defaultText(symbol: ConfigSymbol): string {
    this.#calculateVisibility(symbol);
    const modules = this.tree.modules!;
    this.calculate(modules);
    let state: Tristate = NO;
    let text = '';
    if (this.#isLogic(symbol)) {
      const property = this.firstVisible(symbol, 'default');
      if (property !== undefined) state = minimum(this.evaluate(property.expression), property.visible);
    } else {
      const value = this.#defaultSymbol(symbol);
      if (value !== undefined) {
        this.calculate(value);
        text = value.text ?? '';
      }
    }
    state = maximum(state, symbol.selected.state);
    if (state === MODULE && !symbol.choiceValue && modules.state === NO) state = YES;
    if (state === MODULE && symbol.type === 'bool') state = YES;
    state = maximum(state, symbol.implied.state);
    if (this.#isLogic(symbol)) return state === NO ? 'n' : state === MODULE ? 'm' : 'y';
    return symbol.type === 'unknown' ? '' : text;
  }

  // Menus

  /** Whether a menu shows the entry: its own condition holds, or (for a symbol that is not n) a child's does. */
  isVisible(menu: Menu): boolean {
    const { prompt, symbol } = menu;
    if (prompt === undefined) return false;
    if (menu.visibility !== undefined && this.evaluate(menu.visibility) === NO) return false;
    if (symbol === undefined) prompt.visible = this.evaluate(prompt.condition);
    else this.calculate(symbol);
    if (prompt.visible !== NO) return true;
    if (symbol === undefined || symbol.state === NO) return false;
    for (const child of menu.children()) {
      if (!this.isVisible(child)) continue;
      symbol.user.set = true;
      return true;
    }
    return false;
  }

  /** Whether a person can change the value at all. */
  isChangeable(symbol: ConfigSymbol): boolean {
    return symbol.visible > symbol.selected.state;
  }
}

function toNumber(text: string, type: SymbolType): Numeric | undefined {
  switch (type) {
    case 'bool':
    case 'tristate':
      return { value: BigInt(['n', 'm', 'y'].indexOf(text)), unsigned: false };
    case 'int':
    case 'hex':
    case 'string':
    case 'unknown': {
      // Most texts that are compared are names; they are seen not to be numbers by their first character.
      if (!/^[ \t-\r+-]*[0-9a-fA-F]/.test(text)) return undefined;
      const unsigned = type === 'hex';
      const base = type === 'int' ? 10 : type === 'hex' ? 16 : 0;
      const { value, used, overflow } = unsigned ? parseUnsigned(text, base) : parseSigned(text, base);
      if (overflow || used === 0 || used !== text.length) return undefined;
      return { value, unsigned };
    }
  }
}

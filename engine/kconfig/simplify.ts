import {
  comparison,
  copy,
  Expression,
  not,
  symbolExpression,
  type Comparison,
  type ExpressionKind,
} from './expression.ts';
import type { ConfigSymbol } from './symbol.ts';
import type { SymbolTable } from './symbol-table.ts';

/** A comparison's opposite. */
const opposite: Record<Comparison, Comparison> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

function isOneOf<T extends ExpressionKind>(expression: Expression, ...kinds: readonly T[]): boolean {
  return (kinds as readonly ExpressionKind[]).includes(expression.kind);
}

/**
 * Simplifies expressions, exactly as far as the C program does: the result shows in its warnings and help,
 * and decides which entries become submenus. All methods rewrite their argument in place; use the result.
 */
export class Simplifier {
  readonly #yes: ConfigSymbol;
  readonly #module: ConfigSymbol;
  readonly #no: ConfigSymbol;
  readonly #print: (text: string) => void;

  /** @param print where remarks on pointless tests go (the C program's standard output) */
  constructor(symbols: SymbolTable, print: (text: string) => void) {
    this.#yes = symbols.yes;
    this.#module = symbols.module;
    this.#no = symbols.no;
    this.#print = print;
  }

  isYes(expression: Expression | undefined): boolean {
    return expression === undefined || (expression.kind === 'symbol' && expression.symbol === this.#yes);
  }

  /** Moves negations inwards and turns comparisons of a bool with y, n or m into the bool itself. */
  transform(expression: Expression): Expression;
  transform(expression: Expression | undefined): Expression | undefined;
  transform(expression: Expression | undefined): Expression | undefined {
    if (expression === undefined) return undefined;
    if (isOneOf(expression, 'and', 'or', 'not')) {
      expression.left = this.transform(expression.left);
      expression.right = this.transform(expression.right);
    }
    if (expression.kind === 'not') return this.#transformNot(expression, expression.left!);
    if (expression.kind === '=' || expression.kind === '!=') this.#transformEquality(expression);
    return expression;
  }

  #transformEquality(expression: Expression): void {
    const { symbol, other } = expression as { symbol: ConfigSymbol; other: ConfigSymbol };
    if (symbol.type !== 'bool') return;
    const equal = expression.kind === '=';
    if (other === this.#module) {
      const forced = equal ? this.#no : this.#yes;
      this.#print(`boolean symbol ${symbol.label} tested for 'm'? test forced to '${forced.name}'\n`);
      expression.assignSymbol(forced);
    } else if (other === (equal ? this.#yes : this.#no)) {
      expression.assignSymbol(symbol);
    } else if (other === (equal ? this.#no : this.#yes)) {
      expression.assign(not(symbolExpression(symbol)));
    }
  }

  #transformNot(expression: Expression, operand: Expression): Expression {
    switch (operand.kind) {
      case 'not':
        return this.transform(operand.left!);
      case 'and':
      case 'or':
        expression.kind = operand.kind === 'or' ? 'and' : 'or';
        expression.left = not(operand.left!);
        expression.right = not(operand.right!);
        return this.transform(expression);
      case 'symbol':
        if (operand.symbol === this.#yes) return symbolExpression(this.#no);
        if (operand.symbol === this.#no) return symbolExpression(this.#yes);
        return operand.symbol === this.#module ? operand : expression;
      case 'range':
        return expression;
      case '=':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        operand.kind = opposite[operand.kind];
        return operand;
    }
  }

  /** Removes operands that repeat or contain others: `A && B && A=y` becomes `A=y && B`. */
  eliminateDuplicates(expression: Expression): Expression;
  eliminateDuplicates(expression: Expression | undefined): Expression | undefined;
  eliminateDuplicates(expression: Expression | undefined): Expression | undefined {
    if (expression === undefined) return undefined;
    while (isOneOf(expression, 'and', 'or') && this.#joinLeaves(expression.kind, expression, expression)) {
      this.#eliminateConstants(expression);
    }
    return expression;
  }

  /** Compares every operand below `a` with every one below `b` (one level of and, or or); true when something was joined. */
  #joinLeaves(level: ExpressionKind, a: Expression, b: Expression): boolean {
    if (a.kind === level) {
      const first = this.#joinLeaves(level, a.left!, b);
      return this.#joinLeaves(level, a.right!, b) || first;
    }
    if (b.kind === level) {
      const first = this.#joinLeaves(level, a, b.left!);
      return this.#joinLeaves(level, a, b.right!) || first;
    }
    if (a === b) return false;
    let joined = false;
    if (isOneOf(a, 'and', 'or')) joined = this.#joinLeaves(a.kind, a, a);
    const result = level === 'or' ? this.#joinOr(a, b) : this.#joinAnd(a, b);
    if (result === undefined) return joined;
    a.assignSymbol(level === 'or' ? this.#no : this.#yes);
    b.assign(result);
    return true;
  }

  /** The one symbol that two simple operands are about. */
  #commonSymbol(a: Expression, b: Expression): ConfigSymbol | undefined {
    if (!isOneOf(a, '=', '!=', 'symbol', 'not') || !isOneOf(b, '=', '!=', 'symbol', 'not')) return undefined;
    let left = a.symbol;
    if (a.kind === 'not') {
      if (!isOneOf(a.left!, '=', '!=', 'symbol')) return undefined;
      left = a.left!.symbol;
    }
    let right = b.symbol;
    if (b.kind === 'not') {
      if (b.left!.kind !== 'symbol') return undefined;
      right = b.left!.symbol;
    }
    if (left !== right || left === undefined) return undefined;
    return left.type === 'bool' || left.type === 'tristate' ? left : undefined;
  }

  /** Whether a and b compare (with `kindA`, `kindB`) with x and y, in either order. */
  #compare(
    a: Expression,
    kindA: ExpressionKind,
    x: ConfigSymbol,
    b: Expression,
    kindB: ExpressionKind,
    y: ConfigSymbol,
  ): boolean {
    return a.kind === kindA && a.other === x && b.kind === kindB && b.other === y;
  }

  #joinOr(a: Expression, b: Expression): Expression | undefined {
    if (this.#equal(a, b)) return copy(a);
    const symbol = this.#commonSymbol(a, b);
    if (symbol === undefined) return undefined;
    if (symbol.type === 'tristate') {
      const values = [this.#yes, this.#module, this.#no] as const;
      // a=x || a=y leaves out the third value.
      for (const [x, y, rest] of [
        [values[0], values[1], values[2]],
        [values[0], values[2], values[1]],
        [values[1], values[2], values[0]],
      ] as const) {
        if (this.#compare(a, '=', x, b, '=', y) || this.#compare(a, '=', y, b, '=', x)) {
          return comparison('!=', symbol, rest);
        }
      }
      return undefined;
    }
    const complement = (x: Expression, y: Expression): boolean =>
      x.kind === 'not' && x.left!.kind === 'symbol' && y.kind === 'symbol';
    return complement(a, b) || complement(b, a) ? symbolExpression(this.#yes) : undefined;
  }

  #joinAnd(a: Expression, b: Expression): Expression | undefined {
    if (this.#equal(a, b)) return copy(a);
    const symbol = this.#commonSymbol(a, b);
    if (symbol === undefined) return undefined;
    const bare = (kind: '=' | '!=', value: ConfigSymbol): boolean =>
      (a.kind === 'symbol' && b.kind === kind && b.other === value) ||
      (b.kind === 'symbol' && a.kind === kind && a.other === value);
    if (bare('=', this.#yes)) return comparison('=', symbol, this.#yes);
    if (bare('!=', this.#no)) return symbolExpression(symbol);
    if (bare('!=', this.#module)) return comparison('=', symbol, this.#yes);
    if (symbol.type !== 'tristate') return undefined;
    for (const [equal, unequal] of [
      [a, b],
      [b, a],
    ] as const) {
      if (equal.kind === '=' && unequal.kind === '!=' && equal.other!.constant && unequal.other!.constant) {
        return equal.other === unequal.other
          ? symbolExpression(this.#no)
          : comparison('=', symbol, equal.other!);
      }
    }
    // a!=x && a!=y leaves the third value.
    for (const [x, y, rest] of [
      [this.#yes, this.#no, this.#module],
      [this.#yes, this.#module, this.#no],
      [this.#module, this.#no, this.#yes],
    ] as const) {
      if (this.#compare(a, '!=', x, b, '!=', y) || this.#compare(a, '!=', y, b, '!=', x)) {
        return comparison('=', symbol, rest);
      }
    }
    return undefined;
  }

  /** Removes the operands that two expressions have in common. */
  eliminateCommon(a: Expression, b: Expression): void {
    if (isOneOf(a, 'and', 'or')) this.#cancelLeaves(a.kind, a, b);
    if (a.kind !== b.kind && isOneOf(b, 'and', 'or')) this.#cancelLeaves(b.kind, a, b);
    this.#eliminateConstants(a);
    this.#eliminateConstants(b);
  }

  #cancelLeaves(level: ExpressionKind, a: Expression, b: Expression): void {
    if (a.kind === level) {
      this.#cancelLeaves(level, a.left!, b);
      this.#cancelLeaves(level, a.right!, b);
      return;
    }
    if (b.kind === level) {
      this.#cancelLeaves(level, a, b.left!);
      this.#cancelLeaves(level, a, b.right!);
      return;
    }
    if (
      a.kind === 'symbol' &&
      b.kind === 'symbol' &&
      a.symbol === b.symbol &&
      (a.symbol === this.#yes || a.symbol === this.#no)
    ) {
      return;
    }
    if (!this.#equal(a, b)) return;
    const neutral = level === 'or' ? this.#no : this.#yes;
    a.assignSymbol(neutral);
    b.assignSymbol(neutral);
  }

  /** Same content, where the operands of one level of and, or or may stand in any order. */
  #equal(a: Expression, b: Expression): boolean {
    if (a.kind !== b.kind) return false;
    switch (a.kind) {
      case 'symbol':
        return a.symbol === b.symbol;
      case 'not':
        return this.#equal(a.left!, b.left!);
      case 'and':
      case 'or': {
        const [restA, restB] = [copy(a), copy(b)];
        this.eliminateCommon(restA, restB);
        return restA.kind === 'symbol' && restB.kind === 'symbol' && restA.symbol === restB.symbol;
      }
      case 'range':
        return false;
      case '=':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return a.symbol === b.symbol && a.other === b.other;
    }
  }

  /** Removes y from and, n from or; n makes an and n, y makes an or y. */
  #eliminateConstants(expression: Expression): void {
    if (!isOneOf(expression, 'and', 'or')) return;
    this.#eliminateConstants(expression.left!);
    this.#eliminateConstants(expression.right!);
    const [neutral, absorbing] = expression.kind === 'and' ? [this.#yes, this.#no] : [this.#no, this.#yes];
    for (const [side, rest] of [
      [expression.left!, expression.right!],
      [expression.right!, expression.left!],
    ] as const) {
      if (side.kind !== 'symbol') continue;
      if (side.symbol === absorbing) return expression.assignSymbol(absorbing);
      if (side.symbol === neutral) return expression.assign(rest);
    }
  }

  /** In a bool's conditions a tristate that is not n counts as y: `T!=n` becomes `T`. */
  boolConditions(expression: Expression | undefined): void {
    if (expression === undefined) return;
    if (isOneOf(expression, 'and', 'or', 'not')) {
      this.boolConditions(expression.left);
      this.boolConditions(expression.right);
    } else if (
      expression.kind === '!=' &&
      expression.symbol!.type === 'tristate' &&
      expression.other === this.#no
    ) {
      expression.assignSymbol(expression.symbol!);
    }
  }

  /** `expression != n` (or `= n`), as a new expression whose leaves are comparisons. */
  comparedWithNo(expression: Expression | undefined, kind: '=' | '!='): Expression {
    const negateIfUnequal = (result: Expression): Expression => (kind === '!=' ? not(result) : result);
    if (expression === undefined) return negateIfUnequal(symbolExpression(this.#no));
    switch (expression.kind) {
      case 'and':
      case 'or':
        return negateIfUnequal(
          new Expression(
            expression.kind === 'and' ? 'or' : 'and',
            this.comparedWithNo(expression.left, '='),
            this.comparedWithNo(expression.right, '='),
          ),
        );
      case 'not':
        return this.comparedWithNo(expression.left, kind === '=' ? '!=' : '=');
      case 'symbol':
        return comparison(kind, expression.symbol!, this.#no);
      case 'range':
        throw new Error('a range is no condition');
      case '=':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return kind === '=' ? not(copy(expression)) : copy(expression);
    }
  }
}

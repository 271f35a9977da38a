import type { ConfigSymbol } from './symbol.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type ExpressionKind = 'symbol' | 'not' | 'and' | 'or' | 'range' | Comparison;

/**
 * A node of an expression. Simplifying rewrites nodes in place, so a tree has one owner; take a `copy` to
 * use it elsewhere.
 */
export class Expression {
  kind: ExpressionKind;
  /** Operand of not; left operand of and, or. */
  left: Expression | undefined;
  /** Right operand of and, or. */
  right: Expression | undefined;
  /** The symbol itself; left side of a comparison or range. */
  symbol: ConfigSymbol | undefined;
  /** Right side of a comparison or range. */
  other: ConfigSymbol | undefined;

  constructor(
    kind: ExpressionKind,
    left?: Expression,
    right?: Expression,
    symbol?: ConfigSymbol,
    other?: ConfigSymbol,
  ) {
    this.kind = kind;
    this.left = left;
    this.right = right;
    this.symbol = symbol;
    this.other = other;
  }

  /** Becomes what `from` is. */
  assign(from: Expression): void {
    this.kind = from.kind;
    this.left = from.left;
    this.right = from.right;
    this.symbol = from.symbol;
    this.other = from.other;
  }

  /** Becomes a mere symbol. */
  assignSymbol(symbol: ConfigSymbol): void {
    this.kind = 'symbol';
    this.left = undefined;
    this.right = undefined;
    this.symbol = symbol;
    this.other = undefined;
  }
}

export function symbolExpression(symbol: ConfigSymbol): Expression {
  return new Expression('symbol', undefined, undefined, symbol);
}

export function comparison(
  kind: Comparison | 'range',
  symbol: ConfigSymbol,
  other: ConfigSymbol,
): Expression {
  return new Expression(kind, undefined, undefined, symbol, other);
}

export function not(operand: Expression): Expression {
  return new Expression('not', operand);
}

/** `a && b`, where an absent side is y. */
export function both(a: Expression | undefined, b: Expression | undefined): Expression | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return new Expression('and', a, b);
}

/** `a || b`, where an absent side does not count. */
export function either(a: Expression | undefined, b: Expression | undefined): Expression | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return new Expression('or', a, b);
}

/** A tree of its own with the same content. */
export function copy(expression: Expression): Expression;
export function copy(expression: Expression | undefined): Expression | undefined;
export function copy(expression: Expression | undefined): Expression | undefined {
  if (expression === undefined) return undefined;
  return new Expression(
    expression.kind,
    copy(expression.left),
    copy(expression.right),
    expression.symbol,
    expression.other,
  );
}

/** Whether `symbol` is named anywhere in the expression. */
export function mentions(expression: Expression | undefined, symbol: ConfigSymbol): boolean {
  if (expression === undefined) return false;
  if (expression.kind === 'range') return false;
  if (expression.symbol === symbol || expression.other === symbol) return true;
  return mentions(expression.left, symbol) || mentions(expression.right, symbol);
}

// How tightly an operator binds where an expression is written out; symbols never need brackets.
const rank: Partial<Record<ExpressionKind, number>> = {
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '=': 3,
  '!=': 3,
  not: 2,
  and: 1,
  or: 0,
};

/**
 * Writes an expression out in the language's own syntax; an absent one is `y`.
 * @param name how a symbol appears; its name unless given
 */
export function formatExpression(
  expression: Expression | undefined,
  name: (symbol: ConfigSymbol) => string = (symbol) => symbol.label,
  outer?: ExpressionKind,
): string {
  if (expression === undefined) return 'y';
  const { kind, left, right, symbol, other } = expression;
  let text: string;
  switch (kind) {
    case 'symbol':
      text = name(symbol!);
      break;
    case 'not':
      text = `!${formatExpression(left, name, 'not')}`;
      break;
    case 'and':
    case 'or': {
      const operator = kind === 'and' ? ' && ' : ' || ';
      text = formatExpression(left, name, kind) + operator + formatExpression(right, name, kind);
      break;
    }
    case 'range':
      text = `[${name(symbol!)} ${name(other!)}]`;
      break;
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      text = name(symbol!) + kind + name(other!);
      break;
  }
  const inner = rank[kind];
  const brackets = outer !== undefined && inner !== undefined && rank[outer]! > inner;
  return brackets ? `(${text})` : text;
}

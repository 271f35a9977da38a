import { comparison, Expression, not, symbolExpression, type Comparison } from './expression.ts';
import type { Token } from './lexer.ts';
import type { ConfigSymbol } from './symbol.ts';
import type { SymbolTable } from './symbol-table.ts';
import { UnexpectedToken, type TokenStream } from './token-stream.ts';

function isComparison(token: Token): token is Comparison {
  return (
    token === '=' || token === '!=' || token === '<' || token === '<=' || token === '>' || token === '>='
  );
}

/**
 * Reads expressions: `||` binds least, then `&&`, then `!`; comparisons are between two symbols only.
 * Uses lists instead of recursion, so that any depth of brackets can be read.
 */
export class ExpressionReader {
  readonly #tokens: TokenStream;
  readonly #symbols: SymbolTable;

  constructor(tokens: TokenStream, symbols: SymbolTable) {
    this.#tokens = tokens;
    this.#symbols = symbols;
  }

  /** A symbol written as a word. */
  plainSymbol(): ConfigSymbol {
    if (this.#tokens.peek() !== 'word') throw new UnexpectedToken();
    const symbol = this.#symbols.lookup(this.#tokens.text, 'plain');
    this.#tokens.shift();
    return symbol;
  }

  /** A symbol written as a word, or a quoted text. */
  symbol(): ConfigSymbol {
    if (this.#tokens.peek() !== 'quoted') return this.plainSymbol();
    const symbol = this.#symbols.lookup(this.#tokens.text, 'constant');
    this.#tokens.shift();
    return symbol;
  }

  /** Reads up to the first token that cannot continue the expression. */
  read(): Expression {
    const operands: Expression[] = [];
    const operators: ('!' | '(' | '&&' | '||')[] = [];
    let open = 0;
    const reduce = (): void => {
      const operator = operators.pop();
      const right = operands.pop()!;
      if (operator === '!') operands.push(not(right));
      else operands.push(new Expression(operator === '&&' ? 'and' : 'or', operands.pop(), right));
    };
    for (;;) {
      let token = this.#tokens.peek();
      if (token === '!' || token === '(') {
        this.#tokens.shift();
        operators.push(token);
        if (token === '(') open++;
        continue;
      }
      operands.push(this.#operand());
      // Operators after an operand, closing brackets first.
      for (;;) {
        while (operators.at(-1) === '!') reduce();
        token = this.#tokens.peek();
        if (token !== ')' || open === 0) break;
        while (operators.at(-1) !== '(') reduce();
        operators.pop();
        open--;
        this.#tokens.shift();
      }
      if (token !== '&&' && token !== '||') break;
      while (operators.at(-1) === '&&' || (token === '||' && operators.at(-1) === '||')) reduce();
      this.#tokens.shift();
      operators.push(token);
    }
    if (open > 0) throw new UnexpectedToken();
    while (operators.length > 0) reduce();
    return operands[0]!;
  }

  #operand(): Expression {
    const symbol = this.symbol();
    const token = this.#tokens.peek();
    if (!isComparison(token)) return symbolExpression(symbol);
    this.#tokens.shift();
    return comparison(token, symbol, this.symbol());
  }
}

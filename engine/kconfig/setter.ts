import { parseSigned } from './number-text.ts';
import type { Solver } from './solver.ts';
import { choiceOf, membersOf, MODULE, NO, YES, type ConfigSymbol, type Tristate } from './symbol.ts';
import { isValidText } from './value-text.ts';

/** Gives symbols values as a person does: only what is possible at the moment. */
export class Setter {
  readonly #solver: Solver;

  constructor(solver: Solver) {
    this.#solver = solver;
  }

  /** Whether a bool or tristate can take this value now. */
  allows(symbol: ConfigSymbol, state: Tristate): boolean {
    const type = this.#solver.typeOf(symbol);
    if (symbol.visible === NO || (type !== 'bool' && type !== 'tristate')) return false;
    if (type === 'bool' && state === MODULE) return false;
    if (symbol.visible <= symbol.selected.state) return false;
    if (symbol.implied.state === YES && state === MODULE) return false;
    if (symbol.choiceValue && symbol.visible === YES) return state === YES;
    return state >= symbol.selected.state && state <= symbol.visible;
  }

  /** Sets a bool or tristate; false when the value is not possible now. Setting the present value makes it the person's. */
  setState(symbol: ConfigSymbol, state: Tristate): boolean {
    const before = symbol.state;
    if (before !== state && !this.allows(symbol, state)) return false;
    symbol.user.set = true;
    if (symbol.choiceValue && state === YES) {
      // With a member picked, the choice and all its visible members count as answered.
      const choice = choiceOf(symbol);
      if (choice !== undefined) {
        choice.user.chosen = symbol;
        choice.user.set = true;
        for (const member of membersOf(choice)) {
          if (member.visible !== NO) member.user.set = true;
        }
      }
    }
    symbol.user.state = state;
    if (before !== state) this.#solver.invalidate();
    return true;
  }

  /** The next possible of n, m, y, n, … */
  toggle(symbol: ConfigSymbol): Tristate {
    const before = symbol.state;
    let state = before;
    do state = ((state + 1) % 3) as Tristate;
    while (!this.setState(symbol, state) && state !== before);
    return state;
  }

  /** Whether a text is a possible value now: of the right form, and within the range. */
  allowsText(symbol: ConfigSymbol, text: string): boolean {
    switch (symbol.type) {
      case 'string':
        return true;
      case 'int':
      case 'hex': {
        if (!isValidText(symbol.type, text)) return false;
        const range = this.#solver.range(symbol);
        if (range === undefined) return true;
        const { value } = parseSigned(text, symbol.type === 'int' ? 10 : 16);
        return value >= range.low && value <= range.high;
      }
      case 'bool':
      case 'tristate': {
        const state = stateOf(text);
        return state !== undefined && this.allows(symbol, state);
      }
      case 'unknown':
        return false;
    }
  }

  /** Sets any symbol from text; false when the value is not possible now. */
  setText(symbol: ConfigSymbol, text: string): boolean {
    if (symbol.type === 'bool' || symbol.type === 'tristate') {
      const state = stateOf(text);
      return state !== undefined && this.setState(symbol, state);
    }
    if (!this.allowsText(symbol, text)) return false;
    const { user } = symbol;
    user.set = true;
    const value = symbol.type === 'hex' && !/^0[xX]/.test(text) ? `0x${text}` : text;
    if (user.text === value && value === text) return true;
    user.text = value;
    this.#solver.invalidate();
    return true;
  }
}

/** y, m or n, by its first letter. */
function stateOf(text: string): Tristate | undefined {
  switch (text.charAt(0)) {
    case 'y':
    case 'Y':
      return YES;
    case 'm':
    case 'M':
      return MODULE;
    case 'n':
    case 'N':
      return NO;
    default:
      return undefined;
  }
}

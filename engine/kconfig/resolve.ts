import type { Configuration, Snapshot } from './configuration.ts';
import type { Expression } from './expression.ts';
import { parseSigned } from './number-text.ts';
import { choiceOf, membersOf, MODULE, NO, YES, type ConfigSymbol, type Tristate } from './symbol.ts';

/** One given value. */
export interface Step {
  readonly symbol: ConfigSymbol;
  readonly from: string;
  readonly to: string;
}

/** What has to be set, in order, so that a symbol has a value. The last step is the symbol itself. */
export interface Resolution {
  readonly steps: readonly Step[];
}

/** How many values are tried before giving up. */
const MAX_TRIALS = 3000;
const MAX_DEPTH = 24;

/**
 * Gives a symbol a value, changing what stands in its way: turns on what it depends on, turns off what
 * selects it, picks members of choices. Of several ways the one with the fewest changes is taken, as far as a
 * bounded search finds it.
 * @param wanted y, m, n, or a text of the symbol's type
 * @returns undefined when there is no way; the configuration is then as before. Else it has been changed
 */
export function achieve(
  configuration: Configuration,
  symbol: ConfigSymbol,
  wanted: string,
): Resolution | undefined {
  const before = configuration.snapshot();
  const valuesBefore = new Map<ConfigSymbol, string>([[symbol, configuration.valueOf(symbol)]]);
  const search = new Search(configuration, (changed) => {
    if (!valuesBefore.has(changed)) valuesBefore.set(changed, configuration.valueOf(changed));
  });
  if (!search.reach(symbol, wanted, [])) {
    configuration.restore(before);
    return undefined;
  }
  // Only what ended up different counts: a trial may have been taken back.
  const steps = [...valuesBefore]
    .map(([each, from]) => ({ symbol: each, from, to: configuration.valueOf(each) }))
    .filter(({ from, to, symbol: each }) => from !== to || each === symbol);
  const last = steps.find((step) => step.symbol === symbol);
  const others = steps.filter((step) => step !== last);
  return { steps: last === undefined ? others : [...others, last] };
}

class Search {
  readonly #configuration: Configuration;
  readonly #onSet: (symbol: ConfigSymbol) => void;
  #trials = 0;

  constructor(configuration: Configuration, onSet: (symbol: ConfigSymbol) => void) {
    this.#configuration = configuration;
    this.#onSet = onSet;
  }

  /** Makes a symbol have a value. `path` holds the symbols that are being worked on further up. */
  reach(symbol: ConfigSymbol, wanted: string, path: readonly ConfigSymbol[]): boolean {
    if (++this.#trials > MAX_TRIALS || path.length > MAX_DEPTH || path.includes(symbol)) return false;
    const { solver } = this.#configuration;
    solver.calculate(symbol);
    if (symbol.constant) return symbol.name === wanted;
    const inner = [...path, symbol];
    if (symbol.type === 'bool' || symbol.type === 'tristate') {
      const state = wanted === 'y' ? YES : wanted === 'm' ? MODULE : wanted === 'n' ? NO : undefined;
      if (state === undefined) return false;
      return state === NO ? this.#reachNo(symbol, inner) : this.#reachState(symbol, state, inner);
    }
    if (symbol.type === 'unknown') return symbol.name === wanted;
    return this.#reachText(symbol, wanted, inner);
  }

  /** Tries ways one after the other, each from the same state, and keeps the one that changes least. */
  #best(ways: readonly (() => boolean)[]): boolean {
    const configuration = this.#configuration;
    if (ways.length === 1) return this.#attempt(ways[0]!);
    let best: { snapshot: Snapshot; changes: number } | undefined;
    const start = configuration.snapshot();
    for (const way of ways) {
      if (way()) {
        const snapshot = configuration.snapshot();
        const changes = differences(start, snapshot);
        if (best === undefined || changes < best.changes) best = { snapshot, changes };
        if (changes <= 1) break;
      }
      configuration.restore(start);
    }
    if (best === undefined) return false;
    configuration.restore(best.snapshot);
    return true;
  }

  #attempt(way: () => boolean): boolean {
    const start = this.#configuration.snapshot();
    if (way()) return true;
    this.#configuration.restore(start);
    return false;
  }

  #set(symbol: ConfigSymbol, text: string): boolean {
    const { setter, solver } = this.#configuration;
    this.#onSet(symbol);
    // What is possible is known once it is calculated.
    solver.calculate(symbol);
    const choice = symbol.choiceValue ? choiceOf(symbol) : undefined;
    if (choice !== undefined) for (const member of membersOf(choice)) this.#onSet(member);
    return setter.setText(symbol, text) && this.#configuration.valueOf(symbol) === text;
  }

  #reachState(symbol: ConfigSymbol, state: Tristate, path: readonly ConfigSymbol[]): boolean {
    const letter = state === YES ? 'y' : 'm';
    if (this.#configuration.valueOf(symbol) === letter) return true;
    const prompts = symbol.properties.filter((property) => property.text !== undefined);
    const ways = prompts.map((prompt) => () => {
      return this.#hold(prompt.condition, path) && this.#set(symbol, letter);
    });
    if (this.#best(ways)) return true;
    // Without a prompt: through a default, or through someone who selects it.
    const defaults = symbol.properties.filter((property) => property.kind === 'default');
    const others = [
      ...defaults.map((property) => () => {
        const held = this.#hold(property.condition, path) && this.#hold(property.expression, path);
        return held && this.#configuration.valueOf(symbol) === letter;
      }),
      ...alternatives(symbol.selected.expression).map((term) => () => {
        return this.#hold(term, path) && this.#configuration.valueOf(symbol) === letter;
      }),
    ];
    return others.length > 0 && this.#best(others);
  }

  #reachNo(symbol: ConfigSymbol, path: readonly ConfigSymbol[]): boolean {
    const configuration = this.#configuration;
    const isNo = (): boolean => configuration.valueOf(symbol) === 'n';
    if (isNo()) return true;
    const { solver } = configuration;
    return this.#attempt(() => {
      if (!this.#fail(symbol.selected.expression, path)) return false;
      solver.calculate(symbol);
      if (isNo()) return true;
      if (symbol.choiceValue && symbol.visible === YES) return this.#pickAnother(symbol, path);
      if (symbol.visible !== NO && this.#set(symbol, 'n')) return true;
      // No prompt: every default that gives more has to go, or what it depends on.
      const property = solver.firstVisible(symbol, 'default');
      const ways = [
        ...(property === undefined
          ? []
          : [
              () => this.#fail(property.expression, path) && isNo(),
              () => this.#fail(property.condition, path) && isNo(),
            ]),
        () => symbol.direct.expression !== undefined && this.#fail(symbol.direct.expression, path) && isNo(),
      ];
      return this.#best(ways);
    });
  }

  #pickAnother(member: ConfigSymbol, path: readonly ConfigSymbol[]): boolean {
    const choice = choiceOf(member);
    if (choice === undefined) return false;
    const others = membersOf(choice).filter((each) => each !== member);
    const present = others.filter((each) => each.visible !== NO);
    const preferred = this.#configuration.solver.defaultMember(choice);
    const sorted = [...present].sort((a, b) => Number(b === preferred) - Number(a === preferred));
    return this.#best(
      (sorted.length > 0 ? sorted : others).map((each) => () => this.#reachState(each, YES, [...path, each])),
    );
  }

  #reachText(symbol: ConfigSymbol, wanted: string, path: readonly ConfigSymbol[]): boolean {
    if (this.#configuration.valueOf(symbol) === wanted) return true;
    const prompts = symbol.properties.filter((property) => property.text !== undefined);
    return this.#best(
      prompts.map(
        (prompt) => () => this.#hold(prompt.condition, path) && this.#setNumberOrText(symbol, wanted),
      ),
    );
  }

  #setNumberOrText(symbol: ConfigSymbol, wanted: string): boolean {
    this.#onSet(symbol);
    this.#configuration.solver.calculate(symbol);
    if (!this.#configuration.setter.setText(symbol, wanted)) return false;
    const value = this.#configuration.valueOf(symbol);
    return value === wanted || (symbol.type === 'hex' && value === `0x${wanted}`);
  }

  /** Makes a condition y. */
  #hold(expression: Expression | undefined, path: readonly ConfigSymbol[]): boolean {
    const { solver } = this.#configuration;
    if (expression === undefined || solver.evaluate(expression) === YES) return true;
    const holds = (): boolean => solver.evaluate(expression) !== NO;
    switch (expression.kind) {
      case 'symbol':
        return this.reach(expression.symbol!, 'y', path);
      case 'not':
        return this.#fail(expression.left, path);
      case 'and':
        return this.#attempt(
          () => this.#hold(expression.left, path) && this.#hold(expression.right, path) && holds(),
        );
      case 'or':
        return this.#best([
          () => this.#hold(expression.left, path) && holds(),
          () => this.#hold(expression.right, path) && holds(),
        ]);
      case 'range':
        return false;
      case '=':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#compare(expression, expression.kind, path);
    }
  }

  /** Makes a condition n. */
  #fail(expression: Expression | undefined, path: readonly ConfigSymbol[]): boolean {
    const { solver } = this.#configuration;
    if (expression === undefined || solver.evaluate(expression) === NO) return true;
    const fails = (): boolean => solver.evaluate(expression) === NO;
    switch (expression.kind) {
      case 'symbol':
        return this.reach(expression.symbol!, 'n', path);
      case 'not':
        return this.#hold(expression.left, path);
      case 'and':
        return this.#best([
          () => this.#fail(expression.left, path) && fails(),
          () => this.#fail(expression.right, path) && fails(),
        ]);
      case 'or':
        return this.#attempt(
          () => this.#fail(expression.left, path) && this.#fail(expression.right, path) && fails(),
        );
      case 'range':
        return false;
      case '=':
        return this.#compare(expression, '!=', path);
      case '!=':
        return this.#compare(expression, '=', path);
      case '<':
        return this.#compare(expression, '>=', path);
      case '<=':
        return this.#compare(expression, '>', path);
      case '>':
        return this.#compare(expression, '<=', path);
      case '>=':
        return this.#compare(expression, '<', path);
    }
  }

  /** Makes a comparison hold by changing the side that is a symbol. */
  #compare(
    { symbol, other }: Expression,
    kind: '=' | '!=' | '<' | '<=' | '>' | '>=',
    path: readonly ConfigSymbol[],
  ): boolean {
    const left = symbol!;
    const value = this.#configuration.valueOf(other!);
    const logic = left.type === 'bool' || left.type === 'tristate';
    if (kind === '=') return this.reach(left, value, path);
    if (kind === '!=') {
      if (!logic) return false;
      const others = ['y', 'n'].filter((letter) => letter !== value);
      return this.#best(others.map((letter) => () => this.reach(left, letter, path)));
    }
    if (left.type !== 'int' && left.type !== 'hex') return false;
    const step = kind === '<' ? -1n : kind === '>' ? 1n : 0n;
    const bound = parseSigned(value, left.type === 'int' ? 10 : 16).value + step;
    return this.reach(left, left.type === 'int' ? bound.toString() : `0x${bound.toString(16)}`, path);
  }
}

function alternatives(expression: Expression | undefined): Expression[] {
  if (expression === undefined) return [];
  if (expression.kind !== 'or') return [expression];
  return [...alternatives(expression.left), ...alternatives(expression.right)];
}

function differences(a: Snapshot, b: Snapshot): number {
  let count = 0;
  for (const [symbol, value] of b) {
    const before = a.get(symbol);
    if (before === undefined || before.set !== value.set || before.state !== value.state) count++;
    else if (before.text !== value.text) count++;
  }
  return count;
}

import type { Configuration } from './configuration.ts';
import type { Expression } from './expression.ts';
import type { Property } from './menu.ts';
import { choiceOf, MODULE, NO, YES, type ConfigSymbol } from './symbol.ts';

/** A place in the tree's files. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Where a symbol's value comes from. */
export type Origin =
  /** Given in `.config`; `otherwise` is the default that it stands in for. */
  | {
      readonly kind: 'user';
      readonly otherwise: { readonly place: Place; readonly text: string } | undefined;
    }
  | { readonly kind: 'default'; readonly place: Place; readonly text: string }
  /** Forced on, or raised. */
  | { readonly kind: 'selected'; readonly by: readonly Cause[] }
  | { readonly kind: 'implied'; readonly by: readonly Cause[] }
  /** A member of a choice: `picked` is the one that is y. */
  | { readonly kind: 'choice'; readonly picked: ConfigSymbol | undefined; readonly byUser: boolean }
  /** Nothing says anything: n or empty. */
  | { readonly kind: 'nothing' };

/** A part of a condition, with the symbol that it begins with. */
export interface Cause {
  /** As written, with present values. */
  readonly text: string;
  readonly symbol: ConfigSymbol;
  readonly place: Place | undefined;
}

/** Everything about a symbol's present value. */
export interface Explanation {
  readonly symbol: ConfigSymbol;
  readonly value: string;
  readonly origin: Origin;
  readonly places: readonly Place[];
  /** Whether a person can change the value now. */
  readonly changeable: boolean;
  /** What `.config` or a person asked for, when that is not the value. */
  readonly wanted: string | undefined;
  /** Conditions that would have to hold for the prompt to be seen; empty when it is, or when there is none. */
  readonly blockedBy: readonly Cause[];
  readonly hasPrompt: boolean;
  /** `depends on` is not met, although the symbol is selected. */
  readonly unmet: readonly Cause[];
  readonly range: { readonly low: bigint; readonly high: bigint } | undefined;
}

/** Finds out why a symbol has the value that it has, and what stands in the way of another. */
export function explain(configuration: Configuration, symbol: ConfigSymbol): Explanation {
  const { solver } = configuration;
  const value = configuration.valueOf(symbol);
  const { user } = symbol;
  const isLogic = symbol.type === 'bool' || symbol.type === 'tristate';
  const given = isLogic ? ['n', 'm', 'y'][user.state] : user.text;
  const prompts = symbol.properties.filter((property) => property.text !== undefined);
  const range = symbol.type === 'int' || symbol.type === 'hex' ? solver.range(symbol) : undefined;
  return {
    symbol,
    value,
    origin: originOf(configuration, symbol),
    places: placesOf(symbol),
    changeable: solver.isChangeable(symbol) && symbol.visible !== NO,
    wanted: user.set && given !== value ? given : undefined,
    blockedBy:
      symbol.visible !== NO ? [] : prompts.flatMap((prompt) => blockers(configuration, prompt.condition)),
    hasPrompt: prompts.length > 0,
    unmet:
      symbol.direct.state < symbol.selected.state ? blockers(configuration, symbol.direct.expression) : [],
    range,
  };
}

/** The places where a symbol is defined. */
export function placesOf(symbol: ConfigSymbol): Place[] {
  return symbol.properties
    .filter((property) => property.kind === 'symbol')
    .map(({ menu }) => ({ file: menu.file?.name ?? '', line: menu.line }));
}

function originOf(configuration: Configuration, symbol: ConfigSymbol): Origin {
  const { solver } = configuration;
  if (symbol.choiceValue && symbol.visible === YES) {
    const choice = choiceOf(symbol);
    const picked = choice?.chosen;
    return { kind: 'choice', picked, byUser: picked !== undefined && choice?.user.chosen === picked };
  }
  if (symbol.selected.state !== NO && symbol.selected.state >= symbol.state) {
    return { kind: 'selected', by: holding(configuration, symbol.selected.expression) };
  }
  const property = solver.firstVisible(symbol, 'default');
  const fromDefault =
    property === undefined
      ? undefined
      : { place: placeOf(property), text: solver.describe(property.expression) };
  if (symbol.visible !== NO && symbol.user.set) return { kind: 'user', otherwise: fromDefault };
  const isLogic = symbol.type === 'bool' || symbol.type === 'tristate';
  if (symbol.implied.state !== NO && symbol.state !== NO) {
    const state = property === undefined ? NO : solver.evaluate(property.expression);
    if (state < symbol.implied.state) {
      return { kind: 'implied', by: holding(configuration, symbol.implied.expression) };
    }
  }
  if (
    property === undefined ||
    fromDefault === undefined ||
    (isLogic && symbol.state === NO && solver.evaluate(property.expression) !== NO)
  ) {
    return { kind: 'nothing' };
  }
  return { kind: 'default', ...fromDefault };
}

function placeOf(property: Property): Place {
  return { file: property.file?.name ?? '', line: property.line };
}

/** The alternatives of a condition that hold. */
function holding(configuration: Configuration, expression: Expression | undefined): Cause[] {
  if (expression === undefined) return [];
  if (expression.kind === 'or') {
    return [...holding(configuration, expression.left), ...holding(configuration, expression.right)];
  }
  return configuration.solver.evaluate(expression) === NO ? [] : [causeOf(configuration, expression)];
}

/** The parts of a condition without which it would hold: of an `and` those that are n, of an `or` all. */
export function blockers(configuration: Configuration, expression: Expression | undefined): Cause[] {
  if (expression === undefined) return [];
  const { solver } = configuration;
  const state = solver.evaluate(expression);
  if (state === YES || (state === MODULE && expression.kind !== 'and')) return [];
  if (expression.kind === 'and') {
    return [...blockers(configuration, expression.left), ...blockers(configuration, expression.right)];
  }
  const { symbol } = expression;
  if (expression.kind === 'symbol' && symbol?.choice) {
    // What a choice waits for says more than the choice.
    const inner = symbol.properties
      .filter((property) => property.text !== undefined)
      .flatMap((property) => blockers(configuration, property.condition));
    if (inner.length > 0) return inner;
  }
  return [causeOf(configuration, expression)];
}

function causeOf(configuration: Configuration, expression: Expression): Cause {
  const symbol = firstSymbol(expression);
  return { text: configuration.solver.describe(expression), symbol, place: placesOf(symbol)[0] };
}

function firstSymbol(expression: Expression): ConfigSymbol {
  return expression.symbol ?? firstSymbol(expression.left!);
}

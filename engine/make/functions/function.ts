import type { Expander } from '../expander.ts';
import type { Expression } from '../expression.ts';

interface FunctionBase {
  readonly name: string;
  readonly min: number;
  /** Further commas belong to the last argument; 0 for any number of arguments. */
  readonly max: number;
  /** The result depends on the arguments alone, and nothing else happens. */
  readonly pure: boolean;
}

/** A function that gets its arguments expanded; at least one, though perhaps fewer than `max`. */
export interface EagerFunction extends FunctionBase {
  readonly lazy: false;
  readonly run: (args: readonly string[], expander: Expander) => string;
}

/** A function that decides itself which arguments to expand. */
export interface LazyFunction extends FunctionBase {
  readonly lazy: true;
  /** For functions whose result is one of their arguments, expanded: which; undefined for none. */
  readonly choose?: (args: readonly Expression[], expander: Expander) => Expression | undefined;
  /** Arguments that lose whitespace at both ends before they are expanded. */
  readonly trims: (index: number) => boolean;
  readonly run: (args: readonly Expression[], expander: Expander) => string;
}

export type MakeFunction = EagerFunction | LazyFunction;

/** Declares a function of expanded arguments. */
export function eager(
  name: string,
  min: number,
  max: number,
  pure: boolean,
  run: EagerFunction['run'],
): EagerFunction {
  return { name, min, max, pure, lazy: false, run };
}

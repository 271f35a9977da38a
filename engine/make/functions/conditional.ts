import type { Expander } from '../expander.ts';
import type { Expression } from '../expression.ts';
import type { LazyFunction } from './function.ts';

/** Functions that expand only the arguments they need (manual, "Conditional Functions"). */
export const conditionalFunctions: readonly LazyFunction[] = [
  {
    name: 'if',
    min: 2,
    max: 3,
    pure: true,
    lazy: true,
    trims: (index) => index === 0,
    choose,
    run: (args, expander) => choose(args, expander)?.expand(expander) ?? '',
  },
  {
    name: 'or',
    min: 1,
    max: 0,
    pure: true,
    lazy: true,
    trims: () => true,
    run: (args, expander) => {
      for (const condition of args) {
        const value = condition.expand(expander);
        if (value !== '') return value;
      }
      return '';
    },
  },
  {
    name: 'and',
    min: 1,
    max: 0,
    pure: true,
    lazy: true,
    trims: () => true,
    run: (args, expander) => {
      let value = '';
      for (const condition of args) {
        value = condition.expand(expander);
        if (value === '') return '';
      }
      return value;
    },
  },
];

/** The argument of `$(if)` that counts. */
function choose(args: readonly Expression[], expander: Expander): Expression | undefined {
  return args[0]!.expand(expander) !== '' ? args[1] : args[2];
}

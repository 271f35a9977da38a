import type { GlibcRandom } from './glibc-random.ts';
import type { Solver } from './solver.ts';
import { membersOf, MODULE, NO, YES, type ConfigSymbol } from './symbol.ts';

/** How likely a random bool is y, a random tristate y, a random tristate m; in percent. */
export interface Probabilities {
  readonly boolYes: number;
  readonly tristateYes: number;
  readonly tristateModule: number;
}

/**
 * Reads KCONFIG_PROBABILITY: one to three numbers from 0 to 100, separated by colons.
 * @returns undefined when a number, or the sum for tristates, is out of range
 */
export function readProbabilities(text: string | undefined): Probabilities | undefined {
  const given: number[] = [];
  let rest = text ?? '';
  while (rest !== '' && given.length < 3) {
    const match = /^[ \t-\r]*[+-]?[0-9]+/.exec(rest);
    const value = match === null ? 0 : Number(match[0]);
    if (value < 0 || value > 100) return undefined;
    given.push(value);
    rest = rest.slice(match?.[0].length ?? 0);
    if (rest.startsWith(':')) rest = rest.slice(1);
  }
  let [boolYes, tristateYes, tristateModule] = [50, 33, 33];
  const [first, second, third] = given as [number, number, number];
  if (given.length === 1) {
    boolYes = first;
    tristateModule = Math.trunc(boolYes / 2);
    tristateYes = boolYes - tristateModule;
  } else if (given.length === 2) {
    [tristateYes, tristateModule] = [first, second];
    boolYes = tristateYes + tristateModule;
  } else if (given.length === 3) [boolYes, tristateYes, tristateModule] = [first, second, third];
  return tristateYes + tristateModule > 100 ? undefined : { boolYes, tristateYes, tristateModule };
}

/** What symbols without a value get. */
export type NewValues =
  | { readonly kind: 'default' | 'yes' | 'module' | 'no' }
  | { readonly kind: 'random'; readonly random: GlibcRandom; readonly probabilities: Probabilities };

/**
 * Gives every symbol that has no value one, and settles the choices.
 * @returns whether another round may change something (random values are given until nothing does)
 */
export function setAllNew(solver: Solver, values: NewValues): boolean {
  let changed = false;
  const symbols = solver.tree.symbols.inHashOrder();
  for (const symbol of symbols) {
    if (symbol.user.set || symbol.valid) continue;
    const type = solver.typeOf(symbol);
    if (type !== 'bool' && type !== 'tristate') continue;
    changed = true;
    if (values.kind === 'default') continue;
    if (values.kind === 'random') {
      symbol.user.state = randomState(symbol, values);
      // Which member of a choice it is gets drawn below.
      if (symbol.choice) continue;
    } else if (values.kind === 'yes') symbol.user.state = YES;
    else if (values.kind === 'module') symbol.user.state = MODULE;
    else symbol.user.state = symbol.yesWhenAllNo ? YES : NO;
    symbol.user.set = true;
  }
  solver.invalidate();
  if (values.kind !== 'random') {
    for (const symbol of symbols) {
      if ((symbol.choice && !symbol.user.set) || symbol.choiceValue) symbol.membersUnset = true;
    }
  }
  for (const choice of symbols) {
    if (choice.user.set || !choice.choice) continue;
    solver.calculate(choice);
    if (values.kind === 'random') changed = drawMember(choice, values.random);
    else {
      solver.settleMembers(choice);
      changed = true;
    }
  }
  return changed;
}

function randomState(
  symbol: ConfigSymbol,
  { random, probabilities }: { random: GlibcRandom; probabilities: Probabilities },
): typeof NO | typeof MODULE | typeof YES {
  const drawn = random.next() % 100;
  const { boolYes, tristateYes, tristateModule } = probabilities;
  if (symbol.type !== 'tristate') return drawn < boolYes ? YES : NO;
  if (drawn < tristateYes) return YES;
  return drawn < tristateYes + tristateModule ? MODULE : NO;
}

/** Picks a member of a choice that is y; others stay as they are. */
function drawMember(choice: ConfigSymbol, random: GlibcRandom): boolean {
  if (choice.state !== YES) return false;
  const members = membersOf(choice);
  const drawn = random.next() % members.length;
  members.forEach((member, index) => {
    member.user.state = index === drawn ? YES : NO;
    if (index === drawn) choice.user.chosen = member;
    member.user.set = true;
    member.valid = false;
  });
  choice.user.set = true;
  choice.valid = false;
  return true;
}

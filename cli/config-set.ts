import { fromByteText, toByteText } from '../engine/kconfig/byte-text.ts';
import { reasonFor } from '../engine/kconfig/check.ts';
import { achieve, type Step } from '../engine/kconfig/resolve.ts';
import { choiceOf, membersOf, type ConfigSymbol } from '../engine/kconfig/symbol.ts';
import { isValidText } from '../engine/kconfig/value-text.ts';
import { textChanges } from '../rules/configure/apply.ts';
import { terminalAsker } from './ask.ts';
import { symbolsOf, type ConfigContext } from './config.ts';

/** A value for an option; undefined for off or, of numbers and texts, for the default. */
export interface Wish {
  readonly name: string;
  readonly value: string | undefined;
}

/**
 * Sets options, with what else must change for it. That is offered as one step: a person is asked, `--yes` agrees;
 * otherwise nothing is changed.
 */
export async function changeSettings(context: ConfigContext, wishes: readonly Wish[]): Promise<number> {
  const { configuration, complain, print, text } = context;
  if (wishes.length === 0) return complain('which option? Give NAME VALUE, or NAME=VALUE');
  const symbols = symbolsOf(
    context,
    wishes.map(({ name }) => name),
  );
  if (symbols === undefined) return 1;
  const before = configuration.dotConfig();
  const steps: Step[] = [];
  for (const [index, symbol] of symbols.entries()) {
    const wish = wishes[index]!;
    const taken = fulfil(context, symbol, wish.value);
    if (typeof taken === 'number') return taken;
    steps.push(...taken);
  }
  // A later wish may have undone an earlier one.
  for (const [index, symbol] of symbols.entries()) {
    const { value } = wishes[index]!;
    if (value === undefined || isSo(context, symbol, value)) continue;
    return complain(
      `${text.title(symbol)} cannot be ${value} together with the others: ${text.reason(reasonFor(configuration, symbol))}`,
    );
  }
  // The other members of a choice go off by themselves.
  const asked = new Set(symbols.flatMap((symbol) => [symbol, ...siblings(symbol)]));
  const others = steps.filter((step) => !asked.has(step.symbol));
  if (others.length > 0 && !(await agreed(context, others))) return 1;
  const after = configuration.dotConfig();
  if (!configuration.save()) return complain(`cannot write ${context.workspace.config}`);
  const changes = textChanges(before, after, configuration.prefix);
  for (const change of changes) print(`${text.change(change)}\n`);
  if (changes.length === 0) print('nothing changes\n');
  return 0;
}

function siblings(symbol: ConfigSymbol): readonly ConfigSymbol[] {
  const choice = symbol.choiceValue ? choiceOf(symbol) : undefined;
  return choice === undefined ? [] : membersOf(choice);
}

function isSo({ configuration }: ConfigContext, symbol: ConfigSymbol, value: string): boolean {
  const present = configuration.valueOf(symbol);
  const wanted = toByteText(value);
  return present === wanted || (symbol.type === 'hex' && present === `0x${wanted}`);
}

/** Sets one option; the steps that it took, or an exit status. */
function fulfil(
  context: ConfigContext,
  symbol: ConfigSymbol,
  value: string | undefined,
): readonly Step[] | number {
  const { configuration, complain, text } = context;
  const logic = symbol.type === 'bool' || symbol.type === 'tristate';
  if (value === undefined && !logic) {
    const from = configuration.valueOf(symbol);
    symbol.user.set = false;
    configuration.solver.invalidate();
    return [{ symbol, from, to: configuration.valueOf(symbol) }];
  }
  const wanted = toByteText(value ?? 'n');
  if (logic ? !/^[nmy]$/.test(wanted) : !isValidText(symbol.type, wanted)) {
    const kind = logic ? 'y or n' : symbol.type === 'hex' ? 'a hexadecimal number' : 'a number';
    return complain(`${text.title(symbol)} takes ${kind}, not '${value}'`);
  }
  if (symbol.type === 'int' || symbol.type === 'hex') {
    const range = configuration.solver.range(symbol, true);
    if (range !== undefined) {
      const number = BigInt(symbol.type === 'int' || /^0x/i.test(wanted) ? wanted : `0x${wanted}`);
      if (number < range.low || number > range.high) {
        return complain(`${text.title(symbol)} must be from ${range.low} to ${range.high}, not ${value}`);
      }
    }
  }
  const resolution = achieve(configuration, symbol, wanted);
  if (resolution !== undefined) return resolution.steps;
  return complain(
    `${text.title(symbol)} cannot be ${fromByteText(wanted)}: ${text.reason(reasonFor(configuration, symbol))}`,
  );
}

async function agreed(context: ConfigContext, others: readonly Step[]): Promise<boolean> {
  const { text, surroundings, complain, yes } = context;
  if (yes) return true;
  const list = others.map((step) => `  ${text.step(step)}`).join('\n');
  const asker = await terminalAsker(surroundings);
  if (asker === undefined) {
    complain(`this must change as well:\n${list}\nNothing was changed. Give --yes to change it all.`);
    return false;
  }
  surroundings.stderr.write(`This must change as well:\n${list}\n`);
  const answer = await asker.ask('Change it all?', 'y');
  asker.close();
  return answer !== undefined && /^y/i.test(answer);
}

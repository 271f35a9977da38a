import { nearest } from '../nearest.ts';
import type { Configuration } from './configuration.ts';
import { readSettings, type SettingLine } from './settings-text.ts';
import type { ConfigSymbol } from './symbol.ts';
import { choiceOf, NO, YES } from './symbol.ts';
import { isValidText, quoteText } from './value-text.ts';
import { blockers, type Cause } from './why.ts';

/** Something about a setting that is not as its writer wanted. */
export type Problem =
  /** No such symbol; `meant` is the one with the nearest name. */
  | { readonly kind: 'unknown'; readonly setting: SettingLine; readonly meant: string | undefined }
  /** Not of the symbol's type. */
  | { readonly kind: 'malformed'; readonly setting: SettingLine; readonly symbol: ConfigSymbol }
  | {
      readonly kind: 'out of range';
      readonly setting: SettingLine;
      readonly symbol: ConfigSymbol;
      readonly low: bigint;
      readonly high: bigint;
    }
  /** The tree gives the symbol another value. */
  | {
      readonly kind: 'dropped';
      readonly setting: SettingLine;
      readonly symbol: ConfigSymbol;
      readonly value: string;
      readonly because: Reason;
    }
  /** Selected, although what it depends on is not met. */
  | {
      readonly kind: 'unmet';
      readonly symbol: ConfigSymbol;
      readonly needs: readonly Cause[];
      readonly selectors: string;
    };

/** Why a setting does not take effect. */
export type Reason =
  | { readonly kind: 'blocked'; readonly by: readonly Cause[] }
  | { readonly kind: 'no prompt' }
  | { readonly kind: 'selected'; readonly selectors: string }
  | { readonly kind: 'choice'; readonly picked: ConfigSymbol | undefined }
  | { readonly kind: 'other' };

/**
 * Loads settings (the text of a configuration file) and tells everything in them that the tree does not follow.
 * A symbol that is off anyway and is set to n is no problem.
 */
export function checkSettings(configuration: Configuration, text: string): Problem[] {
  const problems: Problem[] = [];
  const names = configuration.definedSymbols().map((symbol) => symbol.name!);
  for (const setting of readSettings(text, configuration.prefix).values()) {
    const symbol = configuration.find(setting.name);
    if (symbol === undefined) {
      // The tree's own symbols of this kind come and go with libraries; n says nothing.
      if (setting.value !== 'n') {
        problems.push({ kind: 'unknown', setting, meant: nearest(setting.name, names) });
      }
      continue;
    }
    const problem = checkSetting(configuration, setting, symbol);
    if (problem !== undefined) problems.push(problem);
  }
  for (const symbol of configuration.definedSymbols()) {
    configuration.solver.calculate(symbol);
    if (symbol.direct.state >= symbol.selected.state) continue;
    problems.push({
      kind: 'unmet',
      symbol,
      needs: blockers(configuration, symbol.direct.expression),
      selectors: configuration.solver.describeSelectors(symbol.selected.expression, YES, '').trimEnd(),
    });
  }
  return problems;
}

/** What is wrong with one setting, given the configuration that has been made of it. */
export function checkSetting(
  configuration: Configuration,
  setting: SettingLine,
  symbol: ConfigSymbol,
): Problem | undefined {
  const { solver } = configuration;
  const written = setting.value;
  const isString = symbol.type === 'string';
  if (!isWellFormed(symbol, written)) {
    if (!(written === 'n' && symbol.type !== 'bool')) return { kind: 'malformed', setting, symbol };
  }
  const value = configuration.valueOf(symbol);
  const present = isString ? quoteText(value) : value;
  const wanted = symbol.type === 'bool' || symbol.type === 'tristate' ? written[0]! : written;
  if (present === wanted || (wanted === 'n' && !symbol.write)) return undefined;
  if (symbol.type === 'int' || symbol.type === 'hex') {
    if (wanted === 'n') return undefined;
    const range = solver.range(symbol);
    if (range !== undefined && symbol.visible !== NO)
      return { kind: 'out of range', setting, symbol, ...range };
  }
  return { kind: 'dropped', setting, symbol, value, because: reasonFor(configuration, symbol) };
}

/** Whether a value as it stands in a file is one of the symbol's type; only the first letter of a bool counts. */
function isWellFormed(symbol: ConfigSymbol, written: string): boolean {
  if (symbol.type === 'string') return /^".*"/.test(written);
  return symbol.type === 'bool' ? /^[ny]/.test(written) : isValidText(symbol.type, written);
}

/** Why a person's value of a symbol does not count. */
export function reasonFor(configuration: Configuration, symbol: ConfigSymbol): Reason {
  const { solver } = configuration;
  const prompts = symbol.properties.filter((property) => property.text !== undefined);
  if (symbol.visible !== NO && symbol.selected.state >= symbol.visible) {
    const selectors = solver.describeSelectors(symbol.selected.expression, YES, '').trimEnd();
    return { kind: 'selected', selectors };
  }
  if (symbol.visible === NO) {
    if (symbol.selected.state !== NO) {
      const selectors = solver.describeSelectors(symbol.selected.expression, YES, '').trimEnd();
      return { kind: 'selected', selectors };
    }
    if (prompts.length === 0) return { kind: 'no prompt' };
    return { kind: 'blocked', by: prompts.flatMap((prompt) => blockers(configuration, prompt.condition)) };
  }
  if (symbol.choiceValue) return { kind: 'choice', picked: choiceOf(symbol)?.chosen };
  return { kind: 'other' };
}

import { fromByteText, toByteText } from '../../engine/kconfig/byte-text.ts';
import { checkSetting, type Problem } from '../../engine/kconfig/check.ts';
import type { Configuration } from '../../engine/kconfig/configuration.ts';
import { achieve, type Step } from '../../engine/kconfig/resolve.ts';
import {
  compareSettings,
  readSettings,
  type SettingChange,
  type SettingLine,
} from '../../engine/kconfig/settings-text.ts';
import { choiceOf, membersOf, type ConfigSymbol } from '../../engine/kconfig/symbol.ts';
import { quoteText } from '../../engine/kconfig/value-text.ts';
import { nearest } from '../../engine/nearest.ts';
import type { KconfigSetting } from '../manifest/manifest.ts';

/** A setting that is not followed, and what would have to be set besides, where that is known. */
export interface Refused {
  readonly setting: KconfigSetting;
  readonly problem: Problem;
  readonly needs: readonly Step[];
}

/**
 * Makes a configuration of a configuration file's text and settings that override it, as if they stood at its
 * end. Settings are given all at once: their order does not matter, except that of two for one symbol the later counts.
 * @param base the text of a `.config` or defconfig
 * @returns the settings that the tree does not follow
 */
export function applySettings(
  configuration: Configuration,
  base: string,
  settings: readonly KconfigSetting[],
): Refused[] {
  const { prefix } = configuration;
  const last = new Map<string, KconfigSetting>();
  for (const setting of settings) last.set(bareName(setting.name, prefix), setting);
  const overridden = new Set(last.keys());
  const lines: string[] = [];
  for (const [name, setting] of last) {
    const symbol = configuration.find(toByteText(name));
    if (symbol === undefined) continue;
    lines.push(settingLine(prefix, symbol, setting.value));
    // Picking a member takes the pick from the others.
    const choice = symbol.choiceValue && setting.value === 'y' ? choiceOf(symbol) : undefined;
    if (choice !== undefined) for (const member of membersOf(choice)) overridden.add(member.name ?? '');
  }
  const kept = base.split('\n').filter((line) => !overridden.has(nameIn(line, prefix)));
  configuration.loadText(`${kept.join('\n')}\n${lines.join('')}`, 'configuration');
  configuration.takeMessages();
  return [...last].flatMap(([name, setting]) => refusal(configuration, name, setting));
}

/** A line of a configuration file. */
export function settingLine(prefix: string, symbol: ConfigSymbol, value: string): string {
  const text = toByteText(value);
  const logic = symbol.type === 'bool' || symbol.type === 'tristate';
  if (logic && text === 'n') return `# ${prefix}${symbol.name} is not set\n`;
  return `${prefix}${symbol.name}=${symbol.type === 'string' ? quoteText(text) : text}\n`;
}

function bareName(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

function nameIn(line: string, prefix: string): string {
  const start = line.startsWith('# ') ? 2 : 0;
  if (!line.startsWith(prefix, start)) return '';
  return /^[^= ]*/.exec(line.slice(start + prefix.length))![0];
}

function refusal(configuration: Configuration, name: string, setting: KconfigSetting): Refused[] {
  const symbol = configuration.find(toByteText(name));
  const written =
    symbol?.type === 'string' ? quoteText(toByteText(setting.value)) : toByteText(setting.value);
  const line: SettingLine = { name, value: written, line: setting.location.line };
  if (symbol === undefined) {
    // An option that is not there is off already.
    if (setting.value === 'n') return [];
    const names = configuration.definedSymbols().map((each) => each.name!);
    const meant = nearest(name, names);
    return [{ setting, problem: { kind: 'unknown', setting: line, meant }, needs: [] }];
  }
  const problem = checkSetting(configuration, line, symbol);
  if (problem === undefined) return [];
  return [{ setting, problem, needs: needsOf(configuration, symbol, toByteText(setting.value)) }];
}

/** What else would have to be set for a value; empty when there is no way, or none is needed. */
export function needsOf(configuration: Configuration, symbol: ConfigSymbol, value: string): readonly Step[] {
  const before = configuration.snapshot();
  const steps = achieve(configuration, symbol, value)?.steps ?? [];
  configuration.restore(before);
  configuration.takeMessages();
  return steps.filter((step) => step.symbol !== symbol);
}

/** What differs between two texts of configuration files, in ordinary strings. */
export function textChanges(before: string, after: string, prefix: string): SettingChange[] {
  const values = (text: string): Map<string, string> =>
    new Map(
      [...readSettings(text, prefix)].map(([name, { value }]) => [fromByteText(name), fromByteText(value)]),
    );
  return compareSettings(values(before), values(after));
}

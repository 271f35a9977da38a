import { isAbsolute, relative } from 'node:path';
import { fromByteText } from '../engine/kconfig/byte-text.ts';
import type { Problem, Reason } from '../engine/kconfig/check.ts';
import type { Step } from '../engine/kconfig/resolve.ts';
import type { SettingChange } from '../engine/kconfig/settings-text.ts';
import type { ConfigSymbol } from '../engine/kconfig/symbol.ts';
import type { Cause, Explanation, Place } from '../engine/kconfig/why.ts';
import { unreachable } from '../engine/result.ts';

/** Writes configurations and what is known of them for people. */
export class ConfigText {
  readonly #roots: readonly string[];

  /** @param roots folders below which paths are written short: the current folder, the core */
  constructor(...roots: readonly string[]) {
    this.#roots = roots;
  }

  place({ file, line }: Place): string {
    const path = fromByteText(file);
    const short = this.#roots
      .map((root) => relative(root, path))
      .find((each) => !each.startsWith('..') && !isAbsolute(each));
    return `${short ?? path}:${line}`;
  }

  /** `NAME  (prompt)`. */
  title(symbol: ConfigSymbol): string {
    const prompt = symbol.properties.find((property) => property.text !== undefined)?.text;
    return fromByteText(prompt === undefined ? symbol.label : `${symbol.label} (${prompt})`);
  }

  cause({ text, symbol, place }: Cause): string {
    const name = text === '<choice>' ? `the choice ${this.title(symbol)}` : fromByteText(text);
    return `${name}${place === undefined ? '' : `  at ${this.place(place)}`}`;
  }

  /** Why a symbol has its value, as several lines. */
  explanation(explanation: Explanation): string {
    const { symbol, value, origin, places, wanted, blockedBy, unmet, range } = explanation;
    const shown = symbol.type === 'string' ? `"${fromByteText(value)}"` : fromByteText(value) || '(empty)';
    const lines = [`${this.title(symbol)} is ${shown}`];
    const list = (title: string, causes: readonly Cause[]): void => {
      if (causes.length === 0) return;
      lines.push(`  ${title}:`, ...unique(causes.map((cause) => `    ${this.cause(cause)}`)));
    };
    switch (origin.kind) {
      case 'user':
        lines.push('  set in .config');
        if (origin.otherwise !== undefined) {
          const { text, place } = origin.otherwise;
          lines.push(`  its default is ${fromByteText(text)}  at ${this.place(place)}`);
        }
        break;
      case 'default':
        lines.push(`  by default: ${fromByteText(origin.text)}  at ${this.place(origin.place)}`);
        break;
      case 'selected':
        list('selected by', origin.by);
        break;
      case 'implied':
        list('implied by', origin.by);
        break;
      case 'choice': {
        const picked = origin.picked === undefined ? 'nothing' : this.title(origin.picked);
        lines.push(
          `  one of a choice, where ${picked} is picked${origin.byUser ? ' in .config' : ' by default'}`,
        );
        break;
      }
      case 'nothing':
        lines.push('  nothing gives it another value');
        break;
      default:
        unreachable(origin);
    }
    if (wanted !== undefined) lines.push(`  .config asks for ${fromByteText(wanted)}`);
    if (!explanation.hasPrompt) lines.push('  it has no prompt: only others can set it');
    list('its prompt needs', blockedBy);
    list('it is on although it depends on', unmet);
    if (range !== undefined) lines.push(`  allowed: ${range.low} to ${range.high}`);
    lines.push(...places.map((place) => `  defined at ${this.place(place)}`));
    return `${lines.join('\n')}\n`;
  }

  step({ symbol, from, to }: Step): string {
    return `${this.title(symbol)}: ${fromByteText(from) || '(empty)'} -> ${fromByteText(to) || '(empty)'}`;
  }

  change({ name, before, after }: SettingChange): string {
    return `${name}: ${before ?? 'n'} -> ${after ?? 'n'}`;
  }

  /** What is wrong with a setting, in one line, and further lines below. */
  problem(problem: Problem): string {
    switch (problem.kind) {
      case 'unknown': {
        const meant = problem.meant === undefined ? '' : `; did you mean ${fromByteText(problem.meant)}?`;
        return `there is no option ${fromByteText(problem.setting.name)}${meant}`;
      }
      case 'malformed':
        return `${this.title(problem.symbol)} is ${article(problem.symbol.type)}: it cannot be ${fromByteText(problem.setting.value)}`;
      case 'out of range':
        return `${this.title(problem.symbol)} must be from ${problem.low} to ${problem.high}: it cannot be ${fromByteText(problem.setting.value)}`;
      case 'dropped': {
        const { symbol, setting, value, because } = problem;
        const asked = fromByteText(setting.value);
        const present = fromByteText(value) || '(empty)';
        return `${this.title(symbol)} is set to ${asked} but stays ${present}: ${this.reason(because)}`;
      }
      case 'unmet': {
        const needs = unique(problem.needs.map((cause) => `\n    needs ${this.cause(cause)}`));
        return `${this.title(problem.symbol)} is on although it depends on what is off${needs.join('')}\n    selected by${fromByteText(
          problem.selectors,
        )
          .replace(/^ {2}-/gm, '\n     ')
          .replaceAll('\n\n', '\n')
          .replace(/\n {6}(?= )/g, '\n     ')}`;
      }
      default:
        return unreachable(problem);
    }
  }

  reason(reason: Reason): string {
    switch (reason.kind) {
      case 'blocked':
        return unique(reason.by.map((cause) => `\n    it needs ${this.cause(cause)}`)).join('');
      case 'no prompt':
        return 'it has no prompt, only others can set it';
      case 'selected':
        return `it is selected by\n${fromByteText(reason.selectors).replace(/^ {2}- /gm, '    ')}`;
      case 'choice':
        return reason.picked === undefined
          ? 'nothing of its choice can be picked'
          : `of its choice, ${this.title(reason.picked)} is picked`;
      case 'other':
        return 'the tree gives it another value';
      default:
        return unreachable(reason);
    }
  }
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}

function article(type: string): string {
  return type === 'bool' || type === 'tristate'
    ? `a ${type}`
    : type === 'int'
      ? 'a number'
      : `a ${type} value`;
}

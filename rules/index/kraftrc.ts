import { existsSync, readFileSync } from 'node:fs';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

/** What unigraph takes from kraft's own settings; it never writes them. */
export interface KraftSettings {
  /** `list.origins`. */
  readonly origins: readonly string[];
  /** `fetch.mirrors`: each holds `libs/NAME/FILE`. */
  readonly mirrors: readonly string[];
  readonly platform?: string;
  readonly architecture?: string;
}

/** Reads `$KRAFTRC`, by default `~/.kraftrc`; empty settings where there is none. */
export function readKraftrc(file: string): Result<KraftSettings, Diagnostic> {
  if (!existsSync(file)) return ok({ origins: [], mirrors: [] });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return fail({ message: `cannot read ${file} (${code})` });
  }
  const parsed = parseToml(text, file);
  if (!parsed.ok) return parsed;
  const texts = (key: string): string[] => {
    const value = parsed.value.get(key);
    return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
  };
  const platform = texts('configure.platform')[0];
  const architecture = texts('configure.architecture')[0];
  return ok({
    origins: texts('list.origins'),
    mirrors: texts('fetch.mirrors'),
    ...(platform !== undefined && { platform }),
    ...(architecture !== undefined && { architecture }),
  });
}

type TomlValue = string | number | boolean | TomlValue[];

/**
 * The part of TOML that settings are made of: tables, bare, quoted and dotted keys, strings, numbers, booleans, arrays
 * over several lines, comments. Keys come with their table's name: `list.origins`. Dates and inline tables are refused.
 */
export function parseToml(text: string, file: string): Result<ReadonlyMap<string, TomlValue>, Diagnostic> {
  const parser = new TomlParser(text);
  try {
    return ok(parser.parse());
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const line = text.slice(0, parser.at).split('\n').length;
    return fail({ message: error.message, location: { file, line, column: 0 } });
  }
}

class TomlError extends Error {}

class TomlParser {
  at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  parse(): Map<string, TomlValue> {
    const values = new Map<string, TomlValue>();
    let table = '';
    for (;;) {
      this.skip(/(?:\s|#[^\n]*)+/y);
      if (this.at >= this.text.length) return values;
      const header = this.take(/\[([^[\]\n]+)\][ \t]*/y);
      if (header !== undefined) {
        table = `${keyOf(header[1]!)}.`;
        continue;
      }
      const key = this.take(
        /((?:[\w-]+|"[^"\n]*"|'[^'\n]*')(?:[ \t]*\.[ \t]*(?:[\w-]+|"[^"\n]*"))*)[ \t]*=[ \t]*/y,
      );
      if (key === undefined) throw new TomlError('expected NAME = value, or [TABLE]');
      values.set(table + keyOf(key[1]!), this.value());
      this.skip(/[ \t]*(?:#[^\n]*)?/y);
      if (this.at < this.text.length && this.text[this.at] !== '\n' && this.text[this.at] !== '\r') {
        throw new TomlError('expected the end of the line after the value');
      }
    }
  }

  private value(): TomlValue {
    const literal = this.take(/'''\n?([\s\S]*?)'''|'([^'\n]*)'/y);
    if (literal !== undefined) return literal[1] ?? literal[2]!;
    const quoted = this.take(/"""\n?((?:[^\\]|\\[\s\S])*?)"""|"((?:[^"\\\n]|\\.)*)"/y);
    if (quoted !== undefined) return unescape(quoted[1] ?? quoted[2]!);
    const word = this.take(/(true|false)\b/y);
    if (word !== undefined) return word[1] === 'true';
    const number = this.take(/[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w:-])/y);
    if (number !== undefined) return Number(number[0].replaceAll('_', ''));
    if (this.take(/\[/y) === undefined)
      throw new TomlError('expected a text in quotes, a number, true, false or a list');
    const items: TomlValue[] = [];
    for (;;) {
      this.skip(/(?:\s|#[^\n]*)+/y);
      if (this.take(/\]/y) !== undefined) return items;
      if (this.at >= this.text.length) throw new TomlError("a list without its ']'");
      items.push(this.value());
      this.skip(/(?:\s|#[^\n]*)+/y);
      if (this.take(/,/y) === undefined && this.text[this.at] !== ']')
        throw new TomlError("expected ',' or ']'");
    }
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text) ?? undefined;
    if (match !== undefined) this.at = pattern.lastIndex;
    return match;
  }

  private skip(pattern: RegExp): void {
    this.take(pattern);
  }
}

function keyOf(text: string): string {
  return text
    .split('.')
    .map((part) => part.trim().replace(/^(["'])(.*)\1$/, '$2'))
    .join('.');
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
};

function unescape(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r?\n\s*)|(.))/g,
    (...match: (string | undefined)[]) => {
      const code = match[1] ?? match[2];
      if (code !== undefined) {
        const point = Number.parseInt(code, 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
      }
      return match[3] !== undefined ? '' : (escapes[match[4]!] ?? match[4]!);
    },
  );
}

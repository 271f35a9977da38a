import { existsSync } from 'node:fs';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { interpolate } from './interpolate.ts';
import { readText } from './text.ts';

const line = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*)$/;

/**
 * Reads an `.env` file: `NAME=value` lines, `#` comments, an optional `export`, single quotes (as is), double quotes
 * (`\n \t \" \\ \$`) and variables, of the environment or from earlier lines.
 * @returns the variables; none where there is no such file
 */
export function readDotenv(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Result<ReadonlyMap<string, string>, Diagnostic> {
  const variables = new Map<string, string>();
  if (!existsSync(file)) return ok(variables);
  const text = readText(file);
  if (!text.ok) return text;
  const lines = text.value.split(/\r?\n/);
  for (const [index, content] of lines.entries()) {
    const trimmed = content.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const location = { file, line: index + 1, column: 1 };
    const match = line.exec(content);
    if (match === null) {
      return fail({ message: `expected NAME=value, found '${trimmed}'`, location });
    }
    const lookUp = (name: string) => environment[name] ?? variables.get(name);
    const value = readValue(match[2]!.trim(), lookUp);
    if (!value.ok) return fail({ message: value.error, location });
    variables.set(match[1]!, value.value);
  }
  return ok(variables);
}

function readValue(raw: string, lookUp: (name: string) => string | undefined): Result<string, string> {
  const quote = raw[0];
  if (quote === "'") {
    const end = raw.indexOf("'", 1);
    return end < 0 ? fail("a ' without its second") : afterQuote(raw, end, raw.slice(1, end));
  }
  let text: string;
  if (quote === '"') {
    const match = /^"((?:[^"\\]|\\.)*)"(.*)$/.exec(raw);
    if (match === null) return fail('a " without its second');
    const trailing = match[2]!.trim();
    if (trailing !== '' && !trailing.startsWith('#')) return fail(`'${trailing}' after the closing quote`);
    text = match[1]!.replace(/\\(.)/g, (_all, character: string) =>
      character === 'n' ? '\n' : character === 't' ? '\t' : character === '$' ? '$$' : character,
    );
  } else {
    text = raw.replace(/(^|\s)#.*$/, '').trim();
  }
  const expanded = interpolate(text, lookUp);
  return expanded.ok ? expanded : fail(expanded.error.message);
}

function afterQuote(raw: string, end: number, value: string): Result<string, string> {
  const trailing = raw.slice(end + 1).trim();
  return trailing === '' || trailing.startsWith('#')
    ? ok(value)
    : fail(`'${trailing}' after the closing quote`);
}

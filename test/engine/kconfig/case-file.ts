import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One small tree, what is done with it, and nothing about what should come out. */
export interface ConfCase {
  readonly topic: string;
  readonly title: string;
  /** Argument lists, one after the other in the same folder. */
  readonly runs: readonly (readonly string[])[];
  readonly environment: Readonly<Record<string, string>>;
  /** The same for each run. */
  readonly stdin: string;
  /** Byte texts by path. */
  readonly files: ReadonlyMap<string, string>;
  /** In what Linux v6.1 differs here from what Unikraft's trees have. */
  readonly differs: string | undefined;
}

export const casesFolder = join(import.meta.dirname, 'cases');

const directive = /^@(run|env|stdin|file|binary|differs)(?: (.*))?$/;

/** Undoes `\n`, `\t`, `\r`, `\\` and `\xNN`. */
function unescape(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, letter: string) =>
    hex === undefined
      ? ({ n: '\n', t: '\t', r: '\r' }[letter] ?? letter)
      : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The topics: one file `TOPIC.cases` each. */
export function caseTopics(): string[] {
  return readdirSync(casesFolder)
    .filter((name) => name.endsWith('.cases'))
    .map((name) => name.slice(0, -'.cases'.length))
    .sort();
}

/**
 * Reads `TOPIC.cases`: `=== title`, then directives. `@run` gives an argument list (`--olddefconfig Kconfig` unless
 * given), `@env NAME=VALUE`, `@stdin` with escapes, `@file PATH` with the lines up to the next directive,
 * `@binary PATH` with escapes, `@differs` the reason why Linux v6.1 does something else.
 */
export function readCases(topic: string): ConfCase[] {
  const text = readFileSync(join(casesFolder, `${topic}.cases`), 'utf8');
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => readCase(topic, part));
}

function readCase(topic: string, text: string): ConfCase {
  const [title, ...lines] = text.replace(/\n+$/, '\n').split('\n');
  const runs: string[][] = [];
  const environment: Record<string, string> = {};
  const files = new Map<string, string>();
  let stdin = '';
  let differs: string | undefined;
  let open: { path: string; binary: boolean; lines: string[] } | undefined;
  const close = (): void => {
    if (open === undefined) return;
    const { path, binary, lines: content } = open;
    files.set(
      path,
      binary
        ? content.map((line) => unescape(line)).join('')
        : Buffer.from(`${content.join('\n')}\n`).toString('latin1'),
    );
    open = undefined;
  };
  for (const line of lines.slice(0, -1)) {
    const match = directive.exec(line);
    if (match === null) {
      open?.lines.push(line);
      continue;
    }
    close();
    const value = match[2] ?? '';
    if (match[1] === 'run') runs.push(value.split(' '));
    else if (match[1] === 'stdin') stdin = unescape(value);
    else if (match[1] === 'differs') differs = value;
    else if (match[1] === 'env') {
      const equals = value.indexOf('=');
      environment[value.slice(0, equals)] = value.slice(equals + 1);
    } else open = { path: value, binary: match[1] === 'binary', lines: [] };
  }
  close();
  if (runs.length === 0) runs.push(['--olddefconfig', 'Kconfig']);
  return { topic, title: title!, runs, environment, stdin, files, differs };
}

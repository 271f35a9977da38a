/**
 * The text form of one corpus case: a makefile, what happens around it, and what to look at afterwards.
 * The form is described for its writers in corpus/README.md; this file only reads it.
 */

/** What a person has written down about one run of make, checked against every program that runs the case. */
export type Expectation =
  | { readonly kind: 'stdout'; readonly line: string }
  | { readonly kind: 'stderr'; readonly line: string }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'exists'; readonly path: string }
  | { readonly kind: 'missing'; readonly path: string };

/** One thing that is done in the case's folder, in order. Times are seconds relative to the corpus' base time. */
export type Step =
  | { readonly kind: 'file'; readonly path: string; readonly text: string; readonly time: number }
  | { readonly kind: 'touch'; readonly time: number; readonly paths: readonly string[] }
  | { readonly kind: 'touch-now'; readonly after: number; readonly paths: readonly string[] }
  | { readonly kind: 'remove'; readonly paths: readonly string[] }
  | { readonly kind: 'mkdir'; readonly paths: readonly string[] }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'mode'; readonly mode: number; readonly paths: readonly string[] }
  | { readonly kind: 'stdin'; readonly text: string }
  | { readonly kind: 'run'; readonly argv: readonly string[]; readonly expected: readonly Expectation[] };

/** The signals that a case can send. */
export type Interrupt = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

export interface CorpusCase {
  /** Folder and file name without ending, e.g. `8.2-string-functions/subst-empty-from`. */
  readonly name: string;
  /** The behaviour, in one sentence. */
  readonly title: string;
  /** The manual's section number and heading. */
  readonly section: string;
  /** Variables added to the small fixed environment; `$DIR` in a value stands for the case's folder. */
  readonly environment: Readonly<Record<string, string>>;
  /** Compare the lines of stdout and stderr without their order (parallel runs). */
  readonly unordered: boolean;
  /** Compare only the lines of stdout that match; the rest depends on the build of make. */
  readonly only: RegExp | undefined;
  /** Sent to make as soon as the file `interrupt-now` exists; make must then be a process of its own. */
  readonly interrupt: Interrupt | undefined;
  readonly steps: readonly Step[];
}

/** A case file that cannot be read: a mistake of its writer, never of the program under test. */
export class CaseSyntaxError extends Error {}

const MARK = '--- ';

/** Splits at blanks; single and double quotes group, as in a shell, without any escapes. */
function words(text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)) {
    found.push(match[0].replace(/'([^']*)'|"([^"]*)"/g, (_, a?: string, b?: string) => a ?? b ?? ''));
  }
  return found;
}

/** The escapes of `--- file PATH escaped`: for carriage returns, NUL bytes and trailing blanks that must be seen. */
function unescape(text: string): string {
  const values: Record<string, string> = {
    r: '\r',
    n: '\n',
    t: '\t',
    0: '\0',
    s: ' ',
    f: '\f',
    v: '\v',
    '\\': '\\',
  };
  return text.replace(/\\(.)/g, (whole, letter: string) => values[letter] ?? whole);
}

function seconds(text: string | undefined, where: string): number {
  if (text === undefined || !/^[+-]?\d+$/.test(text))
    throw new CaseSyntaxError(`${where}: a time in seconds is missing`);
  return Number(text);
}

function fileStep(rest: readonly string[], body: readonly string[], where: string): Step {
  const [path, ...options] = rest;
  if (path === undefined) throw new CaseSyntaxError(`${where}: a path is missing`);
  let text = body.map((line) => `${line}\n`).join('');
  let time = 0;
  for (let index = 0; index < options.length; index++) {
    const option = options[index];
    if (option === 'at') time = seconds(options[++index], where);
    else if (option === 'escaped') text = unescape(text);
    else if (option === 'unterminated') text = text.replace(/\n$/, '');
    else throw new CaseSyntaxError(`${where}: unknown option ${option}`);
  }
  return { kind: 'file', path, text, time };
}

function expectation(line: string, where: string): Expectation {
  const mark = line.slice(0, 1);
  const value = line.slice(2);
  if (line.length === 1 || line[1] === ' ') {
    if (mark === '>') return { kind: 'stdout', line: value };
    if (mark === '!') return { kind: 'stderr', line: value };
    if (mark === '=') return { kind: 'status', status: Number(value) };
    if (mark === '+') return { kind: 'exists', path: value };
    if (mark === '-') return { kind: 'missing', path: value };
  }
  throw new CaseSyntaxError(`${where}: an expectation begins with one of > ! = + - and a blank: ${line}`);
}

function step(heading: string, body: readonly string[], where: string): Step {
  const [verb, ...rest] = words(heading);
  const bare = body.filter((line) => line !== '');
  if (verb === 'file') return fileStep(rest, body, where);
  if (verb === 'stdin') return { kind: 'stdin', text: body.map((line) => `${line}\n`).join('') };
  if (verb === 'run')
    return { kind: 'run', argv: rest, expected: bare.map((line) => expectation(line, where)) };
  if (bare.length > 0) throw new CaseSyntaxError(`${where}: '${heading}' takes no lines below it`);
  const [first, ...others] = rest;
  switch (verb) {
    case 'touch': {
      if (first?.startsWith('now')) {
        return { kind: 'touch-now', after: Number(first.slice(3) || '0'), paths: others };
      }
      return { kind: 'touch', time: seconds(first, where), paths: others };
    }
    case 'remove':
      return { kind: 'remove', paths: rest };
    case 'mkdir':
      return { kind: 'mkdir', paths: rest };
    case 'mode':
      return { kind: 'mode', mode: Number.parseInt(first ?? '', 8), paths: others };
    case 'link':
      if (first === undefined || others[0] === undefined)
        throw new CaseSyntaxError(`${where}: link PATH TARGET`);
      return { kind: 'link', path: first, target: others[0] };
    default:
      throw new CaseSyntaxError(`${where}: unknown step '${heading}'`);
  }
}

/** Reads one case. `name` is where it lies; the text's form is in corpus/README.md. Throws CaseSyntaxError. */
export function parseCase(name: string, text: string): CorpusCase {
  const lines = text.replace(/\n$/, '').split('\n');
  const header: {
    title?: string;
    section?: string;
    unordered: boolean;
    only?: RegExp;
    interrupt?: Interrupt;
  } = {
    unordered: false,
  };
  const environment: Record<string, string> = {};
  let at = 0;
  for (; at < lines.length && !lines[at]?.startsWith(MARK); at++) {
    const line = lines[at] ?? '';
    const [, key, value = ''] = /^([a-z]+):\s*(.*)$/.exec(line) ?? [];
    if (line.startsWith('# ') && header.title === undefined) header.title = line.slice(2);
    else if (key === 'section') header.section = value;
    else if (key === 'environment') {
      const equals = value.indexOf('=');
      environment[value.slice(0, equals)] = value.slice(equals + 1);
    } else if (key === 'compare' && value === 'unordered') header.unordered = true;
    else if (key === 'only') header.only = new RegExp(value);
    else if (key === 'interrupt' && (value === 'SIGTERM' || value === 'SIGINT' || value === 'SIGHUP'))
      header.interrupt = value;
    else if (line !== '') throw new CaseSyntaxError(`${name}:${at + 1}: unknown header line: ${line}`);
  }
  if (header.title === undefined) throw new CaseSyntaxError(`${name}: no '# title' line`);
  if (header.section === undefined) throw new CaseSyntaxError(`${name}: no 'section:' line`);

  const steps: Step[] = [];
  while (at < lines.length) {
    const heading = (lines[at] ?? '').slice(MARK.length);
    const where = `${name}:${at + 1}`;
    const body: string[] = [];
    for (at++; at < lines.length && !lines[at]?.startsWith(MARK); at++) body.push(lines[at] ?? '');
    steps.push(step(heading, body, where));
  }
  if (!steps.some(({ kind }) => kind === 'run')) throw new CaseSyntaxError(`${name}: nothing is run`);
  const { title, section, unordered, only, interrupt } = header;
  return { name, title, section, environment, unordered, only, interrupt, steps };
}

/** Whether a case starts make from a recipe or a `$(shell)`, so that it matters which make is found. */
export function isRecursive({ steps }: CorpusCase): boolean {
  return steps.some((step) => step.kind === 'file' && /\$[({]MAKE[)}]|MAKE_COMMAND/.test(step.text));
}

/** The text form of a case, to be saved as a file of the corpus; the inverse of parseCase. */
export function formatCase(corpusCase: CorpusCase): string {
  const { title, section, environment, unordered, only, interrupt, steps } = corpusCase;
  const header = [`# ${title}`, `section: ${section}`];
  for (const [name, value] of Object.entries(environment)) header.push(`environment: ${name}=${value}`);
  if (unordered) header.push('compare: unordered');
  if (only) header.push(`only: ${only.source}`);
  if (interrupt) header.push(`interrupt: ${interrupt}`);
  return `${[...header, ...steps.map(formatStep)].join('\n')}\n`;
}

function quoted(word: string): string {
  return /^[^\s'"]+$/.test(word) ? word : word.includes("'") ? `"${word}"` : `'${word}'`;
}

function formatStep(step: Step): string {
  const all = (words: readonly string[]): string => words.map((word) => ` ${quoted(word)}`).join('');
  switch (step.kind) {
    case 'file': {
      const unterminated = step.text !== '' && !step.text.endsWith('\n');
      const escaped = /[\r\0\f\v]/.test(step.text) || step.text === '';
      const text = escaped
        ? step.text
            .replaceAll('\\', '\\\\')
            .replaceAll('\r', '\\r')
            .replaceAll('\0', '\\0')
            .replaceAll('\f', '\\f')
            .replaceAll('\v', '\\v')
        : step.text;
      const time = step.time === 0 ? '' : ` at ${step.time}`;
      const heading = `--- file ${quoted(step.path)}${time}${escaped ? ' escaped' : ''}${unterminated ? ' unterminated' : ''}`;
      return text === '' ? heading : `${heading}\n${text.replace(/\n$/, '')}`;
    }
    case 'touch':
      return `--- touch ${step.time}${all(step.paths)}`;
    case 'touch-now':
      return `--- touch now+${step.after}${all(step.paths)}`;
    case 'remove':
    case 'mkdir':
      return `--- ${step.kind}${all(step.paths)}`;
    case 'link':
      return `--- link${all([step.path, step.target])}`;
    case 'mode':
      return `--- mode ${step.mode.toString(8)}${all(step.paths)}`;
    case 'stdin':
      return `--- stdin\n${step.text.replace(/\n$/, '')}`;
    case 'run':
      return [`--- run${all(step.argv)}`, ...step.expected.map(formatExpectation)].join('\n');
  }
}

function formatExpectation(expected: Expectation): string {
  switch (expected.kind) {
    case 'stdout':
      return `> ${expected.line}`;
    case 'stderr':
      return `! ${expected.line}`;
    case 'status':
      return `= ${expected.status}`;
    case 'exists':
      return `+ ${expected.path}`;
    case 'missing':
      return `- ${expected.path}`;
  }
}

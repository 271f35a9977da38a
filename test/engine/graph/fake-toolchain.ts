import { createHash } from 'node:crypto';
import path from 'node:path';

/*
 * A compiler that 'compiles' by hashing: what it makes depends on exactly what a C compiler's output depends on (the text
 * after preprocessing, the flags, the compiler itself), and costs microseconds. It is written against the GCC manual,
 * not against the engine, so that the two check each other.
 */

/** Files as the toolchain sees them: the disk, or a model of it. */
export interface Files {
  /** The text of a regular file; undefined when there is none. */
  read(file: string): string | undefined;
}

/** Folders that a fake compiler searches. */
export interface SearchPath {
  readonly quote: readonly string[];
  readonly angle: readonly string[];
}

export interface Preprocessed {
  /** The text that is left: no comments, no directives, symbols replaced by their values. */
  readonly text: string;
  /** Every file that was read, with its text, in order. */
  readonly reads: ReadonlyMap<string, string>;
  /** What each `__has_include` found, by including file and name. */
  readonly tested: ReadonlyMap<string, string | undefined>;
}

/** The file that a directive gets, or undefined. GCC manual, "Search Path" and "Wrapper Headers". */
export function search(
  directive: 'include' | 'include_next',
  spelled: string,
  quoted: boolean,
  from: string,
  folders: SearchPath,
  files: Files,
): string | undefined {
  const chain = [...folders.quote, ...folders.angle];
  let candidates = quoted ? [path.dirname(from), ...chain] : folders.angle;
  if (directive === 'include_next') {
    const at = chain.findIndex((folder) => path.join(folder, spelled) === from);
    if (at >= 0) candidates = chain.slice(at + 1);
  }
  return candidates
    .map((folder) => path.join(folder, spelled))
    .find((candidate) => files.read(candidate) !== undefined);
}

/**
 * Preprocesses a source: directives are include, include_next, ifdef, `if __has_include(…)`, endif and define, each file is
 * read once, `//` begins a comment.
 * @returns the message of an error when a header is missing
 */
export function preprocess(source: string, folders: SearchPath, files: Files): Preprocessed | string {
  const reads = new Map<string, string>();
  const tested = new Map<string, string | undefined>();
  const macros = new Map<string, string>();
  const out: string[] = [];
  const visit = (file: string): string | undefined => {
    if (reads.has(file)) return undefined;
    const text = files.read(file);
    if (text === undefined) return `${file}: no such file`;
    reads.set(file, text);
    const conditions: boolean[] = [];
    for (const line of text.split('\n')) {
      if (line.startsWith('#endif')) {
        conditions.pop();
        continue;
      }
      const taken = !conditions.includes(false);
      const ifdef = /^#ifdef (\w+)/.exec(line);
      const has = /^#if __has_include\((["<])([^">]+)[">]\)/.exec(line);
      if (ifdef !== null) conditions.push(macros.has(ifdef[1]!));
      if (has !== null) {
        const found = search('include', has[2]!, has[1] === '"', file, folders, files);
        if (taken) tested.set(`${file} ${has[1]}${has[2]}`, found);
        conditions.push(found !== undefined);
      }
      if (ifdef !== null || has !== null || !taken) continue;
      const include = /^#(include|include_next) (["<])([^">]+)[">]/.exec(line);
      const define = /^#define (\w+) (.*)$/.exec(line);
      if (include !== null) {
        const [, directive, delimiter, spelled] = include;
        const kind = directive as 'include' | 'include_next';
        const found = search(kind, spelled!, delimiter === '"', file, folders, files);
        if (found === undefined) return `${file}: ${spelled}: no such file`;
        const error = visit(found);
        if (error !== undefined) return error;
      } else if (define !== null) {
        macros.set(define[1]!, define[2]!);
      } else if (!line.startsWith('//') && line !== '') {
        out.push(line.replace(/\bCONFIG_\w+/g, (name) => macros.get(name) ?? name));
      }
    }
    return undefined;
  };
  const error = visit(source);
  return error ?? { text: out.join('\n'), reads, tested };
}

const hash = (...parts: readonly string[]): string =>
  createHash('sha1').update(parts.join('\0')).digest('hex');

/** What a command of the fake toolchain makes: texts by file, or the message of its failure. */
export type Made =
  | {
      readonly files: ReadonlyMap<string, string>;
      readonly reads?: readonly string[];
      readonly depfile?: string;
    }
  | { readonly error: string };

/**
 * Runs a command line without writing anything. Relative names do not occur.
 *
 *     CC  -D… -iquote DIR -I DIR -MF DEPFILE -o OBJECT SOURCE
 *     LD  -T SCRIPT -o IMAGE -Map MAP OBJECT…     (LD -r -o LIBRARY OBJECT…)
 *     GEN TEMPLATE HEADER                         copies what is no comment
 *     CONF SETTINGS HEADER                        `A=1` becomes `#define CONFIG_A 1`
 */
export function execute(argv: readonly string[], environment: string, files: Files): Made {
  const [program, ...words] = argv;
  const tool = files.read(program!);
  if (tool === undefined) return { error: `${program}: not found` };
  switch (path.basename(program!)) {
    case 'cc':
      return compile(words, `${tool} ${environment}`, files);
    case 'ld':
      return link(words, tool, files);
    case 'gen':
    case 'conf':
      return generate(path.basename(program!), words, files);
    default:
      return { error: `${program}: unknown program` };
  }
}

function compile(words: readonly string[], tool: string, files: Files): Made {
  const folders = { quote: [] as string[], angle: [] as string[] };
  const flags: string[] = [];
  let object = '';
  let depfile = '';
  let source = '';
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '-iquote') folders.quote.push(words[++at]!);
    else if (word === '-I') folders.angle.push(words[++at]!);
    else if (word === '-MF') depfile = words[++at]!;
    else if (word === '-o') object = words[++at]!;
    else if (word.startsWith('-')) flags.push(word);
    else source = word;
  }
  const text = preprocess(source, folders, files);
  if (typeof text === 'string') return { error: text };
  // A flag that only asks for warnings changes the command, not the object.
  const effective = flags.filter((flag) => !flag.startsWith('-W'));
  const content = `object ${hash(tool, effective.join(' '), text.text)}\n`;
  return { files: new Map([[object, content]]), reads: [...text.reads.keys()], depfile };
}

function link(words: readonly string[], tool: string, files: Files): Made {
  const outputs: string[] = [];
  const inputs: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '-o' || word === '-Map') outputs.push(words[++at]!);
    else if (word === '-T') inputs.push(words[++at]!);
    else if (word !== '-r') inputs.push(word);
  }
  const parts: string[] = [tool];
  for (const input of inputs) {
    const text = files.read(input);
    if (text === undefined) return { error: `${input}: no such file` };
    parts.push(path.basename(input), text);
  }
  return { files: new Map(outputs.map((output, at) => [output, `linked ${hash(...parts, `${at}`)}\n`])) };
}

function generate(kind: string, words: readonly string[], files: Files): Made {
  const text = files.read(words[0]!);
  if (text === undefined) return { error: `${words[0]}: no such file` };
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('//'));
  const made = kind === 'gen' ? lines : lines.map((line) => `#define CONFIG_${line.replace('=', ' ')}`);
  return { files: new Map([[words[1]!, made.map((line) => `${line}\n`).join('')]]) };
}

import { cString } from './byte-text.ts';
import { glob } from './glob.ts';
import { Macros } from './macros.ts';
import type { SourceFile, SourceFiles } from './source-file.ts';
import { ConfExit, type World } from './world.ts';

const keywords = [
  'allnoconfig_y',
  'bool',
  'choice',
  'comment',
  'config',
  'def_bool',
  'def_tristate',
  'default',
  'defconfig_list',
  'depends',
  'endchoice',
  'endif',
  'endmenu',
  'help',
  'hex',
  'if',
  'imply',
  'int',
  'mainmenu',
  'menu',
  'menuconfig',
  'modules',
  'on',
  'option',
  'optional',
  'prompt',
  'range',
  'select',
  'source',
  'string',
  'tristate',
  'visible',
] as const;

const operators = ['||', '&&', '=', '!=', '<', '<=', '>', '>=', '!', '(', ')', ':=', '+='] as const;

export type Token =
  | (typeof keywords)[number]
  | (typeof operators)[number]
  /** `text` holds the word, the quoted text, the help, the assigned value. */
  | 'word'
  | 'quoted'
  | 'helptext'
  | 'value'
  | 'end of line'
  | 'end of input';

const keywordTokens = new Map<string, Token>(keywords.map((word) => [word, word]));
keywordTokens.set('---help---', 'help');
const operatorTokens = new Set<string>(operators);

const wordForm = /[A-Za-z0-9_$-]+/y;
const assignmentOperators: ReadonlySet<Token> = new Set(['=', ':=', '+=']);

/** File descriptors a process may have, less the three standard streams: the depth at which `source` fails. */
const MAX_OPEN_FILES = 1021;

interface Buffer {
  text: string;
  at: number;
  /** A folder was opened: reading fails once it is begun. */
  readonly folder: boolean;
}

/**
 * Splits the files of a tree into tokens. Follows the C program's flex scanner byte by byte: which state it
 * is in when, which line number it is at, and what it does with the bytes that it does not know.
 */
export class Lexer {
  readonly macros: Macros;
  /** The text of the last word, quoted text, help or value. */
  text = '';
  /** The file being read; undefined at the end of the input. */
  file: SourceFile | undefined;
  /** The line of the reading position. */
  line = 1;
  /** Where the current statement began: what messages and entries are located by. */
  statementFile: SourceFile | undefined;
  statementLine = 0;

  readonly #world: World;
  readonly #files: SourceFiles;
  readonly #buffers: Buffer[] = [];
  #state: 'initial' | 'value' | 'help' = 'initial';
  #previous: Token = 'end of line';
  #beforePrevious: Token = 'end of line';

  constructor(world: World, files: SourceFiles) {
    this.#world = world;
    this.#files = files;
    this.macros = new Macros(world, () => ({ fileName: this.file?.name ?? '<none>', line: this.line }));
  }

  /** Begins with the root file; ends the run when it cannot be opened. */
  start(name: string): void {
    const opened = this.#world.open(name);
    if (opened === undefined) {
      this.#world.warn(`can't find file ${name}\n`);
      throw new ConfExit(1);
    }
    this.#buffers.push({ ...opened, at: 0 });
    this.file = this.#files.lookup(name);
    this.line = 1;
  }

  /** The name of the file of the current statement. */
  get statementFileName(): string {
    return this.statementFile?.name ?? '<none>';
  }

  /** The rest of the input up to here is help, from the next line on. */
  startHelp(): void {
    this.#state = 'help';
  }

  /** Reads the files that a pattern matches next, and then goes on here. A pattern without a match is skipped. */
  source(pattern: string): void {
    // The last file is put on the stack first.
    for (const name of glob(this.#world, pattern).reverse()) this.#push(name);
  }

  #push(name: string): void {
    const file = this.#files.lookup(name);
    const opened = this.#buffers.length >= MAX_OPEN_FILES ? undefined : this.#world.open(name);
    if (opened === undefined) {
      this.#world.warn(`${this.statementFileName}:${this.statementLine}: can't open file "${name}"\n`);
      throw new ConfExit(1);
    }
    // Without a newline after it, the root file's last statement is acted on when that file is over.
    const current = this.file;
    if (current !== undefined) current.line = this.line;
    file.parent = current;
    for (let above = current; above !== undefined; above = above.parent) {
      if (above === file) this.#recursion(file);
    }
    this.#buffers.push({ ...opened, at: 0 });
    this.line = 1;
    this.file = file;
  }

  #recursion(file: SourceFile): never {
    let message = `Recursive inclusion detected.\nInclusion path:\n  current file : ${file.name}\n`;
    let above = file;
    do {
      above = above.parent!;
      message += `  included from: ${above.name}:${above.line - 1}\n`;
    } while (above !== file);
    this.#world.warn(message);
    throw new ConfExit(1);
  }

  #readFailure(): never {
    this.#world.warn('input in flex scanner failed\n');
    throw new ConfExit(2);
  }

  /** The next token for the parser. Only the first of several line ends in a row is one. */
  next(): Token {
    for (;;) {
      const token = this.#scan();
      if (this.#previous === 'end of line' || this.#previous === 'helptext') {
        if (token === 'end of line') continue;
        // A statement begins. A backslash may continue it on further lines.
        this.statementFile = this.file;
        this.statementLine = this.line;
      }
      if (
        this.#beforePrevious === 'end of line' &&
        this.#previous === 'word' &&
        assignmentOperators.has(token)
      ) {
        this.#state = 'value';
      }
      this.#beforePrevious = this.#previous;
      this.#previous = token;
      return token;
    }
  }

  #scan(): Token {
    for (;;) {
      const buffer = this.#buffers.at(-1)!;
      if (this.#state === 'help') return this.#scanHelp(buffer);
      if (buffer.at >= buffer.text.length) return this.#endOfFile(buffer);
      const token = this.#state === 'value' ? this.#scanValue(buffer) : this.#scanToken(buffer);
      if (token !== undefined) return token;
    }
  }

  #endOfFile(buffer: Buffer): Token {
    if (buffer.folder) this.#readFailure();
    this.#state = 'initial';
    if (this.file === undefined) return 'end of input';
    if (this.#previous !== 'end of line' && this.#previous !== 'helptext') {
      this.#world.warn(`${this.file.name}:${this.line}:warning: no new line at end of file\n`);
    }
    this.file = this.file.parent;
    if (this.file !== undefined) this.line = this.file.line;
    // The root file's buffer stays: it is at its end.
    if (this.#buffers.length > 1) this.#buffers.pop();
    return 'end of line';
  }

  /** One step in the ordinary state; undefined when it yields no token. */
  #scanToken(buffer: Buffer): Token | undefined {
    const { text } = buffer;
    const character = text[buffer.at]!;
    switch (character) {
      case '#':
        buffer.at = endOfLine(text, buffer.at);
        return undefined;
      case ' ':
      case '\t':
        buffer.at++;
        return undefined;
      case '\n':
        buffer.at++;
        this.line++;
        return 'end of line';
      case '"':
      case "'":
        buffer.at++;
        return this.#scanQuoted(buffer, character);
      case '\\':
        if (text[buffer.at + 1] !== '\n') break;
        buffer.at += 2;
        this.line++;
        return undefined;
    }
    wordForm.lastIndex = buffer.at;
    const word = wordForm.exec(text)?.[0];
    if (word !== undefined) return this.#scanWord(buffer, word);
    const two = text.slice(buffer.at, buffer.at + 2);
    const operator = two.length === 2 && operatorTokens.has(two) ? two : character;
    buffer.at += operator.length;
    if (operatorTokens.has(operator)) return operator as Token;
    this.#world.warn(
      `${this.file!.name}:${this.line}:warning: ignoring unsupported character '${character}'\n`,
    );
    return undefined;
  }

  #scanWord(buffer: Buffer, word: string): Token | undefined {
    if (!word.includes('$')) {
      buffer.at += word.length;
      const keyword = keywordTokens.get(word);
      if (keyword !== undefined) return keyword;
      this.text = word;
      return 'word';
    }
    const { value, used } = this.macros.expandWord(this.#restOfLine(buffer));
    buffer.at += used;
    if (value === '') return undefined;
    this.text = value;
    return 'word';
  }

  /** The rest of a line in which something is expanded: the C program loses what follows a NUL there. */
  #restOfLine(buffer: Buffer): string {
    const { text, at } = buffer;
    const end = endOfLine(text, at);
    const line = text.slice(at, end);
    const kept = cString(line);
    if (kept.length < line.length) buffer.text = text.slice(0, at) + kept + text.slice(end);
    return kept;
  }

  #scanQuoted(buffer: Buffer, quote: string): Token {
    let value = '';
    for (;;) {
      const { text } = buffer;
      const from = buffer.at;
      while (buffer.at < text.length && !'$\'"\\\n'.includes(text[buffer.at]!)) buffer.at++;
      value += text.slice(from, buffer.at);
      if (buffer.at >= text.length) break;
      const character = text[buffer.at]!;
      if (character === '\n') {
        this.#world.warn(
          `${this.statementFileName}:${this.statementLine}:warning: multi-line strings not supported\n`,
        );
        break;
      }
      buffer.at++;
      if (character === quote) break;
      if (character === '\\') {
        // A backslash before a line's end only vanishes.
        if (buffer.at < text.length && text[buffer.at] !== '\n') value += text[buffer.at++];
      } else if (character === '$') {
        const reference = this.macros.expandReference(this.#restOfLine(buffer), 0);
        value += reference.value;
        buffer.at += reference.end;
      } else value += character;
    }
    this.text = cString(value);
    return 'quoted';
  }

  /** What an assignment assigns: from the first character that is not blank to the end of the line. */
  #scanValue(buffer: Buffer): Token | undefined {
    const character = buffer.text[buffer.at]!;
    if (character === '\n') {
      buffer.at++;
      this.line++;
      this.#state = 'initial';
      return 'end of line';
    }
    if (character === ' ' || character === '\t') {
      buffer.at++;
      return undefined;
    }
    const end = endOfLine(buffer.text, buffer.at);
    this.text = cString(buffer.text.slice(buffer.at, end));
    buffer.at = end;
    return 'value';
  }

  /**
   * Help: lines indented at least as deeply as its first line of text. (Without an indented body the next
   * line is its text, whatever that is.) Columns count from 0, tabs go to multiples of 8.
   */
  #scanHelp(buffer: Buffer): Token {
    const { text } = buffer;
    let help = '';
    let indent = 0;
    let lastIndent = 0;
    for (;;) {
      if (buffer.at >= text.length) break;
      const lineEnd = endOfLine(text, buffer.at);
      let at = buffer.at;
      while (at < lineEnd && (text[at] === ' ' || text[at] === '\t')) at++;
      if (at === lineEnd && lineEnd < text.length) {
        // A blank rest of a line. The help ends here when the next line begins at its very left.
        buffer.at = lineEnd + 1;
        this.line++;
        const following = text[buffer.at];
        if (following !== undefined && !' \t\n'.includes(following)) break;
        help += '\n';
        continue;
      }
      if (at > buffer.at) {
        lastIndent = columnsOf(text, buffer.at, at);
        buffer.at = at;
        if (indent > 0) {
          if (lastIndent < indent) break;
          help += ' '.repeat(lastIndent - indent);
        }
        continue;
      }
      buffer.at = lineEnd;
      let end = lineEnd;
      while (text[end - 1] === ' ' || text[end - 1] === '\t') end--;
      help += text.slice(at, end);
      if (indent === 0) indent = lastIndent;
    }
    this.#state = 'initial';
    this.text = cString(help);
    return 'helptext';
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function columnsOf(text: string, from: number, to: number): number {
  let columns = 0;
  for (let index = from; index < to; index++) {
    columns = text[index] === '\t' ? (columns & ~7) + 8 : columns + 1;
  }
  return columns;
}

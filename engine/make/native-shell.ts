import type { ShellSettings } from './command-argv.ts';
import type { MakeHost, ShellReply } from './host.ts';
import { NativeCommands, NeedsShell } from './native-commands.ts';

/**
 * Answers to `$(shell)` commands that need no process. A build system asks the same small things over and over
 * (`mkdir -p D && cd D && pwd`, `which gcc`, `if [ 12 -gt 8 ]; then printf y; fi`): of 175 shells that one evaluation of
 * Unikraft starts, 140 are of this kind, and each costs more than a thousand macro calls.
 *
 * A command is read as a small part of the shell's language and carried out on the host's files. Whatever is not
 * certain to have the same output, status and effects here goes to the real shell: anything unknown, anything that would
 * create or fail.
 */

/** Shells that agree on what is understood here. */
const knownShells: ReadonlySet<string> = new Set(['/bin/sh', '/bin/dash', '/bin/bash', '/usr/bin/bash']);

/** Variables by which a user makes the shell do other things than it is told. */
const SHELL_CHANGERS = ['BASH_ENV', 'SHELLOPTS', 'BASHOPTS', 'BASH_COMPAT', 'POSIXLY_CORRECT', 'LD_PRELOAD'];
/** Environments are the same object throughout an evaluation. */
const plainEnvironments = new WeakMap<object, boolean>();

/** No function of the user's stands for a command, and the shell reads nothing but what it is told. */
function isPlainEnvironment(environment: Readonly<Record<string, string>>): boolean {
  let plain = plainEnvironments.get(environment);
  if (plain === undefined) {
    plain =
      SHELL_CHANGERS.every((name) => environment[name] === undefined) &&
      !Object.keys(environment).some((name) => name.startsWith('BASH_FUNC_'));
    plainEnvironments.set(environment, plain);
  }
  return plain;
}

/** @returns undefined if the command has to be run */
export function answerNatively(
  command: string,
  settings: ShellSettings,
  host: MakeHost,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): ShellReply | undefined {
  if (!knownShells.has(settings.shell) || settings.ifs !== '' || settings.flags !== '-c') return undefined;
  if (!isPlainEnvironment(environment)) return undefined;
  try {
    const tokens = tokenize(command);
    const shell = new TinyShell(tokens, host, cwd, environment);
    return shell.run();
  } catch (error) {
    if (error instanceof NeedsShell) return undefined;
    throw error;
  }
}

/** `echo "WORD" | sed -e 's/…/…/' …`, by which Unikraft finds the machine's architecture five times over. */
const EDITED_WORD =
  /^echo "[\w.+-]*" \| sed(?: -e (?:"s\/[^"$`\\!/\n]*\/[^"$`\\!/\n]*\/"|'s\/[^'/\n]*\/[^'/\n]*\/'))+ *$/;

/** True if a command that ended well would give the same again: it depends on nothing but its own text. */
export function givesTheSameAgain(
  command: string,
  settings: ShellSettings,
  host: MakeHost,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): boolean {
  return (
    EDITED_WORD.test(command) &&
    knownShells.has(settings.shell) &&
    settings.flags === '-c' &&
    isPlainEnvironment(environment) &&
    new NativeCommands(host, cwd, environment).isSystemProgram('sed')
  );
}

interface Token {
  readonly kind: 'word' | 'operator';
  readonly text: string;
  /** Quotes in it: cannot be a reserved word. */
  readonly quoted: boolean;
}

const reservedWords: ReadonlySet<string> = new Set(
  'if then else elif fi for while until do done case esac { } ! in'.split(' '),
);

const PLAIN = /[A-Za-z0-9_./+,@%:=-]/;

function tokenize(command: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < command.length) {
    const char = command[index]!;
    if (char === ' ' || char === '\t') {
      index++;
    } else if (command.startsWith('&&', index) || command.startsWith('||', index)) {
      tokens.push({ kind: 'operator', text: command.slice(index, index + 2), quoted: false });
      index += 2;
    } else if (char === ';' || char === '(' || char === ')') {
      tokens.push({ kind: 'operator', text: char, quoted: false });
      index++;
    } else {
      const redirection = /^(2?)> *\/dev\/null(?=[\s;&|)]|$)/.exec(command.slice(index));
      if (redirection !== null) {
        tokens.push({ kind: 'operator', text: redirection[1] === '2' ? '2>' : '>', quoted: false });
        index += redirection[0].length;
        continue;
      }
      const word = readWord(command, index);
      tokens.push({ kind: 'word', text: word.text, quoted: word.quoted });
      index = word.end;
    }
  }
  return tokens;
}

function readWord(command: string, start: number): { text: string; quoted: boolean; end: number } {
  let text = '';
  let quoted = false;
  let index = start;
  for (; index < command.length; index++) {
    const char = command[index]!;
    if (char === "'" || char === '"') {
      const end = command.indexOf(char, index + 1);
      if (end < 0) throw new NeedsShell();
      const inner = command.slice(index + 1, end);
      if (char === '"' && /[$`\\!]/.test(inner)) throw new NeedsShell();
      text += inner;
      quoted = true;
      index = end;
    } else if (
      PLAIN.test(char) ||
      char === '[' ||
      char === ']' ||
      (char === '!' && command[index + 1] === '=')
    ) {
      text += char;
    } else if (' \t;()&|'.includes(char)) {
      break;
    } else {
      throw new NeedsShell();
    }
  }
  // Brackets inside a word would be a pattern.
  if (!quoted && /[[\]]/.test(text) && text !== '[' && text !== ']') throw new NeedsShell();
  if (index === start) throw new NeedsShell();
  return { text, quoted, end: index };
}

/** Carries out what it reads, in one pass; branches that are not taken are read only. */
class TinyShell {
  private readonly tokens: readonly Token[];
  private readonly commands: NativeCommands;
  private at = 0;

  constructor(
    tokens: readonly Token[],
    host: MakeHost,
    cwd: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.tokens = tokens;
    this.commands = new NativeCommands(host, cwd, environment);
  }

  run(): ShellReply {
    const status = this.list(true, []);
    if (this.at < this.tokens.length) throw new NeedsShell();
    return { stdout: this.commands.output, stderr: '', status };
  }

  private get next(): Token | undefined {
    return this.tokens[this.at];
  }

  private isOperator(text: string): boolean {
    return this.next?.kind === 'operator' && this.next.text === text;
  }

  private isReserved(text: string): boolean {
    return this.next?.kind === 'word' && !this.next.quoted && this.next.text === text;
  }

  private expect(text: string): void {
    if (!this.isReserved(text)) throw new NeedsShell();
    this.at++;
  }

  /** Commands separated by `;`, up to one of the reserved words or `)`. */
  private list(active: boolean, ends: readonly string[]): number {
    let status = 0;
    let any = false;
    while (this.next !== undefined && !this.isOperator(')') && !ends.some((end) => this.isReserved(end))) {
      status = this.chain(active);
      any = true;
      if (!this.isOperator(';')) break;
      this.at++;
    }
    if (!any) throw new NeedsShell();
    return status;
  }

  /** `a && b || c` */
  private chain(active: boolean): number {
    let status = this.command(active);
    for (;;) {
      if (this.isOperator('&&')) {
        this.at++;
        const run = active && status === 0;
        const result = this.command(run);
        if (run) status = result;
      } else if (this.isOperator('||')) {
        this.at++;
        const run = active && status !== 0;
        const result = this.command(run);
        if (run) status = result;
      } else {
        return status;
      }
    }
  }

  private command(active: boolean): number {
    if (this.isOperator('(')) {
      this.at++;
      const { directory } = this.commands;
      const status = this.list(active, []);
      this.commands.directory = directory;
      if (!this.isOperator(')')) throw new NeedsShell();
      this.at++;
      return status;
    }
    if (this.isReserved('if')) return this.conditional(active);
    return this.simple(active);
  }

  private conditional(active: boolean): number {
    this.expect('if');
    const condition = this.list(active, ['then']);
    this.expect('then');
    const taken = active && condition === 0;
    let status = this.list(taken, ['else', 'fi']);
    if (!taken) status = 0;
    if (this.isReserved('else')) {
      this.at++;
      const result = this.list(active && condition !== 0, ['fi']);
      if (active && condition !== 0) status = result;
    }
    this.expect('fi');
    return status;
  }

  private simple(active: boolean): number {
    const words: string[] = [];
    let silent = false;
    const first = this.next;
    if (first?.kind !== 'word' || first.quoted || first.text.includes('=')) throw new NeedsShell();
    if (reservedWords.has(first.text)) throw new NeedsShell();
    for (; this.next !== undefined; this.at++) {
      const { kind, text } = this.next;
      if (kind === 'word') words.push(text);
      else if (text === '>') silent = true;
      else if (text !== '2>') break;
    }
    if (!active) return 0;
    const { commands } = this;
    const before = commands.output;
    const status = commands.execute(words[0]!, words.slice(1));
    if (silent) commands.output = before;
    return status;
  }
}

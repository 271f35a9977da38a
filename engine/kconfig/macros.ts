import { cString, decodeBytes } from './byte-text.ts';
import type { World } from './world.ts';
import { ConfExit } from './world.ts';

/** Where the reader is, for messages and for `$(filename)` and `$(lineno)`. */
export interface ReadingPosition {
  readonly fileName: string;
  readonly line: number;
}

export type AssignmentOperator = '=' | ':=' | '+=';

interface Variable {
  value: string;
  /** `:=` expands when assigned, `=` when used. */
  recursive: boolean;
  /** How many expansions of it are under way. */
  active: number;
}

const MAX_ARGUMENTS = 16;
const MAX_DEPTH = 1000;
/** The C program reads a command's output into a buffer of this size, and keeps a byte for the end. */
const SHELL_BUFFER = 256;

const argumentCounts: Readonly<Record<string, number>> = {
  'error-if': 2,
  filename: 0,
  info: 1,
  lineno: 0,
  shell: 1,
  'warning-if': 2,
};

const tokenEnd = /[^A-Za-z0-9_-]/;

/** The macro language: variables, user functions and built-in functions, all written `$(…)`. */
export class Macros {
  readonly #world: World;
  readonly #position: () => ReadingPosition;
  #variables = new Map<string, Variable>();

  constructor(world: World, position: () => ReadingPosition) {
    this.#world = world;
    this.#position = position;
  }

  /** `name = value`, `name := value`, `name += value`. */
  assign(name: string, operator: AssignmentOperator, value: string): void {
    const known = this.#variables.get(name);
    // '+=' keeps the flavour of a variable and makes an unknown one recursive.
    const recursive = operator === '+=' ? (known?.recursive ?? true) : operator === '=';
    const added = recursive ? value : this.expandText(value);
    if (known === undefined) {
      this.#variables.set(name, { value: added, recursive, active: 0 });
      return;
    }
    known.recursive = recursive;
    known.value = operator === '+=' ? `${known.value} ${added}` : added;
  }

  /** Variables exist only while the tree is read. */
  forget(): void {
    this.#variables = new Map();
  }

  /** Expands every reference in a text. */
  expandText(text: string): string {
    return this.#expand(text, []);
  }

  /**
   * Expands the word that a text begins with; a word ends before the first character, outside of a
   * reference, that is neither letter, digit, `_` nor `-`.
   * @returns the expansion, and how many characters of the text it used
   */
  expandWord(text: string): { value: string; used: number } {
    let value = '';
    let index = 0;
    while (index < text.length) {
      const character = text[index]!;
      if (character === '$') {
        const reference = this.expandReference(text, index + 1);
        value += reference.value;
        index = reference.end;
      } else if (tokenEnd.test(character)) {
        break;
      } else {
        value += character;
        index++;
      }
    }
    return { value, used: index };
  }

  /**
   * Expands what follows a `$`. Only `(` makes it a reference: `$X` and `${X}` stand for themselves.
   * @param start the index after the `$`
   * @returns the expansion, and the index after the reference
   */
  expandReference(text: string, start: number, args: readonly string[] = []): { value: string; end: number } {
    if (text[start] !== '(') return { value: '$', end: start };
    let nesting = 0;
    for (let index = start + 1; index < text.length; index++) {
      const character = text[index];
      if (character === '(') nesting++;
      else if (character === ')' && nesting-- === 0) {
        return { value: this.#evaluate(text.slice(start + 1, index), args), end: index + 1 };
      }
    }
    return this.#fail(`unterminated reference to '${text.slice(start + 1)}': missing ')'`);
  }

  #expand(text: string, args: readonly string[]): string {
    let dollar = text.indexOf('$');
    if (dollar === -1) return text;
    let result = '';
    let from = 0;
    while (dollar !== -1) {
      const reference = this.expandReference(text, dollar + 1, args);
      result += text.slice(from, dollar) + reference.value;
      from = reference.end;
      dollar = text.indexOf('$', from);
    }
    return result + text.slice(from);
  }

  /** The inside of `$(…)`: an argument's number, or a name and arguments separated by commas. */
  #evaluate(clause: string, args: readonly string[]): string {
    if (/^[ \t-\r]*\+?[0-9]+$/.test(clause)) {
      const argument = args[Number(clause) - 1];
      if (argument !== undefined) return argument;
    }
    const parts = this.#split(clause).map((part) => this.#expand(part, args));
    const name = parts.shift()!;
    return (
      this.#expandVariable(name, parts) ??
      this.#callFunction(name, parts) ??
      (parts.length === 0 ? this.#world.useVariable(name) : undefined) ??
      ''
    );
  }

  #split(clause: string): string[] {
    const parts: string[] = [];
    let nesting = 0;
    let from = 0;
    for (let index = 0; index < clause.length; index++) {
      const character = clause[index];
      if (character === ',' && nesting === 0) {
        if (parts.length >= MAX_ARGUMENTS) this.#fail('too many function arguments');
        parts.push(clause.slice(from, index));
        from = index + 1;
      } else if (character === '(') nesting++;
      else if (character === ')') nesting--;
    }
    parts.push(clause.slice(from));
    return parts;
  }

  #expandVariable(name: string, args: readonly string[]): string | undefined {
    const variable = this.#variables.get(name);
    if (variable === undefined) return undefined;
    if (args.length === 0 && variable.active > 0) {
      this.#fail(`Recursive variable '${name}' references itself (eventually)`);
    }
    if (variable.active > MAX_DEPTH) this.#fail('Too deep recursive expansion');
    variable.active++;
    const value = variable.recursive ? this.#expand(variable.value, args) : variable.value;
    variable.active--;
    return value;
  }

  #callFunction(name: string, args: readonly string[]): string | undefined {
    if (!Object.hasOwn(argumentCounts, name)) return undefined;
    const count = argumentCounts[name]!;
    if (args.length < count) this.#fail(`too few function arguments passed to '${name}'`);
    if (args.length > count) this.#fail(`too many function arguments passed to '${name}'`);
    const { fileName, line } = this.#position();
    switch (name) {
      case 'error-if':
        if (args[0] === 'y') this.#fail(args[1]!);
        return undefined;
      case 'filename':
        return fileName;
      case 'info':
        this.#world.print(`${args[0]}\n`);
        return '';
      case 'lineno':
        return String(line);
      case 'shell':
        return this.#shell(args[0]!);
      default:
        if (args[0] === 'y') this.#world.warn(`${fileName}:${line}: ${args[1]}\n`);
        return '';
    }
  }

  #shell(command: string): string {
    const outcome = this.#world.shell(command);
    if (outcome.stderr.length > 0) this.#world.warn(decodeBytes(outcome.stderr));
    if (outcome.failure !== undefined) {
      this.#world.warn(`${command}: ${outcome.failure}\n`);
      throw new ConfExit(1);
    }
    const kept = decodeBytes(outcome.stdout.subarray(0, SHELL_BUFFER - 1));
    return cString(kept.replace(/\n+$/, '').replaceAll('\n', ' '));
  }

  #fail(message: string): never {
    const { fileName, line } = this.#position();
    this.#world.warn(`${fileName}:${line}: ${message}\n`);
    throw new ConfExit(1);
  }
}

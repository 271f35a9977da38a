import { cString } from './byte-text.ts';
import { type GivenValue, choiceOf, MODULE, NO, YES, type ConfigSymbol } from './symbol.ts';
import type { Solver } from './solver.ts';
import { isValidText } from './value-text.ts';
import { Setter } from './setter.ts';

/** Which of a symbol's given values a file fills. */
export type Slot = 'user' | 'auto';

/** Called with the name of a symbol that an old `auto.conf` has and the tree has not. */
export type OnGone = (name: string) => void;

/**
 * Reads files of the form of `.config`: `.config` itself, defconfigs, `auto.conf`, and the files of
 * KCONFIG_ALLCONFIG. Later lines win. Warnings go to standard error.
 */
export class ConfFileReader {
  readonly #solver: Solver;
  readonly #prefix: string;
  readonly #onMessage: (text: string) => void;
  #warnings = 0;

  /**
   * @param prefix what names begin with in files, `CONFIG_`
   * @param onMessage told which defconfig_list file is used
   */
  constructor(solver: Solver, prefix: string, onMessage: (text: string) => void) {
    this.#solver = solver;
    this.#prefix = prefix;
    this.#onMessage = onMessage;
  }

  /**
   * Reads a configuration that is to be worked with, and drops from it what cannot be: values out of range,
   * and values of symbols that are invisible while everything else agrees.
   * @param name undefined means `.config`, or the first defconfig_list file when there is none
   * @param configName where `.config` is
   * @returns false when no file could be read
   */
  read(name: string | undefined, configName: string): boolean {
    const solver = this.#solver;
    solver.changes = 0;
    const found = this.readSimple(name, configName, 'user');
    solver.calculate(solver.tree.modules!);
    if (found) this.#settle();
    return found;
  }

  /** As `read`, with the text of a configuration; `name` is its file in messages. */
  readText(text: string, name: string): void {
    this.#solver.changes = 0;
    this.#forget('user');
    this.#readLines(text, name, 'user', undefined);
    this.#solver.calculate(this.#solver.tree.modules!);
    this.#settle();
  }

  #settle(): void {
    const solver = this.#solver;
    const symbols = solver.tree.symbols.inHashOrder();
    let unsaved = 0;
    for (const symbol of symbols) {
      solver.calculate(symbol);
      if (symbol.choice || symbol.neverWritten) continue;
      const { user } = symbol;
      if (user.set && symbol.write) {
        const logic = symbol.type === 'bool' || symbol.type === 'tristate';
        if (logic) {
          if (user.state === symbol.state) continue;
        } else if (symbol.text === user.text) continue;
      } else if (!user.set && !symbol.write) continue;
      unsaved++;
    }
    const setter = new Setter(solver);
    for (const symbol of symbols) {
      if (!symbol.user.set || symbol.choiceValue) continue;
      // So that it counts as new when it becomes visible. With unsaved changes, all values are kept.
      if (symbol.visible === NO && unsaved === 0) symbol.user.set = false;
      if (symbol.type !== 'string' && symbol.type !== 'int' && symbol.type !== 'hex') continue;
      if (setter.allowsText(symbol, symbol.user.text ?? '')) continue;
      symbol.valid = false;
      symbol.user.set = false;
      unsaved++;
    }
    if (this.#warnings > 0 || unsaved > 0) solver.changes++;
  }

  /** Reads a file into the symbols' given values, and nothing more. */
  readSimple(name: string | undefined, configName: string, slot: Slot, onGone?: OnGone): boolean {
    const { tree } = this.#solver;
    let fileName = name ?? configName;
    let opened = tree.world.open(fileName);
    if (opened === undefined && name === undefined) {
      this.#solver.changes++;
      for (const property of tree.defconfigList?.properties ?? []) {
        if (property.kind !== 'default') continue;
        const value = property.expression!;
        if (this.#solver.evaluate(property.condition) === NO || value.kind !== 'symbol') continue;
        this.#solver.calculate(value.symbol!);
        fileName = this.#solver.textOf(value.symbol!) ?? '';
        opened = tree.world.open(fileName);
        if (opened === undefined) continue;
        this.#onMessage(`using defaults found in ${fileName}`);
        break;
      }
    }
    if (opened === undefined) return false;
    this.#forget(slot);
    this.#readLines(opened.text, fileName, slot, onGone);
    return true;
  }

  #forget(slot: Slot): void {
    for (const symbol of this.#solver.tree.symbols.inHashOrder()) {
      const given = symbol[slot];
      symbol.valid = false;
      given.set = symbol.choice;
      given.text = undefined;
      given.chosen = undefined;
      given.state = NO;
    }
  }

  #readLines(text: string, fileName: string, slot: Slot, onGone: OnGone | undefined): void {
    this.#warnings = 0;
    let line = 0;
    for (let from = 0; from < text.length;) {
      const newline = text.indexOf('\n', from);
      const end = newline === -1 ? text.length : newline + 1;
      line++;
      const warn = (message: string): void => {
        this.#solver.tree.world.warn(`${fileName}:${line}:warning: ${message}\n`);
        this.#warnings++;
      };
      this.#readLine(cString(text.slice(from, end)), slot, warn, onGone);
      from = end;
    }
  }

  #readLine(line: string, slot: Slot, warn: (message: string) => void, onGone: OnGone | undefined): void {
    const prefix = this.#prefix;
    let symbol: ConfigSymbol | undefined;
    if (line.startsWith('#')) {
      symbol = this.#readUnset(line, slot, warn);
    } else if (line.startsWith(prefix)) {
      const equals = line.indexOf('=', prefix.length);
      if (equals === -1) return;
      const name = line.slice(prefix.length, equals);
      // One carriage return before the newline goes with it.
      const value = line.slice(equals + 1).replace(/\r?\n$/, '');
      symbol = this.#solver.tree.symbols.find(name);
      if (symbol === undefined) {
        if (slot === 'auto') onGone?.(name);
        else this.#solver.changes++;
        return;
      }
      if (symbol[slot].set) warn(`override: reassigning to symbol ${symbol.name}`);
      if (!assignText(symbol, symbol[slot], value, slot === 'auto' ? undefined : warn)) return;
    } else {
      if (line[0] !== '\r' && line[0] !== '\n') {
        warn(`unexpected data: ${/^[^\r\n]*/.exec(line)![0]}`);
      }
      return;
    }
    if (symbol?.choiceValue) settleChoice(symbol, slot, warn);
  }

  /** `# CONFIG_X is not set`; other comments are passed over. */
  #readUnset(line: string, slot: Slot, warn: (message: string) => void): ConfigSymbol | undefined {
    const start = 2 + this.#prefix.length;
    if (!line.startsWith(this.#prefix, 2)) return undefined;
    const blank = line.indexOf(' ', start);
    if (blank === -1 || !line.startsWith('is not set', blank + 1)) return undefined;
    const name = line.slice(start, blank);
    const { symbols } = this.#solver.tree;
    let symbol: ConfigSymbol | undefined;
    if (slot === 'user') {
      symbol = symbols.find(name);
      if (symbol === undefined) {
        this.#solver.changes++;
        return undefined;
      }
    } else {
      symbol = symbols.lookup(name, 'plain');
      if (symbol.type === 'unknown') symbol.type = 'bool';
    }
    const given = symbol[slot];
    if (given.set) warn(`override: reassigning to symbol ${symbol.name}`);
    if (symbol.type === 'bool' || symbol.type === 'tristate') {
      given.state = NO;
      given.set = true;
    }
    return symbol;
  }
}

/** Takes what stands behind the `=`; false when it is no value for the symbol (`warn` is told). */
function assignText(
  symbol: ConfigSymbol,
  given: GivenValue,
  value: string,
  warn: ((message: string) => void) | undefined,
): boolean {
  const invalid = (text: string): false => {
    warn?.(`symbol value '${text}' invalid for ${symbol.name}`);
    return false;
  };
  switch (symbol.type) {
    case 'tristate':
    case 'bool': {
      // Only the first letter counts.
      const letter = value.charAt(0);
      if (letter === 'y') given.state = YES;
      else if (letter === 'n') given.state = NO;
      else if (letter === 'm' && symbol.type === 'tristate') given.state = MODULE;
      else return invalid(value);
      given.set = true;
      return true;
    }
    case 'string': {
      // A value without quotes is passed over, without a word.
      if (!value.startsWith('"')) return true;
      const text = unquote(value);
      if (text === undefined) {
        warn?.('invalid string found');
        return false;
      }
      given.text = text;
      given.set = true;
      return true;
    }
    case 'int':
    case 'hex':
      if (!isValidText(symbol.type, value)) return invalid(value);
      given.text = value;
      given.set = true;
      return true;
    case 'unknown':
      return true;
  }
}

/** The text inside quotes, up to the closing one; undefined when there is none. */
function unquote(quoted: string): string | undefined {
  let text = '';
  for (let index = 1; index < quoted.length; index++) {
    const character = quoted[index]!;
    if (character === '"') return text;
    text += character === '\\' ? (quoted[++index] ?? '') : character;
  }
  return undefined;
}

/** Keeps a choice in step with a member that a line has just set. */
function settleChoice(member: ConfigSymbol, slot: Slot, warn: (message: string) => void): void {
  const choice = choiceOf(member);
  if (choice === undefined) return;
  const [given, whole] = [member[slot], choice[slot]];
  if (given.state === MODULE && whole.state === YES) {
    warn(`${member.name} creates inconsistent choice state`);
    whole.set = false;
  } else if (given.state === YES) {
    if (whole.state !== NO) warn(`override: ${member.name} changes choice state`);
    whole.chosen = member;
  }
  if (given.state > whole.state) whole.state = given.state;
}

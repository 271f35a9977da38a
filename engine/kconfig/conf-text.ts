import { nextInOrder } from './menu.ts';
import type { Solver } from './solver.ts';
import { choiceOf, YES, type ConfigSymbol } from './symbol.ts';
import { quoteText } from './value-text.ts';

/** The C program composes its heading in a buffer of this size. */
const HEADING_BUFFER = 256;

/** The text of the output files of a configuration, byte by byte. */
export class ConfText {
  readonly #solver: Solver;
  readonly #prefix: string;

  /** @param prefix what names begin with, `CONFIG_` */
  constructor(solver: Solver, prefix: string) {
    this.#solver = solver;
    this.#prefix = prefix;
  }

  /** `.config`: the menus as comments, and every symbol that counts, at its first place. Uses up the symbols' `write` marks. */
  dotConfig(): string {
    const solver = this.#solver;
    let text = this.#heading();
    let blankLine = false;
    const { root } = solver.tree;
    for (let menu = root.list; menu !== undefined;) {
      const { symbol } = menu;
      if (symbol === undefined) {
        if (solver.isVisible(menu)) {
          text += `\n#\n# ${menu.title}\n#\n`;
          blankLine = false;
        }
      } else if (!symbol.choice) {
        solver.calculate(symbol);
        if (symbol.write) {
          if (blankLine) text += '\n';
          blankLine = false;
          symbol.write = false;
          text += this.#line(symbol);
        }
      }
      menu = nextInOrder(menu, (left) => {
        if (left.symbol !== undefined || left === root || !solver.isVisible(left)) return;
        text += `# end of ${left.title}\n`;
        blankLine = true;
      });
    }
    return text;
  }

  /** A minimal configuration: what a person can change and what differs from its default. */
  defconfig(): string {
    const solver = this.#solver;
    let text = '';
    for (let menu = solver.tree.root.list; menu !== undefined; menu = nextInOrder(menu)) {
      const { symbol } = menu;
      if (symbol === undefined) {
        solver.isVisible(menu);
        continue;
      }
      if (symbol.choice) continue;
      solver.calculate(symbol);
      if (!symbol.write) continue;
      symbol.write = false;
      if (!solver.isChangeable(symbol)) continue;
      if (solver.textOf(symbol) === solver.defaultText(symbol)) continue;
      if (symbol.choiceValue && this.#isDefaultMember(symbol)) continue;
      text += this.#line(symbol);
    }
    return text;
  }

  #isDefaultMember(member: ConfigSymbol): boolean {
    const choice = choiceOf(member);
    return (
      choice !== undefined &&
      this.#solver.defaultMember(choice) === member &&
      !choice.optional &&
      member.type === 'bool' &&
      member.state === YES
    );
  }

  /** `auto.conf`, `tristate.config` and `config.h`: every symbol that counts, in hash order. */
  automatic(): { autoConf: string; tristate: string; header: string } {
    const solver = this.#solver;
    const heading = this.#heading();
    let autoConf = heading;
    let tristate = heading;
    let header = this.#headerHeading();
    for (const symbol of solver.tree.symbols.inHashOrder()) {
      solver.calculate(symbol);
      if (!symbol.write || symbol.name === undefined || symbol.type === 'unknown') continue;
      const value = this.#value(symbol);
      const name = this.#prefix + symbol.name;
      const logic = symbol.type === 'bool' || symbol.type === 'tristate';
      if (!logic || value !== 'n') autoConf += `${name}=${value}\n`;
      if (symbol.type === 'tristate' && value !== 'n') tristate += `${name}=${value.toUpperCase()}\n`;
      if (logic) {
        if (value !== 'n') header += `#define ${name}${value === 'm' ? '_MODULE' : ''} 1\n`;
      } else {
        const base = symbol.type === 'hex' && !/^0[xX]/.test(value) ? '0x' : '';
        header += `#define ${name} ${base}${value}\n`;
      }
    }
    return { autoConf, tristate, header };
  }

  /** The value as it stands in files. */
  #value(symbol: ConfigSymbol): string {
    const text = this.#solver.textOf(symbol) ?? '(null)';
    return symbol.type === 'string' ? quoteText(text) : text;
  }

  #line(symbol: ConfigSymbol): string {
    if (symbol.type === 'unknown') return '';
    const name = this.#prefix + symbol.name;
    const value = this.#value(symbol);
    const unset = (symbol.type === 'bool' || symbol.type === 'tristate') && value === 'n';
    return unset ? `# ${name} is not set\n` : `${name}=${value}\n`;
  }

  #headingLines(): string[] {
    const title = this.#solver.tree.root.prompt?.text ?? '';
    return `\nAutomatically generated file; DO NOT EDIT.\n${title}\n`
      .slice(0, HEADING_BUFFER - 1)
      .split('\n');
  }

  #heading(): string {
    return this.#headingLines()
      .map((line) => (line === '' ? '#\n' : `# ${line}\n`))
      .join('');
  }

  #headerHeading(): string {
    const lines = this.#headingLines().map((line) => (line === '' ? ' *\n' : ` * ${line}\n`));
    return `/*\n${lines.join('')} */\n`;
  }

  /** `NAME=value` of a symbol that has no value yet, as listnewconfig prints it. */
  newLine(symbol: ConfigSymbol): string {
    return `${this.#prefix}${symbol.name}=${this.#value(symbol)}\n`;
  }
}

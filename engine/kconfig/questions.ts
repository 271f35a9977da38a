import { cString, decodeBytes, isSpace } from './byte-text.ts';
import type { ConfInput } from './conf-run.ts';
import type { ConfText } from './conf-text.ts';
import type { Menu } from './menu.ts';
import type { Mode } from './options.ts';
import { extendedHelp } from './relations.ts';
import { Setter } from './setter.ts';
import type { Solver } from './solver.ts';
import { MODULE, NO, YES, type ConfigSymbol, type Tristate } from './symbol.ts';
import { ConfExit, type World } from './world.ts';

/** The C program reads an answer into a buffer of this size, and keeps a byte for the end. */
const ANSWER_LIMIT = 4095;

/** How often in a row an ended input may be read: afterwards nobody can answer a question that has no valid default. */
const MAX_READS_AT_END = 1000;

export interface QuestionSettings {
  readonly mode: Mode;
  /** What names begin with in files. */
  readonly prefix: string;
  readonly input: ConfInput;
  /** A person sees and types: answers are not echoed. */
  readonly terminal: boolean;
}

/** Asks about symbols one line at a time: oldaskconfig, oldconfig, syncconfig; and lists those to be asked about. */
export class Questions {
  readonly #solver: Solver;
  readonly #setter: Setter;
  readonly #world: World;
  readonly #text: ConfText;
  readonly #settings: QuestionSettings;
  #mode: Mode;
  #indent = 1;
  #line = '';
  #asked = 0;
  #readsAtEnd = 0;
  /** The menu whose questions are being asked. */
  #asking: Menu | undefined;

  constructor(solver: Solver, text: ConfText, settings: QuestionSettings) {
    this.#solver = solver;
    this.#setter = new Setter(solver);
    this.#world = solver.tree.world;
    this.#text = text;
    this.#settings = settings;
    this.#mode = settings.mode;
  }

  /** Asks everything, then goes on as `update`. */
  askAll(): void {
    this.#asking = this.#solver.tree.root;
    this.#ask(this.#solver.tree.root);
    this.#mode = 'oldconfig';
  }

  /** Asks (or lists) until no visible symbol is without a value. */
  update(): void {
    do {
      this.#asked = 0;
      this.#check(this.#solver.tree.root);
    } while (this.#asked > 0);
  }

  /** Looks below `menu` for symbols without a value. */
  #check(menu: Menu): void {
    const solver = this.#solver;
    if (!solver.isVisible(menu)) return;
    const { symbol } = menu;
    if (symbol !== undefined && !symbol.user.set) {
      if (solver.isChangeable(symbol) || (symbol.choice && symbol.state === YES)) {
        if (this.#mode === 'listnewconfig') {
          if (symbol.name !== undefined) this.#world.print(this.#text.newLine(symbol));
        } else if (this.#mode === 'helpnewconfig') {
          this.#world.print('-----\n');
          this.#printHelp(menu);
          this.#world.print('-----\n');
        } else {
          if (this.#asked++ === 0) this.#world.print('*\n* Restart config...\n*\n');
          this.#asking = this.#menuOf(menu);
          this.#ask(this.#asking);
        }
      }
    }
    for (let child = menu.list; child !== undefined; child = child.next) this.#check(child);
  }

  /** The nearest menu (or menuconfig) at or above an entry. */
  #menuOf(entry: Menu): Menu {
    let menu = entry;
    while (menu !== this.#solver.tree.root && menu.prompt?.kind !== 'menu') menu = menu.parent!;
    return menu;
  }

  #ask(menu: Menu): void {
    if (!this.#solver.isVisible(menu)) return;
    const { symbol, prompt } = menu;
    const kind = prompt?.kind;
    if (kind === 'menu' && this.#mode !== 'oldaskconfig' && menu !== this.#asking) {
      // Other menus are shown only for what is new in them.
      this.#check(menu);
      return;
    }
    if (kind === 'menu' || kind === 'comment') {
      const star = '*'.padStart(this.#indent);
      this.#world.print(`${star}\n${star} ${menu.title}\n${star}\n`);
    }
    if (symbol?.choice) {
      this.#askChoice(menu, symbol);
      if (symbol.state !== MODULE) return;
    } else if (symbol !== undefined) {
      if (symbol.type === 'int' || symbol.type === 'hex' || symbol.type === 'string') {
        this.#askText(menu, symbol);
      } else this.#askState(menu, symbol);
    }
    if (symbol !== undefined) this.#indent += 2;
    for (let child = menu.list; child !== undefined; child = child.next) this.#ask(child);
    if (symbol !== undefined) this.#indent -= 2;
  }

  #margin(): string {
    return ' '.repeat(this.#indent - 1);
  }

  #printHelp(menu: Menu): void {
    this.#world.print(`\n${extendedHelp(this.#solver, menu, this.#settings.prefix)}\n`);
  }

  /** Gets an answer into `#line`; false when there is nothing to ask. */
  #answer(symbol: ConfigSymbol, present: string): boolean {
    const print = (text: string): void => this.#world.print(text);
    if (!symbol.user.set) print('(NEW) ');
    this.#line = '\n';
    if (!this.#solver.isChangeable(symbol)) {
      print(`${present}\n`);
      return false;
    }
    switch (this.#mode) {
      case 'oldconfig':
      case 'syncconfig':
        if (symbol.user.set) {
          print(`${present}\n`);
          return false;
        }
        this.#read();
        return true;
      case 'oldaskconfig':
        this.#read();
        return true;
      default:
        throw new Error(`${this.#mode} asks no questions`);
    }
  }

  /** Reads a line; at the end of the input the last one stays. */
  #read(): void {
    this.#world.flush();
    const bytes = this.#settings.input.readLine(ANSWER_LIMIT);
    if (bytes.length > 0) {
      this.#line = cString(decodeBytes(bytes));
      this.#readsAtEnd = 0;
    } else {
      this.#world.warn('\nError in reading or end of file.\n');
      if (++this.#readsAtEnd > MAX_READS_AT_END) throw new ConfExit(1);
    }
    if (!this.#settings.terminal) this.#world.print(this.#line);
  }

  #askText(menu: Menu, symbol: ConfigSymbol): void {
    for (;;) {
      const present = this.#solver.textOf(symbol) ?? '';
      this.#world.print(`${this.#margin()}${menu.prompt!.text} (${symbol.name}) [${present}] `);
      if (!this.#answer(symbol, present)) return;
      let value = present;
      if (this.#line === '?\n') {
        this.#printHelp(menu);
        continue;
      }
      // The last character goes, whether it is a newline or not.
      if (!this.#line.startsWith('\n')) value = this.#line.slice(0, -1);
      if (this.#setter.setText(symbol, value)) return;
    }
  }

  #askState(menu: Menu, symbol: ConfigSymbol): void {
    for (;;) {
      const before = symbol.state;
      const letters = ['n', 'm', 'y'] as const;
      let line = `${this.#margin()}${menu.prompt!.text} `;
      if (symbol.name !== undefined) line += `(${symbol.name}) `;
      line += `[${letters[before].toUpperCase()}`;
      for (const state of [NO, MODULE, YES] as const) {
        if (state !== before && this.#setter.allows(symbol, state)) line += `/${letters[state]}`;
      }
      this.#world.print(`${line}/?] `);
      if (!this.#answer(symbol, this.#solver.textOf(symbol)!)) return;
      const answer = strip(this.#line);
      let state: Tristate;
      if (answer === '') state = before;
      else if (/^[nN](o)?$/.test(answer)) state = NO;
      else if (/^[mM]$/.test(answer)) state = MODULE;
      else if (/^[yY](es)?$/.test(answer)) state = YES;
      else {
        if (answer.startsWith('?')) this.#printHelp(menu);
        continue;
      }
      if (this.#setter.setState(symbol, state)) return;
      this.#printHelp(menu);
    }
  }

  #askChoice(menu: Menu, choice: ConfigSymbol): void {
    const solver = this.#solver;
    const isNew = !choice.user.set;
    if (solver.isChangeable(choice)) {
      this.#askState(menu, choice);
      solver.calculate(choice);
      if (choice.state !== YES) return;
    } else {
      if (choice.state === MODULE) this.#world.print(`${this.#margin()}${menu.title}\n`);
      if (choice.state !== YES) return;
    }
    for (;;) {
      const picked = this.#askMember(menu, choice, isNew);
      if (picked === undefined) continue;
      this.#setter.setState(picked.symbol!, YES);
      for (let child = picked.list; child !== undefined; child = child.next) {
        this.#indent += 2;
        this.#ask(child);
        this.#indent -= 2;
      }
      return;
    }
  }

  /** Lists the members and gets a pick; undefined when the answer was none. */
  #askMember(menu: Menu, choice: ConfigSymbol, isNew: boolean): Menu | undefined {
    const solver = this.#solver;
    const print = (text: string): void => this.#world.print(text);
    print(`${this.#margin()}${menu.title}\n`);
    this.#line = '';
    let count = 0;
    let present = 0;
    for (const child of menu.children()) {
      if (!solver.isVisible(child)) continue;
      const { symbol } = child;
      if (symbol === undefined) {
        print(`${'*'.padStart(this.#indent)} ${child.title}\n`);
        continue;
      }
      count++;
      const mark = symbol === choice.chosen ? '>' : ' ';
      if (mark === '>') present = count;
      print(
        `${mark.padStart(this.#indent)} ${count}. ${child.title}` +
          (symbol.name === undefined ? '' : ` (${symbol.name})`) +
          (symbol.user.set ? '\n' : ' (NEW)\n'),
      );
    }
    print(`${this.#margin()}choice`);
    let wanted: number;
    if (count === 1) {
      print('[1]: 1\n');
      wanted = 1;
    } else {
      print(`[1-${count}?]: `);
      if (this.#mode !== 'oldaskconfig' && !isNew) {
        wanted = present;
        print(`${wanted}\n`);
      } else {
        this.#read();
        this.#line = strip(this.#line);
        if (this.#line.startsWith('?')) {
          this.#printHelp(menu);
          return undefined;
        }
        if (this.#line === '') wanted = present;
        else if (/^[0-9]/.test(this.#line)) wanted = Number.parseInt(this.#line, 10);
        else return undefined;
      }
    }
    let picked: Menu | undefined;
    for (const child of menu.children()) {
      if (child.symbol === undefined || !solver.isVisible(child)) continue;
      if (--wanted !== 0) continue;
      picked = child;
      break;
    }
    if (picked !== undefined && this.#line.endsWith('?')) {
      this.#printHelp(picked);
      return undefined;
    }
    return picked;
  }
}

/** Takes white space off both ends. */
function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text[start]!)) start++;
  while (end > start && isSpace(text[end - 1]!)) end--;
  return text.slice(start, end);
}

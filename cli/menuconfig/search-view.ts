import { fromByteText, toByteText } from '../../engine/kconfig/byte-text.ts';
import type { Configuration } from '../../engine/kconfig/configuration.ts';
import type { Menu } from '../../engine/kconfig/menu.ts';
import { describeSymbol } from '../../engine/kconfig/relations.ts';
import { menuPath, search } from '../../engine/kconfig/search.ts';
import type { ConfigSymbol } from '../../engine/kconfig/symbol.ts';
import { type Canvas } from './canvas.ts';
import type { Key } from './keys.ts';
import { LineEditor } from './line-editor.ts';
import { TextView } from './text-view.ts';
import type { Desk, View } from './view.ts';
import { centred, drawBox, drawDialog } from './widgets.ts';

const help =
  'Type a part of a name, a prompt or a help text; several words must all occur. With ^ $ . * and their like, names\n' +
  'are searched by regular expression. What is found is listed while you type.\n\n' +
  'Enter, Tab or Down goes to the list. There Enter opens the menu with the option, the keys 1 to 9 open the lines\n' +
  'so marked, ? shows all about an option, W tells why it has its value, and / goes back to the text.\n' +
  'Leaving the menu comes back here. Esc Esc leaves the search.';

interface Found {
  readonly symbol: ConfigSymbol;
  readonly menu: Menu;
}

/** Searches while one types, and jumps to what is found. */
export class SearchView implements View {
  readonly crumb = 'Search';
  readonly #editor = new LineEditor('');
  #typing = true;
  #found: Found[] = [];
  #searched: string | undefined;
  #index = 0;
  #scroll = 0;
  #height = 1;

  #update(desk: Desk): void {
    if (this.#editor.text === this.#searched) return;
    this.#searched = this.#editor.text;
    this.#found = find(desk.session.configuration, this.#editor.text);
    this.#index = 0;
    this.#scroll = 0;
  }

  draw(canvas: Canvas, desk: Desk): void {
    this.#update(desk);
    const { look, session } = desk;
    const { theme } = look;
    const area = centred(
      canvas,
      canvas.columns - (canvas.columns > 40 ? 4 : 0),
      canvas.rows - (canvas.rows > 12 ? 4 : 2),
    );
    drawDialog(canvas, area, look, 'Search Configuration Parameter', false);
    const inner = area.width - 4;
    const label = 'Search: ';
    canvas.put(area.x + 2, area.y + 1, label, theme.dialog);
    this.#editor.draw(
      canvas,
      area.x + 2 + label.length,
      area.y + 1,
      inner - label.length,
      theme.input,
      this.#typing,
    );
    const count = this.#found.length;
    const state = this.#editor.text === '' ? 'Type to search; ? in the list tells more.' : `${count} found`;
    canvas.put(area.x + 2, area.y + 2, state, theme.note, inner);
    const details = area.height >= 16 ? Math.min(9, area.height - 9) : 0;
    const box = { x: area.x + 2, y: area.y + 3, width: inner, height: area.height - 4 - details };
    if (box.height >= 3) drawBox(canvas, box, look, theme.border, theme.item);
    const inset = box.height >= 3 ? 1 : 0;
    this.#height = Math.max(1, box.height - 2 * inset);
    this.#scroll = Math.min(Math.max(this.#scroll, this.#index + 1 - this.#height), this.#index);
    this.#found.slice(this.#scroll, this.#scroll + this.#height).forEach((found, line) => {
      const selected = this.#scroll + line === this.#index;
      const style = selected ? theme.itemSelected : theme.item;
      const y = box.y + inset + line;
      const number = line < 9 ? `(${line + 1})` : '   ';
      canvas.put(
        box.x + inset,
        y,
        `${number} ${describe(session.configuration, found)}`,
        style,
        box.width - 2 * inset,
      );
      if (selected && !this.#typing) canvas.cursor = { x: box.x + inset, y };
    });
    const selected = this.#found[this.#index];
    if (details === 0 || selected === undefined) return;
    const text = fromByteText(describeSymbol(session.configuration.solver, selected.symbol))
      .trim()
      .split('\n');
    text.slice(0, details).forEach((line, row) => {
      canvas.put(area.x + 2, area.y + area.height - 1 - details + row, line, theme.dialog, inner);
    });
  }

  key(key: Key, desk: Desk): void {
    this.#update(desk);
    if (key.kind === 'escape') return desk.close(this);
    if (this.#typing) {
      if (key.kind === 'character' && key.text === '?' && this.#editor.text === '') {
        return desk.push(new TextView('Search Configuration', help));
      }
      if (this.#editor.key(key)) return;
      if (key.kind === 'enter' || key.kind === 'tab' || key.kind === 'down') {
        if (this.#editor.text === '') return desk.close(this);
        if (this.#found.length > 0) this.#typing = false;
        else desk.say('No matches found.');
      }
      return;
    }
    switch (key.kind) {
      case 'up':
        if (this.#index === 0) this.#typing = true;
        return this.#move(-1);
      case 'down':
        return this.#move(1);
      case 'page up':
        return this.#move(-this.#height);
      case 'page down':
        return this.#move(this.#height);
      case 'home':
        return this.#move(-this.#found.length);
      case 'end':
        return this.#move(this.#found.length);
      case 'tab':
      case 'back tab':
      case 'backspace':
        this.#typing = true;
        return;
      case 'enter':
        return this.#jump(this.#found[this.#index], desk);
      case 'character':
        return this.#character(key.text, desk);
      default:
    }
  }

  #move(by: number): void {
    this.#index = Math.min(Math.max(0, this.#index + by), Math.max(0, this.#found.length - 1));
  }

  #character(text: string, desk: Desk): void {
    const selected = this.#found[this.#index];
    if (/^[1-9]$/.test(text)) {
      const index = this.#scroll + Number(text) - 1;
      if (index < Math.min(this.#found.length, this.#scroll + this.#height)) {
        this.#index = index;
        this.#jump(this.#found[index], desk);
      }
      return;
    }
    switch (text.toLowerCase()) {
      case '/':
        this.#typing = true;
        return;
      case '?':
      case 'h':
        return selected === undefined ? undefined : desk.help(selected.menu);
      case 'w':
        return selected === undefined ? undefined : desk.why(selected.symbol);
      case 'e':
      case 'x':
      case 'q':
        return desk.close(this);
      case 'j':
        return this.#move(1);
      case 'k':
        return this.#move(-1);
    }
  }

  #jump(found: Found | undefined, desk: Desk): void {
    if (found !== undefined) desk.jump(found.menu);
  }
}

function describe(configuration: Configuration, { symbol, menu }: Found): string {
  const value = fromByteText(configuration.valueOf(symbol));
  const prompt = menu.prompt?.text === undefined ? '' : `  ${fromByteText(menu.prompt.text)}`;
  const path = menuPath(configuration, menu).map(fromByteText).join(' > ');
  return `${symbol.name} [=${value}]${prompt}${path === '' ? '' : `  in ${path}`}`;
}

/** As the kernel's menu: names by regular expression, exact ones first, then by name; then prompts and help. */
function find(configuration: Configuration, text: string): Found[] {
  const matches = search(configuration, toByteText(text));
  const found = new Map<ConfigSymbol, Found>();
  const bare = text.trim().replace(/^CONFIG_/i, '');
  if (bare === '') return [];
  const named: { found: Found; exact: boolean }[] = [];
  const pattern = regularExpression(bare);
  for (const symbol of pattern === undefined ? [] : configuration.definedSymbols()) {
    const match = pattern!.exec(symbol.name!);
    const menu =
      symbol.properties.find((property) => property.text !== undefined)?.menu ?? symbol.properties[0]?.menu;
    if (match === null || menu === undefined) continue;
    named.push({ found: { symbol, menu }, exact: match[0].length === symbol.name!.length });
  }
  named.sort(
    (a, b) => Number(b.exact) - Number(a.exact) || (a.found.symbol.name! < b.found.symbol.name! ? -1 : 1),
  );
  for (const { found: each } of named) found.set(each.symbol, each);
  for (const { symbol, menu } of matches) if (!found.has(symbol)) found.set(symbol, { symbol, menu });
  return [...found.values()];
}

function regularExpression(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'i');
  } catch {
    return undefined;
  }
}

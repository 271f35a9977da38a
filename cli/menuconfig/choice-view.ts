import { fromByteText } from '../../engine/kconfig/byte-text.ts';
import type { Menu } from '../../engine/kconfig/menu.ts';
import { YES } from '../../engine/kconfig/symbol.ts';
import { wrap, type Canvas } from './canvas.ts';
import type { Key } from './keys.ts';
import type { Desk, View } from './view.ts';
import { centred, drawBox, drawButtons, drawDialog } from './widgets.ts';

const instructions =
  'Use the arrow keys to navigate this window or press the hotkey of the item you wish to select followed by the ' +
  '<SPACE BAR>. Press <?> for additional information about this option.';

/** The members of a choice, of which one is picked. */
export class ChoiceView implements View {
  readonly #menu: Menu;
  #index: number | undefined;
  #scroll = 0;
  #height = 1;
  #button = 0;

  constructor(menu: Menu) {
    this.#menu = menu;
  }

  get crumb(): string {
    return fromByteText(this.#menu.title ?? '');
  }

  #members(desk: Desk): Menu[] {
    const { solver } = desk.session.configuration;
    const members = [...this.#menu.children()].filter((child) => solver.isVisible(child));
    this.#index ??= Math.max(
      0,
      members.findIndex((child) => child.symbol !== undefined && child.symbol === this.#menu.symbol!.chosen),
    );
    this.#index = Math.min(this.#index, Math.max(0, members.length - 1));
    return members;
  }

  draw(canvas: Canvas, desk: Desk): void {
    const members = this.#members(desk);
    const { look } = desk;
    const { theme } = look;
    const widest = Math.max(0, ...members.map((child) => (child.title ?? '').length)) + 14;
    const area = centred(
      canvas,
      Math.max(65, Math.min(widest, canvas.columns - 4)),
      Math.min(canvas.rows - 2, Math.max(15, members.length + 9)),
    );
    drawDialog(canvas, area, look, this.crumb, true);
    const inner = area.width - 4;
    const wrapped = wrap(instructions, inner);
    const text = area.height >= 9 + wrapped.length ? wrapped : [];
    text.forEach((line, row) => canvas.put(area.x + 2, area.y + 1 + row, line, theme.dialog, inner));
    const top = area.y + 1 + text.length;
    const box = { x: area.x + 2, y: top, width: inner, height: area.y + area.height - 3 - top };
    const framed = box.height >= 3;
    if (framed) drawBox(canvas, box, look, theme.border, theme.item);
    this.#height = Math.max(1, framed ? box.height - 2 : box.height);
    const index = this.#index!;
    this.#scroll = Math.min(Math.max(this.#scroll, index + 1 - this.#height), index);
    members.slice(this.#scroll, this.#scroll + this.#height).forEach((child, line) => {
      const selected = this.#scroll + line === index;
      const x = box.x + (framed ? 2 : 0);
      const y = box.y + (framed ? 1 : 0) + line;
      const title = fromByteText(child.title ?? '');
      const mark =
        child.symbol === undefined ? '   ' : `(${child.symbol === this.#menu.symbol!.chosen ? 'X' : ' '})`;
      const label = child.symbol === undefined ? `*** ${title} ***` : title;
      canvas.put(x, y, mark, theme.item, box.width - 3);
      canvas.put(x + 4, y, label, selected ? theme.itemSelected : theme.item, box.width - 7);
      if (child.symbol !== undefined) {
        canvas.put(x + 4, y, label.slice(0, 1), selected ? theme.hotKeySelected : theme.hotKey);
      }
      if (selected) canvas.cursor = { x: x + 1, y };
    });
    drawButtons(canvas, area, look, ['Select', ' Help '], this.#button);
  }

  key(key: Key, desk: Desk): void {
    const members = this.#members(desk);
    switch (key.kind) {
      case 'up':
        return this.#move(-1, members);
      case 'down':
        return this.#move(1, members);
      case 'page up':
        return this.#move(-this.#height, members);
      case 'page down':
        return this.#move(this.#height, members);
      case 'home':
        return this.#move(-members.length, members);
      case 'end':
        return this.#move(members.length, members);
      case 'left':
      case 'right':
      case 'tab':
      case 'back tab':
        this.#button = 1 - this.#button;
        return;
      case 'enter':
        return this.#button === 0 ? this.#pick(members, desk) : this.#help(members, desk);
      case 'escape':
        return desk.close(this);
      case 'character':
        return this.#character(key.text, members, desk);
      default:
    }
  }

  #move(by: number, members: readonly Menu[]): void {
    this.#index = Math.min(Math.max(0, this.#index! + by), Math.max(0, members.length - 1));
  }

  #help(members: readonly Menu[], desk: Desk): void {
    desk.help(members[this.#index!] ?? this.#menu);
  }

  #character(text: string, members: readonly Menu[], desk: Desk): void {
    const letter = text.toLowerCase();
    if (letter === '+') return this.#move(1, members);
    if (letter === '-') return this.#move(-1, members);
    for (let step = 1; step <= members.length; step++) {
      const index = (this.#index! + step) % members.length;
      if ((members[index]!.title ?? '').slice(0, 1).toLowerCase() !== letter || letter === ' ') continue;
      this.#index = index;
      return;
    }
    if (letter === ' ' || letter === 's') return this.#pick(members, desk);
    if (letter === 'h' || letter === '?') return this.#help(members, desk);
    if (letter === 'x') return desk.close(this);
    const symbol = members[this.#index!]?.symbol;
    if (letter === 'w' && symbol !== undefined) desk.why(symbol);
  }

  #pick(members: readonly Menu[], desk: Desk): void {
    const symbol = members[this.#index!]?.symbol;
    if (symbol === undefined) return;
    const { session } = desk;
    session.change(() => session.configuration.setter.setState(symbol, YES));
    desk.close(this);
  }
}

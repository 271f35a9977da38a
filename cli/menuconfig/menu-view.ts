import { fromByteText } from '../../engine/kconfig/byte-text.ts';
import type { Menu } from '../../engine/kconfig/menu.ts';
import { hotKeyIndex, menuRows, type MenuRow } from '../../engine/kconfig/menu-rows.ts';
import { MODULE, NO, YES, type ConfigSymbol } from '../../engine/kconfig/symbol.ts';
import { clip, wrap, type Canvas } from './canvas.ts';
import { ChoiceView } from './choice-view.ts';
import { InputView } from './input-view.ts';
import type { Key } from './keys.ts';
import { obstacle, summary } from './notes.ts';
import { centred, drawBox, drawButtons, drawDialog } from './widgets.ts';
import { TextView } from './text-view.ts';
import type { Desk, View } from './view.ts';

const instructions =
  'Arrow keys navigate the menu.  <Enter> selects submenus ---> (or empty submenus ----).  Highlighted letters are ' +
  'hotkeys.  Pressing <Y> selects a feature, while <N> will exclude a feature.  Press <Esc><Esc> to exit, <?> for ' +
  'Help, </> for Search.  Legend: [*] feature is selected  [ ] feature is excluded';

const footer =
  '<W> why so  <A> what it alters  <D> unsaved changes  <U> undo  <R> redo  <S> save  <O> load  <Z> hidden';

const buttons = ['Select', ' Exit ', ' Help ', ' Save ', ' Load '] as const;

/** Letters that do something when they are no hot key of a line that can be seen. */
const letterActions = 'exsozwduarh';

/** One menu: the lines in it, the buttons, and what there is to say about the line under the cursor. */
export class MenuView implements View {
  readonly menu: Menu;
  /** The entry under the cursor: it stays there while lines come and go. */
  #active: Menu | undefined;
  #index = 0;
  #scroll = 0;
  #button = 0;
  #height = 1;
  #rows: MenuRow[] = [];
  #note: string | undefined;

  constructor(menu: Menu, active?: Menu) {
    this.menu = menu;
    this.#active = active;
  }

  get crumb(): string | undefined {
    return this.menu.parent === undefined ? undefined : fromByteText(this.menu.title ?? '');
  }

  #title(): string {
    return fromByteText(this.menu.title ?? 'Main Menu');
  }

  /** Calculates the lines anew, and keeps the cursor on its entry. */
  #update(desk: Desk): void {
    const { session } = desk;
    this.#rows = menuRows(session.configuration, this.menu, session);
    session.configuration.takeMessages();
    const found = this.#rows.findIndex((row) => row.menu === this.#active);
    this.#index = found >= 0 ? found : Math.min(this.#index, Math.max(0, this.#rows.length - 1));
    this.#active = this.#rows[this.#index]?.menu;
  }

  draw(canvas: Canvas, desk: Desk): void {
    this.#update(desk);
    const { look } = desk;
    const { theme, lines } = look;
    const area = centred(
      canvas,
      canvas.columns - (canvas.columns >= 60 ? 5 : 0),
      canvas.rows - (canvas.rows >= 19 ? 4 : 2),
    );
    drawDialog(canvas, area, look, this.#title(), true);
    const inner = area.width - 4;
    // What does not fit goes, the least needed first: instructions, notes, buttons.
    const wrapped = wrap(instructions, inner);
    const notes = area.height >= 22 ? 2 : area.height >= 8 ? 1 : 0;
    const text = area.height >= 13 + notes + wrapped.length ? wrapped : [];
    if (area.y + area.height < canvas.rows) {
      canvas.put(1, canvas.rows - 1, clip(footer, canvas.columns - 2), theme.subtitle);
    }
    text.forEach((line, row) => canvas.put(area.x + 2, area.y + 1 + row, line, theme.dialog, inner));
    const top = area.y + 1 + text.length;
    const bottom = area.y + area.height - (area.height > 5 ? 3 : 1);
    const box = { x: area.x + 2, y: top, width: inner, height: bottom - top - notes };
    const framed = box.height >= 3;
    if (framed) drawBox(canvas, box, look, theme.border, theme.item);
    this.#height = Math.max(1, framed ? box.height - 2 : box.height);
    this.#scrollToCursor();
    const left = box.x + (framed ? 1 : 0);
    const width = box.width - (framed ? 2 : 0);
    const indent = width >= 84 ? Math.floor((width - 70) / 2) : width >= 40 ? 4 : 0;
    for (let line = 0; line < this.#height; line++) {
      const row = this.#rows[this.#scroll + line];
      if (row === undefined) break;
      this.#drawRow(canvas, desk, row, left + indent, box.y + (framed ? 1 : 0) + line, width - indent);
    }
    if (framed) {
      if (this.#scroll > 0) canvas.put(left + indent + 1, box.y, `${lines.up}(-)`, theme.arrow);
      if (this.#scroll + this.#height < this.#rows.length) {
        canvas.put(left + indent + 1, box.y + box.height - 1, `${lines.down}(+)`, theme.arrow);
      }
    }
    this.#notes(desk, notes).forEach((note, row) =>
      canvas.put(area.x + 2, bottom - notes + row, clip(note, inner), theme.note),
    );
    if (area.height > 5) drawButtons(canvas, area, look, buttons, this.#button);
  }

  #drawRow(canvas: Canvas, { look }: Desk, row: MenuRow, x: number, y: number, width: number): void {
    const { theme } = look;
    const selected = row.menu === this.#active;
    const text = fromByteText(row.text);
    canvas.put(x, y, text, selected ? theme.itemSelected : theme.item, width);
    if (row.tag !== 'none') {
      const index = hotKeyIndex(text);
      const style = selected ? theme.hotKeySelected : theme.hotKey;
      if (index < width) canvas.put(x + index, y, text[index] ?? '', style);
    }
    if (selected) canvas.cursor = { x: Math.min(x + 1, canvas.columns - 1), y };
  }

  #scrollToCursor(): void {
    const last = Math.max(0, this.#rows.length - this.#height);
    // Two lines stay to be seen around the cursor.
    const margin = this.#height > 6 ? 2 : 0;
    this.#scroll = Math.min(this.#scroll, Math.max(0, this.#index - margin), last);
    this.#scroll = Math.max(this.#scroll, Math.min(last, this.#index + margin + 1 - this.#height), 0);
  }

  #notes(desk: Desk, lines: number): string[] {
    const row = this.#rows[this.#index];
    const { symbol } = row?.menu ?? {};
    if (symbol === undefined) return [];
    const first = obstacle(desk.session.configuration, symbol);
    const both = [first, ...(this.#note === undefined ? [] : [this.#note])];
    return lines === 0 ? [] : lines === 1 ? [both.join('; ')] : both;
  }

  idle(desk: Desk): void {
    const symbol = this.#rows[this.#index]?.menu.symbol;
    const preview = symbol === undefined ? undefined : desk.session.preview(symbol);
    const note = preview === undefined ? undefined : summary(preview, symbol!);
    if (note === this.#note) return;
    this.#note = note;
    desk.refresh();
  }

  key(key: Key, desk: Desk): void {
    this.#update(desk);
    this.#note = undefined;
    switch (key.kind) {
      case 'up':
        return this.#move(-1);
      case 'down':
        return this.#move(1);
      case 'page up':
        return this.#move(-this.#height);
      case 'page down':
        return this.#move(this.#height);
      case 'home':
        return this.#move(-this.#rows.length);
      case 'end':
        return this.#move(this.#rows.length);
      case 'left':
      case 'back tab':
        this.#button = (this.#button + buttons.length - 1) % buttons.length;
        return;
      case 'right':
      case 'tab':
        this.#button = (this.#button + 1) % buttons.length;
        return;
      case 'enter':
        return this.#press(desk);
      case 'escape':
        return desk.close(this);
      case 'character':
        return this.#character(key.text, desk);
      default:
    }
  }

  #move(by: number): void {
    this.#index = Math.min(Math.max(0, this.#index + by), Math.max(0, this.#rows.length - 1));
    this.#active = this.#rows[this.#index]?.menu;
  }

  #press(desk: Desk): void {
    const row = this.#rows[this.#index];
    switch (this.#button) {
      case 0:
        return row === undefined ? undefined : this.#select(row, desk);
      case 1:
        return desk.close(this);
      case 2:
        return desk.help(row?.menu ?? this.menu);
      case 3:
        return desk.save();
      default:
        return desk.load();
    }
  }

  #select({ menu, tag }: MenuRow, desk: Desk): void {
    const { session } = desk;
    const { symbol } = menu;
    if (tag === 'text') return desk.push(new InputView(menu));
    if (tag === 'menu') {
      if (!session.single) return desk.push(new MenuView(menu));
      if (!session.unrolled.delete(menu)) session.unrolled.add(menu);
      return;
    }
    if (tag !== 'toggle' || symbol === undefined) return;
    if (symbol.choice && symbol.state === YES) desk.push(new ChoiceView(menu));
    else if (menu.prompt?.kind === 'menu') desk.push(new MenuView(menu));
  }

  #character(text: string, desk: Desk): void {
    const row = this.#rows[this.#index];
    const letter = text.toLowerCase();
    if (!'ynmh'.includes(letter) && /[a-z0-9]/.test(letter)) {
      // Capitals of actions are never hot keys; small ones are, where a line on the screen has one.
      const isAction = letterActions.includes(letter);
      if (!(isAction && text !== letter) && this.#hotKey(letter, isAction)) return;
    }
    switch (letter) {
      case '-':
        return this.#move(-1);
      case '+':
        return this.#move(1);
      case ' ':
        return row === undefined ? undefined : this.#space(row, desk);
      case 'y':
      case 'n':
      case 'm':
        return row === undefined ? undefined : this.#set(row, letter, desk);
      case 'h':
      case '?':
        return desk.help(row?.menu ?? this.menu);
      case '/':
        return desk.search();
      case 'z':
        desk.session.hidden = !desk.session.hidden;
        return desk.say(desk.session.hidden ? 'Hidden options are shown.' : 'Hidden options are not shown.');
      case 's':
        return desk.save();
      case 'o':
        return desk.load();
      case 'd':
        return desk.differences();
      case 'u':
        return desk.say(desk.session.undo() ? 'Undone. <R> does it again.' : 'There is nothing to undo.');
      case 'r':
        return desk.say(desk.session.redo() ? 'Done again.' : 'There is nothing to do again.');
      case 'w':
        if (row?.menu.symbol !== undefined) desk.why(row.menu.symbol);
        return;
      case 'a':
        if (row !== undefined) desk.consequences(row.menu);
        return;
      case 'e':
      case 'x':
        return desk.close(this);
    }
  }

  /** Goes to the next line with this hot key; true when there is one. */
  #hotKey(letter: string, onScreen: boolean): boolean {
    const from = onScreen ? this.#scroll : 0;
    const to = onScreen ? Math.min(this.#scroll + this.#height, this.#rows.length) : this.#rows.length;
    const count = to - from;
    for (let step = 1; step <= count; step++) {
      const index = from + ((this.#index - from + step) % count);
      const text = this.#rows[index]!.text;
      if (text[hotKeyIndex(text)]?.toLowerCase() !== letter) continue;
      this.#index = index;
      this.#active = this.#rows[index]!.menu;
      return true;
    }
    return false;
  }

  #space(row: MenuRow, desk: Desk): void {
    const { symbol } = row.menu;
    if (row.tag === 'menu') return this.#select(row, desk);
    if (row.tag !== 'toggle' || symbol === undefined) return this.#explainRefusal(row, desk);
    const { session } = desk;
    const before = symbol.state;
    session.change(() => session.configuration.setter.toggle(symbol));
    if (symbol.state === before) this.#explainRefusal(row, desk);
  }

  #set(row: MenuRow, letter: 'y' | 'n' | 'm', desk: Desk): void {
    const { symbol } = row.menu;
    if (row.tag !== 'toggle' || symbol === undefined) return this.#explainRefusal(row, desk);
    const { session } = desk;
    const { setter } = session.configuration;
    const state = letter === 'y' ? YES : letter === 'm' ? MODULE : NO;
    if (session.change(() => setter.setState(symbol, state))) return;
    if (letter === 'y' && session.change(() => setter.setState(symbol, MODULE))) {
      return desk.push(
        new TextView(
          '',
          'This feature depends on another which has been configured as a module.\nAs a result, this feature will be built as a module.',
        ),
      );
    }
    this.#explainRefusal(row, desk);
  }

  #explainRefusal({ menu, tag }: MenuRow, desk: Desk): void {
    const symbol: ConfigSymbol | undefined = menu.symbol;
    if (symbol === undefined || tag === 'text') return;
    const note = obstacle(desk.session.configuration, symbol);
    desk.say(note === '' ? 'It can have no other value.' : `${note}. <W> tells why.`);
  }
}

import { fromByteText, toByteText } from '../../engine/kconfig/byte-text.ts';
import type { Menu } from '../../engine/kconfig/menu.ts';
import { wrap, type Canvas } from './canvas.ts';
import type { Key } from './keys.ts';
import { LineEditor } from './line-editor.ts';
import { TextView } from './text-view.ts';
import type { Desk, View } from './view.ts';
import { centred, drawBox, drawButtons, drawDialog } from './widgets.ts';

const instructions: Readonly<Record<string, string>> = {
  int: 'Please enter a decimal value. Fractions will not be accepted.  Use the <TAB> key to move from the input field to the buttons below it.',
  hex: 'Please enter a hexadecimal value. Use the <TAB> key to move from the input field to the buttons below it.',
  string:
    'Please enter a string value. Use the <TAB> key to move from the input field to the buttons below it.',
};

/** A dialog with one line to type. */
export class PromptView implements View {
  readonly #title: string;
  readonly #text: string;
  readonly #editor: LineEditor;
  readonly #height: number;
  readonly #width: number;
  /** Takes the answer; closes the view itself if it is right. */
  readonly #accept: (answer: string, view: PromptView, desk: Desk) => void;
  readonly #help: (desk: Desk) => void;
  /** -1: the line; 0: Ok; 1: Help. */
  #focus = -1;

  constructor(options: {
    title: string;
    text: string;
    initial: string;
    height?: number;
    width?: number;
    accept: (answer: string, view: PromptView, desk: Desk) => void;
    help: (desk: Desk) => void;
  }) {
    this.#title = options.title;
    this.#text = options.text;
    this.#editor = new LineEditor(options.initial);
    this.#height = options.height ?? 10;
    this.#width = options.width ?? 75;
    this.#accept = options.accept;
    this.#help = options.help;
  }

  draw(canvas: Canvas, { look }: Desk): void {
    const { theme } = look;
    const area = centred(canvas, this.#width, this.#height);
    drawDialog(canvas, area, look, this.#title, true);
    const inner = area.width - 4;
    const room = area.height - 7;
    wrap(this.#text, inner)
      .slice(0, Math.max(0, room))
      .forEach((line, row) => canvas.put(area.x + 2, area.y + 1 + row, line, theme.dialog, inner));
    const box = { x: area.x + 2, y: Math.max(area.y + 1, area.y + area.height - 6), width: inner, height: 3 };
    if (area.height >= 7) drawBox(canvas, box, look, theme.border, theme.input);
    this.#editor.draw(
      canvas,
      box.x + 1,
      box.y + (area.height >= 7 ? 1 : 0),
      box.width - 2,
      theme.input,
      this.#focus === -1,
    );
    drawButtons(canvas, area, look, ['  Ok  ', ' Help '], Math.max(0, this.#focus));
  }

  key(key: Key, desk: Desk): void {
    if (this.#focus === -1 && this.#editor.key(key)) return;
    switch (key.kind) {
      case 'tab':
      case 'down':
      case 'right':
        this.#focus = this.#focus === 1 ? -1 : this.#focus + 1;
        return;
      case 'back tab':
      case 'up':
      case 'left':
        this.#focus = this.#focus === -1 ? 1 : this.#focus - 1;
        return;
      case 'enter':
        return this.#focus === 1 ? this.#help(desk) : this.#accept(this.#editor.text, this, desk);
      case 'escape':
        return desk.close(this);
      case 'character': {
        const letter = key.text.toLowerCase();
        if (letter === 'o') return this.#accept(this.#editor.text, this, desk);
        if (letter === 'h') return this.#help(desk);
        if (letter === 'x') return desk.close(this);
        if (letter === ' ')
          return this.#focus === 1 ? this.#help(desk) : this.#accept(this.#editor.text, this, desk);
        return;
      }
      default:
    }
  }
}

/** The value of an int, hex or string. */
export class InputView extends PromptView {
  readonly crumb: string;

  constructor(menu: Menu) {
    const symbol = menu.symbol!;
    const title = fromByteText(menu.title ?? '');
    super({
      title,
      text: instructions[symbol.type] ?? '',
      initial: fromByteText(symbol.text ?? ''),
      help: (desk) => desk.help(menu),
      accept(answer, view, desk) {
        const { session } = desk;
        const { setter, solver } = session.configuration;
        if (session.change(() => setter.setText(symbol, toByteText(answer)))) return desk.close(view);
        const range = symbol.type === 'string' ? undefined : solver.range(symbol);
        const allowed = range === undefined ? '' : `\nIt must be from ${range.low} to ${range.high}.`;
        desk.push(new TextView('', `You have made an invalid entry.${allowed}`));
      },
    });
    this.crumb = title;
  }
}

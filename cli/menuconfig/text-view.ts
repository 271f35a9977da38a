import { wrap, textWidth, type Canvas } from './canvas.ts';
import type { Key } from './keys.ts';
import type { Desk, View } from './view.ts';
import { centred, drawBox, drawButtons, drawDialog } from './widgets.ts';

/** A text to read; digits may lead to places that it names. */
export class TextView implements View {
  readonly crumb: string | undefined;
  readonly #title: string;
  readonly #text: string;
  /** What the keys 1 to 9 do. */
  readonly #jumps: readonly ((desk: Desk) => void)[];
  #top = 0;
  #left = 0;
  #height = 1;
  #lines: string[] = [];

  constructor(title: string, text: string, jumps: readonly ((desk: Desk) => void)[] = [], crumb?: string) {
    this.#title = title;
    this.#text = text.replace(/\n+$/, '');
    this.#jumps = jumps;
    this.crumb = crumb;
  }

  draw(canvas: Canvas, { look }: Desk): void {
    const { theme } = look;
    const raw = this.#text.split('\n');
    const widest = Math.max(this.#title.length + 6, ...raw.map(textWidth));
    // Short ones are small boxes, long ones fill the screen.
    const small = raw.length <= canvas.rows - 8 && widest <= 70;
    const area = small
      ? centred(canvas, Math.max(30, widest + 6), raw.length + 6)
      : centred(
          canvas,
          canvas.columns - (canvas.columns > 40 ? 4 : 0),
          canvas.rows - (canvas.rows > 12 ? 4 : 2),
        );
    drawDialog(canvas, area, look, this.#title, true);
    const width = area.width - 4;
    this.#lines = raw.flatMap((line) => (textWidth(line) > width ? wrapKeepingIndent(line, width) : [line]));
    const box = { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 4 };
    if (!small && box.height > 4) drawBox(canvas, box, look, theme.border, theme.dialog);
    const inset = !small && box.height > 4 ? 1 : 0;
    this.#height = Math.max(1, box.height - 2 * inset);
    this.#top = Math.min(this.#top, Math.max(0, this.#lines.length - this.#height));
    this.#lines.slice(this.#top, this.#top + this.#height).forEach((line, row) => {
      canvas.put(area.x + 2, box.y + inset + row, line.slice(this.#left), theme.dialog, width);
    });
    const below = this.#lines.length - this.#top - this.#height;
    if (below > 0 || this.#top > 0) {
      const percent = Math.round((100 * (this.#top + this.#height)) / this.#lines.length);
      canvas.put(
        area.x + area.width - 9,
        area.y + area.height - 3,
        `(${String(Math.min(100, percent)).padStart(3)}%)`,
        theme.note,
      );
    }
    drawButtons(canvas, area, look, [' Exit '], 0);
  }

  key(key: Key, desk: Desk): void {
    switch (key.kind) {
      case 'up':
        return this.#scroll(-1);
      case 'down':
        return this.#scroll(1);
      case 'page up':
        return this.#scroll(-this.#height);
      case 'page down':
        return this.#scroll(this.#height);
      case 'home':
        return this.#scroll(-this.#lines.length);
      case 'end':
        return this.#scroll(this.#lines.length);
      case 'left':
        this.#left = Math.max(0, this.#left - 1);
        return;
      case 'right':
        this.#left++;
        return;
      case 'enter':
      case 'escape':
        return desk.close(this);
      case 'character': {
        const jump = this.#jumps[Number(key.text) - 1];
        if (jump !== undefined) return jump(desk);
        return this.#character(key.text, desk);
      }
      default:
    }
  }

  #character(text: string, desk: Desk): void {
    if ('EeXxq'.includes(text)) return desk.close(this);
    if ('Kk'.includes(text)) return this.#scroll(-1);
    if ('Jj'.includes(text)) return this.#scroll(1);
    if ('Bbu'.includes(text)) return this.#scroll(-this.#height);
    if (' d'.includes(text)) return this.#scroll(this.#height);
    if (text === 'g') return this.#scroll(-this.#lines.length);
    if (text === 'G') return this.#scroll(this.#lines.length);
    if (text === '0') this.#left = 0;
    if ('Hh'.includes(text)) this.#left = Math.max(0, this.#left - 1);
    if ('Ll'.includes(text)) this.#left++;
  }

  #scroll(by: number): void {
    this.#top = Math.max(0, Math.min(this.#top + by, this.#lines.length - this.#height));
  }
}

function wrapKeepingIndent(line: string, width: number): string[] {
  const indent = /^ */.exec(line)![0].slice(0, Math.floor(width / 2));
  const [first, ...rest] = wrap(line.trimStart(), width - indent.length);
  return [indent + (first ?? ''), ...rest.map((part) => indent + part)];
}

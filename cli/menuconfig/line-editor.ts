import { charWidth, type Canvas, type Style } from './canvas.ts';
import type { Key } from './keys.ts';

/** One line of text with a cursor in it. */
export class LineEditor {
  #characters: string[];
  #at: number;

  constructor(text: string) {
    this.#characters = [...text];
    this.#at = this.#characters.length;
  }

  get text(): string {
    return this.#characters.join('');
  }

  /** Takes a key that edits; false for one that does not. */
  key(key: Key): boolean {
    switch (key.kind) {
      case 'character':
        this.#characters.splice(this.#at++, 0, key.text);
        return true;
      case 'backspace':
        if (this.#at > 0) this.#characters.splice(--this.#at, 1);
        return true;
      case 'delete':
        this.#characters.splice(this.#at, 1);
        return true;
      case 'left':
        this.#at = Math.max(0, this.#at - 1);
        return true;
      case 'right':
        this.#at = Math.min(this.#characters.length, this.#at + 1);
        return true;
      case 'home':
        this.#at = 0;
        return true;
      case 'end':
        this.#at = this.#characters.length;
        return true;
      default:
        return false;
    }
  }

  /** Draws the part around the cursor. */
  draw(canvas: Canvas, x: number, y: number, width: number, style: Style, focused: boolean): void {
    let start = this.#at;
    let before = 0;
    while (start > 0 && before + charWidth(this.#characters[start - 1]!) < width) {
      before += charWidth(this.#characters[--start]!);
    }
    canvas.fill(x, y, width, 1, style);
    canvas.put(x, y, this.#characters.slice(start).join(''), style, width);
    if (focused) canvas.cursor = { x: Math.min(x + before, canvas.columns - 1), y };
  }
}

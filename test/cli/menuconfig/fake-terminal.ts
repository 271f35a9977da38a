import type { TerminalDevice, TerminalEvents } from '../../../cli/menuconfig/terminal.ts';
import type { KeyClock } from '../../../cli/menuconfig/keys.ts';
import { charWidth } from '../../../cli/menuconfig/canvas.ts';

/** A terminal that keeps what is on its screen; understands what the menu writes. */
export class FakeTerminal implements TerminalDevice {
  columns: number;
  rows: number;
  stopped = false;
  cursor: { x: number; y: number; visible: boolean } = { x: 0, y: 0, visible: true };
  /** Styles that were used. */
  readonly styles = new Set<string>();
  #events: TerminalEvents | undefined;
  #cells: string[][] = [];

  constructor(columns = 80, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  start(events: TerminalEvents): void {
    this.#events = events;
    this.#clear();
  }

  stop(): void {
    this.stopped = true;
  }

  suspend(): void {
    this.#clear();
  }

  type(text: string): void {
    this.#events?.input(Buffer.from(text));
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.#clear();
    this.#events?.resize();
  }

  end(): void {
    this.#events?.end();
  }

  /** The lines of the screen without trailing blanks. */
  get lines(): string[] {
    return this.#cells.map((row) => row.join('').trimEnd());
  }

  get text(): string {
    return this.lines.join('\n');
  }

  #clear(): void {
    this.#cells = Array.from({ length: this.rows }, () => Array.from({ length: this.columns }, () => ' '));
  }

  write(text: string): void {
    const { cursor } = this;
    for (let index = 0; index < text.length;) {
      const match = /^\x1b\[(\??)([0-9;]*)([A-Za-z])/.exec(text.slice(index, index + 40));
      if (match !== null) {
        index += match[0].length;
        const [first, second] = match[2]!.split(';').map(Number);
        if (match[3] === 'H') Object.assign(cursor, { y: (first || 1) - 1, x: (second || 1) - 1 });
        else if (match[3] === 'J') this.#clear();
        else if (match[3] === 'm') this.styles.add(match[2]!);
        else if (match[1] === '?' && first === 25) cursor.visible = match[3] === 'h';
        else throw new Error(`unknown sequence ${JSON.stringify(match[0])}`);
        continue;
      }
      const character = String.fromCodePoint(text.codePointAt(index)!);
      index += character.length;
      const row = this.#cells[cursor.y];
      if (row === undefined || cursor.x >= this.columns) {
        throw new Error(
          `wrote ${JSON.stringify(character)} outside of the screen at ${cursor.x},${cursor.y}`,
        );
      }
      row[cursor.x] = character;
      if (charWidth(character) === 2) row[cursor.x + 1] = '';
      cursor.x += charWidth(character);
    }
  }
}

/** A clock whose time passes only when a test says so. */
export class FakeClock implements KeyClock {
  #now = 0;
  #timers: { at: number; action: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { at: this.#now + milliseconds, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  pass(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = next.at;
      next.action();
    }
    this.#now = until;
  }
}

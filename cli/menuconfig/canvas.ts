/** How a cell looks: the parameters of an SGR sequence, e.g. `1;37;44`. */
export type Style = string;

interface Cell {
  text: string;
  style: Style;
}

/** Columns that a character takes: 0 for combining ones, 2 for wide ones. */
export function charWidth(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : 1;
  if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) return 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

/** Columns that a text takes. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += charWidth(character);
  return width;
}

/** The beginning of a text that fits into a number of columns. */
export function clip(text: string, columns: number): string {
  let width = 0;
  let result = '';
  for (const character of text) {
    width += charWidth(character);
    if (width > columns) break;
    result += character;
  }
  return result;
}

/** Breaks a text into lines: at its newlines, and at blanks where it is too wide. */
export function wrap(text: string, width: number): string[] {
  const columns = Math.max(1, width);
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(/ (?=\S)/)) {
      const joined = line === '' ? word : `${line} ${word}`;
      if (textWidth(joined) <= columns) {
        line = joined;
        continue;
      }
      if (line !== '') lines.push(line);
      line = word;
      while (textWidth(line) > columns) {
        const part = clip(line, columns) || line;
        lines.push(part);
        line = line.slice(part.length);
      }
    }
    lines.push(line);
  }
  return lines;
}

/** A screenful of cells to draw on. What lies outside is not drawn. */
export class Canvas {
  readonly columns: number;
  readonly rows: number;
  /** Where the cursor is to stand; hidden when undefined. */
  cursor: { x: number; y: number } | undefined;
  readonly #cells: Cell[][];

  constructor(columns: number, rows: number, style: Style) {
    this.columns = columns;
    this.rows = rows;
    this.#cells = Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => ({ text: ' ', style })),
    );
  }

  /** Writes a text, clipped to `width` columns where that is given. */
  put(x: number, y: number, text: string, style: Style, width = this.columns - x): void {
    const row = this.#cells[y];
    if (row === undefined) return;
    let column = x;
    for (const character of text) {
      const columns = charWidth(character);
      if (columns === 0) continue;
      if (column + columns > x + width || column + columns > this.columns) return;
      if (column >= 0) {
        row[column] = { text: character, style };
        if (columns === 2) row[column + 1] = { text: '', style };
      }
      column += columns;
    }
  }

  fill(x: number, y: number, width: number, height: number, style: Style): void {
    for (let row = 0; row < height; row++) this.put(x, y + row, ' '.repeat(Math.max(0, width)), style);
  }

  /** The text of a row, without trailing blanks. */
  rowText(y: number): string {
    return (this.#cells[y] ?? [])
      .map((cell) => cell.text)
      .join('')
      .trimEnd();
  }

  /**
   * The bytes that turn a terminal showing `before` into one showing this.
   * @param before undefined when nothing is known about the screen
   */
  difference(before: Canvas | undefined): string {
    const same = before?.columns === this.columns && before.rows === this.rows;
    let output = same ? '' : '\x1b[0m\x1b[2J';
    let style: Style | undefined;
    for (let y = 0; y < this.rows; y++) {
      let at = -1;
      for (let x = 0; x < this.columns; x++) {
        const cell = this.#cells[y]![x]!;
        const old = same ? before.#cells[y]![x]! : undefined;
        if (old?.text === cell.text && old.style === cell.style) continue;
        if (cell.text === '') continue;
        // The last cell of the last row would scroll some terminals.
        if (y === this.rows - 1 && x === this.columns - 1) continue;
        if (at !== x) output += `\x1b[${y + 1};${x + 1}H`;
        if (style !== cell.style) output += `\x1b[0${cell.style === '' ? '' : `;${cell.style}`}m`;
        ({ style } = cell);
        output += cell.text;
        at = x + charWidth(cell.text);
      }
    }
    if (style !== undefined) output += '\x1b[0m';
    output +=
      this.cursor === undefined ? '\x1b[?25l' : `\x1b[${this.cursor.y + 1};${this.cursor.x + 1}H\x1b[?25h`;
    return output;
  }
}

/** The size of GNU make's first buffer for a line; it is doubled when a line does not fit. */
const FIRST_BUFFER = 200;
/** What has to be left of the buffer for a continuation line to be read without doubling it. */
const ROOM_FOR_LINE = 80;

/** A logical line, and the physical ones in it. */
export interface NulLine {
  readonly text: string;
  readonly lines: number;
}

/**
 * Logical lines of a file that holds NUL bytes. GNU make reads them as strings that end at a NUL: what stands behind it
 * in the same piece of its buffer is lost, the newline too, so that the next line is joined. Only a NUL at the
 * beginning of a piece gives a warning, and ends the line.
 */
export class NulLines {
  private readonly text: string;
  private readonly warn: () => void;
  private at = 0;
  private size = FIRST_BUFFER;

  /** @param warn called for a NUL at the beginning of a line */
  constructor(text: string, warn: () => void) {
    this.text = text;
    this.warn = warn;
  }

  /** The next logical line, backslash-newlines kept; undefined at the end. */
  next(): NulLine | undefined {
    let line = '';
    let lines = 0;
    for (let piece = this.piece(line.length); piece !== undefined; piece = this.piece(line.length)) {
      const nul = piece.indexOf('\0');
      if (nul === 0) {
        this.warn();
        piece = '\n';
      }
      line += nul > 0 ? piece.slice(0, nul) : piece;
      if (line.endsWith('\n')) {
        lines++;
        if (line.length > 1 && line.endsWith('\r\n')) line = `${line.slice(0, -2)}\n`;
        if (/(?<!\\)(?:\\\\)*\n$/.test(line)) return { text: line.slice(0, -1), lines };
        if (this.size - line.length >= ROOM_FOR_LINE) continue;
      }
      this.size *= 2;
    }
    return line === '' ? undefined : { text: line, lines: Math.max(lines, 1) };
  }

  /** What one call of `fgets` gives: up to a newline, and no more than the buffer holds. */
  private piece(used: number): string | undefined {
    if (this.at >= this.text.length) return undefined;
    const newline = this.text.indexOf('\n', this.at);
    const lineEnd = newline < 0 ? this.text.length : newline + 1;
    const end = Math.min(lineEnd, this.at + this.size - used - 1);
    const piece = this.text.slice(this.at, end);
    this.at = end;
    return piece;
  }
}

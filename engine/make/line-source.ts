import { NulLines } from './nul-lines.ts';

/**
 * Logical lines of a makefile or of an evaluated text: lines joined by backslash-newline come as one, with the
 * backslash-newlines still in them.
 */
export class LineSource {
  private readonly text: string;
  private at = 0;
  private readonly isFile: boolean;
  private readonly nulLines: NulLines | undefined;
  /** Physical lines in the line that `next` gave last; 0 in an evaluated text, whose lines all count as one. */
  lines = 0;

  /**
   * @param isFile the text is a file: CR before LF goes, lines are counted
   * @param onNul called when a line of a file begins with a NUL byte, whose rest is lost
   */
  constructor(text: string, isFile: boolean, onNul: () => void = () => undefined) {
    this.text = isFile ? withoutCarriageReturns(text) : text;
    this.isFile = isFile;
    if (isFile && text.includes('\0')) this.nulLines = new NulLines(text, onNul);
  }

  /** The next logical line, without its newline; undefined at the end. */
  next(): string | undefined {
    if (this.nulLines !== undefined) {
      const line = this.nulLines.next();
      this.lines = line?.lines ?? 0;
      return line?.text;
    }
    const { text } = this;
    if (this.at >= text.length) return undefined;
    const start = this.at;
    let from = start;
    let count = 0;
    for (;;) {
      const newline = text.indexOf('\n', from);
      if (newline < 0) {
        this.at = text.length;
        this.lines = this.isFile ? Math.max(count, 1) : 0;
        return text.slice(start);
      }
      count++;
      let backslashes = 0;
      while (newline - backslashes > from && text.charCodeAt(newline - backslashes - 1) === 92) backslashes++;
      if (backslashes % 2 === 0) {
        this.at = newline + 1;
        this.lines = this.isFile ? count : 0;
        return text.slice(start, newline);
      }
      from = newline + 1;
    }
  }
}

function withoutCarriageReturns(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n/g, '\n') : text;
}

import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** A text that commands read as their standard input, one going on where the other stopped. */
export class TextInput {
  readonly descriptor: number;

  constructor(text: string) {
    const directory = mkdtempSync(`${tmpdir()}/unigraph-make-`);
    try {
      writeFileSync(`${directory}/input`, text);
      this.descriptor = openSync(`${directory}/input`, 'r');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

import { placePrefix } from './stop.ts';
import type { Place } from './variables.ts';

/** Where a run's words go. */
export interface Output {
  /** Standard output, whole lines. */
  info(text: string): void;
  /** Error stream, whole lines. */
  error(text: string): void;
  /** Standard output, past all synchronization: what `-d` and `-p` print. */
  raw(text: string): void;
  /**
   * A command of `$(shell)` is about to run.
   * @returns the descriptor for its error stream if output is being held back
   */
  beforeShell(): number | undefined;
}

/** Warnings and messages of the form `file:line: text` or `make: text`. */
export class Messages {
  readonly output: Output;
  /** `make` or `make[1]`. */
  program: string;
  private readonly onWarning: ((text: string, place: Place | undefined) => void) | undefined;

  constructor(
    output: Output,
    program: string,
    onWarning: ((text: string, place: Place | undefined) => void) | undefined,
  ) {
    this.output = output;
    this.program = program;
    this.onWarning = onWarning;
  }

  /** A message that does not end the run. */
  warn(text: string, place: Place | undefined): void {
    if (this.onWarning !== undefined) {
      this.onWarning(text, place);
      return;
    }
    this.output.error(`${placePrefix(place) || `${this.program}: `}${text}\n`);
  }
}

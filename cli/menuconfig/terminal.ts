/** What a terminal tells. */
export interface TerminalEvents {
  input(bytes: Uint8Array): void;
  resize(): void;
  /** The terminal is gone, or the program is to end. */
  end(): void;
}

/** A screen with a keyboard. */
export interface TerminalDevice {
  readonly columns: number;
  readonly rows: number;
  /** Takes the screen over. */
  start(events: TerminalEvents): void;
  /** Gives the screen back as it was. May be called twice. */
  stop(): void;
  /** Gives the screen back, stops the program, and takes it over again when that goes on. */
  suspend(): void;
  write(text: string): void;
}

/** Alternate screen, no wrapping of long lines. */
const ENTER = '\x1b[?1049h\x1b[?7l';
const LEAVE = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';

/** The signals after which a terminal must be given back. */
const endings = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** The process's own terminal. */
export class ProcessTerminal implements TerminalDevice {
  readonly #input: NodeJS.ReadStream;
  readonly #output: NodeJS.WriteStream;
  #events: TerminalEvents | undefined;
  readonly #onInput = (bytes: Buffer): void => this.#events?.input(bytes);
  readonly #onResize = (): void => this.#events?.resize();
  readonly #onEnd = (): void => this.#events?.end();
  readonly #onContinue = (): void => {
    this.#takeOver();
    this.#events?.resize();
  };

  constructor(input: NodeJS.ReadStream, output: NodeJS.WriteStream) {
    this.#input = input;
    this.#output = output;
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  get rows(): number {
    return this.#output.rows || 24;
  }

  start(events: TerminalEvents): void {
    this.#events = events;
    this.#input.on('data', this.#onInput);
    this.#input.on('end', this.#onEnd);
    this.#input.on('error', this.#onEnd);
    // Writing to a terminal that is gone must not end the program before the changes are safe.
    this.#output.on('error', this.#onEnd);
    this.#output.on('resize', this.#onResize);
    for (const signal of endings) process.on(signal, this.#onEnd);
    process.on('SIGCONT', this.#onContinue);
    this.#takeOver();
    this.#input.resume();
  }

  #takeOver(): void {
    this.#input.setRawMode(true);
    this.#output.write(ENTER);
  }

  #giveBack(): void {
    try {
      this.#output.write(LEAVE);
      this.#input.setRawMode(false);
    } catch {
      // The terminal is gone.
    }
  }

  stop(): void {
    if (this.#events === undefined) return;
    this.#events = undefined;
    this.#input.off('data', this.#onInput);
    this.#input.off('end', this.#onEnd);
    this.#output.off('resize', this.#onResize);
    for (const signal of endings) process.off(signal, this.#onEnd);
    process.off('SIGCONT', this.#onContinue);
    this.#giveBack();
    this.#input.pause();
    this.#input.unref();
  }

  suspend(): void {
    this.#giveBack();
    process.kill(process.pid, 'SIGTSTP');
  }

  write(text: string): void {
    this.#output.write(text);
  }
}

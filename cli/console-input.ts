import { Transform, type Readable } from 'node:stream';
import type { ReadStream } from 'node:tty';

const CTRL_C = 0x03;

export interface ConsoleInput {
  /** What goes to the guest. */
  readonly stream: Readable;
  /** Gives the terminal back. */
  restore(): void;
}

/**
 * Standard input as a guest's console. A terminal passes every key at once and without echo, which is the guest's business;
 * Ctrl-C alone stays ours, unless there is no `onInterrupt`.
 */
export function consoleInput(
  stdin: ReadStream | Readable,
  onInterrupt: (() => void) | undefined,
): ConsoleInput {
  const terminal = 'isTTY' in stdin && stdin.isTTY ? stdin : undefined;
  if (terminal === undefined) return { stream: stdin, restore: () => void stdin.destroy() };
  terminal.setRawMode(true);
  const keys = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (onInterrupt !== undefined && chunk.includes(CTRL_C)) {
        onInterrupt();
        done(undefined, Buffer.from(chunk.filter((byte) => byte !== CTRL_C)));
      } else done(undefined, chunk);
    },
  });
  terminal.pipe(keys);
  return {
    stream: keys,
    restore() {
      terminal.unpipe(keys);
      terminal.setRawMode(false);
      terminal.destroy();
    },
  };
}

import { readSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { ConfInput, ConfOutput } from '../engine/kconfig/conf-run.ts';
import type { Surroundings } from './command.ts';

const WAIT_MS = 10;

/** Standard input, read a byte at a time, as long as a line lasts: what follows stays for others. */
export const standardInput: ConfInput = {
  isTTY: isatty(0),
  readLine(limit) {
    const bytes = Buffer.alloc(limit);
    let length = 0;
    while (length < limit) {
      if (readByte(bytes, length) === 0) break;
      length++;
      if (bytes[length - 1] === 0x0a) break;
    }
    return bytes.subarray(0, length);
  },
};

function readByte(bytes: Buffer, offset: number): number {
  for (;;) {
    try {
      return readSync(0, bytes, offset, 1, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF' || code === 'EBADF' || code === 'EISDIR') return 0;
      if (code !== 'EAGAIN') throw error;
      // A terminal or pipe that another program has set not to wait.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    }
  }
}

/** The streams of a command for a run of `conf`. */
export function confStreams(surroundings: Surroundings): {
  stdin: ConfInput;
  stdout: ConfOutput;
  stderr: ConfOutput;
} {
  const output = (stream: NodeJS.WritableStream): ConfOutput => ({
    isTTY: (stream as NodeJS.WriteStream).isTTY === true,
    write: (bytes) => void stream.write(bytes),
  });
  return {
    stdin: standardInput,
    stdout: output(surroundings.stdout),
    stderr: output(surroundings.stderr),
  };
}

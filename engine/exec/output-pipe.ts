import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { FifosAhead } from './fifos-ahead.ts';
import { makeFifos } from './fifo.ts';

/*
 * Why not child_process' own pipes: they are one socket for standard output and one for standard error. The order in
 * which a command wrote to the two is lost, and a script's `echo … > /dev/stderr` fails, because a socket cannot be opened.
 * A FIFO gives both descriptors the same pipe. It is also used again by the next command, so that a command costs no
 * stream: only an open and a close of the writing end.
 */

const drainBuffer = Buffer.allocUnsafeSlow(65536);

/** A pipe that becomes standard output and standard error of one command after another. */
export class OutputPipe {
  readonly #readEnd: number;
  readonly #socket: Socket;
  #writeEnd: number;
  #sink: ((chunk: Buffer) => void) | undefined;
  #onEnd: (() => void) | undefined;
  #ended = false;

  /** @param readEnd descriptor of a FIFO's reading end, opened with O_NONBLOCK; owned from now on */
  constructor(readEnd: number) {
    this.#readEnd = readEnd;
    this.#writeEnd = openForWriting(readEnd);
    this.#socket = new Socket({ fd: readEnd, readable: true, writable: false });
    this.#socket.on('data', (chunk: Buffer) => this.#sink?.(chunk));
    this.#socket.on('end', () => this.#end());
    this.#socket.on('error', () => this.#end());
    // A running command keeps the process alive; its pipe need not.
    this.#socket.unref();
  }

  /** The descriptor to give to a command for 1 and 2. */
  get writeEnd(): number {
    return this.#writeEnd;
  }

  /** From now on, what is written goes to `sink`. */
  begin(sink: (chunk: Buffer) => void): void {
    this.#sink = sink;
  }

  /**
   * The command has ended: passes on what is still in the pipe.
   * @returns true when nobody holds the writing end any more, and the pipe can serve another command;
   *   false when a process that the command left behind does, and `wait` or `abandon` must follow
   */
  finish(): boolean {
    closeSync(this.#writeEnd);
    if (this.#drain() === 'held') return false;
    // The event loop has not looked at the pipe in between, so it never sees the end of file.
    this.#writeEnd = openForWriting(this.#readEnd);
    this.#sink = undefined;
    return true;
  }

  /** After `finish` returned false: calls back when the last holder has closed the pipe. */
  whenReleased(callback: () => void): void {
    if (this.#ended) callback();
    else this.#onEnd = callback;
  }

  /** After `finish` returned false: throws further output away until the last holder is gone. */
  abandon(): void {
    this.#sink = undefined;
    this.#onEnd = undefined;
  }

  /** Frees an idle pipe. */
  destroy(): void {
    if (!this.#ended) closeSync(this.#writeEnd);
    this.#ended = true;
    this.#socket.destroy();
  }

  #drain(): 'held' | 'end' {
    for (;;) {
      let size: number;
      try {
        size = readSync(this.#readEnd, drainBuffer);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EINTR') continue;
        return 'held'; // EAGAIN: somebody could still write
      }
      if (size === 0) return 'end';
      this.#sink?.(Buffer.from(drainBuffer.subarray(0, size)));
    }
  }

  #end(): void {
    this.#ended = true;
    this.#socket.destroy();
    this.#onEnd?.();
  }
}

/** /proc leads to the FIFO even after its name has been removed. */
function openForWriting(readEnd: number): number {
  return openSync(`/proc/self/fd/${readEnd}`, constants.O_WRONLY);
}

/** Idle pipes, made in batches because each batch costs one run of mkfifo (8 ms with a fork). */
export class OutputPipes {
  readonly #ahead: FifosAhead | undefined;
  readonly #idle: OutputPipe[] = [];
  #unavailable = false;
  #batch = 8;

  /** @param ahead FIFOs to use first */
  constructor(ahead?: FifosAhead) {
    this.#ahead = ahead;
  }

  /** A pipe of the caller's own until it is given back; undefined where FIFOs cannot be made. */
  take(): OutputPipe | undefined {
    const pipe = this.#idle.pop();
    if (pipe || this.#unavailable) return pipe;
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    const ready = this.#ahead?.take(flags);
    if (ready !== undefined) return new OutputPipe(ready);
    const made = makeFifos(this.#batch, flags);
    if (!made.ok) {
      this.#unavailable = true;
      return undefined;
    }
    this.#idle.push(...made.value.map((fd) => new OutputPipe(fd)));
    this.#batch = Math.min(64, this.#batch * 2);
    return this.#idle.pop();
  }

  /** Takes back a pipe whose `finish` returned true. */
  giveBack(pipe: OutputPipe): void {
    this.#idle.push(pipe);
  }

  close(): void {
    for (const pipe of this.#idle.splice(0)) pipe.destroy();
    this.#ahead?.close();
  }
}

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const PROMPT = '(qemu) ';

/** Connects to a socket that QEMU is about to make. */
export async function connectWhenThere(path: string, signal: AbortSignal): Promise<Socket> {
  for (;;) {
    signal.throwIfAborted();
    const socket = await new Promise<Socket | NodeJS.ErrnoException>((resolve) => {
      const attempt = connect(path);
      attempt.once('connect', () => resolve(attempt));
      attempt.once('error', resolve);
    });
    if (!(socket instanceof Error)) {
      socket.removeAllListeners('error');
      return socket;
    }
    if (socket.code !== 'ENOENT' && socket.code !== 'ECONNREFUSED') throw socket;
    await sleep(10);
  }
}

/** QEMU's human monitor on a socket: a command at a time. */
export class Monitor {
  readonly #socket: Socket;
  #text = '';
  #waiting: { resolve: (answer: string) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#text += text;
      if (!this.#text.endsWith(PROMPT)) return;
      const answer = this.#text.slice(0, -PROMPT.length);
      this.#text = '';
      this.#waiting?.resolve(answer);
      this.#waiting = undefined;
    });
    const ended = (): void => {
      this.#waiting?.reject(new Error('QEMU closed its monitor'));
      this.#waiting = undefined;
    };
    socket.on('error', ended);
    socket.on('close', ended);
  }

  static async open(path: string, signal: AbortSignal): Promise<Monitor> {
    const monitor = new Monitor(await connectWhenThere(path, signal));
    await monitor.#answer();
    return monitor;
  }

  /** @returns what QEMU says to a command, without the echo */
  async run(command: string): Promise<string> {
    const answer = this.#answer();
    this.#socket.write(`${command}\n`);
    const text = (await answer).replaceAll('\r', '');
    // The line editor repeats the command as it grows, with escape sequences, on the first line.
    return text.slice(text.indexOf('\n') + 1);
  }

  close(): void {
    this.#socket.destroy();
  }

  #answer(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }
}

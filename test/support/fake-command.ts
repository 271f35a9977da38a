import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./fake-command-program.mjs', import.meta.url));

interface Started {
  readonly event: 'started';
  readonly name: string;
  readonly args: readonly string[];
  readonly pid: number;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly open: Readonly<Record<string, 'fifo' | 'file' | 'socket' | 'other'>>;
}

type Event =
  | Started
  | { readonly event: 'done'; readonly id: number; readonly result: unknown }
  | { readonly event: 'signal'; readonly signal: string };

/**
 * Commands that a test drives (after wireit's test rig): the test awaits that one is started, and decides what it
 * writes and when and how it ends. Usage:
 *
 *     const fakes = await FakeCommands.start();
 *     const outcome = spawner.run({ argv: fakes.argv('compile'), … });
 *     const compile = await fakes.started('compile');
 *     await compile.write('warning\n');
 *     compile.exit(1);
 */
export class FakeCommands {
  readonly #server: Server;
  readonly #folder: string;
  readonly #socketPath: string;
  readonly #sockets = new Set<Socket>();
  readonly #arrived = new Map<string, FakeCommand[]>();
  readonly #awaited = new Map<string, ((command: FakeCommand) => void)[]>();
  readonly #startedNames: string[] = [];

  private constructor(server: Server, folder: string, socketPath: string) {
    this.#server = server;
    this.#folder = folder;
    this.#socketPath = socketPath;
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async start(): Promise<FakeCommands> {
    const folder = mkdtempSync(join(tmpdir(), 'fake-commands-'));
    const socketPath = join(folder, 'socket');
    const server = createServer();
    const fakes = new FakeCommands(server, folder, socketPath);
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    return fakes;
  }

  /** The argument vector of a fake command: node, the program, the socket, the name by which the test knows it, arguments. */
  argv(name: string, ...args: readonly string[]): string[] {
    return [process.execPath, program, this.#socketPath, name, ...args];
  }

  /** Resolves when a command of this name has started: each start is handed out once, in order. */
  started(name: string): Promise<FakeCommand> {
    const command = this.#arrived.get(name)?.shift();
    if (command) return Promise.resolve(command);
    return new Promise((resolve) => {
      const waiting = this.#awaited.get(name) ?? [];
      this.#awaited.set(name, [...waiting, resolve]);
    });
  }

  /** Names of all commands that have started, in order. */
  get startedNames(): readonly string[] {
    return this.#startedNames;
  }

  /** Ends all fake commands that still run. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    let command: FakeCommand | undefined;
    onLines(socket, (line) => {
      const event = JSON.parse(line) as Event;
      if (event.event !== 'started') {
        command?.receive(event);
        return;
      }
      command = new FakeCommand(socket, event);
      this.#startedNames.push(event.name);
      const waiter = this.#awaited.get(event.name)?.shift();
      if (waiter) waiter(command);
      else this.#arrived.set(event.name, [...(this.#arrived.get(event.name) ?? []), command]);
    });
  }
}

/** One running fake command. */
export class FakeCommand {
  readonly args: readonly string[];
  readonly pid: number;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** File types of its open descriptors below 10 (from 3 on, Node's own ones are among them). */
  readonly open: Started['open'];
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #orders = new Map<number, (result: unknown) => void>();
  readonly #signals: string[] = [];
  readonly #signalWaiters: ((signal: string) => void)[] = [];
  #nextOrder = 0;

  constructor(socket: Socket, started: Started) {
    this.#socket = socket;
    this.args = started.args;
    this.pid = started.pid;
    this.cwd = started.cwd;
    this.environment = started.environment;
    this.open = started.open;
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined); // Killed.
  }

  /** Writes to standard output, or to `fd`; resolves when the bytes have left the process. */
  async write(output: string | Buffer, fd: 1 | 2 = 1): Promise<void> {
    await this.#order('write', { fd, base64: Buffer.from(output).toString('base64') });
  }

  /** Reads standard input to its end. */
  async readStdin(): Promise<Buffer> {
    const { base64 } = (await this.#order('readStdin')) as { base64: string };
    return Buffer.from(base64, 'base64');
  }

  /** Survives a signal from now on; `signal` tells when it came. */
  async ignore(signal: NodeJS.Signals): Promise<void> {
    await this.#order('ignore', { signal });
  }

  /** Resolves to the next ignored signal. */
  signal(): Promise<string> {
    const signal = this.#signals.shift();
    if (signal !== undefined) return Promise.resolve(signal);
    return new Promise((resolve) => this.#signalWaiters.push(resolve));
  }

  /** Starts a fake command as its child, in the same process group unless `newSession`. */
  async child(name: string, options: { newSession?: boolean; keepOutput?: boolean } = {}): Promise<void> {
    const { newSession = false, keepOutput = false } = options;
    await this.#order('child', { args: [name], newSession, keepOutput });
  }

  /** Ends with a status. */
  exit(status = 0): void {
    void this.#order('exit', { status });
  }

  /** Ends by a signal. */
  raise(signal: NodeJS.Signals): void {
    void this.#order('raise', { signal });
  }

  /** For FakeCommands: a line of the socket. */
  receive(event: Exclude<Event, Started>): void {
    if (event.event === 'done') {
      this.#orders.get(event.id)?.(event.result);
      this.#orders.delete(event.id);
      return;
    }
    const waiter = this.#signalWaiters.shift();
    if (waiter) waiter(event.signal);
    else this.#signals.push(event.signal);
  }

  #order(order: string, details: object = {}): Promise<unknown> {
    const id = this.#nextOrder++;
    return new Promise((resolve) => {
      this.#orders.set(id, resolve);
      this.#socket.write(`${JSON.stringify({ id, order, ...details })}\n`);
    });
  }
}

function onLines(socket: Socket, onLine: (line: string) => void): void {
  let buffered = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    buffered += text;
    const lines = buffered.split('\n');
    buffered = lines.pop()!;
    lines.forEach(onLine);
  });
}

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { directSpawner } from './direct-spawner.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import type { FromHelper, ToHelper } from './helper-protocol.ts';
import { allowManyListeners, signalOfReason } from './interruption.ts';
import { signalGroup } from './process-group.ts';
import type { FailedToStart, SpawnOutcome, Spawner, SpawnerOptions, SpawnRequest } from './spawner.ts';

export interface HelperSpawnerOptions extends SpawnerOptions {
  /** The helper's bundled program; default: the file `spawn-helper.js` beside the running bundle. */
  readonly program?: string;
}

/**
 * Runs commands through a small helper process, which is started at once: call this before the heap grows.
 * A command costs this process's event loop 0.05 ms, whatever its memory; a spawn of its own costs 1 ms at 44 MB and 10 ms at 354 MB,
 * and several times that on a busy machine (bench/spawn.ts).
 * Where the helper's program is not found (the sources run unbundled), commands run from this process instead.
 */
export function helperSpawner(options: HelperSpawnerOptions = {}): Spawner {
  const program = options.program ?? fileURLToPath(new URL('./spawn-helper.js', import.meta.url));
  return existsSync(program) ? new HelperSpawner(program, options) : directSpawner(options);
}

/**
 * Flags that keep the helper small, because a fork copies its page tables: no threads for the compiler and the
 * collector, and the smallest young generation. Measured: 0.7 ms for each fork instead of 1.0 ms.
 */
const helperFlags = ['--single-threaded', '--max-semi-space-size=1', '--no-warnings'];

/** Environments that are remembered on both sides before starting over. */
const rememberedEnvironments = 256;

interface Pending {
  readonly settle: (outcome: SpawnOutcome) => void;
  group: number | undefined;
}

class HelperSpawner implements Spawner {
  readonly #helper: ChildProcess;
  readonly #input: Socket;
  readonly #output: Socket;
  readonly #graceMs: number;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #environmentIds = new WeakMap<object, number>();
  #environmentIdsByContent = new Map<string, number>();
  #nextId = 1;
  #lastWords = '';
  #closing = false;
  #death: FailedToStart | undefined;

  constructor(program: string, options: HelperSpawnerOptions) {
    this.#graceMs = options.graceMs ?? 2000;
    this.#helper = spawn(process.execPath, [...helperFlags, program], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Out of reach of the terminal's Ctrl-C: this process decides what happens then.
      detached: true,
      env: helperEnvironment(),
    });
    this.#input = this.#helper.stdin as Socket;
    this.#output = this.#helper.stdout as Socket;
    const lastWords = this.#helper.stderr as Socket;
    const reader = new FrameReader<FromHelper>((message, tail) => this.#receive(message, tail));
    this.#output.on('data', (chunk: Buffer) => reader.push(chunk));
    lastWords.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-4096);
    });
    for (const stream of [this.#input, this.#output, lastWords]) {
      stream.on('error', () => undefined); // The helper's end is reported by its exit.
      stream.unref();
    }
    this.#ended = new Promise((resolve) => {
      const died = (reason: string): void => {
        this.#die(reason);
        resolve();
      };
      this.#helper.once('error', (error) => died(error.message));
      // 'close' and not 'exit': outcomes that are still in the pipe count.
      this.#helper.once('close', (status, signal) => died(signal ?? `status ${status}`));
    });
    this.#helper.unref();
    const { program: _program, ...spawnerOptions } = options;
    this.#send({ type: 'options', options: spawnerOptions });
  }

  run(request: SpawnRequest, signal?: AbortSignal): Promise<SpawnOutcome> {
    if (this.#closing || signal?.aborted) return Promise.resolve({ kind: 'cancelled', started: false });
    if (this.#death) return Promise.resolve(this.#death);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const onAbort = (): void => {
        this.#send({ type: 'cancel', id, signal: signalOfReason(signal?.reason) });
      };
      if (signal) allowManyListeners(signal);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (this.#pending.size === 0) this.#output.ref();
      this.#pending.set(id, {
        group: undefined,
        settle: (outcome) => {
          signal?.removeEventListener('abort', onAbort);
          this.#pending.delete(id);
          if (this.#pending.size === 0) this.#output.unref();
          resolve(outcome);
        },
      });
      this.#send(
        {
          type: 'run',
          id,
          argv: request.argv,
          cwd: request.cwd,
          environment: this.#environmentId(request.environment),
          stdin: request.stdin !== undefined,
          files: request.files ?? [],
        },
        request.stdin,
      );
    });
  }

  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      this.#send({ type: 'close' });
    }
    this.#helper.ref();
    this.#output.ref();
    // The helper needs at most one grace time for what runs and one for what was left behind.
    const overdue = setTimeout(() => this.#helper.kill('SIGKILL'), 2 * this.#graceMs + 2000);
    await this.#ended;
    clearTimeout(overdue);
  }

  #receive(message: FromHelper, tail: Buffer): void {
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    switch (message.type) {
      case 'started':
        pending.group = message.group;
        return;
      case 'ended':
        // The tail is what the head left out for being bytes.
        pending.settle(
          message.outcome.kind === 'exited' || message.outcome.kind === 'signaled'
            ? { ...message.outcome, output: tail }
            : message.outcome,
        );
    }
  }

  #environmentId(environment: Readonly<Record<string, string>>): number {
    let id = this.#environmentIds.get(environment);
    if (id !== undefined) return id;
    const content = JSON.stringify(environment);
    id = this.#environmentIdsByContent.get(content);
    if (id === undefined) {
      const forget = this.#environmentIdsByContent.size >= rememberedEnvironments;
      if (forget) {
        this.#environmentIds = new WeakMap();
        this.#environmentIdsByContent = new Map();
      }
      id = this.#nextId++;
      this.#environmentIdsByContent.set(content, id);
      this.#send({ type: 'environment', id, environment, forget });
    }
    this.#environmentIds.set(environment, id);
    return id;
  }

  #send(message: ToHelper, tail?: Uint8Array): void {
    if (this.#input.writable) this.#input.write(encodeFrame(message, tail));
  }

  /** The helper is gone. Its commands have lost their keeper and are killed here. */
  #die(reason: string): void {
    const said = this.#lastWords.trim().split('\n').at(-1);
    this.#death = {
      kind: 'failedToStart',
      code: 'HELPER',
      message: `the process that launches commands has ended (${reason})${said ? `: ${said}` : ''}`,
    };
    for (const { group, settle } of [...this.#pending.values()]) {
      if (group !== undefined) signalGroup(group, 'SIGKILL');
      settle(this.#closing ? { kind: 'cancelled', started: group !== undefined } : this.#death);
    }
  }
}

/** Not the user's NODE_OPTIONS: an inspector or a preloaded module is meant for the program that the user started. */
function helperEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...environment } = process.env;
  return environment;
}

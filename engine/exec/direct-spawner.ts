import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FifosAhead } from './fifos-ahead.ts';
import { OutputBuffer } from './output-buffer.ts';
import { OutputPipes, type OutputPipe } from './output-pipe.ts';
import { allowManyListeners, signalOfReason } from './interruption.ts';
import { groupIsAlive, orphanedGroupIsAlive, signalGroup } from './process-group.ts';
import { describeStartFailure } from './start-failure.ts';
import type { SpawnOutcome, Spawner, SpawnerOptions, SpawnFile, SpawnRequest } from './spawner.ts';

export interface DirectSpawnerOptions extends SpawnerOptions {
  /** FIFOs to use before making some: for a program that runs few commands. Closed with the spawner. */
  readonly fifos?: FifosAhead;
  /** Called with the process id (which is the group's id) once a command runs. */
  readonly onStart?: (request: SpawnRequest, group: number) => void;
}

/**
 * Runs commands from this process. It blocks the event loop for the time of a fork, which grows with this
 * process's memory: right for a few commands, and inside the spawn helper.
 */
export function directSpawner(options: DirectSpawnerOptions = {}): Spawner {
  return new DirectSpawner(options);
}

/** The fork failed for want of something that ending processes give back, or the program is still open for writing in a fork elsewhere. */
const transient = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ETXTBSY']);
/** Waits before further attempts, in ms: 1.3 s altogether. */
const retryDelays = [5, 10, 20, 40, 80, 160, 320, 640];

const cancelledBeforeStart: SpawnOutcome = { kind: 'cancelled', started: false };

class DirectSpawner implements Spawner {
  readonly #graceMs: number;
  readonly #lingerMs: number;
  readonly #outputLimit: number;
  readonly #onStart: DirectSpawnerOptions['onStart'];
  readonly #pipes: OutputPipes;
  /** Not an AbortSignal: a listener for each running command would draw Node's warning of a leak. */
  readonly #cancels = new Set<() => void>();
  #closed = false;
  readonly #running = new Map<number, Promise<unknown>>();
  /** Groups that outlived their command. */
  readonly #leftBehind = new Set<number>();
  readonly #onExit = (): void => {
    for (const group of this.#running.keys()) signalGroup(group, 'SIGKILL');
    this.#pipes.close();
  };

  constructor(options: DirectSpawnerOptions) {
    this.#graceMs = options.graceMs ?? 2000;
    this.#lingerMs = options.lingerMs ?? 100;
    this.#outputLimit = options.outputLimit ?? 1 << 20;
    this.#onStart = options.onStart;
    this.#pipes = new OutputPipes(options.fifos);
    process.on('exit', this.#onExit);
  }

  async run(request: SpawnRequest, signal?: AbortSignal): Promise<SpawnOutcome> {
    for (let attempt = 0; ; attempt++) {
      if (this.#closed || signal?.aborted) return cancelledBeforeStart;
      const outcome = await this.#attempt(request, signal);
      const delay = retryDelays[attempt];
      if (outcome.kind !== 'failedToStart' || !transient.has(outcome.code) || delay === undefined) {
        return outcome;
      }
      await sleep(delay, undefined, signal ? { signal } : {}).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
    await Promise.all(this.#running.values());
    await this.#killLeftBehind();
    this.#pipes.close();
    process.off('exit', this.#onExit);
  }

  /** One fork. Resolves when the command and its output have ended. */
  async #attempt(request: SpawnRequest, signal: AbortSignal | undefined): Promise<SpawnOutcome> {
    const output = new OutputBuffer(this.#outputLimit);
    const sink = (chunk: Buffer): void => output.append(chunk);
    const files: number[] = [];
    const pipe = this.#pipes.take();
    const startMs = now();
    let child: ChildProcess;
    try {
      for (const file of request.files ?? []) files.push(openFile(file));
      pipe?.begin(sink);
      child = spawn(request.argv[0] ?? '', request.argv.slice(1), {
        cwd: request.cwd,
        env: request.environment,
        detached: true,
        stdio: [request.stdin ? 'pipe' : 'ignore', ...outputDescriptors(pipe), ...files],
      });
    } catch (error) {
      // Which errors are thrown and which are emitted is Node's choice.
      if (pipe?.finish()) this.#pipes.giveBack(pipe);
      return describeStartFailure(error, request);
    } finally {
      files.forEach(closeSync);
    }

    const group = child.pid;
    if (group === undefined) {
      const error = await new Promise((resolve) => child.once('error', resolve));
      if (pipe?.finish()) this.#pipes.giveBack(pipe);
      return describeStartFailure(error, request);
    }
    // Listeners before anything else can run, so that no event is missed.
    const exit = new Promise<Exit>((resolve) => {
      child.once('exit', (status, exitSignal) => resolve({ status, signal: exitSignal }));
    });
    child.on('error', () => undefined); // A kill that failed; nothing depends on it.
    if (request.stdin) {
      child.stdin!.on('error', () => undefined); // It did not read everything.
      child.stdin!.end(request.stdin);
    }
    const ownStreams = pipe ? undefined : new ChildStreams(child, sink);
    const ended = this.#followToEnd(group, startMs, exit, signal, output, pipe, ownStreams);
    this.#running.set(group, ended);
    try {
      this.#onStart?.(request, group);
      return await ended;
    } finally {
      this.#running.delete(group);
    }
  }

  async #followToEnd(
    group: number,
    startMs: number,
    exit: Promise<Exit>,
    signal: AbortSignal | undefined,
    output: OutputBuffer,
    pipe: OutputPipe | undefined,
    ownStreams: ChildStreams | undefined,
  ): Promise<SpawnOutcome> {
    let cancelled = false;
    let killTimer: NodeJS.Timeout | undefined;
    const cancel = (reason: unknown): void => {
      if (cancelled) return;
      cancelled = true;
      signalGroup(group, signalOfReason(reason));
      killTimer = setTimeout(() => signalGroup(group, 'SIGKILL'), this.#graceMs);
    };
    const onAbort = (): void => cancel(signal?.reason);
    const onClose = (): void => cancel(undefined);
    if (signal) allowManyListeners(signal);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#cancels.add(onClose);

    const { status, signal: exitSignal } = await exit;
    const endMs = now();
    signal?.removeEventListener('abort', onAbort);
    this.#cancels.delete(onClose);

    if (cancelled) {
      // The timer still runs for members of the group that ignore the first signal.
      await untilGone(group, this.#graceMs + 200);
      clearTimeout(killTimer);
    }
    await this.#finishOutput(pipe, ownStreams, cancelled ? 0 : this.#lingerMs);
    if (cancelled) return { kind: 'cancelled', started: true };

    if (groupIsAlive(group)) this.#leftBehind.add(group);
    const record = { ...output.finish(), startMs, endMs };
    if (exitSignal !== null) return { kind: 'signaled', signal: exitSignal, ...record };
    return { kind: 'exited', status: status ?? 0, ...record };
  }

  /** Takes the rest of the output; waits a little for processes that the command left behind. */
  async #finishOutput(
    pipe: OutputPipe | undefined,
    ownStreams: ChildStreams | undefined,
    lingerMs: number,
  ): Promise<void> {
    if (pipe?.finish()) {
      this.#pipes.giveBack(pipe);
      return;
    }
    const source = pipe ?? ownStreams!;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lingerMs);
      source.whenReleased(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    source.abandon();
  }

  async #killLeftBehind(): Promise<void> {
    const groups = [...this.#leftBehind].filter(orphanedGroupIsAlive);
    this.#leftBehind.clear();
    for (const group of groups) signalGroup(group, 'SIGTERM');
    const deadline = now() + this.#graceMs;
    for (const group of groups) {
      await untilGone(group, deadline - now());
      if (orphanedGroupIsAlive(group)) signalGroup(group, 'SIGKILL');
    }
  }
}

interface Exit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Standard output and error as two pipes of child_process, where FIFOs cannot be made. */
class ChildStreams {
  #open = 2;
  #onReleased: (() => void) | undefined;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, sink: (chunk: Buffer) => void) {
    this.#child = child;
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', sink);
      stream.on('error', () => undefined);
      stream.once('close', () => {
        if (--this.#open === 0) this.#onReleased?.();
      });
    }
  }

  whenReleased(callback: () => void): void {
    if (this.#open === 0) callback();
    else this.#onReleased = callback;
  }

  abandon(): void {
    this.#onReleased = undefined;
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.removeAllListeners('data');
      stream.resume();
      (stream as unknown as { unref?(): void }).unref?.();
    }
  }
}

function outputDescriptors(pipe: OutputPipe | undefined): ('pipe' | number)[] & StdioOptions {
  return pipe ? [pipe.writeEnd, pipe.writeEnd] : ['pipe', 'pipe'];
}

const openFlags = {
  read: constants.O_RDONLY,
  write: constants.O_WRONLY,
  'read-write': constants.O_RDWR,
} as const satisfies Record<SpawnFile['mode'], number>;

function openFile(file: SpawnFile): number {
  return openSync(file.path, openFlags[file.mode]);
}

/** Milliseconds since 1970 that never go back while this process runs. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Waits for a group to be gone, at most `ms`. Nothing announces it when its leader has ended before, so it is asked for. */
async function untilGone(group: number, ms: number): Promise<void> {
  const deadline = now() + ms;
  for (let pause = 1; groupIsAlive(group) && now() < deadline; pause = Math.min(20, pause * 2))
    await sleep(pause);
}

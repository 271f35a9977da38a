/**
 * Launching the commands of a build: what a command is, how it can end, and the two ways to run one.
 * Shared by the scheduler, which sees nothing but `Spawner`, and by tests, which may give it one of their own.
 */

export { directSpawner } from './direct-spawner.ts';
export { helperSpawner } from './helper-spawner.ts';

/** One command to run. Plain data, so that it can be sent to another process. */
export interface SpawnRequest {
  /** The program, then its arguments. A program without a slash is searched in the PATH of `environment`. */
  readonly argv: readonly string[];
  /** Absolute path of the working directory. */
  readonly cwd: string;
  /** The complete environment: nothing is inherited. Pass the same object for equal environments: it is sent once. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the command reads on standard input; without it, standard input is /dev/null. */
  readonly stdin?: Uint8Array;
  /** Files opened for the command as descriptors 3, 4, … (the two ends of a jobserver, for example). */
  readonly files?: readonly SpawnFile[];
}

/** A file that the command inherits open. */
export interface SpawnFile {
  /** Absolute path; it must exist. */
  readonly path: string;
  readonly mode: 'read' | 'write' | 'read-write';
}

/** What is known of every command that ran to an end of its own. */
export interface SpawnRecord {
  /** Standard output and standard error as they were written, interleaved; the middle of a huge output is left out and a line says so. */
  readonly output: Buffer;
  /** Bytes left out of the middle of `output`: 0 when it is whole. */
  readonly omittedBytes: number;
  /** When the command was started and when its end was seen: milliseconds since 1970, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
}

/** The command ended by itself. `status` 0 is success. */
export interface Exited extends SpawnRecord {
  readonly kind: 'exited';
  readonly status: number;
}

/** The command was killed by a signal that did not come from the spawner. */
export interface Signaled extends SpawnRecord {
  readonly kind: 'signaled';
  readonly signal: NodeJS.Signals;
}

/** No process came to be, or the spawner itself broke down. Nothing of the command is running. */
export interface FailedToStart {
  readonly kind: 'failedToStart';
  /** The system's error name (ENOENT, EACCES, E2BIG, EAGAIN, …), or `HELPER` when the spawn helper died. */
  readonly code: string;
  /** One sentence without a full stop that names the program or the folder. */
  readonly message: string;
}

/** The abort signal came first. The whole process group is gone; what it wrote is left to the caller to remove. */
export interface Cancelled {
  readonly kind: 'cancelled';
  /** False when the abort signal came before the command was started, so that there is nothing to clean. */
  readonly started: boolean;
}

/** How a command ended; expected failures are values, `run` never rejects. */
export type SpawnOutcome = Exited | Signaled | FailedToStart | Cancelled;

export interface Spawner {
  /**
   * Runs a command in a process group of its own and resolves when it has ended, or `lingerMs` later
   * when processes that it left behind still hold its output.
   * On abort, the group gets `signal.reason.signal` when the reason carries one (see `Interruption`),
   * otherwise SIGTERM, and SIGKILL after `graceMs`.
   */
  run(request: SpawnRequest, signal?: AbortSignal): Promise<SpawnOutcome>;
  /** Cancels what still runs, kills what finished commands left behind, and frees everything. Later calls of `run` resolve to `cancelled`. */
  close(): Promise<void>;
}

export interface SpawnerOptions {
  /** Time between the first signal and SIGKILL; default 2000 ms. */
  readonly graceMs?: number;
  /** How long to wait for output of processes that a finished command left behind; default 100 ms. */
  readonly lingerMs?: number;
  /** Bytes of output kept from the beginning, and as many from the end; default 1 MiB each. */
  readonly outputLimit?: number;
}

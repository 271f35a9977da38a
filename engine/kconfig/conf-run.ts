import type { KconfigHost } from './host.ts';

/** Where answers come from. */
export interface ConfInput {
  /** Whether a person types: together with the output's, answers are then not echoed. */
  readonly isTTY: boolean;
  /**
   * The next bytes up to and including a newline, at most `limit` of them; empty at the end of the input.
   * Waits until they are there.
   */
  readLine(limit: number): Uint8Array;
}

/** Where text goes. */
export interface ConfOutput {
  readonly isTTY: boolean;
  write(bytes: Uint8Array): void;
}

/** One run of the `conf` program: what a process would get from the system. Nothing else is looked at. */
export interface ConfRun {
  /** The arguments without the program's name, e.g. `['--syncconfig', '/core/Config.uk']`. */
  readonly argv: readonly string[];
  /** The program's name in its messages; `conf` unless given. */
  readonly program?: string;
  /** Absolute; where relative paths start and `include/config/` is written. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: ConfInput;
  readonly stdout: ConfOutput;
  readonly stderr: ConfOutput;
  readonly host: KconfigHost;
  /** The seed of randconfig when KCONFIG_SEED gives none; taken from the clock unless given. */
  readonly seed?: number;
}

/** Runs the program and returns its exit status; see `runConf` in command.ts. */
export type RunConf = (run: ConfRun) => number;

/** An input that has ended. */
export const noInput: ConfInput = { isTTY: false, readLine: () => new Uint8Array(0) };

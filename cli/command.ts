import type { Argv } from 'yargs';

/** What a command gets beside its parsed arguments: the streams and surroundings that tests replace. */
export interface Surroundings {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/**
 * One command of the `unigraph` program; a file of cli/ exports one as `command`.
 * It parses with yargs, calls rules/ or engine/, renders, and returns the exit status.
 */
export interface Command<Arguments = Record<string, unknown>> {
  /** yargs' usage string: the name, then positionals, e.g. `build [target..]`. */
  readonly usage: string;
  /** One line for `unigraph --help`. */
  readonly describe: string;
  /** Declares options and positionals. */
  build(yargs: Argv): Argv;
  /** Runs; resolves to the exit status. Expected failures are printed and returned as a status, not thrown. */
  run(args: Arguments, surroundings: Surroundings): Promise<number>;
}

/** A command that takes the argument list as it is, because it has another program's syntax (make, conf, …). */
export interface RawCommand {
  readonly usage: string;
  readonly describe: string;
  runRaw(argv: readonly string[], surroundings: Surroundings): Promise<number>;
}

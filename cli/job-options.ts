import os from 'node:os';
import type { Argv } from 'yargs';
import { fail, ok, type Result } from '../engine/result.ts';

/** What the commands that build share besides the workspace. */
export interface JobArguments {
  readonly goal?: readonly string[];
  readonly jobs?: number;
  readonly 'keep-going'?: boolean;
  readonly quiet?: boolean;
}

/** Declares them. */
export function jobOptions<T>(yargs: Argv<T>): Argv<T & JobArguments> {
  return yargs
    .positional('goal', {
      describe: 'Target, library, file, or VARIABLE=value',
      type: 'string',
      array: true,
    })
    .option('jobs', {
      alias: 'j',
      type: 'number',
      requiresArg: true,
      describe: 'Commands at once [processors]',
    })
    .option('keep-going', {
      alias: 'k',
      type: 'boolean',
      describe: 'Go on with what does not need a failed action',
    })
    .option('quiet', {
      alias: 'q',
      type: 'boolean',
      describe: 'Show warnings and failures only',
    }) as unknown as Argv<T & JobArguments>;
}

/** The number of commands that may run at once; or what is wrong with the one that was given. */
export function jobsOf({ jobs = os.availableParallelism() }: JobArguments): Result<number, string> {
  if (Number.isInteger(jobs) && jobs >= 1) return ok(jobs);
  return fail(`--jobs takes a whole number from 1, not '${jobs}'`);
}

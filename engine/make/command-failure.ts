import { sizeOf } from './disk.ts';
import type { Job } from './job.ts';
import type { Exit } from './launch.ts';
import type { Run } from './run.ts';
import { describeSignal } from './signal-names.ts';
import { describeError } from './system-errors.ts';

/** 0 if a command succeeded, 1 if a recursive make says under -q that something is to be done, else 2. */
export function failureOf(job: Job, exit: Exit, question: boolean): 0 | 1 | 2 {
  if (exit.signal === 0 && exit.code === 0) return 0;
  return exit.signal === 0 && exit.code === 1 && question && job.recursive ? 1 : 2;
}

/** A program that could be started and then says 127: was it one at all? Warns if not. */
export function explainMissingProgram(run: Run, job: Job, exit: Exit): void {
  if (exit.signal !== 0 || exit.code !== 127 || job.path === undefined) return;
  const size = sizeOf(job.path);
  const problem = size === undefined ? 'ENOENT' : size === 0 ? 'ENOEXEC' : undefined;
  if (problem !== undefined) run.messages.warn(`${job.path}: ${describeError(problem)}`, undefined);
}

/** The message about a command that failed: its place, its target and how it ended. */
export function describeFailure(run: Run, job: Job, exit: Exit, ignored: boolean): string {
  const { place, offset } = job.recipe;
  const at = place === undefined ? '<builtin>' : `${place.file}:${place.line + offset}`;
  const what = exit.signal === 0 ? `Error ${exit.code}` : describeSignal(exit.signal);
  return `${run.messages.program}: ${ignored ? '' : '*** '}[${at}: ${job.target.name}] ${what}${ignored ? ' (ignored)' : ''}`;
}

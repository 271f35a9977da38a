import { unlinkFile } from './disk.ts';
import type { Console } from './console.ts';
import type { Run } from './run.ts';
import { describeError } from './system-errors.ts';
import { Status } from './target.ts';

/**
 * Removes the intermediate files that chains of rules have made (manual, "Chained Rules").
 * @param interrupted by a signal: the names go to the error stream, one by one
 */
export function removeIntermediates(run: Run, console: Console, interrupted: boolean): void {
  const { flags } = run;
  if (flags.question || flags.touch || run.allSecondary) return;
  if (interrupted && flags.justPrint) return;
  let any = false;
  // The order costs a hash of each of some ten thousand names, and mostly there is nothing to remove.
  if (!run.targets.some(({ intermediate }) => intermediate)) return;
  for (const target of run.targets.inTableOrder()) {
    if (!target.intermediate || target.secondary || target.isGoal) continue;
    if (!target.dontCare && target.precious) continue;
    if (target.status === Status.none) continue;
    const problem = flags.justPrint ? undefined : unlinkFile(run.directories.path(target.name));
    if (problem === 'ENOENT') continue;
    if (target.dontCare) continue;
    if (interrupted) {
      run.messages.warn(`*** Deleting intermediate file '${target.name}'`, undefined);
    } else {
      if (!any) run.debug.line('b', 'Removing intermediate files...');
      if (!run.silent) {
        console.raw(any ? ` ${target.name}` : `rm ${target.name}`);
        any = true;
      }
    }
    if (problem !== undefined)
      run.messages.warn(`unlink: ${target.name}: ${describeError(problem)}`, undefined);
  }
  if (any && !interrupted) console.raw('\n');
}

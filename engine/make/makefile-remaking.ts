import type { FileTimes } from './file-times.ts';
import type { ReadFile } from './include.ts';
import { MakeDeath } from './ending.ts';
import type { Goal, Goals } from './goals.ts';
import type { Run } from './run.ts';
import { defineMakeFlags } from './setup.ts';
import { Mtime, Status, type Target } from './target.ts';

/**
 * Brings the makefiles themselves up to date (manual, "Remaking Makefiles").
 * @returns whether they changed, so that everything has to be read again, and the exit status if something failed
 */
export async function remakeMakefiles(
  run: Run,
  chain: Goals,
  times: FileTimes,
): Promise<{ readonly restart: boolean; readonly status: number }> {
  run.debug.line('b', 'Updating makefiles....');
  const files: { readonly file: ReadFile; readonly before: number }[] = [];
  for (const file of [...run.readFiles].reverse()) {
    if (mightLoop(file.target)) {
      run.debug.line('v', `Makefile '${file.target.name}' might loop; not remaking it.`);
    } else {
      files.push({ file, before: times.withoutSearch(file.target) });
    }
  }
  if (files.length === 0) return { restart: false, status: 0 };
  defineMakeFlags(run, true, true);
  run.debug.suspended = true;
  const goals: Goal[] = files.map(({ file }) => ({ target: file.target, makefile: file, changed: false }));
  const result = await chain.update(goals, true);
  run.debug.suspended = false;
  if (result === Status.success) return { restart: true, status: 0 };
  if (result !== Status.failed) return { restart: false, status: 0 };
  return judgeFailures(run, times, files);
}

/** Some makefile could not be remade: does anybody care? */
function judgeFailures(
  run: Run,
  times: FileTimes,
  files: readonly { readonly file: ReadFile; readonly before: number }[],
): { readonly restart: boolean; readonly status: number } {
  let remade = false;
  let failed = false;
  let status = 0;
  for (const { file, before } of files) {
    const { target } = file;
    if (target.updated) {
      const now = times.withoutSearch(target);
      if (target.status === Status.success) {
        if (now !== before) remade = true;
      } else if (!file.optional) {
        run.messages.warn(`Failed to remake makefile '${target.name}'.`, undefined);
        if (now !== Mtime.missing && now !== before) remade = true;
        status = 2;
      }
    } else if (!file.optional) {
      if (file.included) {
        run.messages.warn(`Included makefile '${target.name}' was not found.`, undefined);
      } else {
        run.messages.warn(`Makefile '${target.name}' was not found`, undefined);
        failed = true;
      }
    }
  }
  if (!remade && failed) throw new MakeDeath(2);
  return { restart: remade, status };
}

/** A double-colon rule with a recipe and no prerequisites would remake its makefile each time. */
function mightLoop(target: Target): boolean {
  for (let rule = target.doubleColon; rule !== undefined; rule = rule.next) {
    if (rule.dependencies.length === 0 && rule.recipe !== undefined) return true;
  }
  return false;
}

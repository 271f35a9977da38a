import { splitMember } from './archive.ts';
import { touchFile } from './disk.ts';
import type { FileTimes } from './file-times.ts';
import type { Jobs } from './jobs.ts';
import type { Run } from './run.ts';
import { describeError } from './system-errors.ts';
import { Mtime, State, Status, type Target } from './target.ts';

/** What happens to a target when there is nothing more to do for it: new time, `-t`, other targets of its recipe. */
export class Finish {
  private readonly run: Run;
  private readonly times: FileTimes;
  private readonly jobs: Jobs;

  constructor(run: Run, times: FileTimes, jobs: Jobs) {
    this.run = run;
    this.times = times;
    this.jobs = jobs;
  }

  /** A target is done with: its time is looked up again, others that the recipe makes are done too. */
  notice(target: Target): void {
    const { run } = this;
    const { flags } = run;
    const ran = target.state === State.running;
    let touched = false;
    target.state = State.finished;
    target.updated = true;
    if (flags.touch && target.status === Status.success) touched = this.touchIfDue(target);
    if (target.mtimeBeforeUpdate === Mtime.unknown) target.mtimeBeforeUpdate = target.mtime;
    if ((ran && !target.phony) || touched) {
      let assumedNew = false;
      const { recipe } = target;
      if ((flags.question || flags.justPrint || flags.touch) && recipe !== undefined) {
        // Unless all lines ran anyway, the target only would have been remade.
        assumedNew = recipe.lineFlags(run.oneShell).some((line) => !line.recursive);
      } else if (target.isTarget && recipe === undefined) {
        assumedNew = true;
      }
      target.mtime = assumedNew ? Mtime.newest : Mtime.unknown;
    }
    this.spreadTime(target);
    if (ran && target.status !== Status.none) {
      for (const other of target.alsoMakes) {
        other.state = State.finished;
        other.updated = true;
        other.status = target.status;
        if (!other.phony) this.times.find(other, false);
      }
    } else if (target.status === Status.none) {
      target.status = Status.success;
    }
  }

  /** -t: touches a target whose recipe did not all run. */
  private touchIfDue(target: Target): boolean {
    const { run } = this;
    const { recipe } = target;
    const allRecursive =
      recipe?.isRecursive(run.oneShell) === true &&
      recipe.lineFlags(run.oneShell).every((line) => line.recursive);
    if (allRecursive) return false;
    if (target.phony) {
      target.status = Status.success;
      return false;
    }
    if (recipe === undefined) return false;
    target.status = this.touch(target);
    this.jobs.started++;
    return true;
  }

  private touch(target: Target): Status {
    const { run } = this;
    if (!run.silent) run.options.output.info(`touch ${target.name}\n`);
    if (run.flags.justPrint) return Status.success;
    const parts = splitMember(target.name);
    if (parts !== undefined) {
      const wrong = run.archives.touch(parts.archive, parts.member);
      if (wrong === undefined) return Status.success;
      run.messages.warn(wrong, undefined);
      return Status.failed;
    }
    const problem = touchFile(run.directories.path(target.name));
    if (problem === undefined) return Status.success;
    run.messages.warn(`touch: ${problem.step}: ${target.name}: ${describeError(problem.code)}`, undefined);
    return Status.failed;
  }

  /** When the last rule of a double-colon target is done, all have the latest time. */
  private spreadTime(target: Target): void {
    const first = target.doubleColon;
    if (first === undefined) return;
    let latest: number = target.mtime;
    for (const rule of first.rules()) {
      if (!rule.updated) return;
      if (latest !== Mtime.unknown && (rule.mtime === Mtime.unknown || rule.mtime > latest))
        latest = rule.mtime;
    }
    for (const rule of first.rules()) rule.mtime = latest;
  }
}

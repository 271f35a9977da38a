import type { Run } from './run.ts';
import { Mtime, State, Status } from './target.ts';

/** `-o`: these files count as very old, and nothing is done for them. */
export function markOld(run: Run): void {
  for (const name of run.flags.oldFiles) {
    const target = run.targets.enter(name);
    target.mtime = Mtime.old;
    target.mtimeBeforeUpdate = Mtime.old;
    target.updated = true;
    target.status = Status.success;
    target.state = State.finished;
  }
}

/** `-W`: these files count as just changed. */
export function markNew(run: Run): void {
  for (const name of run.flags.newFiles) {
    const target = run.targets.enter(name);
    target.mtime = Mtime.newest;
    target.mtimeBeforeUpdate = Mtime.newest;
  }
}

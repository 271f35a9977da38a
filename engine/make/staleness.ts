import { current, type FileTimes } from './file-times.ts';
import type { Run } from './run.ts';
import { Mtime, type Target } from './target.ts';

/** Decides from times whether a target must be remade, once its prerequisites are up to date. */
export class Staleness {
  private readonly run: Run;
  private readonly times: FileTimes;

  constructor(run: Run, times: FileTimes) {
    this.run = run;
    this.times = times;
  }

  /** Which prerequisites are newer: they make `$?`. */
  noteChanges(
    target: Target,
    mtime: number,
    missing: boolean,
    depth: number,
  ): { readonly mustMake: boolean; readonly changed: boolean } {
    const { run, times } = this;
    let mustMake = false;
    let changed = false;
    for (const dependency of target.dependencies) {
      const time = times.of(dependency.target!);
      dependency.target = current(dependency.target!);
      if (!dependency.orderOnly) {
        if (time === Mtime.missing && !dependency.target.intermediate) mustMake = true;
        changed ||= dependency.changed;
      }
      dependency.changed ||= missing || time > mtime;
      if (missing || !(run.debug.is('b') || run.debug.is('v'))) continue;
      const { name } = dependency;
      if (dependency.orderOnly) {
        run.debug.at('v', depth, `Prerequisite '${name}' is order-only for target '${target.name}'.`);
      } else if (time === Mtime.missing) {
        run.debug.at('b', depth, `Prerequisite '${name}' of target '${target.name}' does not exist.`);
      } else if (dependency.changed) {
        run.debug.at('b', depth, `Prerequisite '${name}' is newer than target '${target.name}'.`);
      } else {
        run.debug.at('v', depth, `Prerequisite '${name}' is older than target '${target.name}'.`);
      }
    }
    return { mustMake, changed };
  }

  mustRemake(target: Target, mustMake: boolean, missing: boolean, changed: boolean, depth: number): boolean {
    const { debug } = this.run;
    if (target.doubleColon !== undefined && target.dependencies.length === 0) {
      debug.at('b', depth, `Target '${target.name}' is double-colon and has no prerequisites.`);
      return true;
    }
    if (!missing && target.isTarget && !changed && target.recipe === undefined && !this.run.alwaysMake) {
      debug.at('v', depth, `No recipe for '${target.name}' and no prerequisites actually changed.`);
      return false;
    }
    if (!mustMake && target.recipe !== undefined && this.run.alwaysMake) {
      debug.at('v', depth, `Making '${target.name}' due to always-make flag.`);
      return true;
    }
    return mustMake;
  }
}

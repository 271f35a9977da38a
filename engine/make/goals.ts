import { current, type FileTimes } from './file-times.ts';
import type { ReadFile } from './include.ts';
import type { Jobs } from './jobs.ts';
import type { Remaker } from './remaker.ts';
import type { Run } from './run.ts';
import { MakeStop } from './stop.ts';
import { describeError } from './system-errors.ts';
import { Status, type Target } from './target.ts';

/** One of the targets that a run of make is about. */
export interface Goal {
  readonly target: Target;
  /** The makefile that it is, while makefiles are remade. */
  readonly makefile: ReadFile | undefined;
  /** A command was started for it. */
  changed: boolean;
}

/** A chain of goals, looked at again and again until each is finished (manual, "Goals"). */
export class Goals {
  private readonly run: Run;
  private readonly remaker: Remaker;
  private readonly times: FileTimes;
  private readonly jobs: Jobs;
  /** Makefiles are being remade: -n, -q and -t do not count for them. */
  private rebuilding = false;
  private goal: Goal | undefined;
  /** The makefiles that this is about, the last read first. */
  private makefiles: readonly ReadFile[] = [];
  private readonly explained = new Set<ReadFile>();

  constructor(run: Run, remaker: Remaker, times: FileTimes, jobs: Jobs) {
    this.run = run;
    this.remaker = remaker;
    this.times = times;
    this.jobs = jobs;
  }

  /**
   * Brings goals up to date.
   * @param rebuilding the goals are makefiles
   * @returns `none` if nothing was done
   */
  async update(goals: readonly Goal[], rebuilding: boolean): Promise<Status> {
    const { flags } = this.run;
    const saved = { touch: flags.touch, question: flags.question, justPrint: flags.justPrint };
    this.rebuilding = rebuilding;
    this.makefiles = goals.flatMap(({ makefile }) => makefile ?? []);
    let status: Status = Status.none;
    let left = [...goals];
    this.remaker.begin(rebuilding, () => this.explainMakefile());
    this.remaker.nextPass();
    while (left.length > 0) {
      await this.jobs.startWaiting();
      await this.jobs.reap(true, false);
      const unfinished: Goal[] = [];
      let stopped = false;
      for (let index = 0; index < left.length; index++) {
        const goal = left[index]!;
        this.goal = goal;
        const result = await this.updateGoal(goal, status, saved);
        status = result.status;
        const done = result.stop || result.finished;
        if (done) this.reportUpToDate(goal);
        else unfinished.push(goal);
        if (result.stop && index + 1 < left.length) {
          // The rest is looked at all the same, as part of this pass.
          unfinished.push(...left.slice(index + 1));
          stopped = true;
          break;
        }
      }
      left = unfinished;
      if (!stopped) this.remaker.nextPass();
    }
    if (rebuilding) Object.assign(flags, saved);
    this.rebuilding = false;
    return status;
  }

  private async updateGoal(
    goal: Goal,
    before: Status,
    saved: { readonly touch: boolean; readonly question: boolean; readonly justPrint: boolean },
  ): Promise<{ readonly status: Status; readonly stop: boolean; readonly finished: boolean }> {
    const { flags } = this.run;
    let status = before;
    let finished = true;
    const first = goal.target.doubleColon ?? goal.target;
    for (const rule of [...first.rules()]) {
      let target = rule;
      target.dontCare = goal.makefile?.optional === true;
      target = current(target);
      if (this.rebuilding) {
        if (target.isGoal) Object.assign(flags, saved);
        else Object.assign(flags, { touch: false, question: false, justPrint: false });
      }
      const startedBefore = this.jobs.started;
      const failed = await this.remaker.updateTarget(target, this.rebuilding ? 1 : 0);
      target = current(target);
      if (this.jobs.started > startedBefore) goal.changed = true;
      let stop = false;
      if ((failed !== Status.success || target.updated) && status < Status.question) {
        if (target.status !== Status.success) {
          status = target.status;
          stop = flags.question && !flags.keepGoing && !this.rebuilding;
        } else {
          const mtime = this.rebuilding ? this.times.withoutSearch(target) : this.times.of(target);
          target = current(target);
          if (target.updated && goal.changed && mtime !== target.mtimeBeforeUpdate) {
            if (!this.rebuilding || (!flags.justPrint && !flags.question)) status = Status.success;
            if (this.rebuilding && target.dontCare) stop = true;
          }
        }
      }
      if (!target.updated) finished = false;
      target.dontCare = false;
      if (stop) return { status, stop, finished };
    }
    return { status, stop: false, finished };
  }

  private reportUpToDate(goal: Goal): void {
    const { run } = this;
    // Not what directory search has merged the goal into: that is told about where it is a goal itself.
    const { target } = goal;
    if (this.rebuilding || goal.changed || target.status !== Status.success) return;
    if (run.silent || run.flags.question) return;
    const text =
      target.phony || target.recipe === undefined
        ? `Nothing to be done for '${target.name}'.`
        : `'${target.name}' is up to date.`;
    run.options.output.info(`${run.messages.program}: ${text}\n`);
  }

  /** Before a makefile's failure is reported: which include wanted it; the last one, if several did. */
  private explainMakefile(): void {
    const wanted = this.goal?.makefile;
    if (!this.rebuilding || wanted === undefined || !wanted.included || wanted.optional) return;
    const file = this.makefiles.find((each) => each.target === wanted.target);
    if (file?.error === undefined || this.explained.has(file)) return;
    this.explained.add(file);
    this.run.messages.warn(`${file.target.name}: ${describeError(file.error)}`, file.place);
  }
}

/** The goals of the command line, or the default goal. */
export function findGoals(run: Run): Target[] {
  if (run.goals.length > 0) return run.goals;
  const variable = run.variables.global('.DEFAULT_GOAL');
  const name =
    variable === undefined ? '' : variable.recursive ? run.expander.expand(variable.value) : variable.value;
  if (name !== '') {
    const known = run.targets.lookup(name);
    if (known !== undefined) return [known];
    const { names } = run.names.parse(name);
    if (names.length > 1) throw new MakeStop('.DEFAULT_GOAL contains more than one target', undefined);
    if (names.length === 1) return [run.targets.enter(names[0]!)];
  }
  const list = run.variables.lookup('MAKEFILE_LIST');
  if (list !== undefined && list.value !== '') throw new MakeStop('No targets', undefined);
  throw new MakeStop('No targets specified and no makefile found', undefined);
}

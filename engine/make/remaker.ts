import { current, type FileTimes } from './file-times.ts';
import { Finish } from './finish.ts';
import { searchImplicitRule } from './implicit-search.ts';
import type { ReadFile } from './include.ts';
import { setState, type Jobs } from './jobs.ts';
import { prepareTarget } from './recipe-expansion.ts';
import type { Run } from './run.ts';
import { Staleness } from './staleness.ts';
import { MakeStop } from './stop.ts';
import { describeError } from './system-errors.ts';
import { Mtime, State, Status, type Dependency, type Target } from './target.ts';

/** One of the targets that a pass is about. */
export interface Goal {
  readonly target: Target;
  /** The makefile that it is, while makefiles are remade. */
  readonly makefile: ReadFile | undefined;
  /** A command was started for it. */
  changed: boolean;
}

/** Depth at which a walk through the dependency graph begins on a fresh stack. */
const STACK_STEP = 100;

/** Walks the dependency graph and has out-of-date targets remade (manual, "How Make Works", "Rules Intro"). */
export class Remaker {
  private readonly run: Run;
  private readonly times: FileTimes;
  private readonly jobs: Jobs;
  private readonly finish: Finish;
  private readonly staleness: Staleness;
  /** Makefiles are being remade: -n, -q and -t do not count, failures are reported later. */
  private rebuilding = false;
  private pass = 0;
  private goal: Goal | undefined;
  /** The makefiles that this pass is about, the last read first. */
  private makefiles: readonly ReadFile[] = [];
  private readonly explained = new Set<ReadFile>();

  constructor(run: Run, times: FileTimes, jobs: Jobs) {
    this.run = run;
    this.times = times;
    this.jobs = jobs;
    this.finish = new Finish(run, times, jobs);
    this.staleness = new Staleness(run, times);
    jobs.events = {
      finished: (target) => this.finish.notice(target),
      explainMakefile: () => this.explainMakefile(),
    };
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
    this.pass++;
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
      if (!stopped) this.pass++;
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
      const failed = await this.updateTarget(target, this.rebuilding ? 1 : 0);
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

  /** Brings a target up to date; of a double-colon target, each of its rules in turn. */
  private async updateTarget(given: Target, depth: number): Promise<Status> {
    const first = given.doubleColon ?? given;
    if (first.considered === this.pass) {
      // One that failed while nobody cared must still be complained about.
      const complain = first.updated && first.status > Status.none && !first.dontCare && first.undiagnosed;
      if (!complain) {
        this.run.debug.at('v', depth, `Pruning file '${first.name}'.`);
        return first.state === State.finished ? first.status : Status.success;
      }
    }
    let status: Status = Status.success;
    for (let rule: Target | undefined = first; rule !== undefined; rule = rule.next) {
      rule.considered = this.pass;
      const result = await this.updateRule(rule, depth);
      rule = current(rule);
      if (result !== Status.success && !this.run.flags.keepGoing) return result;
      if (rule.state === State.running || rule.state === State.dependenciesRunning) return Status.success;
      if (result > status) status = result;
    }
    return status;
  }

  private complain(target: Target): void {
    const { run } = this;
    for (const dependency of target.dependencies) {
      const other = dependency.target!;
      if (other.updated && other.status > Status.none && target.undiagnosed) {
        this.complain(other);
        return;
      }
    }
    this.explainMakefile();
    const { parent } = target;
    const needed = parent === undefined ? '' : `, needed by '${parent.name}'`;
    const text = `No rule to make target '${target.name}'${needed}`;
    if (!run.flags.keepGoing) throw new MakeStop(text, undefined);
    run.messages.warn(`*** ${text}.`, undefined);
    target.undiagnosed = false;
  }

  private async updateRule(given: Target, callerDepth: number): Promise<Status> {
    const { run, times } = this;
    const { debug } = run;
    let target = given;
    let depth = callerDepth;
    debug.at('v', depth, `Considering target file '${target.name}'.`);
    if (target.updated) {
      if (target.status > Status.none) {
        debug.at('v', depth, `Recently tried and failed to update file '${target.name}'.`);
        if (target.undiagnosed && !target.dontCare) this.complain(target);
        return target.status;
      }
      debug.at('v', depth, `File '${target.name}' was considered already.`);
      return Status.success;
    }
    if (target.state === State.running) {
      debug.at('v', depth, `Still updating file '${target.name}'.`);
      return Status.success;
    }
    if (target.state === State.finished) {
      debug.at('v', depth, `Finished updating file '${target.name}'.`);
      return target.status;
    }
    // An `await` begins the rest on a fresh stack: chains of prerequisites may be longer than the stack is deep.
    if (depth % STACK_STEP < 2) await Promise.resolve();

    target.undiagnosed = target.dontCare;
    depth++;
    setUpdating(target, true);
    const original = target;
    let mtime = times.of(target);
    target = current(target);
    const missing = mtime === Mtime.missing;
    if (missing) debug.at('b', depth, `File '${target.name}' does not exist.`);
    else if (target.lowResolutionTime && mtime >= 0 && mtime < Mtime.newest) {
      mtime = this.endOfSecond(target, mtime);
    }
    let mustMake = missing;
    this.findRecipe(target, depth);

    const scan = await this.updatePrerequisites(target, mtime, mustMake, depth);
    mustMake = scan.mustMake;
    let { status, running } = scan;
    if (mustMake || run.alwaysMake) {
      const intermediates = await this.updateIntermediates(target, status, depth);
      status = intermediates.status;
      running ||= intermediates.running;
    }
    setUpdating(target, false);
    setUpdating(original, false);
    debug.at('v', depth, `Finished prerequisites of target file '${target.name}'.`);
    if (running) {
      setState(target, State.dependenciesRunning);
      depth--;
      debug.at('v', depth, `The prerequisites of '${target.name}' are being made.`);
      return Status.success;
    }
    if (status !== Status.success) {
      target.status = status === Status.none ? Status.failed : status;
      this.finish.notice(target);
      depth--;
      debug.at('v', depth, `Giving up on target file '${target.name}'.`);
      if (depth === 0 && run.flags.keepGoing && !run.flags.justPrint && !run.flags.question) {
        run.messages.warn(`Target '${target.name}' not remade because of errors.`, undefined);
      }
      return status;
    }
    if (target.state === State.dependenciesRunning) setState(target, State.notStarted);

    const changes = this.staleness.noteChanges(target, mtime, missing, depth);
    mustMake ||= changes.mustMake;
    depth--;
    mustMake = this.staleness.mustRemake(target, mustMake, missing, changes.changed, depth);
    if (!mustMake) {
      this.keep(target, depth);
      return Status.success;
    }
    debug.at('b', depth, `Must remake target '${target.name}'.`);
    if (target.name !== target.key) {
      debug.line('b', `  Ignoring VPATH name '${target.key}'.`);
      target.ignoreVpath = true;
    }
    await this.remake(target);
    if (target.state !== State.finished) {
      debug.at('v', depth, `Recipe of '${target.name}' is being run.`);
      return Status.success;
    }
    this.describeResult(target, depth);
    target.updated = true;
    return target.status;
  }

  private describeResult(target: Target, depth: number): void {
    const { debug } = this.run;
    if (target.status === Status.failed)
      debug.at('b', depth, `Failed to remake target file '${target.name}'.`);
    else if (target.status === Status.success) {
      debug.at('b', depth, `Successfully remade target file '${target.name}'.`);
    } else if (target.status === Status.question) {
      debug.at('b', depth, `Target file '${target.name}' needs to be remade under -q.`);
    }
  }

  private endOfSecond(target: Target, mtime: number): number {
    const second = Math.floor(mtime / 1000) * 1000;
    if (second !== mtime) {
      this.run.messages.warn(
        `*** Warning: .LOW_RESOLUTION_TIME file '${target.name}' has a high resolution time stamp`,
        undefined,
      );
    }
    return second + 999.999;
  }

  /** A recipe from an implicit rule, or from `.DEFAULT`, for a target that has none. */
  private findRecipe(target: Target, depth: number, intermediate = false): void {
    const { run } = this;
    if (!target.phony && target.recipe === undefined && !target.triedImplicit) {
      const found = searchImplicitRule(run, target, depth);
      run.debug.at(
        'i',
        depth,
        found
          ? `Found an implicit rule for '${target.name}'.`
          : `No implicit rule found for '${target.name}'.`,
      );
      target.triedImplicit = true;
    }
    if (target.recipe === undefined && !target.isTarget && run.defaultTarget?.recipe !== undefined) {
      const what = intermediate ? 'commands' : 'recipe';
      run.debug.at('i', depth, `Using default ${what} for '${target.name}'.`);
      target.recipe = run.defaultTarget.recipe;
    }
  }

  /** The prerequisites of a target, and of those that its recipe makes too. */
  private async updatePrerequisites(
    target: Target,
    mtime: number,
    missing: boolean,
    depth: number,
  ): Promise<{ readonly status: Status; readonly mustMake: boolean; readonly running: boolean }> {
    const { run, times } = this;
    let status: Status = Status.success;
    let mustMake = missing;
    let running = false;
    for (const owner of [target, ...target.alsoMakes]) {
      let anyKept = false;
      for (const dependency of walk(owner)) {
        dependency.target = current(dependency.target!);
        const before = times.of(dependency.target);
        dependency.target = current(dependency.target);
        if (isUpdating(dependency.target)) {
          run.messages.warn(
            `Circular ${target.name} <- ${dependency.target.name} dependency dropped.`,
            undefined,
          );
          dropCircular(target, owner, dependency, anyKept);
          continue;
        }
        anyKept = true;
        dependency.target.parent = target;
        const result = await this.checkWithParent(target, dependency, depth, mtime, mustMake);
        if (result.status > status) status = result.status;
        if (!dependency.orderOnly) mustMake = result.mustMake;
        dependency.target = current(dependency.target);
        if (isRunning(dependency.target)) running = true;
        if (status !== Status.success && !run.flags.keepGoing) break;
        if (!running) {
          dependency.changed = times.of(dependency.target) !== before || before === Mtime.missing;
        }
      }
    }
    return { status, mustMake, running };
  }

  private async checkWithParent(
    target: Target,
    dependency: Dependency,
    depth: number,
    mtime: number,
    mustMake: boolean,
  ): Promise<{ readonly status: Status; readonly mustMake: boolean }> {
    const child = dependency.target!;
    const { dontCare } = child;
    if (this.rebuilding) child.dontCare = target.dontCare;
    const result = await this.check(child, depth, mtime, mustMake);
    if (this.rebuilding) child.dontCare = dontCare;
    return result;
  }

  /** Intermediate files are remade only now that the target needs remaking. */
  private async updateIntermediates(
    target: Target,
    before: Status,
    depth: number,
  ): Promise<{ readonly status: Status; readonly running: boolean }> {
    const { run, times } = this;
    let status = before;
    let running = false;
    for (const dependency of target.dependencies) {
      if (!dependency.target!.intermediate) continue;
      const mtime = times.of(dependency.target!);
      dependency.target = current(dependency.target!);
      const child = dependency.target;
      child.parent = target;
      const { dontCare } = child;
      if (this.rebuilding) child.dontCare = target.dontCare;
      child.considered = 0;
      const result = await this.updateTarget(child, depth);
      if (result > status) status = result;
      if (this.rebuilding) child.dontCare = dontCare;
      dependency.target = current(child);
      if (isRunning(dependency.target)) running = true;
      if (status !== Status.success && !run.flags.keepGoing) break;
      if (!running) {
        dependency.changed =
          (target.phony && target.recipe !== undefined) || times.of(dependency.target) !== mtime;
      }
    }
    return { status, running };
  }

  /** The target is up to date; from now on it goes by the name under which directory search found it. */
  private keep(target: Target, depth: number): void {
    const vpath = target.name === target.key ? '' : `; using VPATH name '${target.key}'`;
    this.run.debug.at('v', depth, `No need to remake target '${target.name}'${vpath}.`);
    this.finish.notice(target);
    for (const rule of target.rules()) rule.name = rule.key;
  }

  private async remake(target: Target): Promise<void> {
    const { run } = this;
    const { recipe } = target;
    if (recipe === undefined) {
      if (target.phony || target.isTarget) {
        target.status = Status.success;
      } else {
        if (!this.rebuilding || !target.dontCare) this.complain(target);
        target.status = Status.failed;
      }
    } else {
      if (!run.flags.touch || recipe.isRecursive(run.oneShell)) {
        await this.runRecipe(target);
        return;
      }
      target.status = Status.success;
    }
    this.finish.notice(target);
  }

  private async runRecipe(target: Target): Promise<void> {
    const recipe = target.recipe!;
    if (recipe.isEmpty()) {
      setState(target, State.running);
      target.status = Status.success;
      this.finish.notice(target);
      return;
    }
    prepareTarget(this.run, target);
    await this.jobs.start(target, recipe);
  }

  /**
   * Brings a prerequisite up to date, and finds out whether its dependent must be remade because of it. An intermediate
   * file that is missing counts through its own prerequisites.
   */
  private async check(
    given: Target,
    callerDepth: number,
    mtime: number,
    mustMakeBefore: boolean,
  ): Promise<{ readonly status: Status; readonly mustMake: boolean }> {
    const { times } = this;
    let target = given;
    const depth = callerDepth + 1;
    let status: Status = Status.success;
    let mustMake = mustMakeBefore;
    setUpdating(target, true);
    if (target.phony || !target.intermediate) {
      status = await this.updateTarget(target, depth);
      target = current(target);
      const time = times.of(target);
      target = current(target);
      if (time === Mtime.missing || time > mtime) mustMake = true;
    } else {
      this.findRecipe(target, depth, true);
      target = current(target);
      const time = times.of(target);
      target = current(target);
      if (time !== Mtime.missing && time > mtime) mustMake = true;
      else {
        const result = await this.checkThrough(target, depth, mtime, mustMake);
        status = result.status;
        mustMake = result.mustMake;
      }
    }
    setUpdating(target, false);
    setUpdating(given, false);
    return { status, mustMake };
  }

  private async checkThrough(
    target: Target,
    depth: number,
    mtime: number,
    mustMakeBefore: boolean,
  ): Promise<{ readonly status: Status; readonly mustMake: boolean }> {
    const { run } = this;
    let status: Status = Status.success;
    let mustMake = mustMakeBefore;
    let running = false;
    if (target.state !== State.running) {
      if (target.state === State.dependenciesRunning) target.considered = 0;
      setState(target, State.notStarted);
    }
    for (const dependency of walk(target)) {
      const child = dependency.target!;
      if (isUpdating(child)) {
        run.messages.warn(`Circular ${target.name} <- ${child.name} dependency dropped.`, undefined);
        dropCircular(target, target, dependency, true);
        continue;
      }
      child.parent = target;
      const result = await this.check(child, depth, mtime, mustMake);
      if (result.status > status) status = result.status;
      if (!dependency.orderOnly) mustMake = result.mustMake;
      dependency.target = current(child);
      if (status !== Status.success && !run.flags.keepGoing) break;
      const { state } = dependency.target;
      if (state === State.running || state === State.dependenciesRunning) running = true;
    }
    if (running) setState(target, State.dependenciesRunning);
    return { status, mustMake };
  }
}

/**
 * The prerequisites of a target, while it may lose some. From one that is lost in between the way goes on to what stood
 * behind it then.
 */
function* walk(owner: Target): Iterable<Dependency> {
  let index = 0;
  let dependency = owner.dependencies[0];
  while (dependency !== undefined) {
    yield dependency;
    if (owner.dependencies[index] !== dependency) {
      index = owner.dependencies.indexOf(dependency);
      if (index < 0) {
        dependency = dependency.behind;
        if (dependency !== undefined) index = owner.dependencies.indexOf(dependency);
        continue;
      }
    }
    dependency = owner.dependencies[++index];
  }
}

/**
 * Drops a circular prerequisite of `owner`, one of the targets that the recipe of `target` makes. If all in front of
 * it are gone too, GNU make takes the rest as the list of `target`, whose ever it was.
 */
function dropCircular(target: Target, owner: Target, dropped: Dependency, anyKept: boolean): void {
  const index = owner.dependencies.indexOf(dropped);
  if (!anyKept && owner !== target) {
    if (index >= 0) target.dependencies = owner.dependencies.slice(index + 1);
    return;
  }
  if (index >= 0) dropped.behind = owner.dependencies[index + 1];
  const without = (list: readonly Dependency[]): Dependency[] => list.filter((other) => other !== dropped);
  owner.dependencies = without(owner.dependencies);
  if (owner !== target) target.dependencies = without(target.dependencies);
}

function setUpdating(target: Target, updating: boolean): void {
  (target.doubleColon ?? target).updating = updating;
}

function isUpdating(target: Target): boolean {
  return (target.doubleColon ?? target).updating;
}

/** Any rule of a target, or what it depends on, is being run. */
function isRunning(target: Target): boolean {
  for (const rule of (target.doubleColon ?? target).rules()) {
    if (rule.state === State.running || rule.state === State.dependenciesRunning) return true;
  }
  return false;
}

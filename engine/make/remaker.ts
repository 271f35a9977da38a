import { dropCircular, walk } from './circular.ts';
import { current, type FileTimes } from './file-times.ts';
import { Finish } from './finish.ts';
import type { Jobs } from './jobs.ts';
import { prepareTarget } from './recipe-expansion.ts';
import { findRecipe } from './recipe-search.ts';
import type { Run } from './run.ts';
import { Staleness } from './staleness.ts';
import { MakeStop } from './stop.ts';
import {
  isRunning,
  isUpdating,
  Mtime,
  setState,
  setUpdating,
  State,
  Status,
  type Dependency,
  type Target,
} from './target.ts';

/** Depth at which a walk through the dependency graph begins on a fresh stack. */
const STACK_STEP = 100;

/** Walks the dependency graph and has out-of-date targets remade (manual, "How Make Works", "Rules Intro"). */
export class Remaker {
  private readonly run: Run;
  private readonly times: FileTimes;
  private readonly jobs: Jobs;
  private readonly finish: Finish;
  private readonly staleness: Staleness;
  /** Makefiles are being remade: failures are reported later. */
  private rebuilding = false;
  private pass = 0;
  private explainMakefile: () => void = () => undefined;

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
   * Begins to work on a chain of goals.
   * @param rebuilding the goals are makefiles
   * @param explainMakefile called before a failure is reported: says which include wanted the makefile
   */
  begin(rebuilding: boolean, explainMakefile: () => void): void {
    this.rebuilding = rebuilding;
    this.explainMakefile = explainMakefile;
  }

  /** Begins to look at everything anew. */
  nextPass(): void {
    this.pass++;
  }

  /** Brings a target up to date; of a double-colon target, each of its rules in turn. */
  async updateTarget(given: Target, depth: number): Promise<Status> {
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
      mtime = times.endOfSecond(target, mtime);
    }
    let mustMake = missing;
    findRecipe(this.run, target, depth);

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
      findRecipe(this.run, target, depth, true);
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

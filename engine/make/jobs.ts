import { describeFailure, explainMissingProgram, failureOf } from './command-failure.ts';
import { OutputBuffer, type Console } from './console.ts';
import { EndedCommands } from './ended-commands.ts';
import { MakeDeath } from './ending.ts';
import { recipeEnvironment } from './environment.ts';
import type { Jobserver } from './jobserver.ts';
import { Job } from './job.ts';
import { launch, type Exit } from './launch.ts';
import { LoadLimit } from './load-limit.ts';
import type { RecipeText } from './recipe.ts';
import { expandLines, firstCommand, prepareTarget, type Command } from './recipe-expansion.ts';
import type { Run } from './run.ts';
import { describeError } from './system-errors.ts';
import { setState, State, Status, type Target } from './target.ts';
import { deleteTargets } from './target-deletion.ts';

/** What jobs tell those who started them. */
export interface JobEvents {
  /** A target's recipe has ended, or there was nothing to run. */
  finished(target: Target): void;
  /** A makefile that somebody cares about could not be made: say first why it was needed. */
  explainMakefile(): void;
}

export interface JobOptions {
  readonly run: Run;
  readonly console: Console;
  /** The descriptor that the first of the running commands reads. */
  readonly stdin: number | undefined;
  readonly jobserver: Jobserver | undefined;
  /** Recipes that run at once; 0 for no limit but the jobserver's. */
  readonly slots: number;
}

/** Runs recipes: so many at a time, each line after the other. */
export class Jobs {
  /** Commands begun, or printed under -n: tells whether a goal had anything done for it. */
  started = 0;
  events!: JobEvents;
  private readonly run: Run;
  private readonly console: Console;
  private readonly options: JobOptions;
  /** The last started first. */
  private running: Job[] = [];
  /** Waiting for the load to go down. */
  private waiting: Job[] = [];
  private slotsUsed = 0;
  private tokens = 0;
  private stdinUsed = false;
  private readonly ended = new EndedCommands();
  private saidWaiting = false;
  private readonly load: LoadLimit;

  constructor(options: JobOptions) {
    this.run = options.run;
    this.console = options.console;
    this.options = options;
    this.load = new LoadLimit(() => options.run.host.now());
  }

  get busy(): boolean {
    return this.slotsUsed > 0;
  }

  /** Called when a signal came: whoever waits stops waiting. */
  stopFor(signal: NodeJS.Signals): void {
    this.ended.stopFor(signal);
  }

  /** Starts a target's recipe as soon as there is room for it. */
  async start(target: Target, recipe: RecipeText): Promise<void> {
    const { run, console } = this;
    await this.startWaiting();
    await this.reap(false, false);
    const buffer = new OutputBuffer(console.sync !== 'none');
    console.current = buffer;
    const lines = expandLines(run, target, recipe);
    const settings = run.services.shellSettings(target.variables, true);
    const job = new Job(target, recipe, lines, settings, buffer);
    const hasCommands = job.advance();
    await this.waitForSlot();
    this.ended.throwIfInterrupted();
    console.current = buffer;
    this.tokens++;
    if (run.flags.trace) this.trace(job);
    if (await this.startOrPutOff(job, hasCommands)) {
      if (this.options.slots === 1 || run.notParallel) {
        while (target.state === State.running) await this.reap(true, false);
      }
    }
    console.current = undefined;
  }

  private trace({ target, recipe }: Job): void {
    const newer = this.run.expandForTarget('$?', target);
    const at = recipe.place === undefined ? '<builtin>' : `${recipe.place.file}:${recipe.place.line}`;
    this.console.info(
      newer === ''
        ? `${at}: target '${target.name}' does not exist\n`
        : `${at}: update target '${target.name}' due to: ${newer}\n`,
    );
  }

  private async waitForSlot(): Promise<void> {
    const { slots, jobserver } = this.options;
    if (slots !== 0) {
      while (this.slotsUsed === slots) await this.reap(true, false);
      return;
    }
    if (jobserver === undefined) return;
    for (;;) {
      // The first job runs on the token that this make itself was started with.
      if (this.tokens === 0) return;
      await this.reap(false, false);
      await this.startWaiting();
      if (this.tokens === 0) return;
      if (jobserver.acquire()) return;
      await this.ended.wait(5);
      this.ended.throwIfInterrupted();
    }
  }

  /** @returns false if the load is too high: the job waits */
  private async startOrPutOff(job: Job, hasCommands: boolean): Promise<boolean> {
    const { run } = this;
    const { target } = job;
    if (this.slotsUsed > 0 && this.load.tooHigh(run.flags.maxLoad)) {
      setState(target, State.running);
      this.waiting.unshift(job);
      return false;
    }
    if (hasCommands) this.startCommand(job);
    else this.noMoreCommands(job);
    switch (target.state) {
      case State.running:
        if (job.process !== undefined) {
          run.debug.line('j', `Putting child ${job.id} (${target.name}) PID ${job.pid} on the chain.`);
          this.slotsUsed++;
          job.usesSlot = true;
        }
        this.running.unshift(job);
        break;
      case State.notStarted:
        target.status = Status.success;
        this.events.finished(target);
        this.free(job);
        break;
      case State.finished:
        this.events.finished(target);
        this.free(job);
        break;
      default:
    }
    return Promise.resolve(true);
  }

  /** Starts jobs that waited for the load to go down. */
  async startWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.reap(false, false);
      const job = this.waiting.shift()!;
      if (!(await this.startOrPutOff(job, job.rest !== ''))) return;
    }
  }

  /** Starts the next command of a job, passing over those that are only printed. */
  private startCommand(job: Job): void {
    const { run, console } = this;
    const { flags } = run;
    for (;;) {
      const { target, recipe } = job;
      const written = recipe.lineFlags(run.oneShell)[job.line - 1]!;
      const command = firstCommand(
        job.rest,
        {
          silent: written.silent || target.silent,
          ignoreErrors: written.ignoreErrors || target.ignoreErrors,
          recursive: written.recursive,
        },
        recipe.prefix,
        job.settings,
      );
      job.rest = command.rest;
      job.ignoreErrors = command.ignoreErrors;
      job.recursive = command.recursive;
      if (command.recursive) recipe.markRecursive(job.line - 1);
      if (command.argv !== undefined && flags.question && !command.recursive) {
        target.status = Status.question;
        this.events.finished(target);
        return;
      }
      const skipped = command.argv === undefined || (flags.touch && !command.recursive);
      if (!skipped) {
        this.holdOutput(job, command);
        if (flags.justPrint || flags.trace || (!command.silent && !run.silent)) {
          console.info(`${command.text}\n`);
        }
        this.started++;
        const printedOnly = flags.justPrint && !command.recursive;
        if (!isNoCommand(command.argv) && !printedOnly) {
          this.launch(job, command.argv);
          return;
        }
      }
      if (!job.advance()) {
        this.noMoreCommands(job);
        return;
      }
    }
  }

  /** A recursive make keeps its own output apart, unless everything is held to the end. */
  private holdOutput(job: Job, command: Command): void {
    const { console } = this;
    job.buffer.held = console.sync === 'recurse' || (console.sync !== 'none' && !command.recursive);
    console.current = job.buffer;
    if (!job.buffer.held) console.dump(job.buffer);
  }

  private noMoreCommands({ target }: Job): void {
    setState(target, State.running);
    target.status = Status.success;
    this.events.finished(target);
    this.console.current = undefined;
  }

  private launch(job: Job, argv: readonly string[]): void {
    const { run, console } = this;
    console.begin();
    job.hasStdin = !this.stdinUsed;
    if (job.hasStdin) this.stdinUsed = true;
    job.deleted = false;
    job.environment ??= recipeEnvironment(run, job.target);
    const launched = launch({
      argv,
      cwd: run.cwd,
      environment: job.environment,
      stdin: job.hasStdin ? this.options.stdin : undefined,
      console,
      buffer: job.buffer,
      inherited: job.recursive ? this.options.jobserver?.inherited : undefined,
      onExit: (exit) => {
        this.ended.push({ job, exit });
      },
    });
    if (typeof launched === 'string') {
      job.process = undefined;
      job.broken = true;
      console.error(`${run.messages.program}: ${argv[0]!}: ${describeError(launched)}\n`);
    } else {
      job.process = launched.process;
      job.path = launched.path;
      this.load.started();
    }
    setState(job.target, State.running);
    console.current = undefined;
  }

  /**
   * Deals with commands that have ended.
   * @param block wait until one job has ended for good
   * @param dying the run is ending with an error
   */
  async reap(block: boolean, dying: boolean): Promise<void> {
    let blocking = block;
    // Lets the system's news of ended processes in.
    if (!block && this.running.length > 0) await new Promise((resolve) => setImmediate(resolve));
    while (this.running.length > 0) {
      if (dying && blocking && !this.saidWaiting) {
        this.saidWaiting = true;
        this.run.messages.warn('*** Waiting for unfinished jobs....', undefined);
      }
      const broken = this.running.find((job) => job.broken);
      if (broken !== undefined) {
        broken.broken = false;
        if (this.settle(broken, { code: 127, signal: 0 }, dying)) blocking = false;
        continue;
      }
      for (const { id, target, pid } of this.running) {
        this.run.debug.line('j', `Live child ${id} (${target.name}) PID ${pid} `);
      }
      const next = await this.ended.next(blocking);
      if (next === undefined) break;
      const { job, exit } = next;
      const won = exit.code === 0 && exit.signal === 0;
      this.run.debug.line('j', `Reaping ${won ? 'winning' : 'losing'} child ${job.id} PID ${job.pid} `);
      this.load.ended();
      if (this.settle(next.job, next.exit, dying)) blocking = false;
    }
  }

  /** A command of a job has ended. @returns true if the job has */
  private settle(job: Job, exit: Exit, dying: boolean): boolean {
    const { run, console } = this;
    const { target } = job;
    explainMissingProgram(run, job, exit);
    let failed = failureOf(job, exit, run.flags.question);
    if (job.hasStdin) this.stdinUsed = false;
    job.hasStdin = false;
    if (failed !== 0 && !job.ignoreErrors && !run.flags.ignoreErrors) {
      if (!job.dontCare && failed === 2) this.reportFailure(job, exit, false);
      target.status = failed === 2 ? Status.failed : Status.question;
      const deletes = run.targets.lookup('.DELETE_ON_ERROR')?.isTarget === true;
      if (exit.signal !== 0 || deletes) this.deleteTargets(job);
    } else {
      if (failed !== 0) {
        this.reportFailure(job, exit, true);
        failed = 0;
      }
      if (job.advance()) {
        if (this.ended.handlingSignal) {
          target.status = Status.failed;
        } else {
          if (console.sync === 'line') console.dump(job.buffer);
          this.startCommand(job);
          if (target.state === State.running) return false;
        }
        if (target.status !== Status.success) this.deleteTargets(job);
      } else {
        target.status = Status.success;
      }
    }
    console.dump(job.buffer);
    if (!this.ended.handlingSignal) this.events.finished(target);
    if (job.process !== undefined) {
      run.debug.line('j', `Removing child ${job.id} PID ${job.pid} from chain.`);
    }
    if (job.usesSlot) this.slotsUsed--;
    this.running = this.running.filter((other) => other !== job);
    this.free(job);
    if (!dying && failed !== 0 && !job.dontCare && !run.flags.keepGoing && !this.ended.handlingSignal) {
      throw new MakeDeath(failed);
    }
    return true;
  }

  private reportFailure(job: Job, exit: Exit, ignored: boolean): void {
    const { run, console } = this;
    if (ignored && run.silent) return;
    console.current = job.buffer;
    this.events.explainMakefile();
    console.error(`${describeFailure(run, job, exit, ignored)}\n`);
    console.current = undefined;
  }

  private free(job: Job): void {
    this.console.close(job.buffer);
    if (this.options.jobserver !== undefined && this.tokens > 1) this.options.jobserver.release();
    this.tokens--;
  }

  /** Deletes what a broken-off recipe has begun to write. */
  private deleteTargets(job: Job): void {
    if (job.deleted || job.process === undefined) return;
    deleteTargets(this.run, job.target);
    job.deleted = true;
  }

  /** After an error: waits for what is still running. */
  async drain(failed: boolean): Promise<void> {
    while (this.slotsUsed > 0) await this.reap(true, failed);
  }

  /** After a signal: stops commands, deletes what they have begun to write, waits for them. */
  async abort(signal: NodeJS.Signals): Promise<void> {
    this.ended.handlingSignal = true;
    if (signal === 'SIGTERM') for (const job of this.running) job.process?.kill('SIGTERM');
    for (const job of this.running) this.deleteTargets(job);
    while (this.slotsUsed > 0) await this.reap(true, false);
  }

  /** Gives tokens back that jobs which never ended hold. */
  releaseTokens(): void {
    while (this.options.jobserver !== undefined && this.tokens > 1) {
      this.tokens--;
      this.options.jobserver.release();
    }
  }

  prepare(target: Target): void {
    prepareTarget(this.run, target);
  }
}

/** `sh -c :` */
function isNoCommand(argv: readonly string[]): boolean {
  return (
    argv.length === 3 &&
    /(^|\/)(sh|bash|ksh|rksh|zsh|ash|dash)$/.test(argv[0]!) &&
    (argv[1] === '-c' || argv[1] === '-ec') &&
    argv[2] === ':'
  );
}

import { tmpdir } from 'node:os';
import { toBytes } from './bytes.ts';
import { Console, OutputBuffer, type OutputStream, type OutputSync } from './console.ts';
import { unlinkFile } from './disk.ts';
import { stopOf } from './evaluate.ts';
import { FileTimes, ModificationClock } from './file-times.ts';
import { findGoals, Goals } from './goals.ts';
import type { MakeHost } from './host.ts';
import { removeIntermediates } from './intermediates.ts';
import { MakeDeath, MakeInterrupt } from './ending.ts';
import { Jobs } from './jobs.ts';
import { Jobserver } from './jobserver.ts';
import { byteEnvironment, nodeHost, signalNumber } from './node-host.ts';
import { printDatabase } from './print-database.ts';
import { remakeMakefiles } from './makefile-remaking.ts';
import { Remaker } from './remaker.ts';
import { Run } from './run.ts';
import { defineMakeFlags, finishReading, prepareRun, readMakefiles, UsageError } from './setup.ts';
import { snapRules } from './snap.ts';
import { MakeStop, placePrefix } from './stop.ts';
import { State, Status } from './target.ts';
import { TextInput } from './text-input.ts';
import { markNew, markOld } from './time-marks.ts';
import { usage, version } from './usage.ts';
import { changeDirectory } from './working-directory.ts';

export interface RunMakeOptions {
  /** The command line without the program's name. */
  readonly argv: readonly string[];
  /** Where the command was given; absolute. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Streams with `fd` are handed to commands; others get what commands write. */
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** What commands and `-f -` read: a descriptor, or a text; default: nothing to read. */
  readonly stdin?: number | string;
  /** The program's name in messages; default `make`. */
  readonly programName?: string;
  /** What `$(MAKE)` runs; default `make`. */
  readonly makeProgram?: string;
  /** Where signals come from: `process`, in a program. Without it, signals do what they do. */
  readonly signals?: Pick<NodeJS.Process, 'on' | 'off'>;
  readonly host?: MakeHost;
  /** Answer known `$(shell)` idioms without a process; default: false. */
  readonly nativeShell?: boolean;
}

/** A makefile that is out of date again each time it was remade would keep make busy forever. */
const MOST_RESTARTS = 200;

const fatalSignals = ['SIGHUP', 'SIGQUIT', 'SIGINT', 'SIGTERM'] as const;

/**
 * The `make` command, as GNU Make 4.3: reads makefiles, remakes them and the goals.
 * @returns the exit status: 0, 1 (under -q: something is to be done), 2 (an error), 128 + n after signal n
 */
export async function runMake(options: RunMakeOptions): Promise<number> {
  return new MakeCommand(options).run();
}

/** One call of the command; makefiles that were remade start it over. */
class MakeCommand {
  private readonly options: RunMakeOptions;
  private readonly console: Console;
  private readonly host: MakeHost;
  private readonly program: string;
  private argv: readonly string[];
  private environment: Record<string, string>;
  private restarts: number;
  private standardInputFile: string | undefined;
  private jobs: Jobs | undefined;
  private jobserver: Jobserver | undefined;
  private textInput: TextInput | undefined;
  /** `--jobserver-auth` of the make further up. */
  private outerServer: string | undefined;

  constructor(options: RunMakeOptions) {
    this.options = options;
    this.console = new Console(options.stdout, options.stderr);
    const inherits = options.stderr.fd === 2;
    const host = options.host ?? nodeHost({ stderr: inherits ? 'inherit' : 'capture', exclusive: true });
    this.host = typeof options.stdin === 'string' ? withInput(host, toBytes(options.stdin)) : host;
    const name = toBytes(options.programName ?? 'make');
    this.program = name.slice(name.lastIndexOf('/') + 1);
    this.argv = options.argv.map(toBytes);
    this.environment = byteEnvironment(options.environment);
    const before = this.environment['MAKE_RESTARTS'] ?? '';
    this.restarts = Math.abs(Number.parseInt(before, 10)) || 0;
  }

  async run(): Promise<number> {
    const { signals } = this.options;
    const listeners = fatalSignals.map((signal) => ({ signal, listener: () => this.jobs?.stopFor(signal) }));
    for (const { signal, listener } of listeners) signals?.on(signal, listener);
    let status: number | 'restart';
    try {
      do {
        status = await this.runOnce();
      } while (status === 'restart');
    } finally {
      for (const { signal, listener } of listeners) signals?.off(signal, listener);
      this.jobserver?.close();
      this.textInput?.close();
      if (this.standardInputFile !== undefined) unlinkFile(this.standardInputFile);
    }
    return this.closeOutput(status);
  }

  /** A failure to write standard output is an error of its own, found when all is done. */
  private closeOutput(status: number): number {
    const { console } = this;
    console.current = undefined;
    if (console.writeError === undefined || console.writeError === 'EPIPE') return status;
    console.error(`${this.program}: write error: stdout\n`);
    return 1;
  }

  private async runOnce(): Promise<number | 'restart'> {
    const place = changeDirectory({
      argv: this.argv,
      cwd: toBytes(this.options.cwd),
      environment: this.environment,
      host: this.host,
    });
    const run = new Run({
      host: this.host,
      cwd: place.directory,
      environment: this.environment,
      argv: this.argv,
      flags: {},
      program: this.program,
      makeCommand: this.makeCommand(),
      output: this.console,
      restarts: this.restarts,
      nativeShell: this.options.nativeShell === true,
      afterCommandLine: (each) => this.afterCommandLine(each, place.failure),
    });
    try {
      return await this.work(run);
    } catch (error) {
      return this.end(run, error);
    }
  }

  private makeCommand(): string {
    const name = toBytes(this.options.makeProgram ?? 'make');
    const isRelativePath = !name.startsWith('/') && /^\S*\//.test(name);
    return isRelativePath ? `${toBytes(this.options.cwd)}/${name}` : name;
  }

  /** Settings that makefiles see already: help and version, the jobserver of a make further up. */
  private afterCommandLine(run: Run, failure: string | undefined): void {
    const { flags } = run;
    const { console } = this;
    if (flags.help) {
      console.raw(usage(this.program));
      throw new MakeDeath(0);
    }
    if (flags.version) {
      console.raw(version(flags.printDataBase ? '# ' : ''));
      throw new MakeDeath(0);
    }
    if (run.debug.is('b')) console.raw(version(flags.printDataBase ? '# ' : ''));
    if (failure !== undefined) throw new MakeStop(failure, undefined);
    this.outerServer = flags.jobserverAuth;
    if (flags.jobserverAuth === undefined) return;
    if (!/^(-?\d+,-?\d+|fifo:.*)/s.test(flags.jobserverAuth)) {
      throw new MakeStop(
        `internal error: invalid --jobserver-auth string '${flags.jobserverAuth}'`,
        undefined,
      );
    }
    if (run.jobsOnCommandLine === undefined) {
      this.jobserver ??= Jobserver.join(flags.jobserverAuth);
      if (this.jobserver !== undefined) return;
      run.messages.warn(
        "warning: jobserver unavailable: using -j1.  Add '+' to parent make rule.",
        undefined,
      );
      flags.jobs = 1;
    } else if (this.restarts === 0) {
      run.messages.warn(
        `warning: -j${run.jobsOnCommandLine} forced in submake: resetting jobserver mode.`,
        undefined,
      );
    }
    flags.jobserverAuth = undefined;
  }

  private async work(run: Run): Promise<number | 'restart'> {
    const { console } = this;
    const { flags } = run;
    prepareRun(run);
    // For makefiles, -B counts only if it was given before they were read.
    run.alwaysMake = flags.alwaysMake && this.restarts === 0;
    const reading = this.openConsole(run);
    this.readStandardInput(run);
    readMakefiles(run);
    finishReading(run);
    console.printDirectory = flags.printDirectory;
    const slots = this.setUpJobs(run);
    this.setSync(run);
    if ((console.sync === 'line' || console.sync === 'target') && slots === 1) console.sync = 'none';
    defineMakeFlags(run, true, false);
    snapRules(run);
    const times = new FileTimes(run, new ModificationClock(run));
    markOld(run);
    if (this.restarts === 0) markNew(run);
    console.current = undefined;
    console.close(reading);

    run.directories.filesWillChange();
    this.host.release?.();
    const jobs = new Jobs({
      run,
      console,
      stdin: this.commandInput(),
      jobserver: this.jobserver,
      slots,
    });
    this.jobs = jobs;
    const chain = new Goals(run, new Remaker(run, times, jobs), times, jobs);
    const outcome = await remakeMakefiles(run, chain, times);
    if (outcome.restart) return this.restart(run);
    let { status } = outcome;
    defineMakeFlags(run, true, false);
    run.alwaysMake = flags.alwaysMake;
    if (this.restarts > 0) markNew(run);
    if (this.standardInputFile !== undefined) {
      unlinkFile(this.standardInputFile);
      this.standardInputFile = undefined;
    }
    const goals = findGoals(run);
    run.debug.line('b', 'Updating goal targets....');
    const result = await chain.update(
      goals.map((target) => ({ target, makefile: undefined, changed: false })),
      false,
    );
    if (result === Status.question) status = 1;
    else if (result === Status.failed) status = 2;
    if (times.clockSkew) {
      run.messages.warn('warning:  Clock skew detected.  Your build may be incomplete.', undefined);
    }
    throw new MakeDeath(status);
  }

  /** The descriptor that commands read; of a text, what `-f -` has not taken. */
  private commandInput(): number | undefined {
    const { stdin } = this.options;
    if (typeof stdin !== 'string') return stdin;
    if (stdin === '' || this.standardInputFile !== undefined) return undefined;
    this.textInput ??= new TextInput(stdin);
    return this.textInput.descriptor;
  }

  private openConsole(run: Run): OutputBuffer {
    const { console } = this;
    console.program = run.messages.program;
    console.directory = run.cwd;
    console.printDirectory = run.flags.printDirectory;
    console.prefix = run.flags.printDataBase ? '# ' : '';
    this.setSync(run);
    const reading = new OutputBuffer(console.sync === 'line' || console.sync === 'target');
    console.current = reading;
    return reading;
  }

  private setSync(run: Run): void {
    this.console.sync = (run.flags.outputSync ?? 'none') as OutputSync;
  }

  /** `-f -`: the text goes to a file, since makefiles may have to be read again. */
  private readStandardInput(run: Run): void {
    const { makefiles } = run.flags;
    makefiles.forEach((name, index) => {
      if (name !== '-') return;
      if (this.standardInputFile !== undefined && makefiles.indexOf('-') !== index) {
        throw new MakeStop('Makefile from standard input specified twice.', undefined);
      }
      if (this.standardInputFile === undefined) {
        const directory = this.environment['TMPDIR'] || tmpdir();
        const file = `${directory}/Gm${randomName()}`;
        this.host.writeFile(file, this.host.readStandardInput(), false);
        this.standardInputFile = file;
      }
    });
    if (this.standardInputFile === undefined) return;
    const file = this.standardInputFile;
    run.flags.makefiles = makefiles.map((name) => (name === '-' ? file : name));
    const target = run.targets.enter(file);
    target.updated = true;
    target.status = Status.success;
    target.state = State.finished;
  }

  /** @returns how many jobs may run at once; 0: as the jobserver says, or without limit */
  private setUpJobs(run: Run): number {
    const { flags } = run;
    if (
      flags.jobserverAuth !== undefined &&
      run.jobsInMakefile !== undefined &&
      run.jobsOnCommandLine === undefined
    ) {
      if (this.restarts === 0) {
        run.messages.warn(
          `warning: -j${run.jobsInMakefile} forced in makefile: resetting jobserver mode.`,
          undefined,
        );
      }
      flags.jobserverAuth = undefined;
      this.jobserver?.close();
      this.jobserver = undefined;
    }
    if (flags.jobserverAuth !== undefined && this.jobserver !== undefined) return 0;
    if (flags.jobs === undefined) return 1;
    if (flags.jobs > 1) {
      this.jobserver = Jobserver.create(flags.jobs - 1, this.outerServer);
      if (this.jobserver !== undefined) {
        flags.jobserverAuth = this.jobserver.auth;
        return 0;
      }
    }
    return flags.jobs;
  }

  /** Makefiles were remade: everything begins again with the new ones. */
  private restart(run: Run): 'restart' {
    removeIntermediates(run, this.console, false);
    if (run.flags.printDataBase) this.console.raw(printDatabase(run));
    this.restarts++;
    if (this.restarts > MOST_RESTARTS) {
      throw new MakeStop(
        `makefiles are out of date again after being remade ${MOST_RESTARTS} times`,
        undefined,
      );
    }
    this.environment = { ...this.environment, MAKE_RESTARTS: String(this.restarts) };
    if (run.flags.jobs !== undefined && run.jobsInMakefile === undefined && this.ownsJobserver(run)) {
      this.jobserver?.close();
      this.jobserver = undefined;
    }
    if (this.standardInputFile !== undefined) this.argv = [...this.argv, '-o', this.standardInputFile];
    run.debug.line('b', `Re-executing[${this.restarts}]: ${[this.makeCommand(), ...this.argv].join(' ')}`);
    return 'restart';
  }

  private ownsJobserver(run: Run): boolean {
    return (
      !(this.environment['MAKEFLAGS'] ?? '').includes('--jobserver-auth') ||
      run.jobsOnCommandLine !== undefined
    );
  }

  /** Ends the run: says why, waits for what still runs, cleans up. */
  private async end(run: Run, error: unknown): Promise<number> {
    const { console } = this;
    if (error instanceof MakeInterrupt) return this.endBySignal(run, error.signal);
    if (error instanceof UsageError) {
      for (const message of error.messages) console.error(`${this.program}: ${message}\n`);
      console.error(usage(this.program));
      return 2;
    }
    let status: number;
    if (error instanceof MakeDeath) {
      status = error.status;
    } else {
      const stop = stopOf(run, error);
      status = stop.status;
      const at = placePrefix(stop.place) || `${run.messages.program}: `;
      console.error(`${at}*** ${stop.text}.  Stop.\n`);
    }
    // `-v` in a makefile's MAKEFLAGS, which comes too late to stop at once.
    if (run.flags.version && run.snapped) console.raw(version(run.flags.printDataBase ? '# ' : ''));
    try {
      await this.jobs?.drain(status !== 0);
    } catch (interrupt) {
      if (interrupt instanceof MakeInterrupt) return this.endBySignal(run, interrupt.signal);
      throw interrupt;
    }
    removeIntermediates(run, console, false);
    if (run.flags.printDataBase && run.snapped) console.raw(printDatabase(run));
    this.jobs?.releaseTokens();
    const buffer = console.current;
    console.current = undefined;
    if (buffer !== undefined) console.close(buffer);
    console.leave();
    return status;
  }

  private async endBySignal(run: Run, signal: NodeJS.Signals): Promise<number> {
    await this.jobs?.abort(signal);
    removeIntermediates(run, this.console, true);
    this.jobs?.releaseTokens();
    return signal === 'SIGQUIT' ? 1 : 128 + signalNumber(signal);
  }
}

function withInput(host: MakeHost, text: string): MakeHost {
  return new Proxy(host, {
    get: (target, key) =>
      key === 'readStandardInput' ? () => text : (Reflect.get(target, key, target) as unknown),
  });
}

/** Six characters by chance. Loading node:crypto for them would cost each start of make 10 ms. */
function randomName(): string {
  return Math.random().toString(36).slice(2, 8).padEnd(6, '0');
}

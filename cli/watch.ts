import process from 'node:process';
import { Writable } from 'node:stream';
import type { Argv } from 'yargs';
import { catchInterrupts } from '../engine/exec/interrupt.ts';
import { Interruption } from '../engine/exec/interruption.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { ok } from '../engine/result.ts';
import { GuestCycle } from '../rules/watch/guest-cycle.ts';
import { WatchSession } from '../rules/watch/watch-session.ts';
import { jobOptions, jobsOf, type JobArguments } from './job-options.ts';
import type { Command, Surroundings } from './command.ts';
import { planRequest, runOptions, type RunArguments } from './run-options.ts';
import { definedOnly } from './surroundings.ts';
import { WatchDisplay } from './watch-display.ts';
import { watchKeys } from './watch-keys.ts';
import { workspaceFrom } from './workspace-options.ts';

interface WatchArguments extends RunArguments, JobArguments {
  readonly run?: boolean;
  readonly verbose?: boolean;
}

export const command: Command<WatchArguments> = {
  usage: 'watch [goal..]',
  describe:
    "Build whenever an input changes, until Ctrl-C; with --run boot each new image ('--' begins the guest's arguments).",
  build: (yargs): Argv =>
    jobOptions(runOptions(yargs))
      .option('run', {
        alias: 'r',
        type: 'boolean',
        describe: 'Boot the image after each build that changed it',
      })
      .option('verbose', { type: 'boolean', describe: 'Show commands and reasons' }),
  async run(args, surroundings) {
    const { environment, stderr } = surroundings;
    const refuse = (text: string): number => {
      stderr.write(`unigraph: ${text}\n`);
      return 2;
    };
    const jobs = jobsOf(args);
    if (!jobs.ok) return refuse(jobs.error);
    const stdout = surroundings.stdout as NodeJS.WriteStream;
    const interactive = stdout.isTTY === true && process.stdin.isTTY;
    const display = new WatchDisplay({
      stdout,
      stderr,
      interactive,
      color: stdout.isTTY === true && environment['NO_COLOR'] === undefined,
      columns: () => stdout.columns || 80,
      cwd: surroundings.cwd,
      verbose: args.verbose === true,
      quiet: args.quiet === true,
    });
    const interrupts = catchInterrupts();
    const end = new AbortController();
    const onInterrupt = (): void => end.abort(interrupts.signal.reason);
    interrupts.signal.addEventListener('abort', onInterrupt);
    const guest = args.run === true ? guestCycle(args, surroundings, display) : undefined;
    let found = false;
    const session = new WatchSession({
      // What is odd about a project is told once.
      resolve: async () => {
        const around = found ? silent(surroundings) : surroundings;
        const resolved = await workspaceFrom(args, around, args.goal ?? []);
        found ||= resolved.ok;
        return resolved.ok
          ? ok({ workspace: resolved.value.workspace, goals: resolved.value.words })
          : resolved;
      },
      environment: definedOnly(environment),
      jobs: jobs.value,
      keepGoing: args['keep-going'] === true,
      self: [process.execPath, process.argv[1]!],
      emit: (event) => display.tell(event),
      ...(guest !== undefined && { onBuilt: (asked: boolean) => guest.restart(asked) }),
      signal: end.signal,
    });
    const keys = interactive
      ? watchKeys(process.stdin, {
          r: () => session.rebuild(),
          q: () => end.abort(),
          interrupt: () => process.kill(process.pid, 'SIGINT'),
        })
      : undefined;
    // A reader that is gone takes the watch with it: nobody would see it go on.
    const onClosed = (): void => end.abort();
    stdout.on('error', onClosed);
    try {
      const watched = await session.run();
      await guest?.close();
      if (!watched.ok) return refuse(formatDiagnostic(watched.error));
      const { reason } = end.signal as { readonly reason: unknown };
      return reason instanceof Interruption ? reason.exitStatus : 0;
    } finally {
      await guest?.close();
      display.close();
      keys?.restore();
      stdout.off('error', onClosed);
      interrupts.restore();
    }
  },
};

function guestCycle(args: WatchArguments, surroundings: Surroundings, display: WatchDisplay): GuestCycle {
  const quiet = silent(surroundings);
  return new GuestCycle({
    request: () => planRequest({ ...args, word: args.goal ?? [] }, quiet, false),
    environment: surroundings.environment,
    cwd: surroundings.cwd,
    output: surroundings.stdout as NodeJS.WriteStream,
    emit: (event) => display.tell(event),
  });
}

/** The same surroundings without a word. */
function silent(surroundings: Surroundings): Surroundings {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  return { ...surroundings, stderr: nowhere };
}

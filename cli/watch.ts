import os from 'node:os';
import process from 'node:process';
import { Writable } from 'node:stream';
import type { Argv } from 'yargs';
import { catchInterrupts } from '../engine/exec/interrupt.ts';
import { Interruption } from '../engine/exec/interruption.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { ok } from '../engine/result.ts';
import { GuestCycle } from '../rules/watch/guest-cycle.ts';
import { WatchSession } from '../rules/watch/watch-session.ts';
import type { Command, Surroundings } from './command.ts';
import { planRequest, runOptions, type RunArguments } from './run-options.ts';
import { definedOnly } from './surroundings.ts';
import { WatchDisplay } from './watch-display.ts';
import { watchKeys } from './watch-keys.ts';
import { workspaceFrom } from './workspace-options.ts';

interface WatchArguments extends RunArguments {
  readonly goal?: readonly string[];
  readonly run?: boolean;
  readonly jobs?: number;
  readonly 'keep-going'?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

export const command: Command<WatchArguments> = {
  usage: 'watch [goal..]',
  describe:
    "Build whenever an input changes, until Ctrl-C; with --run boot each new image ('--' begins the guest's arguments).",
  build: (yargs): Argv =>
    runOptions(yargs)
      .positional('goal', {
        describe: 'Target, library, file, or VARIABLE=value',
        type: 'string',
        array: true,
      })
      .option('run', {
        alias: 'r',
        type: 'boolean',
        describe: 'Boot the image after each build that changed it',
      })
      .option('jobs', {
        alias: 'j',
        type: 'number',
        requiresArg: true,
        describe: 'Commands at once [processors]',
      })
      .option('keep-going', {
        alias: 'k',
        type: 'boolean',
        describe: 'Go on with what does not need a failed action',
      })
      .option('verbose', { type: 'boolean', describe: 'Show commands and reasons' })
      .option('quiet', { alias: 'q', type: 'boolean', describe: 'Show warnings and failures only' }),
  async run(args, surroundings) {
    const { environment, stderr } = surroundings;
    const refuse = (text: string): number => {
      stderr.write(`unigraph: ${text}\n`);
      return 2;
    };
    const jobs = args.jobs ?? os.availableParallelism();
    if (!Number.isInteger(jobs) || jobs < 1)
      return refuse(`--jobs takes a whole number from 1, not '${args.jobs}'`);
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
      jobs,
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

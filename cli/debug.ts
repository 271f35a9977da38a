import process from 'node:process';
import { execa } from 'execa';
import type { Argv } from 'yargs';
import { formatDiagnostic, type Diagnostic } from '../engine/location.ts';
import { debuggerCommand, freePort, type DebuggerRequest } from '../rules/run/debugger.ts';
import { GuestRegistry, type Guest } from '../rules/run/guest-registry.ts';
import { MachineCache } from '../rules/run/machine-cache.ts';
import { planGuest } from '../rules/run/plan-guest.ts';
import { runRecorded } from '../rules/run/run-recorded.ts';
import { chooseGuest } from './choose-guest.ts';
import type { Command, Surroundings } from './command.ts';
import { planRequest, runOptions, type RunArguments } from './run-options.ts';

interface Arguments extends RunArguments {
  readonly attach?: string;
  readonly ex?: string | readonly string[];
  readonly batch?: boolean;
}

export const command: Command<Arguments> = {
  usage: 'debug [word..]',
  describe:
    "Look at a guest with gdb: at the running one that has a gdb server ('run --gdb'), or at a new one, stopped at its first instruction.",
  build: (yargs): Argv =>
    runOptions(yargs)
      .option('attach', {
        type: 'string',
        requiresArg: true,
        describe: "A running guest's name, as 'ps' shows it",
      })
      .option('ex', {
        type: 'string',
        requiresArg: true,
        describe: 'A command for gdb, as its -ex; repeatable',
      })
      .option('batch', { type: 'boolean', describe: 'Leave gdb after the commands, as its -batch' }),
  async run(args, surroundings) {
    const running = findRunning(args, surroundings);
    if (running === undefined) return debugNew(args, surroundings);
    if ('message' in running) return refuse(surroundings, running);
    if (running.debugImage === undefined || running.gdbPort === undefined) {
      const message =
        running.gdbPort === undefined
          ? `the guest '${running.name}' has no gdb server`
          : noSymbols(running.image);
      return refuse(surroundings, { message, hint: "Start it with 'run --gdb'." });
    }
    return debug(
      {
        debugImage: running.debugImage,
        architecture: running.architecture,
        port: running.gdbPort,
        toEntry: false,
        ...commands(args),
      },
      surroundings,
    );
  },
};

const commands = (args: Arguments): Pick<DebuggerRequest, 'commands' | 'batch'> => ({
  commands: args.ex === undefined ? [] : [args.ex].flat(),
  batch: args.batch === true,
});

const noSymbols = (image: string): string => `there is no ${image}.dbg, so that gdb would have no symbols`;

function refuse(surroundings: Surroundings, error: Diagnostic): number {
  surroundings.stderr.write(`unigraph: ${formatDiagnostic(error)}\n`);
  return 2;
}

/** The guest to attach to; undefined when a new one is to be started. */
function findRunning(args: Arguments, surroundings: Surroundings): Guest | Diagnostic | undefined {
  const registry = new GuestRegistry(surroundings.environment);
  const fits = ({ running, gdbPort }: Guest): boolean => running && gdbPort !== undefined;
  if (args.attach === undefined && (args.image !== undefined || !registry.list().some(fits)))
    return undefined;
  const chosen = chooseGuest(registry, args.attach, fits);
  if (!chosen.ok)
    return args.attach === undefined ? { ...chosen.error, hint: 'Name it with --attach.' } : chosen.error;
  return chosen.value.running
    ? chosen.value
    : { message: `the guest '${chosen.value.name}' does not run any more` };
}

/** Starts a guest that ends with gdb; what it prints goes to standard output. */
async function debugNew(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { environment, cwd } = surroundings;
  const asked = await planRequest(args, surroundings, false);
  if (!asked.ok) return refuse(surroundings, asked.error);
  const { image } = asked.value;
  if (image.debugImage === undefined) return refuse(surroundings, { message: noSymbols(image.path) });
  const port = asked.value.options.gdbPort ?? (await freePort());
  // Emulated: breakpoints are certain, and KVM that fails would take gdb's connection with it.
  const accelerator = args.accel ?? 'tcg';
  const request = {
    ...asked.value,
    accelerator,
    options: { ...asked.value.options, gdbPort: port, paused: true },
  };
  const planned = await planGuest(request, environment, cwd, new MachineCache(environment));
  if (!planned.ok) return refuse(surroundings, planned.error);
  const note = (text: string): void => void surroundings.stderr.write(`unigraph: ${text}\n`);
  for (const text of planned.value.notes) note(text);
  const over = new AbortController();
  let isStarted = (): void => {};
  const started = new Promise<void>((resolve) => {
    isStarted = resolve;
  });
  const guest = runRecorded(
    planned.value.plan,
    {
      name: new GuestRegistry(environment).reserve(`${image.name}-debug`),
      gdbPort: port,
      ports: [],
      background: false,
    },
    {
      environment,
      output: surroundings.stdout as NodeJS.WriteStream,
      input: undefined,
      note,
      signal: over.signal,
      onStart: () => isStarted(),
    },
  );
  await Promise.race([started, guest]);
  const status = await debug(
    {
      debugImage: image.debugImage,
      architecture: image.architecture,
      port,
      toEntry: true,
      ...commands(args),
    },
    surroundings,
  );
  over.abort();
  await guest;
  return status;
}

/** Runs gdb with this terminal. */
async function debug(request: DebuggerRequest, surroundings: Surroundings): Promise<number> {
  const words = debuggerCommand(request, surroundings.environment, surroundings.cwd);
  if (!words.ok) return refuse(surroundings, words.error);
  // Ctrl-C is for gdb, which stops the guest then.
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  try {
    const [program, ...rest] = words.value;
    const gdb = await execa(program!, rest, { stdio: 'inherit', cwd: surroundings.cwd, reject: false });
    return gdb.exitCode ?? 1;
  } finally {
    process.off('SIGINT', ignore);
  }
}

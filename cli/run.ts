import { spawn } from 'node:child_process';
import { createWriteStream, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv } from 'yargs';
import { catchInterrupts } from '../engine/exec/interrupt.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { exitStatus, type GuestPlan } from '../rules/run/guest-plan.ts';
import { GuestRegistry } from '../rules/run/guest-registry.ts';
import { MachineCache } from '../rules/run/machine-cache.ts';
import { discardPlan, planGuest, type PlanRequest } from '../rules/run/plan-guest.ts';
import { shellText } from '../rules/run/qemu-command.ts';
import { describeEnd, runRecorded, type Entry } from '../rules/run/run-recorded.ts';
import type { Command, Surroundings } from './command.ts';
import { consoleInput } from './console-input.ts';
import { planRequest, runOptions, type RunArguments } from './run-options.ts';

interface Arguments extends RunArguments {
  readonly detach?: boolean;
  readonly as?: string;
  readonly 'dry-run'?: boolean;
  readonly supervise?: string;
}

export const command: Command<Arguments> = {
  usage: 'run [word..]',
  describe: "Boot an image in QEMU; what follows '--' goes to the guest.",
  build: (yargs): Argv =>
    runOptions(yargs)
      .option('detach', {
        alias: 'd',
        type: 'boolean',
        describe: "In the background; see 'ps', 'logs', 'stop'",
      })
      .option('as', { type: 'string', requiresArg: true, describe: "The guest's name [the image's]" })
      .option('dry-run', { alias: 'D', type: 'boolean', describe: "Print QEMU's command only" })
      .option('supervise', { type: 'string', hidden: true }),
  async run(args, surroundings) {
    if (args.supervise !== undefined) return supervise(args.supervise, surroundings);
    const dryRun = args['dry-run'] === true;
    const request = await planRequest(args, surroundings, dryRun);
    if (!request.ok) return refuse(surroundings, formatDiagnostic(request.error));
    return runRequest(request.value, args, surroundings);
  },
};

const note = (surroundings: Surroundings, text: string): void => {
  surroundings.stderr.write(`unigraph: ${text}\n`);
};

function refuse(surroundings: Surroundings, text: string): number {
  note(surroundings, text);
  return 2;
}

async function runRequest(
  request: PlanRequest,
  args: Arguments,
  surroundings: Surroundings,
): Promise<number> {
  const { environment, cwd } = surroundings;
  const planned = await planGuest(request, environment, cwd, new MachineCache(environment));
  if (!planned.ok) return refuse(surroundings, formatDiagnostic(planned.error));
  const { plan, notes } = planned.value;
  for (const text of notes) note(surroundings, text);
  if (request.dryRun) {
    surroundings.stdout.write(`${shellText([plan.qemu, ...plan.arguments])}\n`);
    return 0;
  }
  const { options } = request;
  if (options.paused) {
    note(
      surroundings,
      `the guest waits for gdb: gdb -ex 'target remote :${options.gdbPort}' ${plan.image.debugImage ?? plan.image.path}`,
    );
  }
  const registry = new GuestRegistry(environment);
  let name: string;
  try {
    name = registry.reserve(args.as ?? plan.image.name);
  } catch (error) {
    if (args.detach !== true) name = plan.image.name;
    else {
      discardPlan(plan);
      return refuse(surroundings, `the list of guests cannot be written: ${(error as Error).message}`);
    }
  }
  const entry: Entry = {
    name,
    gdbPort: options.gdbPort,
    ports: options.forwards.map(
      ({ address, host, guest, protocol }) => `${address}:${host}->${guest}/${protocol}`,
    ),
    background: args.detach === true,
  };
  return entry.background ? detach(plan, entry, registry, surroundings) : attach(plan, entry, surroundings);
}

/** Runs in the foreground, with this terminal or pipe as the guest's console. */
async function attach(plan: GuestPlan, entry: Entry, surroundings: Surroundings): Promise<number> {
  const interrupts = catchInterrupts();
  const input = consoleInput(process.stdin, () => process.kill(process.pid, 'SIGINT'));
  try {
    const end = await runRecorded(plan, entry, {
      environment: surroundings.environment,
      output: surroundings.stdout as NodeJS.WriteStream,
      input: input.stream,
      note: (text) => note(surroundings, text),
      signal: interrupts.signal,
    });
    const said = describeEnd(end);
    if (said !== undefined) note(surroundings, said);
    const status = exitStatus(end);
    // Node waits until everything is written; whoever ended the guest does not want to wait for a reader that sleeps.
    const stuck = end.kind === 'interrupted' || end.kind === 'timeout';
    if (stuck && !(await isDrained(surroundings.stdout))) {
      input.restore();
      process.exit(status);
    }
    return status;
  } finally {
    input.restore();
    interrupts.restore();
  }
}

/** Has everything been taken, or is it taken in a moment? */
async function isDrained(stream: NodeJS.WritableStream): Promise<boolean> {
  const pending = (): boolean => ((stream as NodeJS.WriteStream).writableLength ?? 0) > 0;
  const begun = performance.now();
  while (pending() && performance.now() - begun < DRAIN_MS) await sleep(10);
  return !pending();
}

/** What the supervisor of a guest in the background is told, in a file of the guest's folder. */
interface Order {
  readonly plan: GuestPlan;
  readonly entry: Entry;
}

const ORDER = 'order.json';
/** How long a reader may take for the last output of a guest that was ended. */
const DRAIN_MS = 500;
/** A guest that fails at once should be told at once. */
const EARLY_MS = 300;
const START_LIMIT_MS = 10_000;

/**
 * Starts a unigraph of its own, without a terminal, that looks after the guest: KVM may fail, the crash is to be explained, the
 * status kept.
 */
async function detach(
  plan: GuestPlan,
  entry: Entry,
  registry: GuestRegistry,
  surroundings: Surroundings,
): Promise<number> {
  const { name } = entry;
  const folder = registry.folderOf(name);
  const log = registry.logOf(name);
  writeFileSync(join(folder, ORDER), JSON.stringify({ plan, entry } satisfies Order));
  const output = openSync(log, 'a');
  const supervisor = spawn(process.execPath, [process.argv[1]!, 'run', '--supervise', folder], {
    cwd: plan.cwd,
    env: surroundings.environment,
    detached: true,
    stdio: ['ignore', output, output],
  });
  supervisor.unref();
  let exited = false;
  supervisor.on('exit', () => {
    exited = true;
  });
  const begun = performance.now();
  let seen: number | undefined;
  while (performance.now() - begun < START_LIMIT_MS) {
    await sleep(20);
    const guest = registry.find(name);
    if (guest !== undefined) seen ??= performance.now();
    if (exited || guest?.ended !== undefined) {
      surroundings.stdout.write(readFileSync(log));
      const status = guest?.status ?? 1;
      note(surroundings, `the guest '${name}' has ended already, with status ${status}`);
      return status;
    }
    if (seen !== undefined && performance.now() - seen > EARLY_MS) break;
  }
  surroundings.stdout.write(`${name}\n`);
  return 0;
}

/** The other side of {@link detach}. */
async function supervise(folder: string, surroundings: Surroundings): Promise<number> {
  const { plan, entry } = JSON.parse(readFileSync(join(folder, ORDER), 'utf8')) as Order;
  const interrupts = catchInterrupts();
  const log = createWriteStream(join(folder, 'console.log'), { flags: 'a' });
  const say = (text: string): void => {
    log.write(`unigraph: ${text}\n`);
  };
  try {
    const end = await runRecorded(plan, entry, {
      environment: surroundings.environment,
      output: log,
      input: undefined,
      note: say,
      signal: interrupts.signal,
    });
    const said = describeEnd(end);
    if (said !== undefined) say(said);
    return exitStatus(end);
  } finally {
    interrupts.restore();
    log.end();
  }
}

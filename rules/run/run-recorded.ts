import process from 'node:process';
import { rememberKvmFailure } from './accelerator.ts';
import { runGuest, type GuestSurroundings } from './guest.ts';
import { exitStatus, type GuestEnd, type GuestPlan } from './guest-plan.ts';
import { GuestRegistry, processStart, type GuestRecord } from './guest-registry.ts';
import { MachineCache } from './machine-cache.ts';

/** How a guest is entered in the user's list of guests. */
export interface Entry {
  readonly name: string;
  readonly gdbPort: number | undefined;
  readonly ports: readonly string[];
  readonly background: boolean;
}

/**
 * Runs a guest and keeps its record, so that `ps`, `stop` and `debug` find it. A record that cannot be written is no
 * reason not to run.
 */
export async function runRecorded(
  plan: GuestPlan,
  entry: Entry,
  surroundings: Omit<GuestSurroundings, 'onKvmFailure'>,
): Promise<GuestEnd> {
  const { environment } = surroundings;
  const registry = new GuestRegistry(environment);
  const cache = new MachineCache(environment);
  const record: GuestRecord = {
    name: entry.name,
    pid: process.pid,
    pidStart: processStart(process.pid) ?? '',
    image: plan.image.path,
    debugImage: plan.image.debugImage,
    architecture: plan.image.architecture,
    gdbPort: entry.gdbPort,
    ports: entry.ports,
    background: entry.background,
    started: Date.now(),
  };
  const write = (current: GuestRecord): void => {
    try {
      registry.write(current);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  };
  write(record);
  const end = await runGuest(plan, {
    ...surroundings,
    onKvmFailure: (reason) => rememberKvmFailure(cache, reason),
  });
  // What ran in the foreground has told everything already.
  if (entry.background) write({ ...record, ended: Date.now(), status: exitStatus(end) });
  else registry.remove(entry.name);
  return end;
}

/** What is to be said about the end of a guest, where it is not obvious. */
export function describeEnd(end: GuestEnd): string | undefined {
  switch (end.kind) {
    case 'ended':
    case 'output-closed':
    case 'interrupted':
    case 'crashed':
      return undefined;
    case 'reset':
      return 'the guest reset the machine, which is what a processor does that cannot handle a fault (triple fault)';
    case 'timeout':
      return `the guest was ended after ${end.seconds} seconds (--timeout)`;
    case 'qemu-failed':
      return end.message;
  }
}

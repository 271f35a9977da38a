import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDiagnostic } from '../engine/location.ts';
import { GuestRegistry, type Guest } from '../rules/run/guest-registry.ts';
import { chooseGuest } from './choose-guest.ts';
import type { Command } from './command.ts';

interface Arguments {
  readonly guest?: readonly string[];
  readonly all?: boolean;
}

/** QEMU gets 2 seconds from its unigraph, which then needs a moment itself. */
const PATIENCE_MS = 5000;

export const command: Command<Arguments> = {
  usage: 'stop [guest..]',
  describe: 'End guests, and forget those that have ended.',
  build: (yargs) =>
    yargs
      .positional('guest', {
        type: 'string',
        array: true,
        describe: "Names, as 'ps' shows them [the only one]",
      })
      .option('all', { alias: 'a', type: 'boolean', describe: 'All of them' }),
  async run(args, surroundings) {
    const registry = new GuestRegistry(surroundings.environment);
    let guests: readonly Guest[];
    if (args.all === true) guests = registry.list();
    else {
      const names = args.guest ?? [];
      const chosen = (names.length === 0 ? [undefined] : names).map((name) =>
        chooseGuest(registry, name, ({ running }) => running),
      );
      const wrong = chosen.find((result) => !result.ok);
      if (wrong !== undefined && !wrong.ok) {
        surroundings.stderr.write(`unigraph: ${formatDiagnostic(wrong.error)}\n`);
        return 2;
      }
      guests = chosen.flatMap((result) => (result.ok ? [result.value] : []));
    }
    await Promise.all(guests.map((guest) => stop(guest, registry)));
    for (const { name } of guests) surroundings.stdout.write(`${name}\n`);
    return 0;
  },
};

async function stop(guest: Guest, registry: GuestRegistry): Promise<void> {
  const running = (): boolean => registry.find(guest.name)?.running === true;
  const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
    try {
      if (running()) process.kill(guest.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  signal('SIGTERM');
  const begun = performance.now();
  while (running() && performance.now() - begun < PATIENCE_MS) await sleep(20);
  // QEMU is bound to its unigraph and ends with it.
  signal('SIGKILL');
  while (running()) await sleep(20);
  registry.remove(guest.name);
}

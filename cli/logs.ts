import { closeSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { catchInterrupts } from '../engine/exec/interrupt.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { GuestRegistry } from '../rules/run/guest-registry.ts';
import { chooseGuest } from './choose-guest.ts';
import type { Command } from './command.ts';

interface Arguments {
  readonly guest?: string;
  readonly follow?: boolean;
}

const POLL_MS = 50;

export const command: Command<Arguments> = {
  usage: 'logs [guest]',
  describe: 'Show what a guest in the background has printed.',
  build: (yargs) =>
    yargs
      .positional('guest', { type: 'string', describe: "Its name, as 'ps' shows it [the only one]" })
      .option('follow', { alias: 'f', type: 'boolean', describe: 'Go on until it ends' }),
  async run(args, surroundings) {
    const registry = new GuestRegistry(surroundings.environment);
    const chosen = chooseGuest(registry, args.guest, ({ background }) => background);
    if (!chosen.ok) {
      surroundings.stderr.write(`unigraph: ${formatDiagnostic(chosen.error)}\n`);
      return 2;
    }
    const { name, log, background } = chosen.value;
    if (!background) {
      surroundings.stderr.write(`unigraph: the guest '${name}' runs in the foreground of another terminal\n`);
      return 2;
    }
    const interrupts = catchInterrupts();
    const descriptor = openSync(log, 'r');
    const buffer = Buffer.alloc(64 * 1024);
    const copy = (): void => {
      for (;;) {
        const count = readSync(descriptor, buffer, 0, buffer.length, null);
        if (count === 0) return;
        surroundings.stdout.write(Buffer.from(buffer.subarray(0, count)));
      }
    };
    try {
      for (;;) {
        // Asked before the rest is copied: what is printed last must not be missed.
        const running = registry.find(name)?.running === true;
        copy();
        if (args.follow !== true || !running) return 0;
        if (interrupts.interruption !== undefined) return interrupts.interruption.exitStatus;
        await sleep(POLL_MS);
      }
    } finally {
      closeSync(descriptor);
      interrupts.restore();
    }
  },
};

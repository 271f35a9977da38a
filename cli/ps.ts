import { GuestRegistry, type Guest } from '../rules/run/guest-registry.ts';
import type { Command } from './command.ts';

interface Arguments {
  readonly all?: boolean;
  readonly json?: boolean;
}

export const command: Command<Arguments> = {
  usage: 'ps',
  describe: 'List the guests that run.',
  build: (yargs) =>
    yargs
      .option('all', { alias: 'a', type: 'boolean', describe: 'Also those that have ended' })
      .option('json', { type: 'boolean', describe: 'As JSON' }),
  run(args, surroundings) {
    const guests = new GuestRegistry(surroundings.environment)
      .list()
      .filter(({ running }) => running || args.all === true);
    if (args.json === true) surroundings.stdout.write(`${JSON.stringify(guests, undefined, 2)}\n`);
    else if (guests.length > 0) surroundings.stdout.write(table(guests));
    return Promise.resolve(0);
  },
};

function table(guests: readonly Guest[]): string {
  const rows = [
    ['NAME', 'STATUS', 'PID', 'PORTS', 'IMAGE'],
    ...guests.map((guest) => [guest.name, status(guest), String(guest.pid), ports(guest), guest.image]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function status(guest: Guest): string {
  if (guest.running) return `running ${duration(Date.now() - guest.started)}`;
  return guest.status === undefined ? 'killed' : `ended (${guest.status})`;
}

function ports({ ports: forwards, gdbPort }: Guest): string {
  return [...forwards, ...(gdbPort === undefined ? [] : [`gdb:${gdbPort}`])].join(',') || '-';
}

/** `95000` becomes `1m 35s`. */
function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

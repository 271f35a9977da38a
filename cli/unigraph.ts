import { basename } from 'node:path';
import process from 'node:process';
import { isUpToDate } from '../rules/build/up-to-date.ts';

declare const UNIGRAPH_BUILD: string;

// A reader that closes early (`unigraph … | head`) ends the program quietly, as it does with other tools.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// The compatible programs are links to this one: the name that it is called by is then the command.
const calledAs = basename(process.argv[1] ?? '');
const PROGRAMS: Readonly<Record<string, string>> = {
  make: 'make',
  gmake: 'make',
  ukraft: 'ukraft',
  'qemu-guest': 'qemu-guest',
};
const program = PROGRAMS[calledAs];
const asCommand = program === undefined ? [] : [program];
const argv = [...asCommand, ...process.argv.slice(2)];
const call = { argv, cwd: process.cwd(), environment: process.env, program: UNIGRAPH_BUILD };

// Everything else is loaded only when there may be something to do.
if (argv[0] === 'build' && isUpToDate(call)) {
  if (!argv.includes('-q') && !argv.includes('--quiet')) process.stdout.write('Nothing to do.\n');
} else {
  const { main } = await import('./main.ts');
  process.exitCode = await main(argv, {
    cwd: process.cwd(),
    environment: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
  });
}

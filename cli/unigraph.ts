import { basename } from 'node:path';
import process from 'node:process';
import type * as SmallBuild from './small-build.ts';
import { standingOf } from '../rules/build/up-to-date.ts';

declare const UNIGRAPH_BUILD: string;

/** This file becomes CommonJS (scripts/bundle.mjs), where `import()` would first load the machinery of modules: 7 ms. */
declare const require: (name: string) => unknown;

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

const surroundings = {
  cwd: process.cwd(),
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
};

/** Runs a build that has nothing or little to do; undefined when this is no such. */
async function runQuickly(): Promise<number | undefined> {
  const standing = standingOf(call);
  switch (standing.kind) {
    case 'nothing-to-do':
      if (!argv.includes('-q') && !argv.includes('--quiet')) process.stdout.write('Nothing to do.\n');
      return 0;
    case 'few': {
      const { runSmallBuild } = require('./lib/small-build.cjs') as typeof SmallBuild;
      return runSmallBuild(standing, argv.slice(1), surroundings);
    }
    default:
      return undefined;
  }
}

/** Everything else is loaded only when there may be something to do, and not all of it when that is little. */
async function run(): Promise<number> {
  const quick = argv[0] === 'build' ? await runQuickly() : undefined;
  if (quick !== undefined) return quick;
  const { main } = await import('./main.ts');
  return main(argv, surroundings);
}

void run().then((status) => {
  process.exitCode = status;
  // Left to itself, Node takes its heap apart piece by piece, and waits for what a command may have left behind.
  if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
});

import type { Command, RawCommand } from './command.ts';
import { createEntries } from './create-entries.ts';
import { stepDescriptions } from './configure-step-names.ts';

// Each command declares its own argument type; the table only hands yargs' parsed object through.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyCommand = Command<any> | RawCommand;

export interface Entry {
  readonly name: string;
  /** Group in `unigraph --help`. */
  readonly group: 'Build' | 'Configure' | 'Run' | 'Understand' | 'Create' | 'Compatible programs';
  /** One line for `unigraph --help`; here, so that help needs no command's module. */
  readonly describe: string;
  /** Loaded only when the command is called, so that start-up pays for one command alone. */
  load(): Promise<{ readonly command: AnyCommand }>;
}

/** Every command, in the order of `unigraph --help`. */
export const commands: readonly Entry[] = [
  {
    name: 'build',
    group: 'Build',
    describe: 'Build an image, or the named targets',
    load: () => import('./build.ts'),
  },
  {
    name: 'watch',
    group: 'Build',
    describe: 'Build whenever something changes; with --run, boot each new image',
    load: () => import('./watch.ts'),
  },
  {
    name: 'clean',
    group: 'Build',
    describe: 'Remove what was built; keep fetched sources',
    load: () => import('./clean.ts'),
  },
  {
    name: 'properclean',
    group: 'Build',
    describe: 'Remove the build folder',
    load: async () => ({ command: (await import('./clean.ts')).properclean }),
  },
  {
    name: 'distclean',
    group: 'Build',
    describe: 'Remove the build folder and the configuration',
    load: async () => ({ command: (await import('./clean.ts')).distclean }),
  },
  {
    name: 'plan',
    group: 'Understand',
    describe: 'Show the build graph, as text or JSON',
    load: () => import('./plan.ts'),
  },
  {
    name: 'explain',
    group: 'Understand',
    describe: 'Tell why actions would run, or ran in the last build',
    load: () => import('./explain.ts'),
  },
  {
    name: 'diff',
    group: 'Understand',
    describe: 'Tell what changed since the last build, or between two build folders',
    load: () => import('./diff.ts'),
  },
  {
    name: 'why',
    group: 'Understand',
    describe: 'Tell how one file depends on another',
    load: () => import('./why.ts'),
  },
  {
    name: 'query',
    group: 'Understand',
    describe: 'Ask the build graph for dependencies, inputs, outputs, commands',
    load: () => import('./query.ts'),
  },
  {
    name: 'vars',
    group: 'Understand',
    describe: 'Show makefile variables with where they were set',
    load: () => import('./vars.ts'),
  },
  {
    name: 'why-var',
    group: 'Understand',
    describe: "Tell a makefile variable's story: assignments, readers, reach",
    load: () => import('./why-var.ts'),
  },
  {
    name: 'lint',
    group: 'Understand',
    describe: 'Find mistakes in Makefile.uk files that make does not tell',
    load: () => import('./lint.ts'),
  },
  {
    name: 'configure',
    group: 'Configure',
    describe: 'Make .config from the project file and options, without asking',
    load: () => import('./configure.ts'),
  },
  {
    name: 'menuconfig',
    group: 'Configure',
    describe: 'Configure in a full-screen menu',
    load: () => import('./menuconfig.ts'),
  },
  {
    name: 'config',
    group: 'Configure',
    describe: 'Ask about options and set them: get, set, unset, why, diff, search, check',
    load: () => import('./config.ts'),
  },
  ...Object.entries(stepDescriptions).map(([name, describe]): Entry => ({
    name,
    group: 'Configure',
    describe,
    load: async () => {
      const { stepCommand } = await import('./configure-steps.ts');
      return { command: stepCommand(name as keyof typeof stepDescriptions) };
    },
  })),
  {
    name: 'run',
    group: 'Run',
    describe: 'Boot an image in QEMU',
    load: () => import('./run.ts'),
  },
  {
    name: 'debug',
    group: 'Run',
    describe: 'Look at a guest with gdb',
    load: () => import('./debug.ts'),
  },
  {
    name: 'ps',
    group: 'Run',
    describe: 'List the guests that run',
    load: () => import('./ps.ts'),
  },
  {
    name: 'logs',
    group: 'Run',
    describe: 'Show what a guest in the background has printed',
    load: () => import('./logs.ts'),
  },
  {
    name: 'stop',
    group: 'Run',
    describe: 'End guests',
    load: () => import('./stop.ts'),
  },
  {
    name: 'qemu-guest',
    group: 'Compatible programs',
    describe: "Run a guest with the options of Unikraft's qemu-guest",
    load: () => import('./qemu-guest.ts'),
  },
  ...createEntries,
  {
    name: 'patch',
    group: 'Create',
    describe: "Turn edits of a library's origin into a patch of the library",
    load: () => import('./patch.ts'),
  },
  {
    name: 'conf',
    group: 'Compatible programs',
    describe: "Do what a tree's own conf program does, with its arguments and environment",
    load: () => import('./conf.ts'),
  },
  {
    name: 'make',
    group: 'Compatible programs',
    describe: 'Do what GNU make 4.3 does, with its arguments and environment',
    load: () => import('./make.ts'),
  },
];

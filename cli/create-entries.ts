import type { Entry } from './commands.ts';

/** The commands that find, create and lock what a project is made of. */
export const createEntries: readonly Entry[] = [
  {
    name: 'up',
    group: 'Create',
    describe: 'From a template to a booted image in one command',
    load: () => import('./up.ts'),
  },
  {
    name: 'init',
    group: 'Create',
    describe: 'Start an application',
    load: () => import('./init.ts'),
  },
  {
    name: 'list',
    group: 'Create',
    describe: 'List, get and update cores, libraries, platforms and applications',
    load: () => import('./list.ts'),
  },
  {
    name: 'lib',
    group: 'Create',
    describe: 'Start a library, bump it, add libraries to a project',
    load: () => import('./lib.ts'),
  },
  {
    name: 'lock',
    group: 'Create',
    describe: 'Record commits and checksums in unigraph.lock',
    load: () => import('./lock.ts'),
  },
  {
    name: 'doctor',
    group: 'Understand',
    describe: 'Tell what is missing on this machine for the project here',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'completion',
    group: 'Understand',
    describe: 'Print the completion script for bash, zsh or fish',
    load: () => import('./completion.ts'),
  },
  {
    name: 'ukraft',
    group: 'Compatible programs',
    describe: "Take kraft's verbs and options",
    load: () => import('./ukraft.ts'),
  },
];

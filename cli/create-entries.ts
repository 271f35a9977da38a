import type { Entry } from './commands.ts';

/** The commands that find, create and lock what a project is made of. */
export const createEntries: readonly Entry[] = [
  {
    name: 'list',
    group: 'Create',
    describe: 'List, get and update cores, libraries, platforms and applications',
    load: () => import('./list.ts'),
  },
];

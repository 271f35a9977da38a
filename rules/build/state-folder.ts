import path from 'node:path';

/** Where unigraph keeps what it knows of a build folder. */
export function stateFolder(build: string): string {
  return path.join(build, '.unigraph');
}

/** The file there in which the last build left what it ran, and why. */
export const BUILD_LOG = 'last-build.json';

/** Where the states of unpacked sources are kept. */
export const originStates = (state: string): string => path.join(state, 'origins');

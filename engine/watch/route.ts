import type { Walk } from './path-walk.ts';

/**
 * A path that is followed and watched on all its way. There are two sorts:
 * a *group* is the directory of asked paths, whose last names are its leaves, so that a thousand headers of one directory share
 * one way; a *single* is one asked path that needs a way of its own, because it is a symbolic link or a directory.
 */
export interface Route {
  readonly kind: 'group' | 'single';
  /** The path as it was asked for. */
  readonly path: string;
  /** Asked paths by their last name; of a single only itself, under the empty name. */
  readonly leaves: Map<string, string>;
  /** Leaves that have a route of their own, by last name. */
  readonly singles: Map<string, Route>;
  /** Where it led when it was last followed; undefined before that. */
  walk: Walk | undefined;
}

export function groupRoute(directory: string): Route {
  return { kind: 'group', path: directory, leaves: new Map(), singles: new Map(), walk: undefined };
}

export function singleRoute(path: string): Route {
  return { kind: 'single', path, leaves: new Map([['', path]]), singles: new Map(), walk: undefined };
}

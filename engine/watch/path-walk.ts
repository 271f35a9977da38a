import { lstatSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';

/** An entry that was passed on the way along a path. */
export interface Point {
  /** The directory that holds it; absolute, without symbolic links. */
  readonly directory: string;
  readonly name: string;
}

/** Where a path leads, and every entry on the way whose replacement would make it lead elsewhere. */
export interface Walk {
  readonly points: readonly Point[];
  /** Absolute path without symbolic links of what is there; undefined when the path leads nowhere, and the last point is what is missing. */
  readonly real: string | undefined;
  readonly isDirectory: boolean;
}

/** What is at a place: `other` is anything that ends a path. */
export type EntryKind =
  { readonly kind: 'missing' | 'directory' | 'other' } | { readonly kind: 'link'; readonly target: string };

/** Answers of `entryKind` that hold for the time of one look at the file system. */
export type EntryKinds = Map<string, EntryKind>;

/** Links that are followed on one path before it counts as a loop (the kernel's number). */
const maximalLinks = 40;

/**
 * Follows an absolute path as the kernel does: path_resolution(7).
 * @param kinds answers that are reused for other paths of the same look
 */
export function walkPath(path: string, kinds: EntryKinds): Walk {
  const points: Point[] = [];
  const pending = components(path);
  let current = '/';
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === '.') continue;
    if (name === '..') {
      current = dirname(current);
      continue;
    }
    points.push({ directory: current, name });
    const place = joinEntry(current, name);
    const entry = entryKind(place, kinds);
    switch (entry.kind) {
      case 'missing':
        return { points, real: undefined, isDirectory: false };
      case 'directory':
        current = place;
        break;
      case 'link':
        if (++links > maximalLinks) return { points, real: undefined, isDirectory: false };
        if (entry.target.startsWith('/')) current = '/';
        pending.push(...components(entry.target));
        break;
      case 'other':
        return { points, real: pending.length === 0 ? place : undefined, isDirectory: false };
    }
  }
  return { points, real: current, isDirectory: true };
}

/** What is at a place, without following a link. */
export function entryKind(place: string, kinds: EntryKinds): EntryKind {
  let kind = kinds.get(place);
  if (!kind) {
    kind = lookAt(place);
    kinds.set(place, kind);
  }
  return kind;
}

/** The path of an entry. */
export function joinEntry(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

function lookAt(place: string): EntryKind {
  try {
    const stat = lstatSync(place, { throwIfNoEntry: false });
    if (!stat) return { kind: 'missing' };
    if (stat.isSymbolicLink()) return { kind: 'link', target: readlinkSync(place) };
    return { kind: stat.isDirectory() ? 'directory' : 'other' };
  } catch {
    return { kind: 'missing' }; // No permission, or gone between the two calls.
  }
}

/** Components in reverse, so that the next one is popped. */
function components(path: string): string[] {
  return path
    .split('/')
    .filter((name) => name !== '')
    .reverse();
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

/** What a git working tree has checked out, read from its files: no git is started. */
export interface Checkout {
  /** The commit, 40 or 64 hexadecimal digits; undefined in a repository without commits. */
  readonly commit?: string;
  /** The branch, or undefined when HEAD is detached. */
  readonly branch?: string;
  /** Tags and remote branches (without the remote's name) that point at the commit. */
  readonly names: readonly string[];
}

/**
 * Reads `.git` of `folder`: `HEAD`, loose and packed references, also of a linked worktree or submodule.
 * @returns undefined when `folder` is not the top of a git working tree
 */
export function readCheckout(folder: string): Checkout | undefined {
  const git = gitFolder(join(folder, '.git'));
  if (git === undefined) return undefined;
  const head = read(join(git, 'HEAD'));
  if (head === undefined) return undefined;
  const common = read(join(git, 'commondir'));
  const shared = common === undefined ? git : resolve(git, common);
  const packed = packedReferences(shared);
  const reference = /^ref: (.+)$/.exec(head)?.[1];
  const commit =
    reference === undefined
      ? head
      : (read(join(git, reference)) ?? read(join(shared, reference)) ?? packed.get(reference)?.commit);
  const branch = reference?.replace(/^refs\/heads\//, '');
  if (commit === undefined) return { ...(branch !== undefined && { branch }), names: [] };
  const names = new Set<string>();
  for (const [name, { commit: target, peeled }] of packed) {
    if (target === commit || peeled === commit) add(names, name);
  }
  for (const name of looseReferences(shared, 'refs/remotes').concat(looseReferences(shared, 'refs/tags'))) {
    if (read(join(shared, name)) === commit) add(names, name);
  }
  return { commit, ...(branch !== undefined && { branch }), names: [...names].sort() };
}

function add(names: Set<string>, reference: string): void {
  const short = /^refs\/(?:tags|remotes\/[^/]+)\/(.+)$/.exec(reference)?.[1];
  if (short !== undefined && short !== 'HEAD') names.add(short);
}

function gitFolder(path: string): string | undefined {
  // A path below a file is an error even with throwIfNoEntry.
  if (!existsSync(path)) return undefined;
  if (statSync(path).isDirectory()) return path;
  const target = /^gitdir: (.+)$/.exec(read(path) ?? '')?.[1];
  if (target === undefined) return undefined;
  return isAbsolute(target) ? target : resolve(path, '..', target);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** `packed-refs`: `commit name` lines; a line `^commit` gives the commit of the annotated tag before it. */
function packedReferences(git: string): Map<string, { commit: string; peeled?: string }> {
  const references = new Map<string, { commit: string; peeled?: string }>();
  let last: string | undefined;
  for (const line of (read(join(git, 'packed-refs')) ?? '').split('\n')) {
    const peeled = /^\^([0-9a-f]+)/.exec(line)?.[1];
    const [, commit, name] = /^([0-9a-f]+) (.+)$/.exec(line) ?? [];
    if (peeled !== undefined && last !== undefined) {
      references.set(last, { commit: references.get(last)!.commit, peeled });
    } else if (commit !== undefined && name !== undefined) {
      references.set(name, { commit });
      last = name;
    }
  }
  return references;
}

function looseReferences(git: string, under: string): string[] {
  const folder = join(git, under);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? looseReferences(git, `${under}/${entry.name}`) : [`${under}/${entry.name}`],
  );
}

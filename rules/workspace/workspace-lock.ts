import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { readCheckout } from '../index/checkout.ts';
import { lockDifferences, lockFile, readLock, type Lock, type LockedComponent } from '../index/lock.ts';
import { isRemote } from './components.ts';
import type { Workspace } from './workspace.ts';

/** The folder that a workspace's lock file is in. */
export function lockFolder(workspace: Workspace): string {
  return workspace.project?.folder ?? workspace.app;
}

/** The components of a workspace as they lie there now, without archives. */
export function componentsOf(workspace: Workspace): Lock['components'] {
  const entry = (folder: string, version: string | undefined): LockedComponent => {
    const commit = readCheckout(folder)?.commit;
    const source = remoteOf(folder);
    return {
      ...(version !== undefined && { version }),
      ...(source !== undefined && { source }),
      ...(commit !== undefined && { commit }),
    };
  };
  const components: Record<string, LockedComponent> = {};
  for (const { kind, name, folder, component } of workspace.used) {
    components[kind === 'core' ? name : `lib/${name}`] = entry(folder, component?.version);
  }
  return components;
}

/** The locked commits of the project in `folder`, by `unikraft` or `lib/NAME`. */
export function pinsOf(folder: string): Result<Record<string, string>, Diagnostic> {
  const lock = readLock(folder);
  if (!lock.ok) return lock;
  const pins: Record<string, string> = {};
  for (const [name, { commit }] of Object.entries(lock.value?.components ?? {})) {
    if (commit !== undefined) pins[name] = commit;
  }
  return ok(pins);
}

/** A lock that everything agrees with. */
export interface FrozenLock extends Lock {
  /** The files that this was told from. */
  readonly read: readonly string[];
}

/**
 * What `--frozen` asks for: a lock file, and every component as it says.
 * Archives are compared when they are fetched (`archiveDifference`).
 */
export function checkFrozen(workspace: Workspace): Result<FrozenLock, Diagnostic> {
  const folder = lockFolder(workspace);
  const lock = readLock(folder);
  if (!lock.ok) return lock;
  if (lock.value === undefined) {
    return fail({
      message: `there is no lock file ${lockFile(folder)}`,
      hint: "Make it with 'unigraph lock'.",
    });
  }
  const actual = { components: componentsOf(workspace), archives: {} };
  const differences = lockDifferences(lock.value, actual);
  if (differences.length === 0) {
    // Every move of HEAD, a commit included, is written into its log.
    const heads = workspace.used.flatMap((each) => [
      join(each.folder, '.git/HEAD'),
      join(each.folder, '.git/logs/HEAD'),
    ]);
    return ok({ ...lock.value, read: [lockFile(folder), ...heads] });
  }
  return fail({
    message: `the project is not as it is locked: ${differences.join('; ')}`,
    location: { file: lockFile(folder), line: 0, column: 0 },
    hint: "Get the locked commits with 'unigraph list pull --frozen', or accept what is there with 'unigraph lock'.",
  });
}

/** The address in `.git/config` that a folder was cloned from, without passwords. */
function remoteOf(folder: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, '.git/config'), 'utf8');
  } catch {
    return undefined;
  }
  const section = /^\[remote "origin"\]\s*\n((?:\s+.*\n?)*)/m.exec(text)?.[1] ?? '';
  const url = /^\s*url\s*=\s*(.+?)\s*$/m.exec(section)?.[1];
  // A path of this machine means nothing to those who share the lock file.
  return url !== undefined && isRemote(url) && !/^file:/i.test(url)
    ? url.replace(/^([a-z]+:\/\/)[^@/]*@/i, '$1')
    : undefined;
}

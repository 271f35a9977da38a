import path from 'node:path';
import { isGroup } from '../../engine/graph/action.ts';
import type { Reason } from '../../engine/graph/reason.ts';
import { explainNow, type Explained } from './explain.ts';
import type { KnownBuild } from './known-build.ts';
import { optionDifferences, readOptions, type OptionDifference } from './option-differences.ts';
import { staleOutputs } from './stale-outputs.ts';

/** What kind of thing is another than at the last build. */
export type ChangeKind =
  'source' | 'patch' | 'option' | 'command' | 'environment' | 'output' | 'new-action' | 'forced';

/** One thing that changed, and what it makes run. */
export interface Change {
  readonly kind: ChangeKind;
  /** A path, an option, a variable, or the action for `new-action` and `command`. */
  readonly what: string;
  readonly how: 'changed' | 'added' | 'removed';
  readonly from?: string;
  readonly to?: string;
  /** Actions that run because of it, whatever else is so. */
  readonly actions: number;
  /** Actions that run after those if they make anything new. */
  readonly following: number;
}

/** What is another than at the last build. */
export interface SinceBuild {
  /** Options of the configuration file that the last build saw with another value. */
  readonly options: readonly OptionDifference[];
  /** What made the makefiles' evaluation stale: the first that was found. */
  readonly makefiles: readonly string[];
  readonly changes: readonly Change[];
  /** Actions that the makefiles no longer have. */
  readonly removedActions: readonly string[];
  /** How many actions run for certain, and how many more perhaps. */
  readonly certain: number;
  readonly perhaps: number;
}

/** Compares the state of the disk with what the last build was made from. */
export function sinceBuild(known: KnownBuild): SinceBuild {
  const { graph, workspace } = known;
  const explained = explainNow(known);
  const followers = new Map<string, string[]>();
  for (const { id, after } of explained) {
    for (const before of after) {
      const ids = followers.get(before);
      if (ids === undefined) followers.set(before, [id]);
      else ids.push(id);
    }
  }
  const makes = (name: string): boolean => {
    const producer = graph.producer(name);
    return producer !== undefined && !isGroup(graph.actions[producer]!);
  };
  const causes = new Map<string, { change: Omit<Change, 'actions' | 'following'>; ids: Set<string> }>();
  for (const each of explained) {
    for (const reason of each.reasons) {
      const change = changeOf(reason, each, makes);
      if (change === undefined) continue;
      const key = `${change.kind} ${change.what} ${change.how}`;
      const cause = causes.get(key) ?? { change, ids: new Set() };
      cause.ids.add(each.id);
      causes.set(key, cause);
    }
  }
  const changes = [...causes.values()].map(({ change, ids }): Change => {
    const reached = new Set(ids);
    for (const id of reached) for (const next of followers.get(id) ?? []) reached.add(next);
    return { ...change, actions: ids.size, following: reached.size - ids.size };
  });
  const built = readOptions(path.join(workspace.build, 'config'));
  const now = readOptions(workspace.config);
  const certain = explained.filter(({ reasons }) => reasons.some(({ kind }) => kind !== 'always')).length;
  return {
    options: built === undefined || now === undefined ? [] : optionDifferences(built, now),
    makefiles: known.stale,
    changes: changes.sort((a, b) => b.actions - a.actions || (a.what < b.what ? -1 : 1)),
    removedActions: [...staleOutputs(known).actions].sort(),
    certain,
    perhaps: explained.filter(({ reasons }) => reasons.length === 0).length,
  };
}

/** Whether a build would be another than the last one. */
export function differsSinceBuild({ options, changes, removedActions }: SinceBuild): boolean {
  return options.length > 0 || changes.length > 0 || removedActions.length > 0;
}

/**
 * The change behind a reason; undefined for what follows from another change.
 * @param makes whether an action makes a file
 */
function changeOf(
  reason: Reason,
  { id }: Explained,
  makes: (name: string) => boolean,
): Omit<Change, 'actions' | 'following'> | undefined {
  const file = (name: string, how: Change['how']): Omit<Change, 'actions' | 'following'> | undefined =>
    makes(name) ? undefined : { kind: name.endsWith('.patch') ? 'patch' : 'source', what: name, how };
  switch (reason.kind) {
    case 'never-built':
      return { kind: 'new-action', what: id, how: 'added' };
    case 'always':
      return undefined;
    case 'forced':
      return { kind: 'forced', what: id, how: 'changed' };
    case 'command':
      return { kind: 'command', what: id, how: 'changed' };
    case 'environment':
      return { kind: 'environment', what: reason.name, how: 'changed', ...values(reason) };
    case 'input-changed':
      return file(reason.path, 'changed');
    case 'input-added':
      return file(reason.path, 'added');
    case 'input-removed':
    case 'input-missing':
      return file(reason.path, 'removed');
    case 'shadowed':
      return file(reason.by, 'added');
    case 'symbol':
      return { kind: 'option', what: reason.name, how: 'changed', ...values(reason) };
    case 'output-missing':
      return { kind: 'output', what: reason.path, how: 'removed' };
    case 'output-changed':
      return { kind: 'output', what: reason.path, how: 'changed' };
  }
}

const values = ({ from, to }: { from?: string; to?: string }): { from?: string; to?: string } => ({
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
});

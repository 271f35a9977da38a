import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../engine/result.ts';
import { git, type GitFailure, type GitOptions } from './git.ts';

/** What stands against changing a git working tree: what somebody has done there that is nowhere else. */
export interface WorkState {
  /** The branch; undefined when HEAD is detached. */
  readonly branch?: string;
  /** Undefined in a repository without commits. */
  readonly commit?: string;
  /** Files that are changed, staged or new (ignored ones do not count). */
  readonly changed: number;
  /** Commits on HEAD that no remote branch and no tag has. */
  readonly unpublished: number;
  /** A merge, rebase, cherry-pick or bisection that is not finished. */
  readonly operation?: string;
}

const operations: readonly [string, string][] = [
  ['MERGE_HEAD', 'merge'],
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisection'],
];

/** Reads the state of the working tree in `folder`. Nothing is written. */
export async function workState(folder: string, options: GitOptions): Promise<Result<WorkState, GitFailure>> {
  const at = { ...options, cwd: folder };
  const top = await git(['rev-parse', '--show-toplevel', '--absolute-git-dir'], at);
  if (!top.ok) return top;
  const gitFolder = top.value.split('\n')[1] ?? join(folder, '.git');
  const status = await git(['status', '--porcelain=v2', '--branch', '--untracked-files=normal'], at);
  if (!status.ok) return status;
  const lines = status.value.split('\n');
  const header = (name: string) =>
    lines.find((line) => line.startsWith(`# branch.${name} `))?.slice(name.length + 10);
  const branch = header('head');
  const commit = header('oid');
  const changed = lines.filter((line) => line !== '' && !line.startsWith('#')).length;
  let unpublished = 0;
  if (commit !== undefined && commit !== '(initial)') {
    const count = await git(['rev-list', '--count', 'HEAD', '--not', '--remotes', '--tags'], at);
    if (!count.ok) return count;
    unpublished = Number(count.value);
    if (!Number.isInteger(unpublished)) return fail({ reason: 'other', output: count.value });
  }
  const operation = operations.find(([file]) => existsSync(join(gitFolder, file)))?.[1];
  return ok({
    ...(branch !== undefined && branch !== '(detached)' && { branch }),
    ...(commit !== undefined && commit !== '(initial)' && { commit }),
    changed,
    unpublished,
    ...(operation !== undefined && { operation }),
  });
}

/** Why the tree must be left alone, for a person; undefined when nothing would be lost or disturbed. */
export function workInProgress(state: WorkState): string | undefined {
  if (state.operation !== undefined) return `a ${state.operation} is under way there`;
  const reasons = [
    ...(state.changed > 0 ? [`${state.changed} changed or new file${state.changed === 1 ? '' : 's'}`] : []),
    ...(state.unpublished > 0
      ? [`${state.unpublished} commit${state.unpublished === 1 ? '' : 's'} of its own`]
      : []),
  ];
  return reasons.length === 0 ? undefined : `it has ${reasons.join(' and ')}`;
}

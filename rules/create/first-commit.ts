import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { describeGitFailure, git, type GitOptions } from '../index/git.ts';

export interface FirstCommit {
  readonly branch: string;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** Paths in the folder. */
  readonly files: readonly string[];
}

/**
 * Makes the folder a repository, if it is none yet, and commits the new files on the branch. Nothing else of the folder
 * is committed; the user's hooks and signing do not apply to a generated commit.
 * @returns the commit, or undefined when there was nothing to commit
 */
export async function commitFirst(
  folder: string,
  { branch, message, author, files }: FirstCommit,
  options: GitOptions,
): Promise<Result<string | undefined, Diagnostic>> {
  const at = { ...options, cwd: folder };
  const { name, email } = author;
  const identity = [
    '-c',
    `user.name=${name}`,
    '-c',
    `user.email=${email}`,
    '-c',
    'commit.gpgSign=false',
    '-c',
    'core.hooksPath=/dev/null',
  ];
  const steps: string[][] = [];
  if (!existsSync(join(folder, '.git'))) {
    // `init --initial-branch` is not there before git 2.28.
    steps.push(['init', '--quiet'], ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  }
  steps.push(['add', '--force', '--', ...files]);
  for (const step of steps) {
    const done = await git(step, at);
    if (!done.ok) return fail(describeGitFailure(done.error, `make a repository in ${folder}`));
  }
  const staged = await git(['diff', '--cached', '--quiet', '--', ...files], at);
  const isFirst = !(await git(['rev-parse', '--verify', '--quiet', 'HEAD'], at)).ok;
  if (staged.ok && !isFirst) return ok(undefined);
  const committed = await git([...identity, 'commit', '--quiet', '--message', message, '--', ...files], at);
  if (!committed.ok) return fail(describeGitFailure(committed.error, `commit in ${folder}`));
  const commit = await git(['rev-parse', 'HEAD'], at);
  return commit.ok
    ? ok(commit.value)
    : fail(describeGitFailure(commit.error, `read the commit in ${folder}`));
}

/** The user's name and address as git knows them. */
export async function gitAuthor(
  options: GitOptions,
): Promise<{ name: string | undefined; email: string | undefined }> {
  const read = async (key: string): Promise<string | undefined> => {
    const value = await git(['config', '--get', key], options);
    return value.ok && value.value !== '' ? value.value : undefined;
  };
  const name = options.environment['GIT_AUTHOR_NAME'] ?? (await read('user.name'));
  const email = options.environment['GIT_AUTHOR_EMAIL'] ?? (await read('user.email'));
  return { name, email };
}

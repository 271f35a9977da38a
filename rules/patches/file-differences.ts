import { copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { Environment } from '../workspace/working-folders.ts';

/** Files that patch(1) cannot bring about: their names, and what they are. */
export function unpatchable(folders: readonly string[], names: readonly string[]): Diagnostic | undefined {
  for (const name of names) {
    for (const folder of folders) {
      const stat = lstatSync(join(folder, name), { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (!stat.isFile())
        return {
          message: `${name} is not a plain file, which a patch cannot carry`,
          hint: 'Undo that edit.',
        };
      if (isBinary(join(folder, name))) {
        return {
          message: `${name} is a binary file, which patch(1) cannot carry`,
          hint: 'Keep it in the library beside Makefile.uk and use it from there, and undo that edit.',
        };
      }
    }
  }
  return undefined;
}

/** git's own rule (xdiff-interface.c): a zero byte among the first 8000. */
function isBinary(file: string): boolean {
  return readFileSync(file).subarray(0, 8000).includes(0);
}

/**
 * The differences of files between two folders, in the form that `patch -p1` and `git am` take.
 * @param work an empty folder for copies, so that names come out as `a/NAME` and `b/NAME`
 * @param names relative to both folders; a file may be missing in one of them
 */
export async function fileDifferences(
  before: string,
  after: string,
  names: readonly string[],
  work: string,
  environment: Environment,
): Promise<Result<string, Diagnostic>> {
  for (const [side, folder] of [
    ['a', before],
    ['b', after],
  ] as const) {
    mkdirSync(join(work, side));
    for (const name of names) {
      if (!existsSync(join(folder, name))) continue;
      mkdirSync(dirname(join(work, side, name)), { recursive: true });
      copyFileSync(join(folder, name), join(work, side, name));
    }
  }
  const { execa } = await import('execa');
  const own = {
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CEILING_DIRECTORIES: work,
  };
  const env = Object.fromEntries(
    Object.entries({ ...environment, ...own }).filter(
      ([name, value]) => value !== undefined && !/^GIT_(?!CONFIG_NO|CONFIG_GL|CEIL)/.test(name),
    ),
  );
  const options = [
    '--no-index',
    '--no-prefix',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    '--no-renames',
  ];
  const result = await execa('git', ['diff', ...options, '--', 'a', 'b'], {
    cwd: work,
    env,
    extendEnv: false,
    stdin: 'ignore',
    encoding: 'buffer',
    stripFinalNewline: false,
    reject: false,
    maxBuffer: 1 << 30,
  });
  if (result.code === 'ENOENT')
    return fail({ message: 'git is not installed', hint: 'Install it: sudo apt-get install git.' });
  // 1: they differ.
  if (result.exitCode !== 0 && result.exitCode !== 1) {
    return fail({ message: `git cannot compare the files: ${Buffer.from(result.stderr).toString().trim()}` });
  }
  // For a file of one side only, git writes that side twice.
  const text = Buffer.from(result.stdout).toString('latin1');
  return ok(text.replace(/^diff --git ("?)[ab]\/(.*) \1[ab]\/\2$/gm, 'diff --git $1a/$2 $1b/$2'));
}

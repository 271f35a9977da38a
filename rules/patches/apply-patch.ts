import { readFileSync } from 'node:fs';
import type { ApplyPatch } from '../stages/origin-tree.ts';
import type { Environment } from '../workspace/working-folders.ts';

/** Applies a patch with patch(1), with the options of the tree's rule (support/build/Makefile.rules, `patch`). */
export function applyWithPatch(environment: Environment): ApplyPatch {
  return async (folder, patch) => {
    const { execa } = await import('execa');
    const env = Object.fromEntries(
      Object.entries({ ...environment, LC_ALL: 'C' }).filter(([, value]) => value !== undefined),
    );
    const result = await execa('patch', ['-s', '-p1', '-d', folder], {
      env,
      extendEnv: false,
      input: readFileSync(patch),
      all: true,
      reject: false,
    });
    if (result.code === 'ENOENT') return "patch is not installed: install the Debian package 'patch'";
    if (!result.failed) return undefined;
    return `${patch} does not apply:\n  ${result.all.trim().replaceAll('\n', '\n  ')}`;
  };
}

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { CommandLineVariable, Workspace } from '../../../rules/workspace/workspace.ts';
import { evaluateWorkspace, type EvaluatedWorkspace } from '../../../rules/variables/evaluated-workspace.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder with files, removed after the tests of the file. @returns its path without links */
export function filesIn(files: Readonly<Record<string, string | Buffer>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'variables-')));
  made.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

/** A workspace; what is not given lies in `root`. */
export function workspaceIn(root: string, given: Partial<Workspace> = {}): Workspace {
  mkdirSync(join(root, 'build'), { recursive: true });
  return {
    core: root,
    app: join(root, 'app'),
    libraries: [],
    platforms: [],
    exclude: [],
    build: join(root, 'build'),
    config: join(root, 'config'),
    kconfig: [],
    variables: [],
    used: [],
    folders: { core: root, libraries: root, platforms: root, apps: root } as Workspace['folders'],
    notices: [],
    read: [],
    ...given,
  };
}

/** The environment of an evaluation: nothing of the tests' own. */
export const environment: Readonly<Record<string, string>> = { PATH: process.env['PATH'] ?? '' };

/** Evaluates one makefile, which must be right. `.config` is empty. */
export function evaluated(
  makefile: string,
  follow?: string,
  variables: readonly CommandLineVariable[] = [],
): EvaluatedWorkspace {
  const root = filesIn({ Makefile: makefile, config: '' });
  const result = evaluateWorkspace(workspaceIn(root, { variables }), environment, follow);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

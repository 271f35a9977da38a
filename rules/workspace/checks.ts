import { existsSync, statSync } from 'node:fs';
import type { Diagnostic } from '../../engine/location.ts';
import { makePathProblem } from './make-path.ts';
import { whyNotWritable } from './tree.ts';
import type { Workspace } from './workspace.ts';

/** The first path that the core's Makefile cannot take. */
export function pathProblem(workspace: Workspace): Diagnostic | undefined {
  const named: [string, string][] = [
    ['core', workspace.core],
    ['application', workspace.app],
    ...workspace.libraries.map((path): [string, string] => ['library', path]),
    ...workspace.platforms.map((path): [string, string] => ['platform', path]),
    ...workspace.exclude.map((path): [string, string] => ['excluded folder', path]),
    ['build folder', workspace.build],
    ['configuration file', workspace.config],
  ];
  for (const [what, path] of named) {
    const problem = makePathProblem(path, what);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The build folder is written to and, by `properclean`, removed: it must be a folder of its own. */
export function buildFolderProblem(workspace: Workspace, readOnly: boolean): Diagnostic | undefined {
  const { build } = workspace;
  const hint = 'Name another build folder with --output DIR (O=).';
  const taken = [workspace.core, workspace.app, ...workspace.libraries, ...workspace.platforms];
  const inside = taken.find((folder) => folder === build || folder.startsWith(`${build}/`));
  if (inside !== undefined) {
    return {
      message: `the build folder ${build} holds the sources in ${inside}, and cleaning would remove them`,
      hint,
    };
  }
  if (existsSync(build) && !statSync(build).isDirectory()) {
    return { message: `the build folder ${build} is a file`, hint };
  }
  const reason = readOnly ? undefined : whyNotWritable(build);
  return reason === undefined
    ? undefined
    : { message: `cannot write to the build folder ${build}: ${reason}`, hint };
}

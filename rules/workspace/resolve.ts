import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { findCore } from './find-core.ts';
import { findProject, projectAt, type Project } from './find-project.ts';
import { makePathProblem } from './make-path.ts';
import { coreFolder, existingFolder, makefileFolder, realAsFarAsPossible, whyNotWritable } from './tree.ts';
import type { Workspace, WorkspaceOptions } from './workspace.ts';
import { expandHome, workingFolders, type Environment } from './working-folders.ts';

const appHint = 'Go to an application (a folder with a Makefile.uk), or name it with --app DIR.';

/**
 * Finds out what is to be built. Sources, the first that says something wins: `options`; the nearest project from
 * `cwd` upwards; the environment (`UK_ROOT`, `UK_WORKDIR`, …); what lies beside the application.
 * @param cwd absolute path of the folder that relative paths in `options` start at
 * @returns the workspace, or the first thing that is wrong
 */
// Asynchronous, so that a build without a manifest does not load the manifest reader.
// eslint-disable-next-line @typescript-eslint/require-await
export async function resolveWorkspace(
  options: WorkspaceOptions,
  cwd: string,
  environment: Environment,
): Promise<Result<Workspace, Diagnostic>> {
  const absolute = (path: string): string => resolve(cwd, expandHome(path, environment));
  const read: string[] = [];

  const project = locate(options, cwd, absolute, read);
  if (!project.ok) return project;
  const app = project.value.folder;
  const folders = workingFolders(environment, cwd, app);

  const core =
    options.core !== undefined
      ? coreFolder(
          absolute(options.core),
          "Correct --core, or get a core with 'unigraph list pull unikraft'.",
        )
      : project.value.kind === 'core'
        ? ok(app)
        : findCore(app, folders, environment);
  if (!core.ok) return core;

  const libraries = each(options.libraries, (path) =>
    makefileFolder(absolute(path), 'library', 'Correct --lib (L=).'),
  );
  if (!libraries.ok) return libraries;
  const platforms = each(options.platforms, (path) =>
    makefileFolder(absolute(path), 'platform', 'Correct --plat (P=).'),
  );
  if (!platforms.ok) return platforms;
  const exclude = each(options.exclude, (path) =>
    existingFolder(absolute(path), 'excluded folder', 'Correct --exclude (E=).'),
  );
  if (!exclude.ok) return exclude;

  const workspace: Workspace = {
    core: core.value,
    app,
    libraries: unique(libraries.value),
    platforms: unique(platforms.value),
    exclude: unique(exclude.value),
    build: realAsFarAsPossible(options.build === undefined ? join(app, 'build') : absolute(options.build)),
    config: configFile(options.config === undefined ? join(app, '.config') : absolute(options.config)),
    ...(options.name !== undefined && { name: options.name }),
    kconfig: [],
    variables: options.variables ?? [],
    folders,
    notices: [],
    read,
  };
  const problem = pathProblem(workspace) ?? buildFolderProblem(workspace, options.readOnly ?? false);
  return problem === undefined ? ok(workspace) : fail(problem);
}

/** The application's folder: what `--app` names, or the nearest from the current folder upwards. */
function locate(
  options: WorkspaceOptions,
  cwd: string,
  absolute: (path: string) => string,
  read: string[],
): Result<Project, Diagnostic> {
  if (options.app !== undefined) {
    const folder = existingFolder(absolute(options.app), 'application', 'Correct --app (A=).');
    if (!folder.ok) return folder;
    read.push(folder.value);
    const project = projectAt(folder.value);
    if (project !== undefined) return ok(project);
    return makefileFolderProject(folder.value);
  }
  const start = existingFolder(cwd, 'folder', appHint);
  if (!start.ok) return start;
  const project = findProject(start.value, read);
  if (project !== undefined) return ok(project);
  return fail({
    message: `there is no application in ${start.value} or above: no Makefile.uk and no manifest`,
    hint: appHint,
  });
}

function makefileFolderProject(folder: string): Result<Project, Diagnostic> {
  const checked = makefileFolder(folder, 'application', appHint);
  return checked.ok ? ok({ kind: 'application', folder: checked.value }) : checked;
}

function each(
  paths: readonly string[] | undefined,
  check: (path: string) => Result<string, Diagnostic>,
): Result<string[], Diagnostic> {
  const found: string[] = [];
  for (const path of paths ?? []) {
    const result = check(path);
    if (!result.ok) return result;
    found.push(result.value);
  }
  return ok(found);
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)];
}

/** The top Makefile resolves the folder of `C=` and keeps the file's own name, be it a link or not. */
function configFile(path: string): string {
  return join(realAsFarAsPossible(resolve(path, '..')), path.slice(path.lastIndexOf('/') + 1));
}

function pathProblem(workspace: Workspace): Diagnostic | undefined {
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
function buildFolderProblem(workspace: Workspace, readOnly: boolean): Diagnostic | undefined {
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

import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { KconfigSetting, Manifest, Target } from '../manifest/manifest.ts';
import { buildFolderProblem, pathProblem } from './checks.ts';
import { bareName, locateComponent, type Surrounding } from './components.ts';
import { findCore } from './find-core.ts';
import { findProject, projectAt, type Project } from './find-project.ts';
import { loadManifest } from './load-manifest.ts';
import { chooseTarget, libraryKconfig, targetKconfig } from './target.ts';
import { coreFolder, existingFolder, isCore, makefileFolder, realAsFarAsPossible } from './tree.ts';
import { versionNotice } from './version-check.ts';
import { readWrapper } from './wrapper-makefile.ts';
import type { UsedComponent, Workspace, WorkspaceOptions } from './workspace.ts';
import { expandHome, workingFolders, type Environment, type WorkingFolders } from './working-folders.ts';

const appHint = 'Go to an application (a folder with a Makefile.uk), or name it with --app DIR.';
const coreHint = "Correct --core, or get a core with 'unigraph list pull unikraft'.";

/**
 * Finds out what is to be built. Sources, the first that says something wins: `options`; the nearest project from
 * `cwd` upwards and its manifest; the environment (`UK_ROOT`, `UK_WORKDIR`, …); what lies beside the application. An
 * application without a manifest may have a Makefile that says it all (`wrapper-makefile.ts`).
 * @param cwd absolute path of the folder that relative paths in `options` start at
 * @returns the workspace, or what is wrong; several problems of a manifest come as one diagnostic
 */
export async function resolveWorkspace(
  options: WorkspaceOptions,
  cwd: string,
  environment: Environment,
): Promise<Result<Workspace, Diagnostic>> {
  const absolute = (path: string): string => resolve(cwd, expandHome(path, environment));
  const read: string[] = [];
  const notices: Diagnostic[] = [];

  const project = locate(options, cwd, absolute, read);
  if (!project.ok) return project;
  let manifest: Manifest | undefined;
  if (project.value.kind === 'manifest') {
    const loaded = await loadManifest(project.value.file, environment);
    if (!loaded.ok) return loaded;
    manifest = loaded.value;
    read.push(...manifest.read);
    notices.push(...manifest.notices, ...alsoThere(project.value));
  }
  const folder = project.value.folder;
  const folders = workingFolders(environment, cwd);
  const around: Surrounding = {
    app: folder,
    folders,
    environment,
    looked: read,
    ...(options.pinned !== undefined && { pinned: options.pinned }),
    ...(manifest !== undefined && { listed: await listedFolders(folders, read) }),
  };

  const app = applicationFolder(project.value, manifest, around);
  if (!app.ok) return app;
  // An application's own Makefile counts only where there is no manifest.
  const wrapper = project.value.kind === 'application' ? readWrapper(folder, environment) : undefined;
  if (project.value.kind === 'application') read.push(join(folder, 'Makefile'));
  const core =
    options.core !== undefined
      ? coreFolder(absolute(options.core), coreHint)
      : project.value.kind === 'core'
        ? ok(folder)
        : wrapper !== undefined && isCore(wrapper.core)
          ? coreFolder(wrapper.core, coreHint)
          : findCore(manifest?.core, folder, around);
  if (!core.ok) return core;
  if (manifest?.core !== undefined && options.core === undefined) {
    notices.push(...maybe(versionNotice(manifest.core, core.value)));
  }
  const wrapped = wrapper === undefined ? {} : { wrapped: wrapper.libraries };
  const libraries = libraryFolders({ ...options, ...wrapped }, manifest, around, absolute, notices);
  if (!libraries.ok) return libraries;
  const platforms = each(options.platforms ?? wrapper?.platforms ?? [], (path) =>
    makefileFolder(absolute(path), 'platform', 'Correct --plat (P=).'),
  );
  if (!platforms.ok) return platforms;
  const exclude = each(options.exclude ?? [], (path) =>
    existingFolder(absolute(path), 'excluded folder', 'Correct --exclude (E=).'),
  );
  if (!exclude.ok) return exclude;
  const target = chooseTarget(options.target, manifest);
  if (!target.ok) return target;

  const build = options.build === undefined ? undefined : absolute(options.build);
  const config = options.config === undefined ? undefined : absolute(options.config);
  const workspace: Workspace = {
    core: core.value,
    app: app.value,
    libraries: unique(libraries.value.map((library) => library.folder)),
    platforms: unique(platforms.value),
    exclude: unique(exclude.value),
    build: realAsFarAsPossible(build ?? resolve(folder, manifest?.outputFolder ?? 'build')),
    config: configFile(config ?? defaultConfig(folder, manifest, target.value)),
    ...(options.name !== undefined && { name: options.name }),
    ...(manifest !== undefined && { project: manifest }),
    ...(target.value !== undefined && { target: target.value }),
    kconfig: [
      ...imageName(manifest),
      ...(manifest?.core?.kconfig ?? []),
      ...(target.value === undefined ? [] : targetKconfig(target.value, core.value)),
      ...libraries.value.flatMap((library) => library.kconfig),
    ],
    variables: options.variables ?? [],
    used: [
      {
        kind: 'core',
        name: 'unikraft',
        folder: core.value,
        ...(manifest?.core !== undefined && { component: manifest.core }),
      },
      ...libraries.value.map(({ kconfig: _, ...library }) => library),
    ],
    folders,
    notices,
    read,
  };
  const problem = pathProblem(workspace) ?? buildFolderProblem(workspace, options.readOnly ?? false);
  return problem === undefined ? ok(workspace) : fail(problem);
}

/** The project's folder: what `--app` names, or the nearest from the current folder upwards. */
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
    const checked = makefileFolder(folder.value, 'application', appHint);
    return checked.ok ? ok({ kind: 'application', folder: checked.value }) : checked;
  }
  const start = existingFolder(cwd, 'folder', appHint);
  if (!start.ok) return start;
  const project = findProject(start.value, read);
  if (project !== undefined) return ok(project);
  const message = `there is no application in ${start.value} or above: no Makefile.uk and no manifest`;
  return fail({ message, hint: appHint });
}

/** The folder for `A=`: the project's, or that of the template that the manifest builds on. */
function applicationFolder(
  project: Project,
  manifest: Manifest | undefined,
  around: Surrounding,
): Result<string, Diagnostic> {
  if (manifest === undefined || existsSync(join(project.folder, 'Makefile.uk'))) return ok(project.folder);
  if (manifest.template !== undefined) {
    const template = { ...manifest.template, name: manifest.template.version ?? 'template' };
    return locateComponent('application', template, project.folder, around);
  }
  if (manifest.runtime !== undefined) {
    return fail({
      message: 'this project uses a prebuilt image (runtime): there is nothing to build',
      location: manifest.runtime.location,
      hint: "To build the application itself, name a core: 'unikraft: stable', and add a Makefile.uk.",
    });
  }
  return makefileFolder(project.folder, 'application', "Create one, e.g. with 'unigraph init'.");
}

interface LibraryInUse extends UsedComponent {
  readonly kconfig: readonly KconfigSetting[];
}

/**
 * The libraries, in order. `L=` is the whole list. Otherwise those of the manifest in its order; a library of `--lib`
 * takes the place of the one of the same name, or follows.
 */
function libraryFolders(
  options: WorkspaceOptions & { readonly wrapped?: readonly string[] },
  manifest: Manifest | undefined,
  around: Surrounding,
  absolute: (path: string) => string,
  notices: Diagnostic[],
): Result<LibraryInUse[], Diagnostic> {
  const given = (paths: readonly string[]) =>
    each(paths, (path) => makefileFolder(absolute(path), 'library', 'Correct --lib (L=).'));
  const whole = options.libraries === undefined ? undefined : given(options.libraries);
  if (whole !== undefined && !whole.ok) return whole;
  const more = given(options.moreLibraries ?? []);
  if (!more.ok) return more;
  const rest = new Map(more.value.map((folder) => [bareName('library', basename(folder)), folder]));
  const plain = (folder: string): LibraryInUse => ({
    kind: 'library',
    name: bareName('library', basename(folder)),
    folder,
    kconfig: [],
  });
  const found = (whole?.value ?? []).map(plain);
  if (whole === undefined && manifest === undefined) {
    const wrapped = each(options.wrapped ?? [], (path) =>
      makefileFolder(path, 'library', `${join(around.app, 'Makefile')} names it: correct it, or give L=.`),
    );
    if (!wrapped.ok) return wrapped;
    for (const library of wrapped.value.map(plain)) {
      const own = rest.get(library.name);
      rest.delete(library.name);
      found.push(own === undefined ? library : plain(own));
    }
  }
  for (const library of whole === undefined ? (manifest?.libraries ?? []) : []) {
    const name = bareName('library', library.name);
    const own = rest.get(name);
    rest.delete(name);
    const folder = own !== undefined ? ok(own) : locateComponent('library', library, around.app, around);
    if (!folder.ok) return folder;
    if (own === undefined) notices.push(...maybe(versionNotice(library, folder.value)));
    const kconfig = libraryKconfig(library, folder.value);
    found.push({ kind: 'library', name, folder: folder.value, component: library, kconfig });
  }
  return ok([...found, ...[...rest.values()].map(plain)]);
}

/** The folders on this machine that the user has put on the list. */
async function listedFolders(
  folders: WorkingFolders,
  read: string[],
): Promise<NonNullable<Surrounding['listed']>> {
  const catalogue = join(folders.cache, 'index.json');
  read.push(catalogue);
  if (!existsSync(catalogue)) return () => undefined;
  const { readCatalogue } = await import('../index/catalogue.ts');
  const local = readCatalogue(folders).components.filter((component) => component.local);
  return (kind, name) => local.find((each) => each.kind === kind && each.name === name)?.place;
}

/** The image's name as the manifest gives it; on make's command line it would win over menuconfig. */
function imageName(manifest: Manifest | undefined): KconfigSetting[] {
  if (manifest?.name === undefined) return [];
  return [{ name: 'UK_NAME', value: manifest.name, location: { file: manifest.file, line: 0, column: 0 } }];
}

/** `.config`, unless KraftKit has left one for just this target (`.config.NAME_PLATFORM-ARCHITECTURE`). */
function defaultConfig(folder: string, manifest: Manifest | undefined, target: Target | undefined): string {
  const usual = join(folder, '.config');
  if (target === undefined) return usual;
  const name = target.name ?? manifest?.name ?? basename(folder);
  const own = `${usual}.${name}_${target.platform}-${target.architecture}`;
  return !existsSync(usual) && existsSync(own) ? own : usual;
}

/** The top Makefile resolves the folder of `C=` and keeps the file's own name, be it a link or not. */
function configFile(path: string): string {
  return join(realAsFarAsPossible(resolve(path, '..')), basename(path));
}

function alsoThere(project: Extract<Project, { kind: 'manifest' }>): Diagnostic[] {
  if (project.also.length === 0) return [];
  const others = project.also.map((path) => basename(path)).join(', ');
  return [
    {
      message: `${project.folder} has more than one manifest; ${basename(project.file)} is used, not ${others}`,
    },
  ];
}

function each(
  paths: readonly string[],
  check: (path: string) => Result<string, Diagnostic>,
): Result<string[], Diagnostic> {
  const found: string[] = [];
  for (const path of paths) {
    const result = check(path);
    if (!result.ok) return result;
    found.push(result.value);
  }
  return ok(found);
}

function maybe(notice: Diagnostic | undefined): Diagnostic[] {
  return notice === undefined ? [] : [notice];
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)];
}

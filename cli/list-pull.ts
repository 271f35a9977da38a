import { join, resolve } from 'node:path';
import { formatDiagnostic, type Diagnostic } from '../engine/location.ts';
import { ok, type Result } from '../engine/result.ts';
import { formatName, parseAsked } from '../rules/index/component-name.ts';
import { findRepository, repositoryAt, type Repository } from '../rules/index/find-repository.ts';
import { readLock } from '../rules/index/lock.ts';
import { canonicalUrl } from '../rules/index/origin.ts';
import { folderFor, pull, type Pulled } from '../rules/index/pull.ts';
import type { Component, Manifest } from '../rules/manifest/manifest.ts';
import { splitSource } from '../rules/manifest/normalize.ts';
import {
  bareName,
  componentPlaces,
  firstPresent,
  isRemote,
  type ComponentKind,
} from '../rules/workspace/components.ts';
import { findProject, projectAt } from '../rules/workspace/find-project.ts';
import { loadManifest } from '../rules/workspace/load-manifest.ts';
import { workingFolders, type WorkingFolders } from '../rules/workspace/working-folders.ts';
import type { Command, Surroundings } from './command.ts';
import { complain, openIndex, problem, ProgressLine, type IndexContext } from './index-context.ts';

interface PullArguments {
  readonly name?: readonly string[];
  readonly into?: string;
  readonly local?: boolean;
  readonly deps?: boolean;
  readonly frozen?: boolean;
}

/** A component to pull: where from, at which version, into which folder. */
interface Job {
  readonly repository: Repository;
  readonly version: string | undefined;
  readonly folder: string;
  /** The version is a commit of the lock file. */
  readonly pinned?: boolean;
}

export const pullCommand: Command<PullArguments> = {
  usage: 'list pull [name..]',
  describe: 'Get components, or bring them up to date; without a name, all that the project here is made of',
  build: (yargs) =>
    yargs
      .positional('name', {
        type: 'string',
        array: true,
        describe: 'NAME, NAME@VERSION, or the URL of a repository',
      })
      .option('into', { type: 'string', requiresArg: true, describe: 'Put one component into this folder' })
      .option('local', { type: 'boolean', describe: "Put everything into the project's own .unikraft" })
      .option('deps', {
        type: 'boolean',
        default: true,
        describe: "Also what a pulled application's manifest names",
      })
      .option('frozen', { type: 'boolean', describe: 'The commits of unigraph.lock' }),
  async run(args, surroundings) {
    const index = openIndex(surroundings);
    if (!index.ok) return complain(surroundings, index.error);
    const project = findProject(surroundings.cwd);
    const folders =
      args.local === true
        ? localFolders(project?.folder ?? surroundings.cwd, surroundings)
        : index.value.folders;
    const names = args.name ?? [];
    const jobs =
      names.length > 0
        ? namedJobs(names, args.into, folders, index.value, surroundings)
        : await projectJobs(args, folders, index.value, surroundings);
    if (!jobs.ok) return complain(surroundings, jobs.error);
    if (jobs.value.length === 0)
      surroundings.stdout.write('nothing to pull: everything is in folders of its own\n');
    const pulling = { withDependencies: args.deps !== false, takeOther: names.length === 0 };
    return pullAll(jobs.value, pulling, folders, index.value, surroundings);
  },
};

function localFolders(project: string, surroundings: Surroundings): WorkingFolders {
  const root = join(project, '.unikraft');
  const {
    UK_ROOT: _,
    UK_LIBS: __,
    UK_PLATS: ___,
    UK_ARCHS: ____,
    UK_APPS: _____,
    ...environment
  } = surroundings.environment;
  const { cache } = workingFolders(surroundings.environment, surroundings.cwd);
  return { ...workingFolders({ ...environment, UK_WORKDIR: root }, surroundings.cwd), cache };
}

function namedJobs(
  names: readonly string[],
  into: string | undefined,
  folders: WorkingFolders,
  index: IndexContext,
  surroundings: Surroundings,
): Result<Job[], Diagnostic> {
  if (into !== undefined && names.length > 1) {
    return problem('--into takes one component', 'Pull them one after the other.');
  }
  const jobs: Job[] = [];
  for (const text of names) {
    const job = isRemote(text) ? urlJob(text, folders) : nameJob(text, folders, index);
    if (!job.ok) return job;
    jobs.push(into === undefined ? job.value : { ...job.value, folder: resolve(surroundings.cwd, into) });
  }
  return ok(jobs);
}

function urlJob(text: string, folders: WorkingFolders): Result<Job, Diagnostic> {
  const { source, version } = splitSource(text);
  const repository = repositoryAt(canonicalUrl(source));
  return ok({ repository, version, folder: folderFor(repository, folders) });
}

function nameJob(text: string, folders: WorkingFolders, index: IndexContext): Result<Job, Diagnostic> {
  const asked = parseAsked(text);
  const repository = findRepository(asked, index.catalogue, index.settings.origins);
  if (!repository.ok) return repository;
  // A folder on the list is where it is; pulling brings it up to date there.
  const own = repository.value.offered?.local === true ? repository.value.offered.place : undefined;
  return ok({
    repository: repository.value,
    version: asked.version,
    folder: own ?? folderFor(repository.value, folders),
  });
}

/** What the manifest in or above `cwd` names. */
async function projectJobs(
  args: PullArguments,
  folders: WorkingFolders,
  index: IndexContext,
  surroundings: Surroundings,
): Promise<Result<Job[], Diagnostic>> {
  const project = findProject(surroundings.cwd);
  if (project?.kind !== 'manifest') {
    return problem(
      `there is no project in ${surroundings.cwd} or above whose parts could be pulled`,
      'Name what to pull: unigraph list pull NAME[@VERSION].',
    );
  }
  const manifest = await loadManifest(project.file, surroundings.environment);
  if (!manifest.ok) return manifest;
  let pinned: Readonly<Record<string, string | undefined>> = {};
  if (args.frozen === true) {
    const lock = readLock(project.folder);
    if (!lock.ok) return lock;
    if (lock.value === undefined)
      return problem('there is no unigraph.lock', "Make it with 'unigraph lock'.");
    pinned = Object.fromEntries(
      Object.entries(lock.value.components).map(([name, { commit }]) => [name, commit]),
    );
  }
  const jobs = manifestJobs(manifest.value, folders, index, pinned);
  if (!jobs.ok || args.local === true) return jobs;
  return ok(jobs.value.filter((job) => !hasOwnPlace(job, project.folder, folders, surroundings)));
}

/** True for a component that the project takes from elsewhere than the working folders: beside it, or in it. */
function hasOwnPlace(
  job: Job,
  project: string,
  folders: WorkingFolders,
  surroundings: Surroundings,
): boolean {
  const { kind, name } = job.repository;
  if (kind === 'architecture' || job.pinned) return false;
  const around = { app: project, folders, environment: surroundings.environment };
  const place = firstPresent(kind, componentPlaces(kind, name, job.version, around), around);
  if (place === undefined || place === job.folder || place.startsWith(`${job.folder}@`)) return false;
  surroundings.stdout.write(`${formatName({ kind, name })}: used from ${place}\n`);
  return true;
}

function manifestJobs(
  manifest: Manifest,
  folders: WorkingFolders,
  index: IndexContext,
  pinned: Readonly<Record<string, string | undefined>>,
): Result<Job[], Diagnostic> {
  const parts: [ComponentKind, Component | undefined][] = [
    ['core', manifest.core],
    ...manifest.libraries.map((library): [ComponentKind, Component] => ['library', library]),
    [
      'application',
      manifest.template && {
        ...manifest.template,
        name: manifest.template.version ?? manifest.template.name,
      },
    ],
  ];
  const jobs: Job[] = [];
  for (const [kind, component] of parts) {
    if (component === undefined) continue;
    const { source } = component;
    if (source !== undefined && !isRemote(source)) continue;
    const asked = { kind, name: bareName(kind, component.name) };
    const repository =
      source !== undefined
        ? ok(repositoryAt(canonicalUrl(source), asked))
        : findRepository(asked, index.catalogue, index.settings.origins);
    if (!repository.ok) return { ok: false, error: { ...repository.error, location: component.location } };
    if (repository.value.offered?.local === true) continue;
    const version = kind === 'application' ? undefined : component.version;
    const pin = pinned[formatName(asked)];
    jobs.push({
      repository: repository.value,
      version: pin ?? (version === '*' ? undefined : version),
      folder: folderFor(asked, folders),
      pinned: pin !== undefined,
    });
  }
  return ok(jobs);
}

/** Pulls one after the other, with what the applications among them need. */
async function pullAll(
  jobs: readonly Job[],
  { withDependencies, takeOther }: { readonly withDependencies: boolean; readonly takeOther: boolean },
  folders: WorkingFolders,
  index: IndexContext,
  surroundings: Surroundings,
): Promise<number> {
  const progress = new ProgressLine(surroundings.stderr);
  const queue = [...jobs];
  const seen = new Set<string>();
  let status = 0;
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    const key = `${job.folder}@${job.version ?? ''}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const result = await pull(job.repository, job.version, job.folder, {
      mirrors: index.settings.mirrors,
      environment: surroundings.environment,
      onStep: (text) => progress.show(`${formatName(job.repository)}: ${text}`),
      // What a project needs may come from a fork; what is asked for by name may not.
      takeOther,
    });
    progress.clear();
    if (!result.ok) {
      surroundings.stderr.write(`unigraph: ${formatDiagnostic(result.error)}\n`);
      status = 1;
      continue;
    }
    surroundings.stdout.write(describe(result.value));
    if (!withDependencies || result.value.kind !== 'application') continue;
    const project = projectAt(result.value.folder);
    if (project?.kind !== 'manifest') continue;
    const manifest = await loadManifest(project.file, surroundings.environment);
    const further = manifest.ok ? manifestJobs(manifest.value, folders, index, {}) : manifest;
    if (further.ok) queue.push(...further.value);
    else {
      surroundings.stderr.write(`unigraph: ${formatDiagnostic(further.error)}\n`);
      status = 1;
    }
  }
  return status;
}

function describe({ kind, name, folder, version, commit, outcome, notice }: Pulled): string {
  const words = { cloned: 'got', updated: 'updated', current: 'up to date', kept: 'left as it is' };
  const at = commit === undefined ? version : `${version} (${commit.slice(0, 7)})`;
  const note = notice === undefined ? '' : `\n  ${notice}`;
  return `${formatName({ kind, name })} ${at}: ${words[outcome]} in ${folder}${note}\n`;
}

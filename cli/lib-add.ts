import { relative, resolve } from 'node:path';
import type { Diagnostic } from '../engine/location.ts';
import { fail, ok, type Result } from '../engine/result.ts';
import { formatName, nameFromFolder, parseAsked } from '../rules/index/component-name.ts';
import { findRepository, repositoryAt, type Repository } from '../rules/index/find-repository.ts';
import { canonicalUrl } from '../rules/index/origin.ts';
import { folderFor, pull } from '../rules/index/pull.ts';
import { ManifestEditor } from '../rules/manifest/edit.ts';
import { splitSource } from '../rules/manifest/normalize.ts';
import { bareName, isRemote } from '../rules/workspace/components.ts';
import { findProject } from '../rules/workspace/find-project.ts';
import { loadManifest } from '../rules/workspace/load-manifest.ts';
import type { Command, Surroundings } from './command.ts';
import { complain, openIndex, problem, ProgressLine, type IndexContext } from './index-context.ts';

interface LibAddArguments {
  readonly library: readonly string[];
  readonly pull?: boolean;
}

/** What is written into the manifest, and what is to be pulled for it. */
interface Addition {
  readonly name: string;
  readonly version: string | undefined;
  readonly source: string | undefined;
  /** Undefined for a folder on this machine. */
  readonly repository: Repository | undefined;
}

export const libAdd: Command<LibAddArguments> = {
  usage: 'lib add <library..>',
  describe:
    "Add libraries to the project here, or change their version: NAME[@VERSION], a folder, or a repository's URL",
  build: (yargs) =>
    yargs
      .positional('library', {
        type: 'string',
        array: true,
        describe: 'NAME[@VERSION], a folder, or a URL[@VERSION]',
      })
      .option('pull', {
        type: 'boolean',
        default: true,
        describe: 'Get the library too (--no-pull: only the manifest)',
      }),
  async run(args, surroundings) {
    const index = openIndex(surroundings);
    if (!index.ok) return complain(surroundings, index.error);
    const editor = await openManifest(surroundings);
    if (!editor.ok) return complain(surroundings, editor.error);
    const { manifest, folder } = editor.value;
    const done: string[] = [];
    for (const text of args.library) {
      const addition = resolveAddition(text, folder, surroundings, index.value);
      if (!addition.ok) return complain(surroundings, addition.error);
      const { name, source, repository } = addition.value;
      let { version } = addition.value;
      if (repository !== undefined && args.pull !== false) {
        const pulled = await pullFor(repository, version, index.value, surroundings);
        if (!pulled.ok) return complain(surroundings, pulled.error);
        version ??= pulled.value;
      }
      const key = manifest.libraries().find((each) => bareName('library', each) === name) ?? name;
      manifest.setLibrary(key, version, source);
      done.push(`${key}${version === undefined ? '' : ` ${version}`}`);
    }
    const saved = manifest.save();
    if (!saved.ok) return complain(surroundings, saved.error);
    const word = saved.value ? 'wrote' : 'unchanged';
    surroundings.stdout.write(`${done.join(', ')}: ${word} ${relative(surroundings.cwd, manifest.file)}\n`);
    return 0;
  },
};

interface LibRemoveArguments {
  readonly library: readonly string[];
}

export const libRemove: Command<LibRemoveArguments> = {
  usage: 'lib remove <library..>',
  describe: "Take libraries out of the project's manifest; their folders stay",
  build: (yargs) =>
    yargs.positional('library', { type: 'string', array: true, describe: 'A library of the manifest' }),
  async run(args, surroundings) {
    const opened = await openManifest(surroundings);
    if (!opened.ok) return complain(surroundings, opened.error);
    const { manifest } = opened.value;
    for (const text of args.library) {
      const wanted = bareName('library', text);
      const key = manifest.libraries().find((each) => bareName('library', each) === wanted);
      if (key === undefined) {
        return complain(surroundings, {
          message: `the manifest has no library '${text}'`,
          hint: `It has ${manifest.libraries().join(', ') || 'none'}.`,
        });
      }
      manifest.removeLibrary(key);
    }
    const saved = manifest.save();
    if (!saved.ok) return complain(surroundings, saved.error);
    surroundings.stdout.write(
      `${args.library.join(', ')}: removed from ${relative(surroundings.cwd, manifest.file)}\n`,
    );
    return 0;
  },
};

/** Opens the manifest of the project here for editing, after checking that it is valid. */
async function openManifest(
  surroundings: Surroundings,
): Promise<Result<{ manifest: ManifestEditor; folder: string }, Diagnostic>> {
  const project = findProject(surroundings.cwd);
  if (project?.kind !== 'manifest') {
    return problem(
      `there is no kraft.yaml or Kraftfile in ${surroundings.cwd} or above`,
      "Make one with 'unigraph init', or name libraries on the command line with --lib DIR.",
    );
  }
  const valid = await loadManifest(project.file, surroundings.environment);
  if (!valid.ok) return valid;
  const manifest = ManifestEditor.open(project.file);
  return manifest.ok ? ok({ manifest: manifest.value, folder: project.folder }) : manifest;
}

function resolveAddition(
  text: string,
  project: string,
  surroundings: Surroundings,
  index: IndexContext,
): Result<Addition, Diagnostic> {
  if (isRemote(text)) {
    const { source, version } = splitSource(text);
    const repository = repositoryAt(canonicalUrl(source));
    return ok({ name: repository.name, version, source: canonicalUrl(source), repository });
  }
  if (/^\.{0,2}\//.test(text) || text === '.' || text === '..') {
    const folder = resolve(surroundings.cwd, text);
    const told = nameFromFolder(folder);
    if (told?.kind !== 'library') {
      return fail({ message: `${folder} is no library`, hint: 'A library is a folder with a Makefile.uk.' });
    }
    const path = relative(project, folder);
    const source = path.startsWith('.') ? path : `./${path}`;
    return ok({ name: told.name, version: undefined, source, repository: undefined });
  }
  const asked = parseAsked(text);
  if (asked.kind !== undefined && asked.kind !== 'library') {
    return fail({
      message: `'${text}' is no library but ${formatName({ kind: asked.kind, name: asked.name })}`,
    });
  }
  const name = bareName('library', asked.name);
  const repository = findRepository(
    { ...asked, kind: 'library', name },
    index.catalogue,
    index.settings.origins,
  );
  if (!repository.ok) return repository;
  const local = repository.value.offered?.local === true;
  return ok({
    name,
    version: asked.version,
    source: undefined,
    repository: local ? undefined : repository.value,
  });
}

/** Gets the library; returns the version to write down. */
async function pullFor(
  repository: Repository,
  version: string | undefined,
  index: IndexContext,
  surroundings: Surroundings,
): Promise<Result<string, Diagnostic>> {
  const progress = new ProgressLine(surroundings.stderr);
  const pulled = await pull(repository, version, folderFor(repository, index.folders), {
    mirrors: index.settings.mirrors,
    environment: surroundings.environment,
    onStep: (text) => progress.show(`${formatName(repository)}: ${text}`),
    takeOther: true,
  });
  progress.clear();
  if (!pulled.ok) return pulled;
  const { notice, outcome, folder } = pulled.value;
  if (notice !== undefined) {
    const what = outcome === 'kept' ? `${folder} is used as it is: ` : '';
    surroundings.stderr.write(`unigraph: note: ${what}${notice}\n`);
  }
  return ok(version ?? pulled.value.version);
}

import { existsSync, statSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import type { Diagnostic } from '../engine/location.ts';
import { fail, ok, type Result } from '../engine/result.ts';
import { applicationFiles } from '../rules/create/application-files.ts';
import { copyTemplate } from '../rules/create/copy-template.ts';
import { gitAuthor } from '../rules/create/first-commit.ts';
import { folderProblem, writeFiles } from '../rules/create/write-files.ts';
import { isComponentName, nameFromFolder, parseAsked } from '../rules/index/component-name.ts';
import { findRepository, repositoryAt, type Repository } from '../rules/index/find-repository.ts';
import { readKraftrc } from '../rules/index/kraftrc.ts';
import { canonicalUrl } from '../rules/index/origin.ts';
import { pull } from '../rules/index/pull.ts';
import { splitSource } from '../rules/manifest/normalize.ts';
import { architectureProblem, platformProblem } from '../rules/manifest/targets.ts';
import { bareName, isRemote } from '../rules/workspace/components.ts';
import { projectAt } from '../rules/workspace/find-project.ts';
import { expandHome, home } from '../rules/workspace/working-folders.ts';
import { terminalAsker } from './ask.ts';
import type { Command, Surroundings } from './command.ts';
import { complain, openIndex, problem, ProgressLine, type IndexContext } from './index-context.ts';
import { pullCommand } from './list-pull.ts';

export interface InitArguments {
  readonly name?: string;
  readonly template?: string;
  readonly platform?: string;
  readonly arch?: string;
  readonly unikraft?: string;
  readonly lib?: string | readonly string[];
  readonly workdir?: string;
  readonly force?: boolean;
  readonly pull?: boolean;
  readonly local?: boolean;
  readonly main?: boolean;
}

export const command: Command<InitArguments> = {
  usage: 'init [name]',
  describe:
    'Start an application: a greeting, or a copy of a template, with the core and libraries that it needs',
  build: (yargs) => {
    const text = { type: 'string', requiresArg: true } as const;
    return yargs
      .positional('name', { type: 'string', describe: "The application's name, also of its folder" })
      .option('template', {
        ...text,
        alias: 't',
        describe: "An application to start from: NAME[@VERSION], a folder, or a repository's URL",
      })
      .option('platform', { ...text, alias: 'p', describe: "[kraft's setting, or kvm]" })
      .option('arch', { ...text, alias: 'm', describe: "[kraft's setting, or x86_64]" })
      .option('unikraft', { ...text, default: 'stable', describe: 'The core: a version, URL or folder' })
      .option('lib', { ...text, describe: 'A library: NAME[@VERSION] or a folder; repeatable' })
      .option('main', {
        type: 'boolean',
        default: true,
        describe: 'With a main.c (--no-main: a library provides main)',
      })
      .option('workdir', { ...text, alias: 'w', describe: 'The folder to make [./NAME]' })
      .option('force', { type: 'boolean', alias: 'F', describe: 'Write over files that are there' })
      .option('pull', {
        type: 'boolean',
        default: true,
        describe: 'Get core and libraries (--no-pull: do not)',
      })
      .option('local', {
        type: 'boolean',
        alias: 'd',
        describe: "Put them into the application's own .unikraft",
      });
  },
  async run(args, surroundings) {
    const created = await initApplication(args, surroundings);
    if (!created.ok) return complain(surroundings, created.error);
    const { folder } = created.value;
    surroundings.stdout.write(`${basename(folder)} in ${folder}\n`);
    const hasManifest = projectAt(folder)?.kind === 'manifest';
    if (args.pull !== false && hasManifest) {
      const inside = { ...surroundings, cwd: folder };
      const status = await pullCommand.run({ name: [], ...(args.local && { local: true }) }, inside);
      if (status !== 0) {
        surroundings.stderr.write("unigraph: what is missing comes later with 'unigraph list pull'\n");
        return status;
      }
    }
    const place = relative(surroundings.cwd, folder);
    const go = place === '' ? '' : `cd ${place} && `;
    surroundings.stdout.write(`Next: ${go}unigraph configure && unigraph build && unigraph run\n`);
    return 0;
  },
};

/**
 * Makes the application's folder.
 * @returns the folder
 */
export async function initApplication(
  args: InitArguments,
  surroundings: Surroundings,
): Promise<Result<{ folder: string }, Diagnostic>> {
  const index = openIndex(surroundings);
  if (!index.ok) return index;
  const name =
    args.name ?? (args.workdir === undefined ? await askName(surroundings) : basename(resolve(args.workdir)));
  if (name === undefined) return problem('the name is missing', 'Give it: unigraph init NAME.');
  if (!isComponentName(name)) {
    return problem(
      `'${name.replace(/[\u0000-\u001f\u007f]/g, '?')}' is no name for an application`,
      'Take letters, digits and . _ - +, beginning with a letter or digit.',
    );
  }
  const folder = resolve(surroundings.cwd, args.workdir ?? name);
  const inTheWay = folderProblem(folder, args.force === true);
  if (inTheWay !== undefined) return fail(inTheWay);
  const made =
    args.template === undefined
      ? await writeApplication(name, folder, args, index.value, surroundings)
      : await fromTemplate(args.template, folder, index.value, surroundings);
  return made.ok ? ok({ folder }) : made;
}

async function askName(surroundings: Surroundings): Promise<string | undefined> {
  const asker = await terminalAsker(surroundings);
  const name = await asker?.ask('Name of the application');
  asker?.close();
  return name;
}

async function writeApplication(
  name: string,
  folder: string,
  args: InitArguments,
  index: IndexContext,
  surroundings: Surroundings,
): Promise<Result<unknown, Diagnostic>> {
  const { environment } = surroundings;
  const kraftrc = readKraftrc(
    expandHome(environment['KRAFTRC'] || `${home(environment)}/.kraftrc`, environment),
  );
  const settings = kraftrc.ok ? kraftrc.value : undefined;
  const platform = args.platform ?? settings?.platform ?? 'kvm';
  const architecture = args.arch ?? settings?.architecture ?? 'x86_64';
  const wrong = platformProblem(platform) ?? architectureProblem(architecture);
  if (wrong !== undefined) return fail(wrong);
  const libraries: { name: string; version: string | undefined }[] = [];
  for (const text of args.lib === undefined ? [] : [args.lib].flat()) {
    const library = resolveLibrary(text, folder, index, surroundings);
    if (!library.ok) return library;
    libraries.push(library.value);
  }
  const author = await gitAuthor({ environment, cwd: surroundings.cwd });
  const files = applicationFiles({
    name,
    platform,
    architecture,
    core: placeText(args.unikraft ?? 'stable', folder, surroundings),
    libraries,
    author: author.name,
    withMain: args.main !== false,
    year: new Date().getFullYear(),
  });
  return writeFiles(folder, files, args.force === true);
}

/** A core or library in a folder is written relative to the application, so that both can move together. */
function placeText(text: string, folder: string, { cwd, environment }: Surroundings): string {
  if (isRemote(text)) return text;
  const path = resolve(cwd, expandHome(text, environment));
  const isFolder = /[/~]|^\.+$/.test(text) || existsSync(`${path}/support/build`);
  if (!isFolder) return text;
  const place = relative(folder, path);
  return place.startsWith('.') ? place : `./${place}`;
}

function resolveLibrary(
  text: string,
  folder: string,
  index: IndexContext,
  surroundings: Surroundings,
): Result<{ name: string; version: string | undefined }, Diagnostic> {
  if (isRemote(text)) {
    const { source, version } = splitSource(text);
    const suffix = version === undefined ? '' : `?version=${version}`;
    return ok({ name: repositoryAt(canonicalUrl(source)).name, version: canonicalUrl(source) + suffix });
  }
  if (/^[.~]{0,2}\/|^\.{1,2}$/.test(text)) {
    const path = resolve(surroundings.cwd, expandHome(text, surroundings.environment));
    const told = nameFromFolder(path);
    if (told?.kind !== 'library') {
      return fail({ message: `${path} is no library`, hint: 'A library is a folder with a Makefile.uk.' });
    }
    return ok({ name: told.name, version: placeText(path, folder, surroundings) });
  }
  const asked = parseAsked(text);
  const name = bareName('library', asked.name);
  const known = findRepository({ kind: 'library', name }, index.catalogue, index.settings.origins);
  return known.ok ? ok({ name, version: asked.version ?? 'stable' }) : known;
}

/** Copies a template's folder, or clones its repository. */
async function fromTemplate(
  text: string,
  folder: string,
  index: IndexContext,
  surroundings: Surroundings,
): Promise<Result<unknown, Diagnostic>> {
  const path = resolve(surroundings.cwd, expandHome(text, surroundings.environment));
  if (
    !isRemote(text) &&
    /[/~]|^\.+$/.test(text) &&
    statSync(path, { throwIfNoEntry: false })?.isDirectory()
  ) {
    return copyTemplate(path, folder);
  }
  let repository: Result<Repository, Diagnostic>;
  let version: string | undefined;
  if (isRemote(text)) {
    const split = splitSource(text);
    version = split.version;
    repository = ok(repositoryAt(canonicalUrl(split.source)));
  } else {
    const asked = parseAsked(text);
    version = asked.version;
    repository = findRepository(
      { kind: 'application', name: asked.name },
      index.catalogue,
      index.settings.origins,
    );
  }
  if (!repository.ok) return repository;
  if (repository.value.offered?.local === true) return copyTemplate(repository.value.offered.place, folder);
  const progress = new ProgressLine(surroundings.stderr);
  const pulled = await pull(repository.value, version, folder, {
    mirrors: index.settings.mirrors,
    environment: surroundings.environment,
    onStep: (step) => progress.show(step),
  });
  progress.clear();
  if (!pulled.ok) return pulled;
  if (pulled.value.folder === folder && pulled.value.outcome === 'cloned') return ok(undefined);
  return problem(`the template was not put into ${folder}`, pulled.value.notice);
}

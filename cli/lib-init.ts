import { basename, resolve } from 'node:path';
import type { Diagnostic } from '../engine/location.ts';
import { ok, type Result } from '../engine/result.ts';
import { downloadCache } from '../rules/build/build-workspace.ts';
import { createLibrary, type CreatedLibrary, type LibraryRequest } from '../rules/create/create-library.ts';
import { gitAuthor } from '../rules/create/first-commit.ts';
import { versionIn } from '../rules/create/library-origin.ts';
import { terminalAsker, type Asker } from './ask.ts';
import type { Command, Surroundings } from './command.ts';
import { complain, openIndex, problem, ProgressLine } from './index-context.ts';
import { add } from './list-add.ts';
import { definedOnly } from './surroundings.ts';

interface LibInitArguments {
  readonly name?: string;
  readonly version?: string;
  readonly origin?: string;
  readonly description?: string;
  readonly 'author-name'?: string;
  readonly 'author-email'?: string;
  readonly 'initial-branch'?: string;
  readonly 'with-main'?: boolean;
  readonly workdir?: string;
  readonly force?: boolean;
  readonly prompt?: boolean;
  readonly q?: boolean;
  readonly 'soft-pack'?: boolean;
}

export const libInit: Command<LibInitArguments> = {
  usage: 'lib init [name]',
  describe: 'Start a library: port a project by the address of its archive or repository',
  build: (yargs) => {
    const text = { type: 'string', requiresArg: true } as const;
    return yargs
      .positional('name', { type: 'string', describe: "The library's name, also of its folder" })
      .option('origin', {
        ...text,
        alias: 's',
        describe: 'Archive (with $VERSION in its address), or git repository',
      })
      .option('version', { ...text, alias: 'v', describe: "The project's version [the newest]" })
      .option('description', { ...text, describe: 'What the library is, in a few words' })
      .option('author-name', { ...text, alias: 'a', describe: "[git's user.name]" })
      .option('author-email', { ...text, alias: 'e', describe: "[git's user.email]" })
      .option('initial-branch', {
        ...text,
        alias: 'b',
        default: 'staging',
        describe: 'The branch of the first commit',
      })
      .option('with-main', { type: 'boolean', alias: 'm', describe: "An option for the application's main" })
      .option('workdir', { ...text, alias: 'w', describe: 'The folder to make [./NAME]' })
      .option('force', { type: 'boolean', alias: 'F', describe: 'Write over files that are there' })
      .option('prompt', {
        type: 'boolean',
        default: true,
        describe: 'Ask for what is missing (--no-prompt: do not)',
      })
      .option('q', { type: 'boolean', describe: 'The same as --no-prompt' })
      .option('soft-pack', { type: 'boolean', alias: 'S', describe: 'Put the new library on the list' });
  },
  async run(args, surroundings) {
    const index = openIndex(surroundings);
    if (!index.ok) return complain(surroundings, index.error);
    const mayAsk = args.prompt !== false && args.q !== true;
    const asker = mayAsk ? await terminalAsker(surroundings) : undefined;
    const request = await complete(args, surroundings, asker);
    asker?.close();
    if (!request.ok) return complain(surroundings, request.error);
    const progress = new ProgressLine(surroundings.stderr);
    const cache = downloadCache(definedOnly(surroundings.environment));
    const created = await createLibrary(request.value, {
      environment: surroundings.environment,
      mirrors: index.value.settings.mirrors,
      onStep: (text) => progress.show(text),
      ...(cache !== undefined && { cache }),
    });
    progress.clear();
    if (!created.ok) return complain(surroundings, created.error);
    surroundings.stdout.write(describe(created.value, request.value.folder));
    if (args['soft-pack'] !== true) return 0;
    return add.run({ origin: [request.value.folder] }, surroundings);
  },
};

/** Fills in what the command line leaves open: from git, from the address, and, where somebody is there, by asking. */
async function complete(
  args: LibInitArguments,
  surroundings: Surroundings,
  asker: Asker | undefined,
): Promise<Result<LibraryRequest, Diagnostic>> {
  const folder = resolve(surroundings.cwd, args.workdir ?? args.name ?? '.');
  const name = args.name ?? basename(folder);
  const origin =
    args.origin ??
    (await asker?.ask('Address of the archive or repository ($VERSION stands for the version)'));
  if (origin === undefined) {
    return problem(
      'the origin is missing',
      'Give --origin ADDRESS: an archive (https://example.org/x-$VERSION.tar.gz) or a git repository.',
    );
  }
  let version = args.version;
  if (version === undefined && origin.includes('$VERSION'))
    version = await asker?.ask('Version', versionIn(origin));
  const known = await gitAuthor({ environment: surroundings.environment, cwd: surroundings.cwd });
  const authorName = args['author-name'] ?? known.name ?? (await asker?.ask("Author's name"));
  const authorEmail = args['author-email'] ?? known.email ?? (await asker?.ask("Author's e-mail address"));
  if (authorName === undefined || authorEmail === undefined) {
    return problem(
      'the author is not known',
      'Give --author-name and --author-email, or set them once: git config --global user.name NAME.',
    );
  }
  return ok({
    name,
    folder,
    origin,
    ...(version !== undefined && { version }),
    ...(args.description !== undefined && { description: args.description }),
    author: { name: authorName, email: authorEmail },
    branch: args['initial-branch'] ?? 'staging',
    withMain: args['with-main'] === true,
    force: args.force === true,
    year: new Date().getFullYear(),
  });
}

function describe({ plan, commit }: CreatedLibrary, folder: string): string {
  const { name, origin, archive, survey } = plan;
  const lines = [
    `${name.registered} ${origin.version} in ${folder}`,
    `  from ${origin.url}`,
    ...(archive === undefined ? [] : [`  SHA-256 ${archive.sha256}`]),
    `  ${survey.sources.length} source${survey.sources.length === 1 ? '' : 's'}`,
    ...(commit === undefined ? [] : [`  first commit ${commit.slice(0, 7)}`]),
  ];
  if (survey.missingHeaders.length > 0) {
    lines.push(
      `Its sources include ${survey.missingHeaders.join(', ')}, which the project's own build makes; they are listed in`,
      'Makefile.uk as comments, with what to do.',
    );
  }
  lines.push(
    `Build with it: unigraph build --lib ${folder}, with CONFIG_${name.upper}=y in the configuration.`,
  );
  return `${lines.join('\n')}\n`;
}

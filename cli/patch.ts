import { relative, resolve } from 'node:path';
import { catchInterrupts } from '../engine/exec/interrupt.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { gitAuthor } from '../rules/create/first-commit.ts';
import { createPatch, shortList, type PatchRequest } from '../rules/patches/create-patch.ts';
import { listPatches } from '../rules/patches/list-patches.ts';
import { findPatchable, type PatchableLibrary } from '../rules/patches/patchable-library.ts';
import type { Command, Surroundings } from './command.ts';
import { complain, table } from './index-context.ts';
import { USAGE_STATUS } from './run-command.ts';
import { definedOnly } from './surroundings.ts';
import { workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface PatchArguments extends WorkspaceArguments {
  readonly library?: string;
  readonly words?: readonly string[];
  readonly message?: string | readonly string[];
  readonly 'author-name'?: string;
  readonly 'author-email'?: string;
  readonly date?: string;
  readonly add?: string | readonly string[];
  readonly list?: boolean;
  readonly 'dry-run'?: boolean;
}

export const command: Command<PatchArguments> = {
  usage: 'patch [library] [words..]',
  describe: "Turn what you edited in a library's origin into a patch of the library: patch LIBRARY [NAME]",
  build: (yargs) => {
    const text = { type: 'string', requiresArg: true } as const;
    return workspaceOptions(yargs)
      .positional('library', { type: 'string', describe: "The library's name, with or without 'lib'" })
      .positional('words', {
        type: 'string',
        array: true,
        describe: "The patch file's name, without number; make-style words",
      })
      .option('message', {
        ...text,
        alias: 'm',
        describe: 'What the patch does [from the name]; once more: a paragraph that says why',
      })
      .option('author-name', { ...text, alias: 'a', describe: "[git's user.name]" })
      .option('author-email', { ...text, alias: 'e', describe: "[git's user.email]" })
      .option('date', { ...text, describe: "The patch's date [now]" })
      .option('add', { ...text, describe: 'Take a new or deleted file too, or all in a folder; repeatable' })
      .option('list', { alias: 'l', type: 'boolean', describe: "List the library's patches, applied or not" })
      .option('dry-run', { alias: 'n', type: 'boolean', describe: 'Print the patch, write nothing' });
  },
  async run(args, surroundings) {
    const readOnly = args.list === true || args['dry-run'] === true;
    // make's words may stand in front of the library's name.
    const given = [args.library ?? [], args.words ?? []].flat();
    const found = await workspaceFrom(args, surroundings, given, readOnly);
    if (!found.ok) return refuse(surroundings, formatDiagnostic(found.error));
    const { workspace, words } = found.value;
    const [asked, name, more] = words;
    if (asked === undefined) return refuse(surroundings, 'the library is missing: patch LIBRARY [NAME]');
    const surplus = args.list === true ? name : more;
    if (surplus !== undefined)
      return refuse(surroundings, `'${surplus}' is one word too many: patch LIBRARY [NAME]`);
    const library = findPatchable(workspace, definedOnly(surroundings.environment), asked);
    if (!library.ok) return complain(surroundings, library.error);
    if (args.list === true) return list(library.value, surroundings);
    return create(library.value, name, args, surroundings);
  },
};

function refuse({ stderr }: Surroundings, text: string): number {
  stderr.write(`unigraph: ${text}\n`);
  return USAGE_STATUS;
}

function list(library: PatchableLibrary, { stdout, cwd }: Surroundings): number {
  const { patches, edited } = listPatches(library);
  stdout.write(
    `${library.name}: ${patches.length} patch${patches.length === 1 ? '' : 'es'} in ${shown(library.patches, cwd)}\n`,
  );
  if (patches.length > 0)
    stdout.write(
      table(
        patches.map(({ state, name, subject }) => [`  ${state}`, name, subject]),
        undefined,
      ),
    );
  if (edited.length > 0) stdout.write(`edited since: ${shortList(edited)}\n`);
  return 0;
}

async function create(
  library: PatchableLibrary,
  name: string | undefined,
  args: PatchArguments,
  surroundings: Surroundings,
): Promise<number> {
  const { environment, cwd, stdout, stderr } = surroundings;
  const known = await gitAuthor({ environment, cwd });
  const author = {
    name: args['author-name'] ?? known.name,
    email: args['author-email'] ?? environment['GIT_AUTHOR_EMAIL'] ?? known.email,
  };
  if (author.name === undefined || author.email === undefined) {
    return complain(surroundings, {
      message: 'the author is not known',
      hint: 'Give --author-name and --author-email, or set them once: git config --global user.name NAME.',
    });
  }
  const message = [args.message ?? []].flat();
  const date = args.date === undefined ? new Date() : new Date(args.date);
  const wrong = wrongText(
    { author: author.name, address: author.email, message: message[0] ?? '' },
    date,
    args.date,
  );
  if (wrong !== undefined) return complain(surroundings, { message: wrong });
  const interrupts = catchInterrupts();
  try {
    const request: PatchRequest = {
      library,
      name,
      message,
      author: { name: author.name, email: author.email },
      date,
      also: [args.add ?? []].flat().map((file) => inOrigin(file, library, cwd)),
      dryRun: args['dry-run'] === true,
      environment,
      signal: interrupts.signal,
    };
    const created = await createPatch(request);
    if (!created.ok) return complain(surroundings, created.error);
    const { file, files, text, leftOut } = created.value;
    if (request.dryRun) stdout.write(Buffer.from(text, 'latin1'));
    else {
      stdout.write(`${shown(file, cwd)}\n`);
      for (const each of files) stdout.write(`  ${each.name}: +${each.added} -${each.removed}\n`);
    }
    if (leftOut.length > 0)
      stderr.write(`unigraph: left out, being new or deleted: ${shortList(leftOut)} (--add takes them)\n`);
    return 0;
  } finally {
    interrupts.restore();
  }
}

function wrongText(
  texts: Readonly<Record<string, string>>,
  date: Date,
  given: string | undefined,
): string | undefined {
  const bad = Object.entries(texts).find(([, text]) => /[\u0000-\u001f\u007f]/.test(text));
  if (bad !== undefined) return `the ${bad[0]} has control characters`;
  return Number.isNaN(date.getTime())
    ? `'${given ?? ''}' is no date: write it as 2026-11-24 or 2026-11-24T13:00:00Z`
    : undefined;
}

/** What `--add` names: from the folder that one is in, if that is in the origin, else from where patches begin. */
function inOrigin(file: string, { origin, patched }: PatchableLibrary, cwd: string): string {
  const here = resolve(cwd, file);
  return `${here}/`.startsWith(`${origin}/`) ? here : resolve(patched, file);
}

/** A path as short as it can be told from here. */
function shown(file: string, cwd: string): string {
  const short = relative(cwd, file);
  return short.split('/').filter((part) => part === '..').length > 3 || short.length > file.length
    ? file
    : short;
}

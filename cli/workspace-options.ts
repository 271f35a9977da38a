import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import type { Diagnostic } from '../engine/location.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { fail, ok, type Result } from '../engine/result.ts';
import { resolveWorkspace } from '../rules/workspace/resolve.ts';
import type { CommandLineVariable, Workspace, WorkspaceOptions } from '../rules/workspace/workspace.ts';
import type { Surroundings } from './command.ts';
import { definedOnly } from './surroundings.ts';

/** An option that may be repeated: yargs gives a text, or a list when it was repeated. */
type Repeated = string | readonly string[] | undefined;

/** What `workspaceOptions` adds to a command's parsed arguments. */
export interface WorkspaceArguments {
  readonly core?: Repeated;
  readonly app?: Repeated;
  readonly lib?: Repeated;
  readonly plat?: Repeated;
  readonly exclude?: Repeated;
  readonly output?: Repeated;
  readonly config?: Repeated;
  readonly name?: Repeated;
  readonly directory?: Repeated;
  readonly target?: Repeated;
  readonly frozen?: boolean | undefined;
}

const group = 'Workspace:';

/** Declares the options that say what is built; for every command that works on a project. */
export function workspaceOptions<T>(yargs: Argv<T>): Argv<T & WorkspaceArguments> {
  const path = { type: 'string', requiresArg: true, group } as const;
  return yargs
    .option('core', { ...path, describe: "The Unikraft core's tree (make's -C)" })
    .option('app', { ...path, describe: 'The application; also A=DIR' })
    .option('lib', {
      ...path,
      describe: 'An external library, besides the manifest’s; repeatable, or a:b; L=a:b is the whole list',
    })
    .option('plat', { ...path, describe: 'An external platform; repeatable, or a:b; also P=DIR' })
    .option('exclude', { ...path, describe: 'A folder whose libraries are left out; also E=DIR' })
    .option('output', { ...path, alias: 'o', describe: 'The build folder [build]; also O=DIR' })
    .option('config', { ...path, describe: 'The configuration file [.config]; also C=FILE' })
    .option('name', { ...path, describe: "The image's name; also N=NAME" })
    .option('target', {
      ...path,
      alias: 't',
      describe: 'A target of the manifest: its name, or PLATFORM/ARCHITECTURE',
    })
    .option('frozen', {
      type: 'boolean',
      group,
      describe: 'Fail unless every part is as unigraph.lock says',
    })
    .option('directory', { ...path, alias: 'C', describe: 'Go to this folder first' });
}

const word = /^([^\s:=#+?]+)(::=|:=|\+=|\?=|=)(.*)$/s;

/** Splits make-style words (`A=…`, `V=1`) from the others. */
export function splitWords(words: readonly unknown[]): {
  variables: CommandLineVariable[];
  rest: string[];
} {
  const variables: CommandLineVariable[] = [];
  const rest: string[] = [];
  for (const text of words.map(String)) {
    const match = word.exec(text);
    if (match === null) {
      rest.push(text);
      continue;
    }
    const operator = match[2] as CommandLineVariable['operator'];
    variables.push({ name: match[1]!, operator, value: match[3]! });
  }
  return { variables, rest };
}

/** Variables of the environment that may also be given as a word: `UK_ROOT=…`. */
const environmentWords = [
  'UK_ROOT',
  'UK_WORKDIR',
  'UK_LIBS',
  'UK_PLATS',
  'UK_ARCHS',
  'UK_APPS',
  'UK_CACHEDIR',
];

/** The workspace, and the words that were not part of naming it (targets). */
export interface WorkspaceAndWords {
  readonly workspace: Workspace;
  readonly words: readonly string[];
}

/**
 * Finds the workspace that a command line names.
 * @param args the parsed options of `workspaceOptions`
 * @param words the command's positionals; make-style words among them (`A= L= O= C= P= E= N=`) count as options, other
 *   `VAR=value` words become `workspace.variables`, the rest comes back
 * @param readOnly true for a command that writes nothing in the build folder
 */
export async function workspaceFrom(
  args: WorkspaceArguments,
  surroundings: Surroundings,
  words: readonly unknown[] = [],
  readOnly = false,
): Promise<Result<WorkspaceAndWords, Diagnostic>> {
  const { variables, rest } = splitWords(words);
  const directory = last(args.directory);
  const cwd = directory === undefined ? surroundings.cwd : resolve(surroundings.cwd, directory);
  const value = (name: string): string | undefined =>
    variables.findLast((variable) => variable.name === name)?.value;
  const list = (option: Repeated, name = ''): { list: readonly string[] } | undefined => {
    const given =
      option !== undefined ? [option].flat() : value(name) !== undefined ? [value(name)!] : undefined;
    return given && { list: given.flatMap((text) => text.split(':')).filter((path) => path !== '') };
  };
  const single = <K extends string>(key: K, option: Repeated, name?: string): { [P in K]?: string } => {
    const text = last(option) ?? (name === undefined ? undefined : value(name));
    return (text === undefined ? {} : { [key]: text }) as { [P in K]?: string };
  };
  const moreLibraries = list(args.lib)?.list;
  const libraries = list(undefined, 'L')?.list;
  const platforms = list(args.plat, 'P')?.list;
  const exclude = list(args.exclude, 'E')?.list;
  const own = new Set(['A', 'L', 'O', 'C', 'P', 'E', 'N']);
  const options: WorkspaceOptions = {
    ...single('core', args.core),
    ...single('app', args.app, 'A'),
    ...(libraries && { libraries }),
    ...(moreLibraries && { moreLibraries }),
    ...(platforms && { platforms }),
    ...(exclude && { exclude }),
    ...single('build', args.output, 'O'),
    ...single('config', args.config, 'C'),
    ...single('name', args.name, 'N'),
    ...single('target', args.target),
    variables: variables.filter(({ name }) => !own.has(name)),
    readOnly,
  };
  const empty = Object.entries(options).find(([, text]) => text === '');
  if (empty !== undefined) return fail({ message: `the ${empty[0]} was given as an empty text` });
  const environment = { ...surroundings.environment };
  for (const { name, value: text } of variables) {
    if (environmentWords.includes(name)) environment[name] = text;
  }
  const workspace =
    args.frozen === true
      ? await frozenWorkspace(options, cwd, environment)
      : await resolveWorkspace(options, cwd, environment);
  if (!workspace.ok) return workspace;
  for (const notice of workspace.value.notices) {
    surroundings.stderr.write(`unigraph: note: ${formatDiagnostic(notice)}\n`);
  }
  return ok({ workspace: workspace.value, words: rest });
}

/**
 * The workspace with the commits of its lock file: they are preferred where a folder beside another holds them, and
 * everything is compared. The lock file's archives come along, for whoever fetches.
 */
async function frozenWorkspace(
  options: WorkspaceOptions,
  cwd: string,
  environment: Surroundings['environment'],
): Promise<Result<Workspace, Diagnostic>> {
  const { checkFrozen, lockFolder, pinsOf } = await import('../rules/workspace/workspace-lock.ts');
  const first = await resolveWorkspace(options, cwd, environment);
  if (!first.ok) return first;
  const pinned = pinsOf(lockFolder(first.value));
  if (!pinned.ok) return pinned;
  const workspace = await resolveWorkspace({ ...options, pinned: pinned.value }, cwd, environment);
  if (!workspace.ok) return workspace;
  const lock = checkFrozen(workspace.value);
  if (!lock.ok) return lock;
  const { archives, read } = lock.value;
  const [{ fetchedArchives }, { archiveDifference }] = await Promise.all([
    import('../rules/workspace/fetched-archives.ts'),
    import('../rules/index/lock.ts'),
  ]);
  const present = fetchedArchives(workspace.value, definedOnly(environment));
  if (!present.ok) return present;
  const different = Object.entries(present.value.archives).flatMap(
    ([url, { sha256 }]) => archiveDifference(lock.value, url, sha256) ?? [],
  );
  if (different.length > 0) {
    return fail({
      message: `the project is not as it is locked: ${different.join('; ')}`,
      hint: "Remove the files that are not as locked, or accept them with 'unigraph lock'.",
    });
  }
  return ok({ ...workspace.value, lockedArchives: archives, read: [...workspace.value.read, ...read] });
}

function last(option: Repeated): string | undefined {
  return typeof option === 'string' || option === undefined ? option : option.at(-1);
}

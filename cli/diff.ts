import fs from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../engine/location.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { betweenFolders, foldersDiffer } from '../rules/understand/between-folders.ts';
import { knownBuild } from '../rules/understand/known-build.ts';
import { differsSinceBuild, sinceBuild } from '../rules/understand/since-build.ts';
import type { Command, Surroundings } from './command.ts';
import { folderText, sinceText } from './diff-text.ts';
import { definedOnly } from './surroundings.ts';
import { splitWords, workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface DiffArguments extends WorkspaceArguments {
  readonly folder?: readonly string[];
  readonly json?: boolean;
  readonly all?: boolean;
}

/** Exit status as with diff(1): 0 the same, 1 different, 2 trouble. */
const SAME = 0;
const DIFFERENT = 1;
const TROUBLE = 2;

export const command: Command<DiffArguments> = {
  usage: 'diff [folder..]',
  describe:
    'Tell what changed since the last build, or between two build folders. Status 1 when anything did.',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('folder', {
        describe: 'Two build folders to compare; or VARIABLE=value',
        type: 'string',
        array: true,
      })
      .option('all', { type: 'boolean', describe: 'Whole lists' })
      .option('json', { type: 'boolean', describe: 'As JSON (docs/explain.md)' }),
  async run(args, surroundings) {
    const { rest } = splitWords(args.folder ?? []);
    if (rest.length === 0) return sinceLastBuild(args, surroundings);
    if (rest.length !== 2) return trouble(surroundings, { message: 'diff takes two build folders, or none' });
    const directory = typeof args.directory === 'string' ? args.directory : '.';
    const [first, second] = rest.map((name) => path.resolve(surroundings.cwd, directory, name));
    const missing = [first!, second!].find((name) => !fs.existsSync(name));
    if (missing !== undefined) return trouble(surroundings, { message: `there is no folder ${missing}` });
    const found = betweenFolders(first!, second!);
    if (!found.ok) return trouble(surroundings, found.error);
    const differs = foldersDiffer(found.value);
    surroundings.stdout.write(
      args.json === true
        ? `${JSON.stringify({ schema: 1, folders: [first, second], differs, ...found.value }, undefined, 1)}\n`
        : folderText(found.value, args.all === true),
    );
    return differs ? DIFFERENT : SAME;
  },
};

async function sinceLastBuild(args: DiffArguments, surroundings: Surroundings): Promise<number> {
  const { stdout, environment, cwd } = surroundings;
  const found = await workspaceFrom(args, surroundings, args.folder ?? [], true);
  if (!found.ok) return trouble(surroundings, found.error);
  const { workspace } = found.value;
  const known = knownBuild(workspace, definedOnly(environment));
  if (!known.ok) return trouble(surroundings, known.error);
  if (known.value.around.journal.actionIds().length === 0) {
    return trouble(surroundings, {
      message: `nothing is known of a build in ${workspace.build}`,
      hint: "Build with 'unigraph build' first.",
    });
  }
  const since = sinceBuild(known.value);
  const differs = differsSinceBuild(since);
  stdout.write(
    args.json === true
      ? `${JSON.stringify({ schema: 1, differs, ...since }, undefined, 1)}\n`
      : sinceText(since, args.all === true, cwd, workspace.build),
  );
  return differs ? DIFFERENT : SAME;
}

function trouble({ stderr }: Surroundings, diagnostic: Diagnostic): number {
  stderr.write(`unigraph: ${formatDiagnostic(diagnostic)}\n`);
  return TROUBLE;
}

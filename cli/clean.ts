import path from 'node:path';
import { Journal } from '../engine/journal/journal.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { stateFolder } from '../rules/build/state-folder.ts';
import { surroundings as surroundingsOf } from '../rules/build/surroundings.ts';
import { clean, distClean, properClean } from '../rules/build/clean.ts';
import { loadGraph } from '../rules/build/load.ts';
import { knownBuild } from '../rules/understand/known-build.ts';
import { removeStale, staleOutputs } from '../rules/understand/stale-outputs.ts';
import type { Command, Surroundings } from './command.ts';
import { definedOnly } from './surroundings.ts';
import { workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface CleanArguments extends WorkspaceArguments {
  readonly library?: readonly string[];
  readonly stale?: boolean;
  readonly 'dry-run'?: boolean;
}

type Depth = 'clean' | 'properclean' | 'distclean';

const DESCRIPTIONS: Readonly<Record<Depth, string>> = {
  clean: 'Remove what was built (of the named libraries), but keep fetched and unpacked sources.',
  properclean: 'Remove the build folder.',
  distclean: 'Remove the build folder and the configuration.',
};

/** The three depths of cleaning, as the tree's own Makefile has them. */
export function cleanCommand(depth: Depth): Command<CleanArguments> {
  return {
    usage: depth === 'clean' ? 'clean [library..]' : `${depth} [library..]`,
    describe: DESCRIPTIONS[depth],
    build: (yargs) => {
      const declared = workspaceOptions(yargs).positional('library', {
        describe: depth === 'clean' ? 'A library, or VARIABLE=value' : 'VARIABLE=value',
        type: 'string',
        array: true,
      });
      if (depth !== 'clean') return declared;
      return declared
        .option('stale', { type: 'boolean', describe: 'Remove only what nothing makes any more' })
        .option('dry-run', { type: 'boolean', implies: 'stale', describe: 'With --stale: only list it' });
    },
    run: (args, surroundings) => run(depth, args, surroundings),
  };
}

async function run(depth: Depth, args: CleanArguments, surroundings: Surroundings): Promise<number> {
  const refuse = (text: string, status: number): number => {
    surroundings.stderr.write(`unigraph: ${text}\n`);
    return status;
  };
  const found = await workspaceFrom(args, surroundings, args.library ?? []);
  if (!found.ok) return refuse(formatDiagnostic(found.error), 2);
  const { workspace, words } = found.value;
  if (depth !== 'clean') {
    if (words.length > 0)
      return refuse(`${depth} takes no library; 'unigraph clean ${words.join(' ')}' does`, 2);
    const cleaned = depth === 'properclean' ? properClean(workspace) : distClean(workspace);
    return cleaned.ok ? 0 : refuse(formatDiagnostic(cleaned.error), 1);
  }
  if (args.stale === true) {
    if (words.length > 0) return refuse('--stale takes no library', 2);
    const known = knownBuild(workspace, definedOnly(surroundings.environment));
    if (!known.ok) return refuse(formatDiagnostic(known.error), 1);
    const stale = staleOutputs(known.value);
    for (const file of stale.files) surroundings.stdout.write(`${file}\n`);
    if (args['dry-run'] === true) return 0;
    const removed = removeStale(known.value, stale);
    if (!removed.ok) return refuse(formatDiagnostic(removed.error), 1);
    surroundings.stdout.write(`${removed.value} files removed.\n`);
    return 0;
  }
  const state = stateFolder(workspace.build);
  const loaded = loadGraph({
    workspace,
    goals: [],
    environment: definedOnly(surroundings.environment),
    files: surroundingsOf(Journal.read(path.join(state, 'journal'))).files,
    stateFolder: state,
    store: false,
    onNote: () => {},
    onWarning: () => {},
  });
  if (!loaded.ok) return refuse(formatDiagnostic(loaded.error), 1);
  const cleaned = clean(workspace, loaded.value.graph.actions, words);
  if (!cleaned.ok) return refuse(formatDiagnostic(cleaned.error), 1);
  surroundings.stdout.write(`${cleaned.value.removed} files removed.\n`);
  return 0;
}

export const command = cleanCommand('clean');
export const properclean = cleanCommand('properclean');
export const distclean = cleanCommand('distclean');

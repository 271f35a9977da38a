import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Journal } from '../../engine/journal/journal.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { ok, type Result } from '../../engine/result.ts';
import { stateFolder } from '../build/state-folder.ts';
import { surroundings } from '../build/surroundings.ts';
import { loadGraph } from '../build/load.ts';
import type { LockedArchive } from '../index/lock.ts';
import type { FetchArgument } from '../stages/fetch.ts';
import type { Workspace } from './workspace.ts';

/** The files that a workspace's libraries fetch. */
export interface FetchedArchives {
  /** Those that are in the build folder, by the address that the library gives first. */
  readonly archives: Readonly<Record<string, LockedArchive>>;
  /** The addresses of those that have not been fetched yet. */
  readonly missing: readonly string[];
}

/**
 * Reads what the workspace's `fetch` target fetches, and the digests of what is there already. Nothing is written or
 * fetched. A workspace without a configuration fetches nothing yet.
 */
export function fetchedArchives(
  workspace: Workspace,
  environment: Readonly<Record<string, string>>,
): Result<FetchedArchives, Diagnostic> {
  if (!existsSync(workspace.config)) return ok({ archives: {}, missing: [] });
  const state = stateFolder(workspace.build);
  const journal = Journal.read(join(state, 'journal'));
  const loaded = loadGraph({
    workspace,
    goals: ['fetch'],
    environment,
    files: surroundings(journal).files,
    stateFolder: state,
    store: false,
    onNote: () => undefined,
    onWarning: () => undefined,
  });
  if (!loaded.ok) return loaded;
  const { graph, roots } = loaded.value;
  const archives: Record<string, LockedArchive> = {};
  const missing: string[] = [];
  for (const index of graph.closure(roots)) {
    const action = graph.actions[index]!;
    for (const step of action.steps) {
      if (step.kind !== 'native' || step.performer !== 'fetch') continue;
      const { file, urls } = JSON.parse(step.argument) as FetchArgument;
      const [url] = urls;
      if (url === undefined) continue;
      if (!existsSync(file)) {
        missing.push(url);
        continue;
      }
      const bytes = readFileSync(file);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      archives[url] = { library: action.library, sha256, size: bytes.length };
    }
  }
  return ok({ archives, missing });
}

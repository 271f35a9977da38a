import fs from 'node:fs';
import path from 'node:path';
import type { BuildGraph } from '../../engine/graph/build-graph.ts';
import type { Surroundings } from '../../engine/graph/freshness.ts';
import { Journal } from '../../engine/journal/journal.ts';
import { readBuildLog, type BuildLog } from '../../engine/report/build-log.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { BUILD_LOG, stateFolder } from '../build/state-folder.ts';
import { surroundings } from '../build/surroundings.ts';
import { loadGraph } from '../build/load.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** All that is known of a build folder, for reading only. */
export interface KnownBuild {
  readonly workspace: Workspace;
  readonly graph: BuildGraph;
  readonly roots: readonly number[];
  readonly around: Surroundings;
  /** What made the stored evaluation stale; empty when it was used. */
  readonly stale: readonly string[];
  /** The last build that ran something. */
  readonly log?: BuildLog;
}

/** Loads the default goal's graph with the journal. Writes nothing in the build folder's own state. */
export function knownBuild(
  workspace: Workspace,
  environment: Readonly<Record<string, string>>,
): Result<KnownBuild, Diagnostic> {
  if (!fs.existsSync(workspace.config)) {
    return fail({ message: `there is no configuration: ${workspace.config} does not exist` });
  }
  const state = stateFolder(workspace.build);
  const around = surroundings(Journal.read(path.join(state, 'journal')));
  const stale: string[] = [];
  const loaded = loadGraph({
    workspace,
    goals: [],
    environment,
    files: around.files,
    stateFolder: state,
    store: false,
    onStale: (what) => stale.push(what),
    onNote: () => {},
    onWarning: () => {},
  });
  if (!loaded.ok) return loaded;
  const { graph, roots } = loaded.value;
  const log = readBuildLog(path.join(state, BUILD_LOG));
  return ok({ workspace, graph, roots, around, stale, ...(log !== undefined && { log }) });
}

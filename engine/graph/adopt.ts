import { isGroup, type Action } from './action.ts';
import type { BuildGraph } from './build-graph.ts';
import type { Surroundings } from './freshness.ts';
import { Recorder } from './record.ts';

/**
 * Takes over what another program has made: writes manifests for actions that never ran here. Call it before anything runs,
 * because what runs may touch files that the others are compared with.
 * @param judge for an action whose outputs are known to be what it would make now, the files that its commands read
 *   beyond the declared ones; otherwise undefined
 */
export function adoptOutputs(
  graph: BuildGraph,
  roots: readonly number[],
  around: Surroundings,
  judge: (action: Action) => readonly string[] | undefined,
): void {
  const recorder = new Recorder(around);
  for (const index of graph.closure(roots)) {
    const action = graph.actions[index]!;
    if (isGroup(action) || action.always === true || around.journal.manifest(action.id) !== undefined)
      continue;
    const discovered = judge(action);
    if (discovered !== undefined) recorder.adopt(action, discovered);
  }
}

import { formatDiagnostic } from '../engine/location.ts';
import { findTarget } from '../rules/understand/find-target.ts';
import { knownBuild, type KnownBuild } from '../rules/understand/known-build.ts';
import { Relations } from '../rules/understand/relations.ts';
import type { Surroundings } from './command.ts';
import { definedOnly } from './surroundings.ts';
import { workspaceFrom, type WorkspaceArguments } from './workspace-options.ts';

/** A build folder with what the command line's words name there. */
export interface Understood {
  readonly known: KnownBuild;
  readonly relations: Relations;
  /** For each word: ids of actions, or a source file. */
  readonly targets: readonly (readonly string[])[];
}

/**
 * Finds the build and the targets that a command line names; tells what is wrong otherwise.
 * @returns the exit status when something is wrong
 */
export async function understand(
  args: WorkspaceArguments,
  surroundings: Surroundings,
  given: readonly string[],
): Promise<Understood | number> {
  const { cwd, environment, stderr } = surroundings;
  const found = await workspaceFrom(args, surroundings, given, true);
  if (!found.ok) {
    stderr.write(`unigraph: ${formatDiagnostic(found.error)}\n`);
    return 2;
  }
  const { workspace, words } = found.value;
  const known = knownBuild(workspace, definedOnly(environment));
  if (!known.ok) {
    stderr.write(`unigraph: ${formatDiagnostic(known.error)}\n`);
    return 1;
  }
  const relations = new Relations(known.value);
  const { graph } = known.value;
  const targets: string[][] = [];
  for (const word of words) {
    const folders = [cwd, workspace.build, workspace.app, workspace.core];
    const target = findTarget(graph, word, folders, relations.discovered());
    if (!target.ok) {
      stderr.write(`unigraph: ${formatDiagnostic(target.error)}\n`);
      return 2;
    }
    const { name, actions } = target.value;
    targets.push(actions.length === 0 ? [name] : actions.map((index) => graph.actions[index]!.id));
  }
  return { known: known.value, relations, targets };
}

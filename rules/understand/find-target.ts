import path from 'node:path';
import type { BuildGraph } from '../../engine/graph/build-graph.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { nearest } from '../../engine/nearest.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

/** What a word of the user names: actions (one, or a library's), or a file that no action makes. */
export interface Target {
  readonly name: string;
  readonly actions: readonly number[];
}

/**
 * Finds what `word` names: an action's id, a file (absolute, in `folders`, or the only one whose path ends so), or a
 * library.
 * @param folders where relative names are looked for, in order
 * @param known further files, such as discovered headers
 */
export function findTarget(
  graph: BuildGraph,
  word: string,
  folders: readonly string[],
  known: Iterable<string> = [],
): Result<Target, Diagnostic> {
  const sources = new Set(known);
  const libraries = new Map<string, number[]>();
  const names = new Set<string>();
  for (const [index, action] of graph.actions.entries()) {
    names.add(action.id);
    for (const output of action.outputs) names.add(output);
    for (const input of [...action.inputs, ...action.implicit, ...action.tools]) sources.add(input);
    if (action.library === '') continue;
    const members = libraries.get(action.library) ?? [];
    members.push(index);
    libraries.set(action.library, members);
  }
  const exactly = (name: string): Target | undefined => {
    const producer = graph.producer(name);
    if (producer !== undefined) return { name, actions: [producer] };
    return sources.has(name) ? { name, actions: [] } : undefined;
  };
  for (const name of [word, ...folders.map((folder) => path.resolve(folder, word))]) {
    const found = exactly(name);
    if (found !== undefined) return ok(found);
  }
  const members = libraries.get(word);
  if (members !== undefined) return ok({ name: word, actions: members });
  const all = new Set([...names, ...sources]);
  const ending = [...all].filter((name) => name.endsWith(`/${word}`));
  if (ending.length === 1) return ok(exactly(ending[0]!)!);
  if (ending.length > 1) {
    const shown = ending.slice(0, 5).join(', ');
    return fail({
      message: `'${word}' names ${ending.length} files`,
      hint: `Say more of the path: ${shown}`,
    });
  }
  const candidates = [...libraries.keys(), ...[...all].map((name) => path.basename(name))];
  const meant = nearest(path.basename(word), candidates);
  return fail({
    message: `there is no target, file or library '${word}' in this build`,
    ...(meant !== undefined && { hint: `Did you mean '${meant}'?` }),
  });
}

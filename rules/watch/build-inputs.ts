import path from 'node:path';
import { LINK_PREFIX } from '../../engine/digest/file-states.ts';
import { isGroup } from '../../engine/graph/action.ts';
import { isFileName, type Surroundings } from '../../engine/graph/freshness.ts';
import { VERSION_STRIDE, type FileVersions } from '../../engine/journal/manifest.ts';
import type { Loaded } from '../build/load.ts';

/**
 * Every path on which it depends whether the actions of a graph are up to date: what they declare, what they were found to
 * read, the folders in which names were looked for, and what they made. As recorded, so not always normalised.
 */
export function buildInputs({ graph, roots }: Loaded, { journal }: Surroundings): Set<string> {
  const names = new Set<string>();
  // Manifests hold some 300,000 ids of 10,000 files: marked in an array, they take 5 ms, in a set 40.
  const marked = new Uint8Array(journal.strings.size);
  const mark = (versions: FileVersions): void => {
    for (let at = 0; at < versions.length; at += VERSION_STRIDE) marked[versions[at]!] = 1;
  };
  const sets = new Set<number>();
  for (const index of graph.closure(roots)) {
    const action = graph.actions[index]!;
    if (isGroup(action)) continue;
    for (const list of [action.inputs, action.implicit, action.tools, action.outputs])
      for (const name of list) if (isFileName(name)) names.add(name);
    if (action.symbolHeader !== undefined) names.add(action.symbolHeader);
    const manifest = journal.manifest(action.id);
    if (manifest === undefined) continue;
    mark(manifest.inputs);
    mark(manifest.outputs);
    for (const set of manifest.lookups) sets.add(set);
  }
  for (const set of sets) {
    const text = journal.strings.text(set);
    for (const id of text.slice(0, text.indexOf(':')).split(',')) marked[Number(id)] = 1;
  }
  marked.forEach((isMarked, id) => {
    if (isMarked === 1) names.add(journal.strings.text(id).replace(LINK_PREFIX, ''));
  });
  return names;
}

/** The files that the actions of a graph make, normalised. */
export function buildOutputs({ graph, roots }: Loaded): Set<string> {
  const names = new Set<string>();
  for (const index of graph.closure(roots))
    for (const name of graph.actions[index]!.outputs) names.add(path.resolve(name));
  return names;
}

import { DirectedGraph } from 'graphology';
import type { Journal } from '../journal/journal.ts';
import { VERSION_STRIDE } from '../journal/manifest.ts';
import type { Action } from './action.ts';
import type { BuildGraph } from './build-graph.ts';

/** How a file or action needs another. */
export type EdgeKind = 'input' | 'implicit' | 'tool' | 'order-only' | 'output' | 'discovered';

/** Attributes of an edge of `graphView`. */
export interface ViewEdge {
  readonly kind: EdgeKind;
}

/** What an action needs by declaration, the strongest kind of each name first. */
export function* declaredNeeds(action: Action): Iterable<readonly [name: string, kind: EdgeKind]> {
  for (const name of action.inputs) yield [name, 'input'];
  for (const name of action.implicit) yield [name, 'implicit'];
  for (const name of action.tools) yield [name, 'tool'];
  for (const name of action.orderOnly) yield [name, 'order-only'];
}

/** Files that the last run of an action was seen to read beyond what it declares; from its manifest. */
export function discoveredNeeds(action: Action, journal: Journal): string[] {
  const manifest = journal.manifest(action.id);
  if (manifest === undefined) return [];
  const ids = Array.from(
    { length: manifest.inputs.length / VERSION_STRIDE },
    (_, at) => manifest.inputs[at * VERSION_STRIDE]!,
  );
  const declared = new Set(ids.slice(0, manifest.declared));
  return ids.filter((id) => !declared.has(id)).map((id) => journal.strings.text(id));
}

/**
 * The graph for queries: nodes are ids of actions, their outputs, and the files they read; an edge leads from what
 * needs to what is needed. Discovered headers, 300,000 edges of an application, stay in the journal's arrays:
 * see `discoveredNeeds`.
 */
export function graphView(graph: BuildGraph): DirectedGraph<Record<string, never>, ViewEdge> {
  const view = new DirectedGraph<Record<string, never>, ViewEdge>();
  for (const action of graph.actions) {
    view.mergeNode(action.id);
    for (const output of action.outputs) {
      if (output === action.id) continue;
      view.mergeNode(output);
      view.mergeDirectedEdge(output, action.id, { kind: 'output' });
    }
    for (const [name, kind] of declaredNeeds(action)) {
      if (name === action.id) continue;
      view.mergeNode(name);
      if (!view.hasDirectedEdge(action.id, name)) view.addDirectedEdge(action.id, name, { kind });
    }
  }
  return view;
}

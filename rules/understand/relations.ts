import { discoveredNeeds, graphView, type EdgeKind } from '../../engine/graph/views.ts';
import type { KnownBuild } from './known-build.ts';

/** `from` needs `to`. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
}

/** Everything that needs and is needed, declared and discovered. */
export class Relations {
  readonly #view;
  readonly #known: KnownBuild;
  #readers: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(known: KnownBuild) {
    this.#known = known;
    this.#view = graphView(known.graph);
  }

  /** What `name` needs directly. */
  needs(name: string): Edge[] {
    const { graph, around } = this.#known;
    const edges: Edge[] = [];
    if (this.#view.hasNode(name))
      this.#view.forEachOutEdge(name, (_edge, { kind }, from, to) => edges.push({ from, to, kind }));
    const action = graph.actions[graph.producer(name) ?? -1];
    if (action === undefined || action.id !== name) return edges;
    const declared = new Set(edges.map((edge) => edge.to));
    for (const to of discoveredNeeds(action, around.journal))
      if (!declared.has(to)) edges.push({ from: name, to, kind: 'discovered' });
    return edges;
  }

  /** What needs `name` directly. */
  neededBy(name: string): Edge[] {
    const edges: Edge[] = [];
    if (this.#view.hasNode(name))
      this.#view.forEachInEdge(name, (_edge, { kind }, from, to) => edges.push({ from, to, kind }));
    const declared = new Set(edges.map((edge) => edge.from));
    for (const from of this.#discoverers().get(name) ?? [])
      if (!declared.has(from)) edges.push({ from, to: name, kind: 'discovered' });
    return edges;
  }

  /** Files that were discovered by some action. */
  discovered(): Iterable<string> {
    return this.#discoverers().keys();
  }

  #discoverers(): ReadonlyMap<string, readonly string[]> {
    if (this.#readers !== undefined) return this.#readers;
    const readers = new Map<string, string[]>();
    for (const action of this.#known.graph.actions) {
      for (const name of discoveredNeeds(action, this.#known.around.journal)) {
        const ids = readers.get(name);
        if (ids === undefined) readers.set(name, [action.id]);
        else ids.push(action.id);
      }
    }
    return (this.#readers = readers);
  }
}

/** The edges reached from `starts` within `depth` steps, breadth first. */
export function reach(
  starts: readonly string[],
  depth: number,
  next: (name: string) => readonly Edge[],
  other: (edge: Edge) => string,
): Edge[] {
  const seen = new Set(starts);
  const edges: Edge[] = [];
  let level: readonly string[] = starts;
  for (let step = 0; step < depth && level.length > 0; step++) {
    const following: string[] = [];
    for (const name of level) {
      for (const edge of next(name)) {
        edges.push(edge);
        const end = other(edge);
        if (seen.has(end)) continue;
        seen.add(end);
        following.push(end);
      }
    }
    level = following;
  }
  return edges;
}

/** A shortest way from one of `starts` to one of `ends`, along `next`; undefined when there is none. */
export function shortestPath(
  starts: readonly string[],
  ends: ReadonlySet<string>,
  next: (name: string) => readonly Edge[],
): Edge[] | undefined {
  const reachedBy = new Map<string, Edge | undefined>(starts.map((name) => [name, undefined]));
  for (const [name] of reachedBy) {
    if (ends.has(name)) {
      const path: Edge[] = [];
      for (let edge = reachedBy.get(name); edge !== undefined; edge = reachedBy.get(edge.from))
        path.push(edge);
      return path.reverse();
    }
    for (const edge of next(name)) if (!reachedBy.has(edge.to)) reachedBy.set(edge.to, edge);
  }
  return undefined;
}

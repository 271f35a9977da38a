import { fail, ok, type Result } from '../result.ts';
import { isGroup, type Action } from './action.ts';

/** Two actions that make the same file, or actions that wait for each other. */
export type GraphFailure =
  | { readonly kind: 'conflict'; readonly output: string; readonly actions: readonly [string, string] }
  | { readonly kind: 'cycle'; readonly actions: readonly string[] };

/**
 * Actions joined by the files they read and write. Nodes are dense integers, the actions' indices; edges point
 * from what must be done first. This is the form in which a build walks the graph; `views.ts` gives it as a
 * graphology graph for queries.
 */
export class BuildGraph {
  readonly actions: readonly Action[];
  /** What each action waits for, and what waits for it. */
  readonly dependencies: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
  /** Every action after all that it waits for. */
  readonly order: readonly number[];
  readonly #producers: ReadonlyMap<string, number>;

  private constructor(
    actions: readonly Action[],
    producers: ReadonlyMap<string, number>,
    dependencies: readonly (readonly number[])[],
    dependents: readonly (readonly number[])[],
    order: readonly number[],
  ) {
    this.actions = actions;
    this.#producers = producers;
    this.dependencies = dependencies;
    this.dependents = dependents;
    this.order = order;
  }

  /** Joins actions; an input that no action makes is a source file. */
  static of(actions: readonly Action[]): Result<BuildGraph, GraphFailure> {
    const producers = new Map<string, number>();
    for (const [index, action] of actions.entries()) {
      for (const name of isGroup(action) ? [action.id] : new Set([action.id, ...action.outputs])) {
        const other = producers.get(name);
        if (other !== undefined) {
          return fail({ kind: 'conflict', output: name, actions: [actions[other]!.id, action.id] });
        }
        producers.set(name, index);
      }
    }
    const dependents: number[][] = actions.map(() => []);
    const dependencies = actions.map((action, index) => {
      const before = new Set<number>();
      for (const list of [action.inputs, action.implicit, action.orderOnly]) {
        for (const name of list) {
          const producer = producers.get(name);
          if (producer !== undefined && producer !== index) before.add(producer);
        }
      }
      for (const producer of before) dependents[producer]!.push(index);
      return [...before];
    });
    const order = topologicalOrder(dependencies, dependents);
    if (order.length < actions.length) {
      return fail({
        kind: 'cycle',
        actions: findCycle(dependencies, order).map((index) => actions[index]!.id),
      });
    }
    return ok(new BuildGraph(actions, producers, dependencies, dependents, order));
  }

  /** The action that makes a file, or the group of that name. */
  producer(name: string): number | undefined {
    return this.#producers.get(name);
  }

  /** The given actions and everything they wait for. */
  closure(roots: Iterable<number>): Set<number> {
    const reached = new Set<number>(roots);
    const stack = [...reached];
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      for (const before of this.dependencies[index]!) {
        if (reached.has(before)) continue;
        reached.add(before);
        stack.push(before);
      }
    }
    return reached;
  }
}

/** Kahn's algorithm; shorter than the graph when there is a cycle. */
function topologicalOrder(
  dependencies: readonly (readonly number[])[],
  dependents: readonly (readonly number[])[],
): number[] {
  const missing = dependencies.map((before) => before.length);
  const order = [...missing.keys()].filter((index) => missing[index] === 0);
  for (let next = 0; next < order.length; next++) {
    for (const after of dependents[order[next]!]!) {
      if (--missing[after]! === 0) order.push(after);
    }
  }
  return order;
}

/** One cycle among the nodes that the order does not reach, each waiting for the next. */
function findCycle(dependencies: readonly (readonly number[])[], order: readonly number[]): number[] {
  const ordered = new Set(order);
  const path: number[] = [];
  const position = new Map<number, number>();
  let node = dependencies.findIndex((_, index) => !ordered.has(index));
  while (!position.has(node)) {
    position.set(node, path.length);
    path.push(node);
    // Every node outside the order waits for at least one other outside it.
    node = dependencies[node]!.find((before) => !ordered.has(before))!;
  }
  return path.slice(position.get(node));
}

import { isGroup } from '../../engine/graph/action.ts';
import type { BuildGraph } from '../../engine/graph/build-graph.ts';
import { reasonsToRun } from '../../engine/graph/freshness.ts';
import type { Reason } from '../../engine/graph/reason.ts';
import type { BuildLog, LoggedAction } from '../../engine/report/build-log.ts';
import type { KnownBuild } from './known-build.ts';

/** Why one action would run, or ran. */
export interface Explained {
  readonly id: string;
  readonly reasons: readonly Reason[];
  /** Ids of actions that it waits for and that run too: before they ran, whether it must is not certain. */
  readonly after: readonly string[];
  /** What came of it, in a build that was. */
  readonly result?: LoggedAction['result'];
  readonly durationMs?: number;
}

/** Why each action of the goals would run now, each after what it waits for. */
export function explainNow({ graph, roots, around }: KnownBuild): Explained[] {
  const scope = graph.closure(roots);
  /** Of each action: the actions before it that run, seen through groups. */
  const running = new Map<number, readonly string[]>();
  const explained: Explained[] = [];
  for (const index of graph.order) {
    if (!scope.has(index)) continue;
    const action = graph.actions[index]!;
    const orderOnly = new Set(action.orderOnly.map((name) => graph.producer(name)));
    const needed = new Set([...action.inputs, ...action.implicit].map((name) => graph.producer(name)));
    const after = new Set<string>();
    for (const before of graph.dependencies[index]!) {
      if (orderOnly.has(before) && !needed.has(before)) continue;
      for (const id of running.get(before) ?? []) after.add(id);
    }
    if (isGroup(action)) {
      running.set(index, [...after]);
      continue;
    }
    const reasons = reasonsToRun(action, around, true);
    if (reasons.length === 0 && after.size === 0) continue;
    running.set(index, [action.id]);
    explained.push({ id: action.id, reasons, after: [...after] });
  }
  return explained;
}

/** Why each action of a build that was ran, in the order in which they ended. */
export function explainLast(log: BuildLog, graph: BuildGraph): Explained[] {
  const ran = new Set(log.actions.map((action) => action.id));
  return log.actions.map(({ id, reasons, result, startMs, endMs }) => {
    const after = new Set<string>();
    for (const reason of reasons) {
      if (!('path' in reason)) continue;
      const maker = graph.producer(reason.path);
      const makerId = maker === undefined ? undefined : graph.actions[maker]!.id;
      if (makerId !== undefined && makerId !== id && ran.has(makerId)) after.add(makerId);
    }
    return { id, reasons, after: [...after], result, durationMs: endMs - startMs };
  });
}

/** The explained actions that led to those of `ids`, causes last; empty when none of them runs. */
export function causes(explained: readonly Explained[], ids: readonly string[]): Explained[] {
  const byId = new Map(explained.map((each) => [each.id, each]));
  const reached = new Set(ids.filter((id) => byId.has(id)));
  for (const id of reached) for (const before of byId.get(id)?.after ?? []) reached.add(before);
  return [...reached].flatMap((id) => byId.get(id) ?? []);
}

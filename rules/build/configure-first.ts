import fs from 'node:fs';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Action } from '../../engine/graph/action.ts';
import type { BuildGraph } from '../../engine/graph/build-graph.ts';
import { reasonsToRun, type Surroundings } from '../../engine/graph/freshness.ts';
import type { Performer } from '../../engine/graph/perform.ts';
import type { EventSink } from '../../engine/report/event.ts';
import { configure } from '../stages/configure.ts';

/** How long the configuration waits for threads to start, in ms: with few slots and many archives some start late. */
const PATIENCE_MS = 50;

/** What runs before the rest of a build. */
export interface FirstRun {
  readonly roots: readonly number[];
  /** Takes the place of the performer `configure`. */
  readonly configure: Performer;
  /** To be told every event of the run. */
  readonly watch: EventSink;
}

/**
 * The run that brings the configuration up to date, which may change the graph; undefined when it is up to date, or the goals
 * do not need it. Archives that are there and need no configuration are unpacked by threads meanwhile.
 * @param patienceMs how long the configuration waits for these threads to start, at most
 */
export function configureFirst(
  graph: BuildGraph,
  roots: readonly number[],
  around: Surroundings,
  jobs: number,
  patienceMs = PATIENCE_MS,
): FirstRun | undefined {
  const configuration = graph.actions.findIndex((action) => usesPerformer(action, 'configure'));
  if (configuration < 0 || !graph.closure(roots).has(configuration)) return undefined;
  if (reasonsToRun(graph.actions[configuration]!, around).length === 0) return undefined;
  const unpacking = jobs < 2 ? [] : unpackable(graph, roots, configuration);
  const unstarted = new Set(unpacking.map((index) => graph.actions[index]!.id));
  let tellStarted: () => void = () => {};
  const allStarted = new Promise<void>((resolve) => (tellStarted = resolve));
  if (unstarted.size === 0) tellStarted();
  return {
    roots: [configuration, ...unpacking],
    watch: (event) => {
      if (event.kind !== 'started' && event.kind !== 'fresh') return;
      if (unstarted.delete(event.action.id) && unstarted.size === 0) tellStarted();
    },
    // It keeps this thread busy to its end: what others can do should be under way by then.
    configure: async (argument, context) => {
      const patience = new AbortController();
      await Promise.race([
        allStarted,
        pause(patienceMs, undefined, { signal: patience.signal }).catch(() => {}),
      ]);
      patience.abort();
      // An action that has just been told of is about to start its thread.
      await nextTurn();
      return configure(argument, context);
    },
  };
}

function unpackable(graph: BuildGraph, roots: readonly number[], configuration: number): number[] {
  const found: number[] = [];
  for (const index of graph.closure(roots)) {
    if (!usesPerformer(graph.actions[index]!, 'unpack')) continue;
    const needed = graph.closure([index]);
    const fetches = [...needed].map((each) => graph.actions[each]!).filter(({ pool }) => pool === 'fetch');
    const isFetched = fetches.every(({ outputs }) => outputs.every((file) => fs.existsSync(file)));
    if (isFetched && !needed.has(configuration)) found.push(index);
  }
  return found;
}

const usesPerformer = (action: Action, performer: string): boolean =>
  action.steps.some((step) => step.kind === 'native' && step.performer === performer);

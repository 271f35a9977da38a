import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../../engine/clock.ts';
import { FileStates } from '../../../engine/digest/file-states.ts';
import { nodeDisk } from '../../../engine/disk.ts';
import type { Spawner } from '../../../engine/exec/spawner.ts';
import type { Action } from '../../../engine/graph/action.ts';
import { BuildGraph } from '../../../engine/graph/build-graph.ts';
import { build, type BuildOptions } from '../../../engine/graph/build.ts';
import type { Surroundings } from '../../../engine/graph/freshness.ts';
import { Lookups } from '../../../engine/graph/lookups.ts';
import { SymbolValues } from '../../../engine/graph/symbol-values.ts';
import type { Journal } from '../../../engine/journal/journal.ts';
import type { BuildEvent, BuildSummary } from '../../../engine/report/event.ts';

/** A folder of a test's own; on a file system in memory where there is one, since thousands of builds go through it. */
export function temporaryFolder(name: string): string {
  const base = fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  return fs.mkdtempSync(path.join(base, `unigraph-${name}-`));
}

/** Trusts every stat that was not taken in the future: for tests whose writes all have different times. */
export const trustingClock: Clock = { now: () => Date.now() + 10_000 };

/** The world as a build sees it, on the real disk. */
export function surroundings(journal: Journal, clock: Clock): Surroundings {
  const files = new FileStates(journal, nodeDisk, clock);
  return {
    journal,
    files,
    lookups: new Lookups(files, journal.strings),
    symbols(header) {
      const text = fs.existsSync(header) ? fs.readFileSync(header, 'utf8') : '';
      return new SymbolValues(journal.strings, text);
    },
  };
}

/** An action with nothing special about it. */
export function action(id: string, facts: Partial<Action> = {}): Action {
  return {
    id,
    rule: 'Custom',
    library: '',
    label: 'RUN',
    description: id,
    cwd: '/',
    steps: [{ kind: 'shell', text: `make ${id}`, shell: ['/bin/sh', '-c'] }],
    inputs: [],
    implicit: [],
    orderOnly: [],
    outputs: [id],
    tools: [],
    environment: {},
    pool: 'compile',
    ...facts,
  };
}

/** A name for others: an action without steps. */
export function group(id: string, inputs: readonly string[]): Action {
  return action(id, { rule: 'Group', steps: [], outputs: [], inputs });
}

/** @throws when the actions do not make a graph */
export function graphOf(actions: readonly Action[]): BuildGraph {
  const made = BuildGraph.of(actions);
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
}

/** What a build did, besides its summary. */
export interface Observed {
  readonly summary: BuildSummary;
  readonly events: readonly BuildEvent[];
}

/** The ids of the actions in events of one kind, in order. */
export function idsOf(observed: Pick<Observed, 'events'>, kind: BuildEvent['kind']): string[] {
  return observed.events.flatMap((event) =>
    event.kind === kind && 'action' in event ? [event.action.id] : [],
  );
}

/** Builds everything in a graph; `events` may be watched while it goes on. */
export async function run(
  graph: BuildGraph,
  around: Surroundings,
  spawner: Spawner,
  options: Partial<BuildOptions> = {},
  events: BuildEvent[] = [],
): Promise<Observed> {
  const summary = await build({
    graph,
    roots: [...graph.actions.keys()],
    around,
    spawner,
    performers: new Map(),
    ambient: {},
    jobs: 2,
    keepGoing: false,
    dryRun: false,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    ...options,
  });
  return { summary, events };
}

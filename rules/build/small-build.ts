import path from 'node:path';
import { FifosAhead } from '../../engine/exec/fifos-ahead.ts';
import { directSpawner } from '../../engine/exec/direct-spawner.ts';
import { isGroup, type Action } from '../../engine/graph/action.ts';
import { BuildGraph } from '../../engine/graph/build-graph.ts';
import { build } from '../../engine/graph/build.ts';
import { isFileName, type Surroundings } from '../../engine/graph/freshness.ts';
import { isSystemError } from '../../engine/graph/perform.ts';
import { Journal } from '../../engine/journal/journal.ts';
import { takeLock } from '../../engine/journal/lock.ts';
import { loggingSink } from '../../engine/report/build-log.ts';
import type { BuildSummary, EventSink } from '../../engine/report/event.ts';
import { answersAgain } from '../evaluation/answers-again.ts';
import { ambientEnvironment } from './ambient.ts';
import { EditedOrigins } from './edited-origins.ts';
import { GraphFile, GraphFileError } from './graph-file.ts';
import { BUILD_LOG, originStates, stateFolder } from './state-folder.ts';
import { surroundings } from './surroundings.ts';
import { changedOutputs, look, type Standing } from './up-to-date.ts';
import {
  FOR_ALL,
  FOR_GIT,
  FOR_KIND,
  KIND,
  STAT_NUMBERS,
  isStillThere,
  listAt,
  removeRecord,
  writeRecord,
  type UpToDateRecord,
} from './up-to-date-record.ts';
import { followedRecord, type Followed } from './followed-record.ts';

/*
 * A small build: the short way's record tells that a few files differ from what the last build saw, that only commands read
 * them, and which actions these are. Then the evaluation still holds, every other action is fresh, and what is left is a build
 * of the actions that read these files and of all that wait for those, by the same engine as any other.
 */

export interface SmallBuildRequest {
  readonly standing: Extract<Standing, { kind: 'few' }>;
  readonly environment: Readonly<Record<string, string>>;
  readonly jobs: number;
  readonly keepGoing: boolean;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
}

/** More actions than this are no small build. */
const MOST_ACTIONS = 400;

/**
 * Whether the evaluation of the makefiles would be the same with what has changed.
 * @returns the present stats of changed files that git tracks, by position; undefined when it would not be, or that is not clear
 */
function evaluationHolds(
  { record, changed }: SmallBuildRequest['standing'],
  environment: SmallBuildRequest['environment'],
): ReadonlyMap<number, Float64Array> | undefined {
  const { names, stats, flags, header } = record;
  const tracked = new Map<number, Float64Array>();
  for (const position of changed) {
    const flag = flags[position]!;
    if ((flag & FOR_ALL) !== 0) return undefined;
    const now = new Float64Array(STAT_NUMBERS);
    look(names[position]!, now, 0);
    const mode = stats[position * STAT_NUMBERS + 4]!;
    if ((flag & FOR_KIND) !== 0 && (now[4]! & KIND) !== (mode & KIND)) return undefined;
    if ((flag & FOR_GIT) !== 0) tracked.set(position, now);
  }
  if (tracked.size > 0 && !header.gitShells.every((shell) => answersAgain(shell, environment)))
    return undefined;
  return tracked;
}

/** Numbers of the graph's actions that may have to run, because they read a changed file or wait for one that does; undefined when they are too many. */
function affected({ record, changed }: SmallBuildRequest['standing']): number[] | undefined {
  const isChanged = new Uint8Array(record.names.length);
  for (const position of changed) isChanged[position] = 1;
  const { uses, dependents } = record;
  const reached = new Set<number>();
  for (let action = 0, at = 0; action < uses.ends.length; action++) {
    for (; at < uses.ends[action]!; at++) if (isChanged[uses.values[at]!] === 1) reached.add(action);
  }
  for (const action of reached) {
    if (reached.size > MOST_ACTIONS) return undefined;
    for (const after of listAt(dependents, action)) reached.add(after);
  }
  return [...reached];
}

/** The actions with these numbers, in a graph of their own; undefined when they are not for a small build. */
function affectedGraph({ header }: UpToDateRecord, numbers: readonly number[]): BuildGraph | undefined {
  const stat = new Float64Array(STAT_NUMBERS);
  look(header.graph.file, stat, 0);
  if (!header.graph.stat.every((value, at) => value === stat[at])) return undefined;
  const file = new GraphFile(header.graph.file);
  try {
    const actions = numbers.map((number) => file.action(number));
    if (!actions.every(isPlain)) return undefined;
    const graph = BuildGraph.of(actions);
    return graph.ok ? graph.value : undefined;
  } finally {
    file.close();
  }
}

/** Whether an action only runs commands that make files: it does not configure, fetch, unpack or patch. */
function isPlain(action: Action): boolean {
  return (
    action.always !== true &&
    action.tree === undefined &&
    action.steps.every((step) => step.kind !== 'native')
  );
}

/** Whether all that the actions read, and none of them makes, is there. */
function isComplete(graph: BuildGraph, { files }: Surroundings): boolean {
  return graph.actions.every(
    (action) =>
      isGroup(action) ||
      action.inputs.every(
        (name) => !isFileName(name) || graph.producer(name) !== undefined || files.isPresent(files.id(name)),
      ),
  );
}

/**
 * Builds what few changed files make necessary.
 * @returns how the build went; undefined when it must go the long way: nothing has been done, or not all that is to do
 */
export async function smallBuild(request: SmallBuildRequest): Promise<BuildSummary | undefined> {
  const tracked = evaluationHolds(request.standing, request.environment);
  const numbers = tracked && affected(request.standing);
  if (numbers === undefined) return undefined;
  const fifos = new FifosAhead(Math.min(request.jobs, 4));
  try {
    const graph = affectedGraph(request.standing.record, numbers);
    return graph === undefined
      ? undefined
      : await buildAffected(request, { numbers, graph, tracked: tracked!, fifos });
  } catch (error) {
    // The long way meets it again, and says what it is.
    if (error instanceof GraphFileError || isSystemError(error)) return undefined;
    throw error;
  } finally {
    fifos.close();
  }
}

/** What a small build works on. */
interface Affected {
  /** The actions that may have to run, and their numbers in the whole graph. */
  readonly graph: BuildGraph;
  readonly numbers: readonly number[];
  readonly tracked: ReadonlyMap<number, Float64Array>;
  readonly fifos: FifosAhead;
}

async function buildAffected(
  request: SmallBuildRequest,
  { numbers, graph, tracked, fifos }: Affected,
): Promise<BuildSummary | undefined> {
  const { standing, environment, signal } = request;
  const state = stateFolder(standing.build);
  const lock = takeLock(path.join(state, 'lock'));
  if (!lock.ok) return undefined;
  const startedMs = Date.now();
  let journal: Journal | undefined;
  const spawner = directSpawner({ fifos });
  try {
    // Another build may have come in between.
    if (!isStillThere(standing.build, standing.record)) return undefined;
    journal = Journal.open(path.join(state, 'journal'));
    const around = surroundings(journal);
    if (!isComplete(graph, around)) return undefined;
    process.umask(0o022);
    const { header } = standing.record;
    const emit = loggingSink(path.join(state, BUILD_LOG), startedMs, request.emit);
    const edited = new EditedOrigins(graph, new Map(header.origins), originStates(state));
    emit({ kind: 'planned', actions: graph.actions.length });
    // The rest of the record is compared while the first command runs.
    let wrong: readonly number[] | undefined = standing.whole ? [] : undefined;
    const compareRest = (): readonly number[] => {
      if (wrong !== undefined) return wrong;
      const own = new Set(graph.actions.flatMap((action) => action.outputs));
      const { names } = standing.record;
      return (wrong = changedOutputs(standing.record).filter((position) => !own.has(names[position]!)));
    };
    const summary = await build({
      graph,
      roots: [...graph.actions.keys()],
      around,
      spawner,
      performers: new Map(),
      ambient: ambientEnvironment(environment),
      jobs: request.jobs,
      keepGoing: request.keepGoing,
      dryRun: false,
      signal,
      emit: (event) => {
        edited.watch(event);
        if (event.kind === 'started') setImmediate(compareRest);
        if (event.kind !== 'done') emit(event);
        else if (event.summary.outcome !== 'succeeded' || compareRest().length === 0)
          emit({ kind: 'done', summary: ofAll(event.summary, header.actions) });
      },
    });
    if (summary.outcome === 'succeeded' && compareRest().length > 0) {
      // What others made is not as it was, and must be made again: the long way does.
      removeRecord(standing.build);
      return undefined;
    }
    for (const text of edited.notes()) emit({ kind: 'note', text });
    leaveBehind(standing, summary, {
      ...standing,
      actions: graph.actions.map((action, at) => [numbers[at]!, action]),
      tracked,
      around,
      startedMs,
    });
    return summary;
  } finally {
    await spawner.close();
    journal?.close();
    lock.value.release();
  }
}

/** What was not looked at is fresh. */
function ofAll(summary: BuildSummary, actions: number): BuildSummary {
  return { ...summary, fresh: actions - summary.ran - summary.failed - summary.skipped };
}

/** Brings up to date what makes the next call quick. Without it that call goes the long way. */
function leaveBehind(
  { build: folder }: SmallBuildRequest['standing'],
  summary: BuildSummary,
  followed: Followed,
): void {
  try {
    followed.around.journal.writeCheckpoint();
    // A failed build leaves the record: what differs from it still has to be built.
    if (summary.outcome !== 'succeeded') return;
    const record = followedRecord(followed);
    if (record !== undefined) writeRecord(folder, record);
    else removeRecord(folder);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    removeRecord(folder);
  }
}

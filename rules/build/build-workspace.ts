import fs from 'node:fs';
import path from 'node:path';
import { quote } from '../../engine/exec/command-line.ts';
import { directSpawner, helperSpawner, type Spawner } from '../../engine/exec/spawner.ts';
import type { Action } from '../../engine/graph/action.ts';
import { adoptOutputs } from '../../engine/graph/adopt.ts';
import { build } from '../../engine/graph/build.ts';
import type { Surroundings } from '../../engine/graph/freshness.ts';
import { describeSystemError, isSystemError, type Performer } from '../../engine/graph/perform.ts';
import { Journal } from '../../engine/journal/journal.ts';
import { VERSION_STRIDE } from '../../engine/journal/manifest.ts';
import { takeLock } from '../../engine/journal/lock.ts';
import type { Mirror } from '../../engine/fetch/download.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { loggingSink } from '../../engine/report/build-log.ts';
import type { BuildSummary, EventSink } from '../../engine/report/event.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { readSettings } from '../index/settings.ts';
import { configure } from '../stages/configure.ts';
import { configureFirst } from './configure-first.ts';
import { EditedOrigins, originsOf } from './edited-origins.ts';
import { fetchPerformer } from '../stages/fetch.ts';
import { originPerformers } from '../stages/sources.ts';
import type { InputLint, UndeclaredUse } from '../input-lint/input-lint.ts';
import { removeStaleObjects } from '../understand/stale-outputs.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { worksOfMake } from './take-over.ts';
import { ambientEnvironment } from './ambient.ts';
import { loadGraph, makeProgram, type Loaded } from './load.ts';
import { remember } from './remember.ts';
import { BUILD_LOG, originStates, stateFolder } from './state-folder.ts';
import { surroundings } from './surroundings.ts';
import type { Call } from './up-to-date.ts';
import { removeRecord } from './up-to-date-record.ts';
import { makeFolder } from '../../engine/folders.ts';

export interface BuildRequest {
  readonly workspace: Workspace;
  readonly goals: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly jobs: number;
  readonly keepGoing: boolean;
  readonly dryRun: boolean;
  /** Reads all outputs again, whatever their stats say. */
  readonly verify?: boolean;
  /** Runs every action that has commands, and tells which files these use without being declared. */
  readonly inputLint?: InputLint;
  /** The words that start this program: node and the script. */
  readonly self: readonly string[];
  /** The command line, by which a later call finds that it has nothing to do. */
  readonly call?: Call;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
  /** What a caller that builds this folder again and again keeps in memory. It holds the folder's lock itself, and is not asked for `dryRun`. */
  readonly kept?: KeptBuild;
}

/** The state of a build folder between two builds of one process. Its owner closes what is in it. */
export interface KeptBuild {
  readonly spawner: Spawner;
  /** With a journal that is open for writing; answers about files that may have changed must have been taken back. */
  readonly around: Surroundings;
  /** The graph as it was loaded last; a caller that knows it to be stale takes it away. */
  loaded: Loaded | undefined;
}

/**
 * Brings the goals of a workspace up to date.
 * @returns how the build went, or why there was none
 */
export async function buildWorkspace(request: BuildRequest): Promise<Result<BuildSummary, Diagnostic>> {
  const { workspace, emit } = request;
  const state = stateFolder(workspace.build);
  try {
    if (request.kept !== undefined) return await buildLocked(request, state);
    const lock = takeLock(path.join(state, 'lock'));
    if (!lock.ok) {
      return fail({
        message: `another build (process ${lock.error.pid}) is at work in ${workspace.build}`,
        hint: 'Wait for it to end, or give this build a folder of its own with --output.',
      });
    }
    try {
      return await buildLocked(request, state);
    } finally {
      lock.value.release();
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return fail({ message: `cannot build in ${workspace.build}: ${describeSystemError(error)}` });
  } finally {
    emit({ kind: 'planned', actions: 0 });
  }
}

async function buildLocked(request: BuildRequest, state: string): Promise<Result<BuildSummary, Diagnostic>> {
  const { workspace } = request;
  // Started before this process grows: see engine/exec.
  const { kept } = request;
  const spawner = kept?.spawner ?? (request.dryRun ? directSpawner() : helperSpawner());
  let journal: Journal | undefined;
  const startedMs = Date.now();
  const emit = request.dryRun
    ? request.emit
    : loggingSink(path.join(state, BUILD_LOG), startedMs, request.emit);
  if (!fs.existsSync(workspace.config)) return fail(missingConfiguration(workspace));
  try {
    if (!request.dryRun) {
      removeRecord(workspace.build);
      writeMakeProgram(makeProgram(state), request.self);
    }
    if (kept === undefined) {
      journal = request.dryRun
        ? Journal.read(path.join(state, 'journal'))
        : Journal.open(path.join(state, 'journal'));
    }
    const around = kept?.around ?? surroundings(journal!);
    let evaluatedAgain = false;
    const load = (): ReturnType<typeof loadGraph> =>
      loadGraph({
        workspace,
        goals: request.goals,
        environment: request.environment,
        files: around.files,
        stateFolder: state,
        store: !request.dryRun,
        onStale: (what) => {
          evaluatedAgain = true;
          emit({ kind: 'stale-evaluation', what });
        },
        onNote: (text) => emit({ kind: 'note', text }),
        onWarning: (diagnostic) => emit({ kind: 'warning', diagnostic }),
      });
    const performers = performersOf(request, state);
    const lint = request.inputLint;
    const run = (
      { graph }: Loaded,
      roots: readonly number[],
      sink: EventSink,
      native = performers,
    ): Promise<BuildSummary> =>
      build({
        graph,
        roots,
        around,
        spawner,
        performers: native,
        ambient: ambientEnvironment(request.environment),
        jobs: request.jobs,
        keepGoing: request.keepGoing,
        dryRun: request.dryRun,
        emit: sink,
        signal: request.signal,
        ...(lint !== undefined && {
          spawnerFor: (action: Action, inner: Spawner) => lint.spawnerFor(action, inner),
          forced: new Set(graph.actions.keys()),
        }),
      });
    let loaded = kept?.loaded !== undefined ? ok(kept.loaded) : load();
    if (!loaded.ok) return loaded;
    emit({ kind: 'planned', actions: loaded.value.graph.closure(loaded.value.roots).size });
    if (request.verify === true) verifyOutputs(loaded.value, around);
    // Nothing is known of the folder: perhaps GNU make has built it.
    if (!request.dryRun && around.journal.actionIds().length === 0)
      adoptOutputs(loaded.value.graph, loaded.value.roots, around, worksOfMake());
    let configured: BuildSummary | undefined;
    const { graph, roots } = loaded.value;
    const first = request.dryRun ? undefined : configureFirst(graph, roots, around, request.jobs);
    if (first !== undefined) {
      const id = around.files.id(workspace.config);
      const before = around.files.digest(id);
      const sink: EventSink = (event) => {
        first.watch(event);
        if (event.kind !== 'done' && event.kind !== 'fresh') emit(event);
      };
      const running = run(
        loaded.value,
        first.roots,
        sink,
        new Map([...performers, ['configure', first.configure]]),
      );
      loaded.value.save();
      configured = await running;
      if (configured.outcome !== 'succeeded') {
        emit({ kind: 'done', summary: configured });
        return ok(configured);
      }
      // An incomplete .config was completed: libraries may have come in.
      if (!around.files.matches(id, before.high, before.low)) loaded = load();
      if (!loaded.ok) return loaded;
    }
    if (kept !== undefined) kept.loaded = loaded.value;
    const edited = new EditedOrigins(loaded.value.graph, originsOf(loaded.value.graph), originStates(state));
    const running = run(loaded.value, loaded.value.roots, (event) => {
      edited.watch(event);
      emit(event.kind === 'done' ? { kind: 'done', summary: joined(configured, event.summary) } : event);
    });
    // Commands are under way by now, and this thread has time.
    loaded.value.save();
    const summary = joined(configured, await running);
    for (const text of edited.notes()) emit({ kind: 'note', text });
    if (lint !== undefined) tellUndeclared(lint.findings(around.journal, foldersOf(workspace)), emit);
    if (summary.outcome === 'succeeded' && evaluatedAgain && request.goals.length === 0 && !request.dryRun) {
      const removed = removeStaleObjects({ graph: loaded.value.graph, around, workspace });
      for (const object of removed)
        emit({
          kind: 'note',
          text: `removed ${path.relative(workspace.build, object)}, which nothing makes any more`,
        });
    }
    if (summary.outcome === 'succeeded' && !request.dryRun && request.call !== undefined) {
      remember({ request, call: request.call, loaded: loaded.value, around, startedMs });
    }
    return ok(summary);
  } finally {
    if (kept === undefined) await spawner.close();
    if (journal !== undefined) closeJournal(journal);
  }
}

/** A checkpoint only saves time: the build is no worse where the disk is full. */
function closeJournal(journal: Journal): void {
  try {
    journal.writeCheckpoint();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
  journal.close();
}

function verifyOutputs({ graph, roots }: Loaded, { files, journal }: Surroundings): void {
  for (const index of graph.closure(roots)) {
    const outputs = journal.manifest(graph.actions[index]!.id)?.outputs ?? new Uint32Array();
    for (let at = 0; at < outputs.length; at += VERSION_STRIDE) files.verify(outputs[at]!);
  }
}

const foldersOf = ({ core, app, libraries, build }: Workspace): string[] => [core, app, ...libraries, build];

/** Tells what a traced build found. */
function tellUndeclared(findings: readonly UndeclaredUse[], emit: EventSink): void {
  for (const { action, file, use } of findings) {
    const message = `${action.description || action.id} ${use} ${file}, which is ${use === 'reads' ? 'neither declared nor discovered' : 'not declared'}`;
    emit({ kind: 'warning', diagnostic: { message } });
  }
  const count = findings.length === 0 ? 'no undeclared file' : `${findings.length} undeclared uses of files`;
  emit({ kind: 'note', text: `inputs were traced: ${count}` });
}

/** Two builds told as one. What the first ran, the second found fresh. */
function joined(first: BuildSummary | undefined, second: BuildSummary): BuildSummary {
  if (first === undefined) return second;
  return {
    ...second,
    ran: first.ran + second.ran,
    fresh: second.fresh - first.ran,
    elapsedMs: first.elapsedMs + second.elapsedMs,
  };
}

function performersOf(
  { workspace, environment }: BuildRequest,
  state: string,
): ReadonlyMap<string, Performer> {
  return new Map([
    ...originPerformers(originStates(state)),
    ['configure', configure],
    [
      'fetch',
      fetchPerformer({
        cache: downloadCache(environment),
        environment,
        mirrors: mirrorsOf(workspace, environment),
        ...(workspace.lockedArchives !== undefined && { locked: workspace.lockedArchives }),
      }),
    ],
  ]);
}

function missingConfiguration(workspace: Workspace): Diagnostic {
  return {
    message: `there is no configuration: ${workspace.config} does not exist`,
    hint: "Make one with 'unigraph menuconfig', 'unigraph configure' or 'unigraph defconfig FILE'.",
  };
}

/** The user's mirrors; settings that cannot be read are told by the commands that are about them. */
function mirrorsOf(workspace: Workspace, environment: Readonly<Record<string, string>>): readonly Mirror[] {
  const settings = readSettings(workspace.folders, environment);
  return settings.ok ? settings.value.mirrors : [];
}

/** A script that runs `unigraph make`, for recipes that run `$(MAKE)`. */
function writeMakeProgram(file: string, self: readonly string[]): void {
  const text = `#!/bin/sh\nexec ${quote(self)} make "$@"\n`;
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text) return;
  makeFolder(path.dirname(file));
  fs.writeFileSync(file, text, { mode: 0o755 });
}

/** `UK_CACHEDIR`, as with kraft, or the user's cache folder; none where there is no home. */
export function downloadCache(environment: Readonly<Record<string, string>>): string | undefined {
  const own = environment['UK_CACHEDIR'];
  if (own !== undefined && own !== '') return own;
  const home =
    environment['XDG_CACHE_HOME'] ?? (environment['HOME'] && path.join(environment['HOME'], '.cache'));
  return home === undefined || home === '' ? undefined : path.join(home, 'unigraph', 'downloads');
}

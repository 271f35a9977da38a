import fs from 'node:fs';
import path from 'node:path';
import type { FileStates } from '../../engine/digest/file-states.ts';
import { digestOfText, formatDigest } from '../../engine/digest/hash.ts';
import type { Action } from '../../engine/graph/action.ts';
import { BuildGraph } from '../../engine/graph/build-graph.ts';
import { isSystemError } from '../../engine/graph/perform.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { MakeFailureError, type EvaluationObserver, type MakeFailure } from '../../engine/make/evaluate.ts';
import { nodeHost } from '../../engine/make/node-host.ts';
import { toText } from '../../engine/make/bytes.ts';
import { fail, ok, unreachable, type Result } from '../../engine/result.ts';
import { evaluateTree } from '../evaluation/evaluate-tree.ts';
import {
  evaluationFiles,
  recordEvaluation,
  staleness,
  type MadeFiles,
} from '../evaluation/evaluation-record.ts';
import { RecordingHost } from '../evaluation/recording-host.ts';
import { currentUmask } from '../evaluation/shell-answers.ts';
import { CaptureHost } from '../lowering/capture-host.ts';
import { lower } from '../lowering/lower.ts';
import { Toolchain } from '../lowering/toolchain.ts';
import { makeVariables, type Workspace } from '../workspace/workspace.ts';
import { loadStoredGraph, saveGraph, type StoredGraph } from './graph-file.ts';

export interface LoadOptions {
  readonly workspace: Workspace;
  /** Targets of the tree's Makefile; `all` when empty. */
  readonly goals: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly files: FileStates;
  /** Where evaluated graphs are kept. */
  readonly stateFolder: string;
  /** Whether a fresh graph may be written there. */
  readonly store: boolean;
  /** Told why a stored graph is not used. */
  readonly onStale?: (what: string) => void;
  readonly onNote: (text: string) => void;
  readonly onWarning: (diagnostic: Diagnostic) => void;
}

/** A workspace's build graph. */
export interface Loaded {
  readonly graph: BuildGraph;
  /** The goals' actions. */
  readonly roots: readonly number[];
  /** The graph with its dependencies, as it is stored. */
  readonly stored: StoredGraph;
  /** Where it is stored, or would be. */
  readonly file: string;
  /** Writes a fresh graph down, where that was asked for, the first time that it is called: 0.1 s for 2,000 actions. */
  readonly save: () => void;
}

declare const UNIGRAPH_BUILD: string;

/** Names this very program: another one may lower the same tree to another graph. Not bundled, it is one of its own. */
function programBuild(): string {
  return typeof UNIGRAPH_BUILD === 'string' ? UNIGRAPH_BUILD : `unbundled-${process.pid}`;
}

/** The program that `$(MAKE)` names in recipes: `unigraph make`, under a path that only this build folder has. */
export function makeProgram(stateFolder: string): string {
  return path.join(stateFolder, 'bin', 'unigraph-make');
}

/** The umask that Unikraft's Makefile insists on (Makefile, "always running with a fixed umask"). */
const UMASK = 0o022;

/**
 * Gives what the goals need as a graph: the stored one when everything that its evaluation looked at is as it was,
 * otherwise by evaluating the tree and lowering it.
 */
export function loadGraph(options: LoadOptions): Result<Loaded, Diagnostic> {
  process.umask(UMASK);
  const { workspace, files, environment } = options;
  const assignments = makeVariables(workspace).map(
    ({ name, operator, value }) => `${name}${operator}${value}`,
  );
  const key = JSON.stringify([programBuild(), workspace.core, assignments, options.goals]);
  const program = formatDigest(digestOfText(programBuild())).slice(0, 8);
  const file = path.join(options.stateFolder, `graph-${program}-${formatDigest(digestOfText(key))}`);
  const stored = loadStoredGraph(file, key);
  if (stored !== undefined) {
    const stale = staleness(stored.record, environment, currentUmask(), files);
    if (stale === undefined) return assemble(stored, file, undefined);
    options.onStale?.(stale.what);
  }
  const evaluated = evaluateAfresh(options, key, assignments, stored);
  if (!evaluated.ok) return evaluated;
  return assemble(evaluated.value, file, options.store ? () => store(file, evaluated.value) : undefined);
}

/** Writes a graph down, and removes those of other versions of this program, which nobody reads any more. */
function store(file: string, graph: StoredGraph): void {
  const [folder, name] = [path.dirname(file), path.basename(file)];
  try {
    saveGraph(file, graph);
    const own = name.slice(0, name.lastIndexOf('-') + 1);
    for (const other of fs.readdirSync(folder))
      if (/^graph-[-0-9a-f]+(?:\.json)?$/.test(other) && !other.startsWith(own))
        fs.rmSync(path.join(folder, other));
  } catch (error) {
    // The next build evaluates again.
    if (!isSystemError(error)) throw error;
  }
}

function assemble(
  stored: StoredGraph,
  file: string,
  write: (() => void) | undefined,
): Result<Loaded, Diagnostic> {
  const graph = BuildGraph.of(stored.actions);
  if (!graph.ok) return fail(describeGraphFailure(graph.error));
  const roots: number[] = [];
  for (const root of stored.roots) {
    const index = graph.value.producer(root);
    if (index === undefined) return fail({ message: `there is no target '${root}'` });
    roots.push(index);
  }
  let pending = write;
  const save = (): void => {
    pending?.();
    pending = undefined;
  };
  return ok({ graph: graph.value, roots, stored, file, save });
}

function evaluateAfresh(
  options: LoadOptions,
  key: string,
  assignments: readonly string[],
  earlier: StoredGraph | undefined,
): Result<StoredGraph, Diagnostic> {
  const { environment, files, workspace } = options;
  // A clock that is read again would make everything stale that holds its time.
  const clock = new Map(
    (earlier?.record.shells ?? [])
      .filter((shell) => shell.trust.kind === 'clock')
      .map((shell) => [shell.command, shell.stdout]),
  );
  const recording = new RecordingHost(nodeHost(), clock);
  const host = new CaptureHost(recording);
  const asked = new VariableObserver(environment);
  const evaluated = evaluateTree({
    host,
    core: workspace.core,
    makeCommand: makeProgram(options.stateFolder),
    assignments,
    goals: options.goals,
    environment,
    observer: asked,
    onInfo: (text) => options.onNote(text),
    onWarning: (message, location) => options.onWarning({ message, location }),
  });
  recording.flush();
  if (!evaluated.ok) return fail(diagnose(evaluated.error));
  const { database, cwd, goals } = evaluated.value;
  try {
    const toolchain = new Toolchain();
    recording.beginLowering();
    const lowered = lower({ database, host, cwd, goals, toolchain, environment });
    recording.flush();
    for (const name of lowered.askedVariables) {
      const value = environment[name];
      if (value === undefined) asked.undefinedNames.add(name);
      else asked.defined.set(name, value);
    }
    const { observations } = recording;
    const answered = evaluationFiles(observations.shells);
    const read = new Set([...observations.read, ...answered]);
    const record = recordEvaluation(
      { ...observations, read },
      asked,
      toolchain.found,
      currentUmask(),
      files,
      madeFiles(lowered.actions, workspace.build),
      environment,
    );
    const roots = lowered.roots.map((root) =>
      lowered.actions.some((action) => action.id === root) ? root : path.resolve(cwd, root),
    );
    return ok({ key, record, actions: lowered.actions, roots });
  } catch (error) {
    if (error instanceof MakeFailureError) return fail(diagnose(error.failure));
    throw error;
  }
}

/** The names that actions make in each folder; kconfig, include and unigraph's own folder are all the build's. */
function madeFiles(actions: readonly Action[], build: string): MadeFiles {
  const byFolder = new Map<string, Set<string>>();
  const add = (file: string): void => {
    // Parents count too: a library's first object may also make its folder.
    for (let name = file; name.startsWith(`${build}/`); name = path.dirname(name)) {
      const folder = path.dirname(name);
      const names = byFolder.get(folder) ?? new Set<string>();
      byFolder.set(folder, names.add(path.basename(name)));
    }
  };
  for (const action of actions) {
    for (const output of action.outputs) add(output);
    if (action.depfile !== undefined) add(action.depfile.path);
    for (const step of action.steps) {
      if (step.kind !== 'script') continue;
      add(step.file);
      // A step beside the main one keeps its command under the name of what it makes: `IMAGE.bootinfo.cmd`.
      add(step.file.replace(/\.cmd$/, ''));
    }
  }
  const own = ['kconfig', 'include', '.unigraph'].map((name) => path.join(build, name));
  for (const name of ['config', ...own.map((folder) => path.basename(folder))]) add(path.join(build, name));
  const names = (folder: string): ReadonlySet<string> | undefined => {
    const normal = path.resolve(folder);
    if (own.some((each) => normal === each || normal.startsWith(`${each}/`))) return undefined;
    return byFolder.get(normal) ?? new Set();
  };
  return { build, trees: actions.flatMap((action) => action.tree ?? []), names };
}

/** Collects the environment's part in an evaluation; what the makefiles themselves exported to an inner run is none. */
class VariableObserver implements EvaluationObserver {
  readonly defined = new Map<string, string>();
  readonly undefinedNames = new Set<string>();
  readonly #environment: Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
  }

  environmentVariable(bytes: string): void {
    const name = toText(bytes);
    const own = this.#environment[name];
    if (own !== undefined) this.defined.set(name, own);
  }

  undefinedVariable(bytes: string): void {
    this.undefinedNames.add(toText(bytes));
  }
}

/** The failure of an evaluation with the macros that led to it. */
export function diagnose(failure: MakeFailure): Diagnostic {
  if (failure.expansionStack.length === 0) return failure.diagnostic;
  const stack = failure.expansionStack
    .slice(0, 8)
    .map(({ expression, location }) => `in ${expression} at ${location.file}:${location.line}`)
    .join('\n  ');
  const hint = failure.diagnostic.hint === undefined ? stack : `${failure.diagnostic.hint}\n  ${stack}`;
  return { ...failure.diagnostic, hint };
}

function describeGraphFailure(
  failure: Extract<ReturnType<typeof BuildGraph.of>, { ok: false }>['error'],
): Diagnostic {
  switch (failure.kind) {
    case 'conflict':
      return { message: `${failure.output} would be made twice, by ${failure.actions.join(' and by ')}` };
    case 'cycle':
      return { message: `these targets wait for each other: ${failure.actions.join(' -> ')}` };
    default:
      return unreachable(failure);
  }
}

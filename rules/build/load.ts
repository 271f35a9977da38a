import path from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { BuildGraph } from '../../engine/graph/build-graph.ts';
import { MakeFailureError, type MakeFailure } from '../../engine/make/evaluate.ts';
import { nodeHost } from '../../engine/make/node-host.ts';
import { fail, ok, unreachable, type Result } from '../../engine/result.ts';
import { evaluateTree } from '../evaluation/evaluate-tree.ts';
import { CaptureHost } from '../lowering/capture-host.ts';
import { lower } from '../lowering/lower.ts';
import { Toolchain } from '../lowering/toolchain.ts';
import { makeVariables, type Workspace } from '../workspace/workspace.ts';

export interface LoadOptions {
  readonly workspace: Workspace;
  /** Targets of the tree's Makefile; `all` when empty. */
  readonly goals: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly onNote: (text: string) => void;
  readonly onWarning: (diagnostic: Diagnostic) => void;
}

/** A workspace's build graph. */
export interface Loaded {
  readonly graph: BuildGraph;
  /** The goals' actions. */
  readonly roots: readonly number[];
}

/** Evaluates the tree and lowers what the goals need to a graph. */
export function loadGraph(options: LoadOptions): Result<Loaded, Diagnostic> {
  const { workspace } = options;
  const host = new CaptureHost(nodeHost());
  const assignments = makeVariables(workspace).map(
    ({ name, operator, value }) => `${name}${operator}${value}`,
  );
  const evaluated = evaluateTree({
    host,
    core: workspace.core,
    assignments,
    goals: options.goals,
    environment: options.environment,
    onInfo: (text) => options.onNote(text),
    onWarning: (message, location) => options.onWarning({ message, location }),
  });
  if (!evaluated.ok) return fail(diagnose(evaluated.error));
  const { database, cwd, goals } = evaluated.value;
  try {
    const lowered = lower({
      database,
      host,
      cwd,
      goals,
      toolchain: new Toolchain(),
      environment: options.environment,
    });
    const graph = BuildGraph.of(lowered.actions);
    if (!graph.ok) return fail(describeGraphFailure(graph.error));
    const roots: number[] = [];
    for (const root of lowered.roots) {
      const index = graph.value.producer(root) ?? graph.value.producer(path.resolve(cwd, root));
      if (index === undefined) return fail({ message: `there is no target '${root}'` });
      roots.push(index);
    }
    return ok({ graph: graph.value, roots });
  } catch (error) {
    if (error instanceof MakeFailureError) return fail(diagnose(error.failure));
    throw error;
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

import { isGroup, type Action, type Step } from '../../engine/graph/action.ts';
import type { BuildGraph } from '../../engine/graph/build-graph.ts';
import type { Journal } from '../../engine/journal/journal.ts';
import { VERSION_STRIDE } from '../../engine/journal/manifest.ts';

/** Raised when a field changes its meaning or goes away; new fields do not raise it. */
export const PLAN_SCHEMA = 1;

/** One step of an action: what it runs, or does natively. */
export interface PlanStep {
  readonly rule?: string;
  readonly kind: Step['kind'];
  /** The command exactly as the shell would get it, or a description of native work. */
  readonly command: string;
  /** Where the command is kept beside its target, such as `X.o.cmd`. */
  readonly script?: string;
}

/** One action of `unigraph plan --json`; docs/plan.md describes the fields. */
export interface PlanAction {
  readonly id: string;
  readonly rule: string;
  readonly library: string;
  readonly label: string;
  readonly description: string;
  readonly directory: string;
  readonly source?: string;
  readonly tool?: string;
  /** The command lines of its steps, joined by newlines; empty for a group. */
  readonly command: string;
  readonly steps: readonly PlanStep[];
  readonly inputs: {
    readonly explicit: readonly string[];
    readonly implicit: readonly string[];
    /** What the last run was seen to read; empty before the first. */
    readonly discovered: readonly string[];
    readonly orderOnly: readonly string[];
  };
  readonly outputs: readonly string[];
  readonly depfile?: string;
  readonly tools: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly pool: string;
  readonly always: boolean;
}

export interface Plan {
  readonly schema: number;
  readonly roots: readonly string[];
  readonly actions: readonly PlanAction[];
}

/** The whole graph as data, actions in an order in which they could run. */
export function planJson(graph: BuildGraph, roots: readonly number[], journal: Journal): Plan {
  const scope = graph.closure(roots);
  return {
    schema: PLAN_SCHEMA,
    roots: roots.map((root) => graph.actions[root]!.id),
    actions: graph.order
      .filter((index) => scope.has(index))
      .map((index) => planAction(graph.actions[index]!, journal)),
  };
}

function planAction(action: Action, journal: Journal): PlanAction {
  const declared = new Set([...action.inputs, ...action.implicit, ...action.tools]);
  const source = isGroup(action)
    ? undefined
    : action.inputs.find((name) => /\.(?:c|cc|cpp|cxx|S|s|sx|dts|awk|m4|in)$/.test(name));
  const steps = action.steps.map(planStep);
  return {
    id: action.id,
    rule: action.rule,
    library: action.library,
    label: action.label,
    description: action.description,
    directory: action.cwd,
    ...(source !== undefined && { source }),
    ...(action.tools[0] !== undefined && { tool: action.tools[0] }),
    command: steps.map((step) => step.command).join('\n'),
    steps,
    inputs: {
      explicit: action.inputs,
      implicit: action.implicit,
      discovered: discoveredInputs(action.id, journal).filter((name) => !declared.has(name)),
      orderOnly: action.orderOnly,
    },
    outputs: action.outputs,
    ...(action.depfile !== undefined && { depfile: action.depfile.path }),
    tools: action.tools,
    environment: action.environment,
    pool: action.pool,
    always: action.always === true,
  };
}

function planStep(step: Step): PlanStep {
  const rule = step.rule === undefined ? {} : { rule: step.rule };
  switch (step.kind) {
    case 'shell':
      return { ...rule, kind: step.kind, command: step.text };
    case 'script':
      return { ...rule, kind: step.kind, command: step.text, script: step.file };
    case 'folder':
      return { ...rule, kind: step.kind, command: `mkdir -p ${step.path}` };
    case 'write':
      return { ...rule, kind: step.kind, command: `${step.append ? 'append to' : 'write'} ${step.path}` };
    case 'native':
      return { ...rule, kind: step.kind, command: `${step.performer} ${step.argument}` };
  }
}

function discoveredInputs(id: string, journal: Journal): string[] {
  const inputs = journal.manifest(id)?.inputs ?? new Uint32Array();
  const names: string[] = [];
  for (let at = 0; at < inputs.length; at += VERSION_STRIDE) names.push(journal.strings.text(inputs[at]!));
  return names;
}

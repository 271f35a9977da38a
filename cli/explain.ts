import { describeReason } from '../engine/graph/reason.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { causes, explainLast, explainNow, type Explained } from '../rules/understand/explain.ts';
import { findTarget } from '../rules/understand/find-target.ts';
import { knownBuild } from '../rules/understand/known-build.ts';
import type { Command } from './command.ts';
import { definedOnly } from './surroundings.ts';
import { workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface ExplainArguments extends WorkspaceArguments {
  readonly of?: readonly string[];
  readonly json?: boolean;
}

export const command: Command<ExplainArguments> = {
  usage: 'explain [of..]',
  describe: 'Tell why each action would run now, and why it ran in the last build.',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('of', {
        describe: 'A target, file or library: tell its causes; or VARIABLE=value',
        type: 'string',
        array: true,
      })
      .option('json', { type: 'boolean', describe: 'As JSON (docs/explain.md)' }),
  async run(args, { cwd, environment, stdout, stderr, ...rest }) {
    const refuse = (text: string, status: number): number => {
      stderr.write(`unigraph: ${text}\n`);
      return status;
    };
    const surroundings = { cwd, environment, stdout, stderr, ...rest };
    const found = await workspaceFrom(args, surroundings, args.of ?? [], true);
    if (!found.ok) return refuse(formatDiagnostic(found.error), 2);
    const { workspace, words } = found.value;
    const known = knownBuild(workspace, definedOnly(environment));
    if (!known.ok) return refuse(formatDiagnostic(known.error), 1);
    const { graph, log, stale } = known.value;
    const ids: string[] = [];
    for (const word of words) {
      const target = findTarget(graph, word, [cwd, workspace.build, workspace.app, workspace.core]);
      if (!target.ok) return refuse(formatDiagnostic(target.error), 2);
      if (target.value.actions.length === 0)
        return refuse(`${target.value.name} is a source: no action makes it`, 2);
      for (const index of target.value.actions)
        for (const one of [
          index,
          ...(graph.actions[index]!.steps.length === 0 ? graph.closure([index]) : []),
        ])
          ids.push(graph.actions[one]!.id);
    }
    const chosen = (all: Explained[]): Explained[] => (words.length === 0 ? all : causes(all, ids));
    const now = chosen(explainNow(known.value));
    const last = log === undefined ? [] : chosen(explainLast(log, graph));
    if (args.json === true) {
      const told = {
        schema: 1,
        now: { staleEvaluation: stale, actions: now },
        ...(log !== undefined && {
          last: {
            startMs: log.startMs,
            endMs: log.endMs,
            outcome: log.outcome,
            staleEvaluation: log.staleEvaluation,
            actions: last,
          },
        }),
      };
      stdout.write(`${JSON.stringify(told, undefined, 1)}\n`);
      return 0;
    }
    for (const what of stale) stdout.write(`The makefiles are evaluated again: ${what} changed.\n`);
    const certain = now.filter((each) => each.reasons.length > 0);
    stdout.write(
      now.length === 0 ? 'Now: nothing would run.\n' : `Now ${certain.length} would run for certain:\n`,
    );
    for (const each of certain) stdout.write(describe(each));
    if (now.length > certain.length)
      stdout.write(`Perhaps ${now.length - certain.length} more, if what these make changes.\n`);
    if (words.length > 0) for (const each of now) if (each.reasons.length === 0) stdout.write(describe(each));
    if (log === undefined) {
      stdout.write('The last build: nothing is known of one.\n');
      return 0;
    }
    const when = new Date(log.startMs).toISOString();
    stdout.write(
      `The last build (${when}, ${log.outcome}) ran ${last.length}${words.length > 0 ? ' of these' : ''}:\n`,
    );
    for (const what of log.staleEvaluation)
      stdout.write(`  the makefiles were evaluated again: ${what} changed\n`);
    for (const each of last) stdout.write(describe(each));
    return 0;
  },
};

function describe({ id, reasons, after, result, durationMs }: Explained): string {
  const outcome =
    result === undefined ? '' : ` (${result}, ${(Math.max(0, durationMs ?? 0) / 1000).toFixed(2)} s)`;
  const lines = reasons.map((reason) => `    ${describeReason(reason)}`);
  for (const before of after)
    lines.push(
      `    ${result === undefined ? 'perhaps, because' : 'because'} ${before} ${result === undefined ? 'runs' : 'ran'}`,
    );
  return `  ${id}${outcome}\n${lines.map((line) => `${line}\n`).join('')}`;
}

import { commandText, isGroup } from '../engine/graph/action.ts';
import { nearest } from '../engine/nearest.ts';
import { reach, type Edge } from '../rules/understand/relations.ts';
import type { Command } from './command.ts';
import { understand, type Understood } from './understood.ts';
import { workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface QueryArguments extends WorkspaceArguments {
  readonly what?: string;
  readonly of?: readonly string[];
  readonly all?: boolean;
  readonly depth?: number;
  readonly format?: string;
}

const questions = ['deps', 'rdeps', 'inputs', 'outputs', 'commands'];

export const command: Command<QueryArguments> = {
  usage: 'query <what> [of..]',
  describe: 'Ask the build graph: deps, rdeps, inputs, outputs or commands of a target, file or library.',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('what', { describe: questions.join(', '), type: 'string' })
      .positional('of', {
        describe: 'Targets, files, libraries, or VARIABLE=value',
        type: 'string',
        array: true,
      })
      .option('all', { type: 'boolean', describe: 'Follow dependencies to their end' })
      .option('depth', { type: 'number', requiresArg: true, describe: 'Follow so many steps [1]' })
      .option('format', {
        choices: ['text', 'json', 'dot'],
        default: 'text',
        describe: 'Form of the answer',
      }),
  async run(args, surroundings) {
    const { stdout, stderr } = surroundings;
    const refuse = (text: string): number => {
      stderr.write(`unigraph: ${text}\n`);
      return 2;
    };
    const what = args.what ?? '';
    if (!questions.includes(what)) {
      const meant = nearest(what, questions);
      const hint = meant === undefined ? `it answers ${questions.join(', ')}` : `did you mean '${meant}'?`;
      return refuse(`query does not know '${what}'; ${hint}`);
    }
    const depth = args.all === true ? Infinity : (args.depth ?? 1);
    if (!(depth >= 1)) return refuse('--depth takes a number from 1');
    const edges = what === 'deps' || what === 'rdeps';
    if (args.format === 'dot' && !edges) return refuse('only deps and rdeps can be drawn as DOT');
    const understood = await understand(args, surroundings, args.of ?? []);
    if (typeof understood === 'number') return understood;
    const starts = understood.targets.flat();
    if (starts.length === 0) return refuse('query takes a target, file or library');
    if (edges) {
      const { relations } = understood;
      const found =
        what === 'deps'
          ? reach(
              starts,
              depth,
              (name) => relations.needs(name),
              (edge) => edge.to,
            )
          : reach(
              starts,
              depth,
              (name) => relations.neededBy(name),
              (edge) => edge.from,
            );
      stdout.write(renderEdges(found, what === 'deps' ? 'to' : 'from', args.format ?? 'text'));
      return 0;
    }
    const lines = listed(what, starts, understood);
    stdout.write(
      args.format === 'json'
        ? `${JSON.stringify({ schema: 1, [what]: lines }, undefined, 1)}\n`
        : lines.map((line) => `${line}\n`).join(''),
    );
    return 0;
  },
};

function renderEdges(edges: readonly Edge[], end: 'from' | 'to', format: string): string {
  if (format === 'json') return `${JSON.stringify({ schema: 1, edges }, undefined, 1)}\n`;
  if (format === 'dot') {
    const lines = edges.map(
      ({ from, to, kind }) => `  ${JSON.stringify(from)} -> ${JSON.stringify(to)} [label="${kind}"];\n`,
    );
    return `digraph build {\n${lines.join('')}}\n`;
  }
  return [...new Set(edges.map((edge) => edge[end]))]
    .sort()
    .map((name) => `${name}\n`)
    .join('');
}

function listed(what: string, ids: readonly string[], { known, relations }: Understood): string[] {
  const lines = ids.flatMap((id) => {
    const action = known.graph.actions[known.graph.producer(id) ?? -1];
    if (action === undefined) return [];
    if (what === 'outputs') return [...action.outputs];
    if (what === 'commands') return isGroup(action) ? [] : [commandText(action)];
    return relations
      .needs(id)
      .flatMap(({ kind, to }) => (kind === 'order-only' || kind === 'tool' ? [] : [to]));
  });
  return [...new Set(lines)];
}

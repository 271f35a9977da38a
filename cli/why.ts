import { shortestPath } from '../rules/understand/relations.ts';
import type { Command } from './command.ts';
import { understand } from './understood.ts';
import { workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface WhyArguments extends WorkspaceArguments {
  readonly of?: readonly string[];
  readonly json?: boolean;
}

export const command: Command<WhyArguments> = {
  usage: 'why [of..]',
  describe: 'Tell how one file depends on another: unigraph why A B.',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('of', {
        describe: 'What depends, and on what: files, targets or libraries',
        type: 'string',
        array: true,
      })
      .option('json', { type: 'boolean', describe: 'As JSON (docs/query.md)' }),
  async run(args, surroundings) {
    const understood = await understand(args, surroundings, args.of ?? []);
    if (typeof understood === 'number') return understood;
    const { relations, targets } = understood;
    const { stdout, stderr } = surroundings;
    const [from, to] = targets;
    if (from === undefined || to === undefined || targets.length > 2) {
      stderr.write('unigraph: why takes two files, targets or libraries\n');
      return 2;
    }
    const path = shortestPath(from, new Set(to), (name) => relations.needs(name));
    if (args.json === true)
      stdout.write(`${JSON.stringify({ schema: 1, path: path ?? null }, undefined, 1)}\n`);
    else if (path === undefined) stdout.write('The first does not depend on the second.\n');
    else {
      stdout.write(`${path[0]?.from ?? from[0]!}\n`);
      for (const edge of path) stdout.write(`  ${edge.kind.padEnd(10)} ${edge.to}\n`);
    }
    return path === undefined ? 1 : 0;
  },
};

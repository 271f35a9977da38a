import path from 'node:path';
import { Journal } from '../engine/journal/journal.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { stateFolder } from '../rules/build/state-folder.ts';
import { surroundings as surroundingsOf } from '../rules/build/surroundings.ts';
import { loadGraph } from '../rules/build/load.ts';
import { ninjaExport } from '../rules/build/ninja-export.ts';
import { planJson, type Plan } from '../rules/build/plan-json.ts';
import type { Command, Surroundings } from './command.ts';
import { definedOnly } from './surroundings.ts';
import { workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface PlanArguments extends WorkspaceArguments {
  readonly goal?: readonly string[];
  readonly json?: boolean;
  readonly ninja?: boolean;
}

export const command: Command<PlanArguments> = {
  usage: 'plan [goal..]',
  describe: 'Show the build graph: every action with its command, inputs and outputs.',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('goal', {
        describe: 'Target, library, file, or VARIABLE=value',
        type: 'string',
        array: true,
      })
      .option('json', { type: 'boolean', describe: 'As JSON (docs/plan.md)' })
      .option('ninja', { type: 'boolean', conflicts: 'json', describe: 'As a ninja file' }),
  async run(args, surroundings) {
    const found = await workspaceFrom(args, surroundings, args.goal ?? [], true);
    if (!found.ok) {
      surroundings.stderr.write(`unigraph: ${formatDiagnostic(found.error)}\n`);
      return 2;
    }
    const { workspace, words } = found.value;
    const state = stateFolder(workspace.build);
    const journal = Journal.read(path.join(state, 'journal'));
    const loaded = loadGraph({
      workspace,
      files: surroundingsOf(journal).files,
      stateFolder: state,
      store: false,
      goals: words,
      environment: definedOnly(surroundings.environment),
      onNote: (text) => surroundings.stderr.write(`${text}\n`),
      onWarning: (diagnostic) => surroundings.stderr.write(`warning: ${formatDiagnostic(diagnostic)}\n`),
    });
    if (!loaded.ok) {
      surroundings.stderr.write(`unigraph: ${formatDiagnostic(loaded.error)}\n`);
      return 1;
    }
    if (args.ninja === true) {
      const { text, omitted } = ninjaExport(loaded.value.graph, loaded.value.roots);
      surroundings.stdout.write(text);
      if (omitted.length > 0) {
        surroundings.stderr.write(
          `unigraph: note: ${omitted.length} actions that unigraph does itself are left out; build once before ninja does\n`,
        );
      }
      return 0;
    }
    const plan = planJson(loaded.value.graph, loaded.value.roots, journal);
    if (args.json === true) surroundings.stdout.write(`${JSON.stringify(plan, undefined, 1)}\n`);
    else printPlan(plan, surroundings);
    return 0;
  },
};

function printPlan(plan: Plan, { stdout }: Surroundings): void {
  for (const action of plan.actions) {
    if (action.rule === 'Group') continue;
    stdout.write(`${action.rule.padEnd(11)} ${action.description}\n`);
  }
}

import { commands, type Entry } from './commands.ts';
import type { Surroundings } from './command.ts';
import { runCommand, USAGE_STATUS } from './run-command.ts';
import { nearest } from '../engine/nearest.ts';

declare const UNIGRAPH_VERSION: string;

function help(): string {
  const lines = ['Usage: unigraph COMMAND [OPTION...]', '', 'Builds Unikraft unikernels.'];
  const groups = new Map<string, Entry[]>();
  for (const entry of commands) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  const width = Math.max(0, ...commands.map((entry) => entry.name.length));
  for (const [group, entries] of groups) {
    lines.push('', `${group}:`);
    for (const entry of entries) lines.push(`  ${entry.name.padEnd(width)}  ${entry.describe}`);
  }
  lines.push('', "'unigraph COMMAND --help' tells a command's options.");
  return `${lines.join('\n')}\n`;
}

/**
 * Runs the command that `argv` (without node and script) names.
 * @returns the exit status
 */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const name = argv[0];
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    surroundings.stdout.write(help());
    return 0;
  }
  if (name === '--version') {
    surroundings.stdout.write(`unigraph ${UNIGRAPH_VERSION}\n`);
    return 0;
  }
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const meant = nearest(
      name,
      commands.map((candidate) => candidate.name),
    );
    const hint = meant === undefined ? "See 'unigraph --help'." : `Did you mean '${meant}'?`;
    surroundings.stderr.write(`unigraph: there is no command '${name}'. ${hint}\n`);
    return USAGE_STATUS;
  }
  const { command } = await entry.load();
  const rest = argv.slice(1);
  if ('runRaw' in command) return command.runRaw(rest, surroundings);
  return runCommand(command, rest, surroundings);
}

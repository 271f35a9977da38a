import { nearest } from '../engine/nearest.ts';
import type { Command, RawCommand, Surroundings } from './command.ts';

/** The exit status for wrong usage, as with make and getopt programs. */
export const USAGE_STATUS = 2;

/**
 * Parses a command's arguments with yargs, and runs it. Help and wrong usage are answered here.
 * @param names how many words of the usage name the command: `list add ORIGIN..` has two
 * @returns the exit status
 */
export async function runCommand(
  command: Command<unknown>,
  argv: readonly string[],
  surroundings: Surroundings,
  names = 1,
): Promise<number> {
  const { default: yargs } = await import('yargs');
  let usageError: string | undefined;
  let printed = '';
  const parser = command.build(
    yargs([])
      .scriptName('unigraph')
      .usage(`unigraph ${command.usage}\n\n${command.describe}`)
      .help()
      .version(false)
      .strictOptions()
      .parserConfiguration({ 'populate--': true })
      .exitProcess(false)
      .fail((message: string, error: Error | undefined) => {
        usageError = message || error?.message || 'wrong usage';
      }),
  );
  // yargs' positionals are declared on a command; '$0' makes this parser that command.
  const words = command.usage.split(' ');
  const positionals = words.slice(names).join(' ');
  const args: unknown = await parser
    .command(`$0 ${positionals}`.trim(), false, (self) => self)
    .parseAsync([...argv], {}, (_error: unknown, _argv: unknown, output: string) => {
      printed = output;
    });
  if (usageError !== undefined) {
    surroundings.stderr.write(
      `unigraph: ${usageError}\nSee 'unigraph ${words.slice(0, names).join(' ')} --help'.\n`,
    );
    return USAGE_STATUS;
  }
  if (printed !== '') {
    surroundings.stdout.write(`${printed}\n`);
    return 0;
  }
  return command.run(args, surroundings);
}

/** A command with commands of its own, such as `list`. */
export interface CommandGroup {
  readonly name: string;
  readonly describe: string;
  /** By name; each one's usage begins with the group's name and its own. */
  readonly commands: Readonly<Record<string, Command<never>>>;
  /** What the group's name alone does. */
  readonly alone?: Command<never>;
}

/** Makes the group one command, which reads the first word itself. */
export function groupCommand(group: CommandGroup): RawCommand & { readonly group: CommandGroup } {
  return {
    group,
    usage: `${group.name} COMMAND`,
    describe: group.describe,
    async runRaw(argv, surroundings) {
      const [word] = argv;
      const names = Object.keys(group.commands);
      if (word !== undefined && Object.hasOwn(group.commands, word)) {
        return runCommand(group.commands[word] as Command<unknown>, argv.slice(1), surroundings, 2);
      }
      const wantsHelp = word === '--help' || word === '-h' || word === 'help' || word === undefined;
      if (group.alone !== undefined && (word === undefined || word.startsWith('-'))) {
        const status = await runCommand(group.alone, argv, surroundings);
        if (!wantsHelp || word === undefined) return status;
      }
      if (wantsHelp) {
        surroundings.stdout.write(overview(group));
        return word === undefined ? USAGE_STATUS : 0;
      }
      const meant = nearest(word, names);
      const hint = meant === undefined ? `It has ${names.join(', ')}.` : `Did you mean '${meant}'?`;
      surroundings.stderr.write(`unigraph: '${group.name}' has no command '${word}'. ${hint}\n`);
      return USAGE_STATUS;
    },
  };
}

function overview(group: CommandGroup): string {
  const entries = Object.entries(group.commands);
  const width = Math.max(...entries.map(([name]) => name.length));
  const lines = entries.map(([name, { describe }]) => `  ${name.padEnd(width)}  ${describe}`);
  return `${group.describe}\n\nunigraph ${group.name} COMMAND:\n${lines.join('\n')}\n`;
}

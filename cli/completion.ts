import type { Command, RawCommand, Surroundings } from './command.ts';
import type { NameKind } from './completion-table.ts';

interface CompletionArguments {
  readonly shell?: string;
}

const completion: Command<CompletionArguments> = {
  usage: 'completion [shell]',
  describe: 'Print the completion script for bash, zsh or fish',
  build: (yargs) =>
    yargs
      .positional('shell', { type: 'string', describe: 'bash, zsh or fish' })
      .epilogue(
        'bash: unigraph completion bash > ~/.local/share/bash-completion/completions/unigraph\n' +
          'zsh:  unigraph completion zsh > FOLDER/_unigraph, a folder of $fpath\n' +
          'fish: unigraph completion fish > ~/.config/fish/completions/unigraph.fish',
      ),
  async run(args, surroundings) {
    const [{ completionTable }, { bashScript, fishScript, zshScript }] = await Promise.all([
      import('./completion-table.ts'),
      import('./completion-scripts.ts'),
    ]);
    const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
    const shell = args.shell ?? shellOf(surroundings.environment['SHELL']);
    if (shell === undefined || !Object.hasOwn(scripts, shell)) {
      const word = shell === undefined ? 'which shell is not known' : `there is no completion for '${shell}'`;
      surroundings.stderr.write(`unigraph: ${word}\n  Give bash, zsh or fish.\n`);
      return 2;
    }
    surroundings.stdout.write(scripts[shell as keyof typeof scripts](await completionTable()));
    return 0;
  },
};

/** `--names KIND` is what the scripts call at a key press: it goes without yargs, which would be most of its time. */
async function printNames(kind: string, surroundings: Surroundings): Promise<number> {
  const { completionNames } = await import('./completion-names.ts');
  const names = (await completionNames(kind as NameKind, surroundings)) as string[] | undefined;
  // Names out of files are put before a person and into shells: only plain ones are.
  for (const name of names ?? []) if (/^[\w./@:+*-]+$/.test(name)) surroundings.stdout.write(`${name}\n`);
  return 0;
}

export const command: RawCommand = {
  usage: completion.usage,
  describe: completion.describe,
  async runRaw(argv, surroundings) {
    const [word, kind] = argv;
    if (word === '--names' && kind !== undefined) return printNames(kind, surroundings);
    const { runCommand } = await import('./run-command.ts');
    return runCommand(completion, argv, surroundings);
  },
};

function shellOf(path: string | undefined): string | undefined {
  const name = path?.split('/').at(-1);
  return name === 'bash' || name === 'zsh' || name === 'fish' ? name : undefined;
}

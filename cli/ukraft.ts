import { resolve } from 'node:path';
import { nearest } from '../engine/nearest.ts';
import type { RawCommand, Surroundings } from './command.ts';
import { USAGE_STATUS } from './run-command.ts';
import { kraftOptions, parseKraft } from './ukraft-options.ts';
import { verbs, type Call } from './ukraft-verbs.ts';

/** Options that kraft takes before the verb. */
const globalOptions = kraftOptions(
  '--verbose -v',
  '--yes -Y',
  '--timestamps -T',
  '--no-color -C',
  '--version',
  '--help -h',
);

function help(): string {
  const names = Object.keys(verbs);
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => `  ${name.padEnd(width)}  ${verbs[name]!.describe}`);
  return `Usage: ukraft [-v] [-Y] [-T] [-C] VERB [OPTION...]\n\nkraft's verbs and options, done by unigraph:\n${lines.join('\n')}\n`;
}

/** What an argument list in kraft's syntax comes to. */
export type Translation =
  | {
      readonly kind: 'calls';
      readonly calls: readonly Call[];
      readonly notes: readonly string[];
      readonly noColor: boolean;
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly message: string };

/** Turns kraft's arguments into calls of unigraph. */
export function translate(argv: readonly string[]): Translation {
  const at = argv.findIndex((word) => !word.startsWith('-'));
  const before = parseKraft(at < 0 ? argv : argv.slice(0, at), globalOptions);
  if (!before.ok) return { kind: 'wrong', message: before.error };
  if (before.value.has('version')) return { kind: 'version' };
  if (at < 0 || before.value.has('help')) return { kind: 'help' };
  const first = argv[at]!;
  const both = `${first} ${argv[at + 1] ?? ''}`;
  const isGroup = first === 'list' || first === 'lib';
  const name = Object.hasOwn(verbs, both) ? both : first;
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined) return unknownVerb(isGroup ? both.trim() : first);
  const rest = argv.slice(at + (name === both ? 2 : 1));
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'help' };
  const parsed = parseKraft(rest, verb.options);
  if (!parsed.ok) return { kind: 'wrong', message: `${name}: ${parsed.error}` };
  if (name === 'list' && parsed.value.words.length > 0) {
    return unknownVerb(`list ${parsed.value.words[0]}`);
  }
  const notes: string[] = [];
  const calls = verb.translate(parsed.value, (text) => notes.push(text));
  const isVerbose = before.value.has('verbose');
  return {
    kind: 'calls',
    calls: calls.map((call) =>
      isVerbose && call.argv[0] === 'build' ? { ...call, argv: [...call.argv, '--verbose'] } : call,
    ),
    notes,
    noColor: before.value.has('no-color'),
  };
}

function unknownVerb(name: string): Translation {
  const meant = nearest(name, Object.keys(verbs));
  const hint = meant === undefined ? '' : `. Did you mean '${meant}'?`;
  return { kind: 'wrong', message: `no such verb: ${name}${hint}` };
}

export const command: RawCommand = {
  usage: 'ukraft VERB [OPTION...]',
  describe: "Take kraft's verbs and options",
  async runRaw(argv, surroundings) {
    const translated = translate(argv);
    const { main } = await import('./main.ts');
    switch (translated.kind) {
      case 'help':
        surroundings.stdout.write(help());
        return 0;
      case 'version':
        return main(['--version'], surroundings);
      case 'wrong':
        surroundings.stderr.write(`ukraft: ${translated.message}\nSee 'ukraft --help'.\n`);
        return USAGE_STATUS;
      case 'calls':
        for (const note of translated.notes) surroundings.stderr.write(`ukraft: ${note}\n`);
        return runCalls(translated.calls, translated.noColor, surroundings, main);
    }
  },
};

async function runCalls(
  calls: readonly Call[],
  noColor: boolean,
  surroundings: Surroundings,
  main: (argv: readonly string[], surroundings: Surroundings) => Promise<number>,
): Promise<number> {
  const environment = noColor ? { ...surroundings.environment, NO_COLOR: '1' } : surroundings.environment;
  let { cwd } = surroundings;
  for (const { argv, folder } of calls) {
    if (folder !== undefined) cwd = resolve(cwd, folder);
    const status = await main(argv, { ...surroundings, cwd, environment });
    if (status !== 0) return status;
  }
  return 0;
}

import type { Argv } from 'yargs';
import type { Command, RawCommand } from './command.ts';
import { commands } from './commands.ts';
import type { CommandGroup } from './run-command.ts';

/** Names that are looked up when they are asked for, since they change. */
export type NameKind =
  | 'goals'
  | 'targets'
  | 'components'
  | 'libraries'
  | 'used-libraries'
  | 'origins'
  | 'options'
  | 'guests'
  | 'commands'
  | 'shells';

/** What may stand in a place. */
export type Place =
  | { readonly kind: 'nothing' | 'text' | 'file' | 'folder' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'names'; readonly names: NameKind };

export interface OptionShape {
  /** With dashes: `--jobs`, `-j`. */
  readonly flags: readonly string[];
  readonly describe: string;
  /** What its value may be; `nothing` for a switch. */
  readonly value: Place;
}

export interface CommandShape {
  /** `build`, or `list add`. */
  readonly name: string;
  readonly describe: string;
  readonly options: readonly OptionShape[];
  /** What its words may be. */
  readonly words: Place;
}

/** The shapes of all commands, those of groups included. */
export async function completionTable(): Promise<CommandShape[]> {
  const shapes: CommandShape[] = [];
  for (const entry of commands) {
    const { command } = await entry.load();
    if (!('runRaw' in command)) {
      shapes.push(shapeOf(entry.name, entry.describe, command as Command));
      continue;
    }
    const group = (command as RawCommand & { readonly group?: CommandGroup }).group;
    const alone = group?.alone as Command | undefined;
    shapes.push(
      alone === undefined
        ? {
            name: entry.name,
            describe: entry.describe,
            options: [],
            words: wordKinds[entry.name] ?? (group ? { kind: 'nothing' } : { kind: 'file' }),
          }
        : shapeOf(entry.name, entry.describe, alone),
    );
    for (const [name, inner] of Object.entries(group?.commands ?? {})) {
      shapes.push(shapeOf(`${entry.name} ${name}`, (inner as Command).describe, inner));
    }
  }
  return shapes;
}

/** The little of a yargs option that completion is about. */
interface OptionLike {
  readonly alias?: string | readonly string[];
  readonly type?: string;
  readonly choices?: readonly unknown[];
  readonly describe?: string | false;
  readonly description?: string;
  readonly default?: unknown;
  readonly hidden?: boolean;
}

/**
 * Asks a command for its options, by giving its `build` something that only listens: what the parser knows is then what
 * is offered, and nothing is written twice.
 */
function shapeOf(name: string, describe: string, command: Command): CommandShape {
  const options: OptionShape[] = [];
  const positionals: string[] = [];
  const add = (key: string, option: OptionLike = {}): void => {
    if (option.hidden === true || option.describe === false) return;
    const aliases = option.alias === undefined ? [] : [option.alias].flat();
    const flags = [key, ...aliases].map((flag) => (flag.length === 1 ? `-${flag}` : `--${flag}`));
    const text = option.describe ?? option.description ?? '';
    options.push({ flags, describe: text, value: valueOf(key, text, option) });
    if (option.type === 'boolean' && option.default === true) {
      options.push({ flags: [`--no-${key}`], describe: text, value: { kind: 'nothing' } });
    }
  };
  const listener: unknown = new Proxy(
    {},
    {
      get:
        (_target, method) =>
        (key: unknown, option: OptionLike): unknown => {
          if (method === 'option' && typeof key === 'string') add(key, option);
          else if ((method === 'options' || method === 'option') && key !== null && typeof key === 'object') {
            for (const [each, shape] of Object.entries(key)) add(each, shape as OptionLike);
          } else if (method === 'positional' && typeof key === 'string') positionals.push(key);
          return listener;
        },
    },
  );
  command.build(listener as Argv);
  options.push({ flags: ['--help'], describe: 'Show help', value: { kind: 'nothing' } });
  return { name, describe, options, words: wordsOf(name, positionals) };
}

const folders = /^(core|app|lib|plat|exclude|output|directory|workdir|into|rootfs)$/;
const files = /^(config|image|initrd|defconfig|qemu|kernel|file)$/;

function valueOf(key: string, describe: string, option: OptionLike): Place {
  if (option.choices !== undefined) return { kind: 'choice', choices: option.choices.map(String) };
  if (option.type === 'boolean' || option.type === 'count') return { kind: 'nothing' };
  if (key === 'target') return { kind: 'names', names: 'targets' };
  if (key === 'template') return { kind: 'names', names: 'components' };
  if (key === 'platform') return { kind: 'choice', choices: ['kvm', 'qemu', 'fc', 'xen', 'linuxu'] };
  if (key === 'arch') return { kind: 'choice', choices: ['x86_64', 'arm64', 'arm'] };
  if (folders.test(key)) return { kind: 'folder' };
  if (files.test(key)) return { kind: 'file' };
  return /\bfolder\b/i.test(describe)
    ? { kind: 'folder' }
    : /\bfile\b/i.test(describe)
      ? { kind: 'file' }
      : { kind: 'text' };
}

/** What a command's words are; a command that is not here takes files, or nothing if it has no positionals. */
const wordKinds: Readonly<Record<string, Place>> = {
  build: { kind: 'names', names: 'goals' },
  plan: { kind: 'names', names: 'goals' },
  explain: { kind: 'names', names: 'goals' },
  clean: { kind: 'names', names: 'goals' },
  config: { kind: 'names', names: 'options' },
  logs: { kind: 'names', names: 'guests' },
  stop: { kind: 'names', names: 'guests' },
  debug: { kind: 'names', names: 'guests' },
  completion: { kind: 'names', names: 'shells' },
  help: { kind: 'names', names: 'commands' },
  'list pull': { kind: 'names', names: 'components' },
  'list show': { kind: 'names', names: 'components' },
  'list remove': { kind: 'names', names: 'origins' },
  'list add': { kind: 'folder' },
  'lib add': { kind: 'names', names: 'libraries' },
  'lib remove': { kind: 'names', names: 'used-libraries' },
  'lib bump': { kind: 'folder' },
  'lib init': { kind: 'text' },
  init: { kind: 'text' },
  up: { kind: 'folder' },
};

function wordsOf(name: string, positionals: readonly string[]): Place {
  const exact = wordKinds[name] ?? wordKinds[name.split(' ')[0]!];
  if (exact !== undefined) return exact;
  return positionals.length === 0 ? { kind: 'nothing' } : { kind: 'file' };
}

import type { Argv } from 'yargs';
import { GuardedHost } from '../rules/configure/guarded-host.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { configure, type ConfigureStep } from '../rules/configure/configure.ts';
import { prepareWorkspace } from '../rules/configure/from-workspace.ts';
import type { Command } from './command.ts';
import { confStreams } from './conf-streams.ts';
import { stepDescriptions } from './configure-step-names.ts';
import { workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface StepArguments extends WorkspaceArguments {
  readonly words?: readonly string[];
  readonly seed?: string;
  readonly probability?: string;
}

type StepMode = ConfigureStep['mode'];

interface StepCommand {
  /** Further words of the usage. */
  readonly words?: string;
  readonly describe: string;
  readonly options?: (yargs: Argv) => Argv;
}

const random = (yargs: Argv): Argv =>
  yargs
    .option('seed', { type: 'string', requiresArg: true, describe: 'Repeat the configuration of this seed' })
    .option('probability', {
      type: 'string',
      requiresArg: true,
      describe: 'Percentage of y; or Y:M for tristates; or BOOL:Y:M',
    });

const details: Partial<Record<StepMode, Omit<StepCommand, 'describe'>>> = {
  defconfig: { words: '[FILE]' },
  savedefconfig: { words: '[FILE]' },
  randconfig: { options: random },
};

/** The command for one configuration target of a core's Makefile. */
export function stepCommand(mode: keyof typeof stepDescriptions): Command<StepArguments> {
  const { words = '', options } = details[mode] ?? {};
  return {
    usage: `${mode} [words..]`,
    describe: `${stepDescriptions[mode]}${words === '' ? '' : ` (${words})`}`,
    build(yargs) {
      const withWords = workspaceOptions(yargs).positional('words', {
        type: 'string',
        array: true,
        describe: `${words === '' ? '' : 'FILE, and '}make-style words: A= L= O= C= P= E= N=`,
      }) as Argv;
      return options === undefined ? withWords : options(withWords);
    },
    async run(args, surroundings) {
      const found = await workspaceFrom(args, surroundings, args.words ?? []);
      if (!found.ok) return complain(formatDiagnostic(found.error));
      const { workspace, words: rest } = found.value;
      const takesFile = words !== '';
      if (rest.length > (takesFile ? 1 : 0)) return complain(`${mode} does not take '${rest.at(-1)}'`);
      const defconfig = workspace.variables.findLast(({ name }) => name === 'UK_DEFCONFIG')?.value;
      const file = rest[0] ?? defconfig;
      const host = new GuardedHost();
      const around = { environment: surroundings.environment, host, ...confStreams(surroundings) };
      const configuring = prepareWorkspace(workspace, mode, around);
      if (!configuring.ok) return complain(formatDiagnostic(configuring.error));
      const status = configure(
        configuring.value,
        {
          mode,
          ...(takesFile && file !== undefined && { file: absolute(file, surroundings.cwd) }),
          ...(args.seed !== undefined && { seed: args.seed }),
          ...(args.probability !== undefined && { probability: args.probability }),
        },
        around,
      );
      return host.unwritable === undefined ? status : complain(host.unwritable);

      function complain(message: string): number {
        surroundings.stderr.write(`unigraph: ${message}\n`);
        return 1;
      }
    },
  };
}

function absolute(path: string, cwd: string): string {
  return path.startsWith('/') ? path : `${cwd}/${path}`;
}

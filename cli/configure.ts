import { readFileSync, realpathSync } from 'node:fs';
import { GuardedHost } from '../rules/configure/guarded-host.ts';
import { formatDiagnostic, formatLocation } from '../engine/location.ts';
import { applySettings, textChanges, type Refused } from '../rules/configure/apply.ts';
import { openConfiguration } from '../rules/configure/open.ts';
import { hostArchitecture } from '../rules/configure/environment.ts';
import type { KconfigSetting } from '../rules/manifest/manifest.ts';
import { targetKconfig } from '../rules/workspace/target.ts';
import type { Workspace } from '../rules/workspace/workspace.ts';
import type { Command } from './command.ts';
import { ConfigText } from './config-text.ts';
import { workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface ConfigureArguments extends WorkspaceArguments {
  readonly words?: readonly string[];
  readonly platform?: string;
  readonly arch?: string;
  readonly vmm?: string;
  readonly set?: string | readonly string[];
  readonly defconfig?: string;
  readonly fresh?: boolean;
}

const commandLine = { file: 'the command line', line: 0, column: 0 };

/** Makes `.config` of the project file and options, without asking. */
export const command: Command<ConfigureArguments> = {
  usage: 'configure [words..]',
  describe: 'Make .config from the project file and options, without asking',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('words', {
        type: 'string',
        array: true,
        describe: 'Make-style words: A= L= O= C= P= E= N=',
      })
      .option('platform', {
        alias: 'p',
        type: 'string',
        requiresArg: true,
        describe: 'kvm, xen, linuxu, qemu, fc',
      })
      .option('arch', {
        alias: ['m', 'a'],
        type: 'string',
        requiresArg: true,
        describe: 'x86_64, arm64, arm',
      })
      .option('vmm', {
        type: 'string',
        requiresArg: true,
        describe: 'The monitor below KVM: qemu, firecracker',
      })
      .option('set', { type: 'string', requiresArg: true, describe: 'NAME=VALUE; repeatable' })
      .option('defconfig', { type: 'string', requiresArg: true, describe: 'Start from this file' })
      .option('fresh', {
        alias: 'F',
        type: 'boolean',
        describe: 'Start from the defaults, not from .config',
      }),
  async run(args, surroundings) {
    const complain = (message: string): number => {
      surroundings.stderr.write(`unigraph: ${message}\n`);
      return 1;
    };
    const found = await workspaceFrom(args, surroundings, args.words ?? []);
    if (!found.ok) return complain(formatDiagnostic(found.error));
    const { workspace, words } = found.value;
    if (words.length > 0) return complain(`configure does not take '${words[0]}'`);
    const wanted = settingsOf(args, workspace);
    if (typeof wanted === 'string') return complain(wanted);

    const opened = openConfiguration(workspace, surroundings.environment, new GuardedHost(), false);
    if (!opened.ok) return complain(formatDiagnostic(opened.error));
    const { configuration } = opened.value;
    const present = configuration.read(workspace.config);
    let base = args.fresh ? '' : (present ?? '');
    if (args.defconfig !== undefined) {
      const path = args.defconfig.startsWith('/') ? args.defconfig : `${surroundings.cwd}/${args.defconfig}`;
      try {
        base = readFileSync(path, 'latin1');
      } catch {
        return complain(`cannot read ${path}`);
      }
    }
    const settings = [
      ...workspace.kconfig,
      ...otherPlatforms(wanted, (name) => configuration.find(name) !== undefined),
      ...wanted,
    ];
    const refused = applySettings(configuration, base, settings);
    const text = new ConfigText(realpathSync(surroundings.cwd), workspace.core);
    if (refused.length > 0) {
      for (const each of refused) complain(describeRefused(each, text));
      surroundings.stderr.write('Nothing was written.\n');
      return 1;
    }
    const after = configuration.dotConfig();
    if (!configuration.save()) return complain(`cannot write ${workspace.config}`);
    const changes = textChanges(present ?? '', after, configuration.prefix);
    const print = (line: string): void => void surroundings.stdout.write(`${line}\n`);
    if (present === undefined) print(`${workspace.config}: new, ${changes.length} options`);
    else if (changes.length === 0) print(`${workspace.config}: nothing changes`);
    else {
      print(`${workspace.config}:`);
      for (const change of changes) print(`  ${text.change(change)}`);
    }
    const warnings = configuration.takeMessages();
    if (warnings !== '') surroundings.stderr.write(warnings);
    return 0;
  },
};

/** What the options ask for; a text tells what is wrong with them. */
function settingsOf(args: ConfigureArguments, workspace: Workspace): KconfigSetting[] | string {
  const settings: KconfigSetting[] = [];
  const { platform, arch, vmm } = args;
  const architectures = ['x86_64', 'arm64', 'arm'];
  if (arch !== undefined && !architectures.includes(arch)) {
    return `there is no architecture '${arch}': give ${architectures.join(', ')}`;
  }
  if (platform !== undefined || arch !== undefined) {
    const target = {
      platform: platform ?? workspace.target?.platform ?? 'kvm',
      architecture: arch ?? workspace.target?.architecture ?? hostArchitecture(),
      kconfig: [],
      location: commandLine,
    };
    const all = targetKconfig(target, workspace.core);
    settings.push(
      ...all.filter(({ name }) => {
        if (name.startsWith('ARCH_')) return arch !== undefined;
        // A platform's usual monitor gives way to the one that is asked for.
        return platform !== undefined && !(vmm !== undefined && name.startsWith('KVM_VMM_'));
      }),
    );
  }
  if (vmm !== undefined) {
    const name = vmm === 'fc' ? 'firecracker' : vmm;
    settings.push({ name: `KVM_VMM_${name.toUpperCase()}`, value: 'y', location: commandLine });
  }
  for (const text of args.set === undefined ? [] : [args.set].flat()) {
    const equals = text.indexOf('=');
    if (equals < 1) return `--set takes NAME=VALUE, not '${text}'`;
    const value = text.slice(equals + 1).replace(/^"(.*)"$/, '$1');
    settings.push({ name: text.slice(0, equals), value, location: commandLine });
  }
  return settings;
}

/** A platform that is asked for is the only one: the others are turned off. */
function otherPlatforms(
  wanted: readonly KconfigSetting[],
  exists: (name: string) => boolean,
): KconfigSetting[] {
  const platforms = ['PLAT_KVM', 'PLAT_XEN', 'PLAT_LINUXU'];
  if (!wanted.some(({ name, value }) => platforms.includes(name) && value === 'y')) return [];
  return platforms
    .filter((name) => exists(name) && !wanted.some((setting) => setting.name === name))
    .map((name) => ({ name, value: 'n', location: commandLine }));
}

function describeRefused({ setting, problem, needs }: Refused, text: ConfigText): string {
  const lines = [`${formatLocation(setting.location)}: ${text.problem(problem)}`];
  if (needs.length > 0)
    lines.push('  It would be followed with:', ...needs.map((step) => `    ${text.step(step)}`));
  return lines.join('\n');
}

import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { GuardedHost } from '../rules/configure/guarded-host.ts';
import { formatDiagnostic } from '../engine/location.ts';
import { unreachable } from '../engine/result.ts';
import { OptionUsers } from '../rules/understand/option-users.ts';
import { stateFolder } from '../rules/build/state-folder.ts';
import { openConfiguration } from '../rules/configure/open.ts';
import type { Command } from './command.ts';
import { runMenu } from './menuconfig/app.ts';
import { Session } from './menuconfig/session.ts';
import { ProcessTerminal } from './menuconfig/terminal.ts';
import { workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface MenuArguments extends WorkspaceArguments {
  readonly words?: readonly string[];
}

/** The configuration as a full-screen menu. */
export const command: Command<MenuArguments> = {
  usage: 'menuconfig [words..]',
  describe: 'Configure in a full-screen menu',
  build: (yargs) =>
    workspaceOptions(yargs).positional('words', {
      type: 'string',
      array: true,
      describe: 'Make-style words: A= L= O= C= P= E= N=',
    }),
  async run(args, surroundings) {
    const complain = (message: string): number => {
      surroundings.stderr.write(`unigraph: ${message}\n`);
      return 1;
    };
    if (!process.stdin.isTTY || !process.stdout.isTTY) {
      return complain(
        "menuconfig needs a terminal; 'unigraph configure' and 'unigraph config set' do without",
      );
    }
    const found = await workspaceFrom(args, surroundings, args.words ?? []);
    if (!found.ok) return complain(formatDiagnostic(found.error));
    const { workspace, words } = found.value;
    if (words.length > 0) return complain(`menuconfig does not take '${words[0]}'`);
    const opened = openConfiguration(workspace, surroundings.environment, new GuardedHost(), false);
    if (!opened.ok) return complain(formatDiagnostic(opened.error));
    const { configuration } = opened.value;
    configuration.load();
    configuration.takeMessages();
    const users = new OptionUsers(join(stateFolder(workspace.build), 'journal'), configuration.prefix);
    const single = surroundings.environment['MENUCONFIG_MODE']?.toLowerCase() === 'single_menu';
    const outcome = await runMenu({
      session: new Session(configuration, single, (names) => users.count(names)),
      terminal: new ProcessTerminal(process.stdin, process.stdout),
      environment: surroundings.environment,
      roots: [realpathSync(surroundings.cwd), workspace.core],
    });
    switch (outcome.kind) {
      case 'saved':
        surroundings.stdout.write(`Configuration written to ${outcome.file}\n`);
        return 0;
      case 'unchanged':
        surroundings.stdout.write('The configuration is as it was.\n');
        return 0;
      case 'discarded':
        surroundings.stderr.write('Your configuration changes were NOT saved.\n');
        return 0;
      case 'failed':
        return complain(`cannot write ${outcome.file}; your configuration changes were NOT saved`);
      case 'ended': {
        const { rescued } = outcome;
        return complain(`ended${rescued === undefined ? '' : `; unsaved changes are in ${rescued}`}`);
      }
      default:
        return unreachable(outcome);
    }
  },
};

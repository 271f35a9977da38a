import { runConf } from '../engine/kconfig/command.ts';
import { nodeHost } from '../engine/kconfig/host.ts';
import { withTreeScripts } from '../rules/configure/tree-scripts.ts';
import type { RawCommand } from './command.ts';
import { confStreams } from './conf-streams.ts';

/**
 * The tree's own `conf` program: the same arguments, environment, files and exit status, so that a core's
 * Makefile can call it in that program's place.
 */
export const command: RawCommand = {
  usage: 'conf [-s] [--MODE] FILE',
  describe: "Do what a tree's own conf program does, with its arguments and environment",
  runRaw(argv, surroundings) {
    const status = runConf({
      argv,
      cwd: surroundings.cwd,
      environment: surroundings.environment,
      ...confStreams(surroundings),
      host: withTreeScripts(nodeHost),
    });
    return Promise.resolve(status);
  },
};

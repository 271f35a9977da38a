import { libAdd, libRemove } from './lib-add.ts';
import { libBump } from './lib-bump.ts';
import { libInit } from './lib-init.ts';
import { groupCommand } from './run-command.ts';

export const command = groupCommand({
  name: 'lib',
  describe: 'Start a library, move it to a newer version, add libraries to a project',
  commands: { init: libInit, add: libAdd, remove: libRemove, bump: libBump },
});

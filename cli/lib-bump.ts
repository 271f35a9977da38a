import { resolve } from 'node:path';
import { downloadCache } from '../rules/build/build-workspace.ts';
import { bumpLibrary } from '../rules/create/bump-library.ts';
import type { Command } from './command.ts';
import { complain, openIndex, ProgressLine } from './index-context.ts';
import { definedOnly } from './surroundings.ts';

interface BumpArguments {
  readonly folder?: string;
  readonly version?: string;
  readonly force?: boolean;
}

export const libBump: Command<BumpArguments> = {
  usage: 'lib bump [folder]',
  describe: 'Move a library to a newer version of what it ports; tries its patches on it',
  build: (yargs) =>
    yargs
      .positional('folder', { type: 'string', describe: "The library's folder [.]" })
      .option('version', {
        type: 'string',
        alias: 'v',
        requiresArg: true,
        describe: 'The version [the newest release]',
      })
      .option('force', { type: 'boolean', alias: 'F', describe: 'Write it although patches do not apply' }),
  async run(args, surroundings) {
    const index = openIndex(surroundings);
    if (!index.ok) return complain(surroundings, index.error);
    const progress = new ProgressLine(surroundings.stderr);
    const cache = downloadCache(definedOnly(surroundings.environment));
    const bumped = await bumpLibrary(
      resolve(surroundings.cwd, args.folder ?? '.'),
      args.version,
      args.force === true,
      {
        environment: surroundings.environment,
        mirrors: index.value.settings.mirrors,
        onStep: (text) => progress.show(text),
        ...(cache !== undefined && { cache }),
      },
    );
    progress.clear();
    if (!bumped.ok) return complain(surroundings, bumped.error);
    const { from, to, url, patches, written, also } = bumped.value;
    if (from === to) {
      surroundings.stdout.write(`${to} is the newest version\n`);
      return 0;
    }
    for (const { patch, applies, detail } of patches) {
      const note = detail === '' ? '' : ` (${detail})`;
      surroundings.stdout.write(`${patch}: ${applies ? 'applies' : 'does not apply any more'}${note}\n`);
    }
    if (written) {
      const further = also.map((text) => `  ${text}\n`).join('');
      surroundings.stdout.write(`${from} -> ${to}: ${url}\n${further}`);
      return patches.every(({ applies }) => applies) ? 0 : 1;
    }
    return complain(surroundings, {
      message: `nothing is written: not all patches apply to ${to}`,
      hint: 'Make them fit, or write the version all the same with --force.',
    });
  },
};

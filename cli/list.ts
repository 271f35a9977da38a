import { formatName, type Kind } from '../rules/index/component-name.ts';
import { checkoutLabel, type Installed } from '../rules/index/installed.ts';
import { releases, versionNames } from '../rules/index/versions.ts';
import type { Command } from './command.ts';
import { columnsOf, complain, openIndex, table } from './index-context.ts';
import { add } from './list-add.ts';
import { pullCommand } from './list-pull.ts';
import { remove } from './list-remove.ts';
import { show } from './list-show.ts';
import { update } from './list-update.ts';
import { asJson, listed, type Listed } from './listed.ts';
import { groupCommand } from './run-command.ts';

interface ListArguments {
  readonly apps?: boolean;
  readonly libs?: boolean;
  readonly plats?: boolean;
  readonly core?: boolean;
  readonly installed?: boolean;
  readonly paths?: boolean;
  readonly json?: boolean;
}

const list: Command<ListArguments> = {
  usage: 'list',
  describe:
    'List the cores, libraries, platforms and applications that origins offer and that are on this machine.',
  build: (yargs) =>
    yargs
      .option('apps', { alias: 'a', type: 'boolean', describe: 'Applications' })
      .option('libs', { alias: 'l', type: 'boolean', describe: 'Libraries' })
      .option('plats', { alias: 'p', type: 'boolean', describe: 'Platforms' })
      .option('core', { alias: 'c', type: 'boolean', describe: 'The Unikraft core' })
      .option('installed', { alias: 'i', type: 'boolean', describe: 'Only what is on this machine' })
      .option('paths', { alias: 'd', type: 'boolean', describe: 'Show folders instead of descriptions' })
      .option('json', { alias: 'j', type: 'boolean', describe: 'Print JSON' })
      .epilogue('list add ORIGIN.. | update | pull [NAME[@VERSION]..] | show NAME.. | remove ORIGIN..'),
  run(args, surroundings) {
    const index = openIndex(surroundings);
    if (!index.ok) return Promise.resolve(complain(surroundings, index.error));
    const wanted = new Set<Kind>([
      ...(args.apps ? (['application'] as const) : []),
      ...(args.libs ? (['library'] as const) : []),
      ...(args.plats ? (['platform', 'architecture'] as const) : []),
      ...(args.core ? (['core'] as const) : []),
    ]);
    const rows = listed(index.value, surroundings).filter(
      ({ kind, installed }) =>
        (wanted.size === 0 || wanted.has(kind)) && (args.installed !== true || installed.length > 0),
    );
    if (args.json) {
      surroundings.stdout.write(`${JSON.stringify(rows.map(asJson), null, 2)}\n`);
      return Promise.resolve(0);
    }
    if (rows.length > 0) {
      const head = ['NAME', 'HERE', 'NEWEST', args.paths ? 'FOLDER' : 'DESCRIPTION'];
      surroundings.stdout.write(
        table([head, ...rows.map((row) => asRow(row, args.paths === true))], columnsOf(surroundings)),
      );
    }
    if (index.value.catalogue.components.length === 0 && args.installed !== true) {
      surroundings.stderr.write(
        `unigraph: the origins have not been asked yet (${index.value.settings.origins.join(', ')})\n` +
          "  'unigraph list update' asks them; 'unigraph list add ORIGIN' adds one.\n",
      );
    } else if (rows.length === 0) {
      surroundings.stderr.write('unigraph: there is nothing of that kind\n');
    }
    return Promise.resolve(0);
  },
};

/** The words under HERE: the versions that are on this machine. */
function versionsHere(installed: readonly Installed[]): string {
  return installed.map(({ checkout }) => checkoutLabel(checkout) ?? 'yes').join(', ');
}

function asRow({ kind, name, offered, installed }: Listed, paths: boolean): string[] {
  const newest =
    offered === undefined
      ? ''
      : (releases(offered.references)[0] ?? versionNames(offered.references)[0] ?? '');
  const folders = installed.map(({ folder }) => folder).join(', ');
  return [
    formatName({ kind, name }),
    versionsHere(installed),
    newest,
    paths ? folders : (offered?.description ?? ''),
  ];
}

export const command = groupCommand({
  name: 'list',
  describe: list.describe,
  alone: list,
  commands: { add, update, pull: pullCommand, show, remove },
});

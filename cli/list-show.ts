import { nearest } from '../engine/nearest.ts';
import { formatName, parseAsked } from '../rules/index/component-name.ts';
import { checkoutLabel } from '../rules/index/installed.ts';
import { releases } from '../rules/index/versions.ts';
import type { Command } from './command.ts';
import { complain, openIndex } from './index-context.ts';
import { asJson, listed, type Listed } from './listed.ts';

interface ShowArguments {
  readonly name: readonly string[];
  readonly json?: boolean;
}

export const show: Command<ShowArguments> = {
  usage: 'list show <name..>',
  describe: "Tell a component's versions, origin and folders",
  build: (yargs) =>
    yargs
      .positional('name', {
        type: 'string',
        array: true,
        describe: 'E.g. musl, lib/musl, app-helloworld, unikraft',
      })
      .option('json', { alias: 'j', type: 'boolean', describe: 'Print JSON' }),
  run(args, surroundings) {
    const index = openIndex(surroundings);
    if (!index.ok) return Promise.resolve(complain(surroundings, index.error));
    const all = listed(index.value, surroundings);
    const found: Listed[] = [];
    for (const text of args.name) {
      const asked = parseAsked(text);
      const matching = all.filter(
        ({ kind, name }) => name === asked.name && (asked.kind === undefined || asked.kind === kind),
      );
      if (matching.length === 0) {
        const meant = nearest(
          asked.name,
          all.map(({ name }) => name),
        );
        const hint =
          meant === undefined
            ? "'unigraph list update' asks the origins for what is new."
            : `Did you mean '${meant}'?`;
        return Promise.resolve(complain(surroundings, { message: `nothing is known of '${text}'`, hint }));
      }
      found.push(...matching);
    }
    const text = args.json
      ? `${JSON.stringify(found.map(asJson), null, 2)}\n`
      : found.map(describe).join('\n');
    surroundings.stdout.write(text);
    return Promise.resolve(0);
  },
};

function describe({ kind, name, offered, installed }: Listed): string {
  const branches =
    offered?.references.filter((each) => each.kind === 'branch').map((each) => each.name) ?? [];
  const lines: [string, string | undefined][] = [
    ['name', formatName({ kind, name })],
    ['kind', kind],
    ['description', offered?.description],
    ['distributions', branches.join(', ') || undefined],
    ['releases', offered && releases(offered.references).join(', ')],
    ['source', offered?.place],
    ['origin', offered?.origin],
    ['last checked', offered?.checked],
    ...installed.map(({ folder, checkout }): [string, string] => {
      const label = checkoutLabel(checkout);
      return ['here', label === undefined ? folder : `${folder} (${label})`];
    }),
  ];
  return lines
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([label, value]) => `${label.padEnd(13)}  ${value}\n`)
    .join('');
}

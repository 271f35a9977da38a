import { nearest } from '../engine/nearest.ts';
import { writeCatalogue } from '../rules/index/catalogue.ts';
import { formatName, parseAsked } from '../rules/index/component-name.ts';
import { formatOrigin, parseOrigin } from '../rules/index/origin.ts';
import { writeOrigins } from '../rules/index/settings.ts';
import { home } from '../rules/workspace/working-folders.ts';
import type { Command, Surroundings } from './command.ts';
import { complain, openIndex, type IndexContext } from './index-context.ts';

interface RemoveArguments {
  readonly origin: readonly string[];
}

export const remove: Command<RemoveArguments> = {
  usage: 'list remove <origin..>',
  describe: 'Take origins off the list; folders on this machine stay',
  build: (yargs) =>
    yargs.positional('origin', {
      type: 'string',
      array: true,
      describe: 'An origin as the list has it, or the name of a component that is an origin of its own',
    }),
  run(args, surroundings) {
    const index = openIndex(surroundings);
    if (!index.ok) return Promise.resolve(complain(surroundings, index.error));
    let { origins } = index.value.settings;
    const gone: string[] = [];
    for (const text of args.origin) {
      const origin = findOrigin(text, origins, index.value, surroundings);
      if (origin === undefined) {
        const meant = nearest(text, origins);
        return Promise.resolve(
          complain(surroundings, {
            message: `'${text}' is not on the list`,
            hint: meant === undefined ? `The origins are ${origins.join(', ')}.` : `Did you mean '${meant}'?`,
          }),
        );
      }
      origins = origins.filter((each) => each !== origin);
      gone.push(origin);
    }
    const { folders, catalogue } = index.value;
    const written = writeOrigins(folders, origins);
    if (!written.ok) return Promise.resolve(complain(surroundings, written.error));
    const components = catalogue.components.filter(({ origin }) => !gone.includes(origin));
    const etags = Object.fromEntries(
      Object.entries(catalogue.etags).filter(([origin]) => !gone.includes(origin)),
    );
    const kept = writeCatalogue(folders, { components, etags });
    if (!kept.ok) return Promise.resolve(complain(surroundings, kept.error));
    for (const origin of gone) surroundings.stdout.write(`removed ${origin}\n`);
    return Promise.resolve(0);
  },
};

/** The origin as it is written on the list: by its text, in another spelling, or by the component that it offers. */
function findOrigin(
  text: string,
  origins: readonly string[],
  index: IndexContext,
  surroundings: Surroundings,
): string | undefined {
  if (origins.includes(text)) return text;
  const folder = home(surroundings.environment);
  const spelling = (each: string, cwd: string): string | undefined => {
    const origin = parseOrigin(each, cwd, folder);
    return origin.ok ? formatOrigin(origin.value) : undefined;
  };
  const wanted = spelling(text, surroundings.cwd);
  const same = wanted === undefined ? undefined : origins.find((each) => spelling(each, '/') === wanted);
  if (same !== undefined) return same;
  const asked = parseAsked(text);
  const offered = index.catalogue.components.find(
    (each) => each.name === asked.name && (asked.kind === undefined || asked.kind === each.kind),
  );
  if (offered === undefined) return undefined;
  const others = index.catalogue.components.filter(({ origin }) => origin === offered.origin);
  const isAlone = others.every((each) => formatName(each) === formatName(offered));
  return isAlone && origins.includes(offered.origin) ? offered.origin : undefined;
}

import { formatDiagnostic } from '../engine/location.ts';
import { writeCatalogue } from '../rules/index/catalogue.ts';
import { formatName } from '../rules/index/component-name.ts';
import { updateCatalogue } from '../rules/index/update.ts';
import { versionNames } from '../rules/index/versions.ts';
import type { Command } from './command.ts';
import { complain, openIndex, ProgressLine } from './index-context.ts';

export const update: Command = {
  usage: 'list update',
  describe: 'Ask the origins what they offer; works on with what is known where one does not answer',
  build: (yargs) =>
    yargs.epilogue(
      'GITHUB_TOKEN (or UK_KRAFT_GITHUB_TOKEN, GH_TOKEN) raises the limit of requests to GitHub.',
    ),
  async run(_args, surroundings) {
    const index = openIndex(surroundings);
    if (!index.ok) return complain(surroundings, index.error);
    const { folders, settings, catalogue } = index.value;
    const progress = new ProgressLine(surroundings.stderr);
    const known = {
      ...catalogue,
      components: catalogue.components.filter(({ origin }) => settings.origins.includes(origin)),
    };
    const report = await updateCatalogue(settings.origins, known, {
      mirrors: settings.mirrors,
      environment: surroundings.environment,
      now: new Date().toISOString(),
      onStep: (text) => progress.show(text),
    });
    progress.clear();
    const written = writeCatalogue(folders, report.catalogue);
    if (!written.ok) return complain(surroundings, written.error);
    const before = new Map(
      catalogue.components.map((each) => [formatName(each), versionNames(each.references).join()]),
    );
    const fresh = report.catalogue.components.filter((each) => !before.has(formatName(each)));
    const changed = report.catalogue.components.filter((each) => {
      const versions = before.get(formatName(each));
      return versions !== undefined && versions !== versionNames(each.references).join();
    });
    for (const [word, components] of [
      ['new', fresh],
      ['changed', changed],
    ] as const) {
      if (components.length > 0)
        surroundings.stdout.write(`${word}: ${components.map(formatName).join(', ')}\n`);
    }
    surroundings.stdout.write(
      `${report.catalogue.components.length} components from ${settings.origins.length} origins\n`,
    );
    for (const { origin, problem } of report.problems) {
      surroundings.stderr.write(`unigraph: ${origin}: ${formatDiagnostic(problem)}\n`);
    }
    return report.problems.length > 0 ? 1 : 0;
  },
};

import { formatDiagnostic } from '../engine/location.ts';
import { ok } from '../engine/result.ts';
import { writeCatalogue } from '../rules/index/catalogue.ts';
import { formatName } from '../rules/index/component-name.ts';
import { formatOrigin, parseOrigin, type Origin } from '../rules/index/origin.ts';
import { writeOrigins } from '../rules/index/settings.ts';
import { updateCatalogue } from '../rules/index/update.ts';
import { home } from '../rules/workspace/working-folders.ts';
import type { Command } from './command.ts';
import { complain, openIndex, ProgressLine } from './index-context.ts';

interface AddArguments {
  readonly origin: readonly string[];
  readonly update?: boolean;
}

export const add: Command<AddArguments> = {
  usage: 'list add <origin..>',
  describe: 'Add origins: a folder, a git repository, or https://github.com/OWNER/lib-*',
  build: (yargs) =>
    yargs
      .positional('origin', {
        type: 'string',
        array: true,
        describe: 'A folder, the URL of a repository, or a wildcard',
      })
      .option('update', { alias: 'u', type: 'boolean', describe: 'Ask these origins at once' }),
  async run(args, surroundings) {
    const index = openIndex(surroundings);
    if (!index.ok) return complain(surroundings, index.error);
    const { folders, settings } = index.value;
    const origins = [...settings.origins];
    const fresh: Origin[] = [];
    const present: Origin[] = [];
    for (const text of args.origin) {
      const origin = parseOrigin(text, surroundings.cwd, home(surroundings.environment));
      if (!origin.ok) return complain(surroundings, origin.error);
      const written = formatOrigin(origin.value);
      const known = origins.some((each) => {
        const other = parseOrigin(each, '/', home(surroundings.environment));
        return each === written || (other.ok && formatOrigin(other.value) === written);
      });
      if (known) {
        surroundings.stderr.write(`unigraph: ${written} is on the list already\n`);
        present.push(origin.value);
      } else {
        origins.push(written);
        fresh.push(origin.value);
      }
    }
    // Folders are read at once: that needs no network, and shows at once whether something is there.
    const asked =
      args.update === true ? [...fresh, ...present] : fresh.filter(({ kind }) => kind === 'folder');
    const ask = asked.map(formatOrigin);
    const progress = new ProgressLine(surroundings.stderr);
    const report = await updateCatalogue(ask, index.value.catalogue, {
      mirrors: settings.mirrors,
      environment: surroundings.environment,
      now: new Date().toISOString(),
      onStep: (text) => progress.show(text),
    });
    progress.clear();
    const empty = report.problems.filter(({ origin }) =>
      fresh.some((each) => each.kind === 'folder' && each.path === origin),
    );
    if (empty[0] !== undefined) return complain(surroundings, empty[0].problem);
    const written = fresh.length > 0 ? writeOrigins(folders, origins) : ok(undefined);
    if (!written.ok) return complain(surroundings, written.error);
    const kept = ask.length > 0 ? writeCatalogue(folders, report.catalogue) : ok(undefined);
    if (!kept.ok) return complain(surroundings, kept.error);
    for (const origin of fresh.map(formatOrigin)) {
      const names = report.catalogue.components.filter((each) => each.origin === origin).map(formatName);
      const what =
        names.length > 0
          ? `: ${names.join(', ')}`
          : ask.includes(origin)
            ? ''
            : "; 'unigraph list update' asks it";
      surroundings.stdout.write(`added ${origin}${what}\n`);
    }
    for (const origin of present.map(formatOrigin).filter((each) => ask.includes(each))) {
      const names = report.catalogue.components.filter((each) => each.origin === origin).map(formatName);
      surroundings.stdout.write(`asked ${origin}: ${names.join(', ') || 'nothing'}\n`);
    }
    for (const { problem } of report.problems)
      surroundings.stderr.write(`unigraph: ${formatDiagnostic(problem)}\n`);
    return report.problems.length > 0 ? 1 : 0;
  },
};

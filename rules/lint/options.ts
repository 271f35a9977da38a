import type { Location } from '../../engine/location.ts';
import { toText } from '../../engine/make/bytes.ts';
import { editDistance, nearest } from '../../engine/nearest.ts';
import type { KnownLibrary } from '../variables/libraries.ts';
import type { Finding } from './finding.ts';
import type { LintedTree } from './linted-tree.ts';

/**
 * Finds options that a library's registration or its variables' names test (`addlib_s`, `LIBX_SRCS-$(CONFIG_Y)`) and that
 * no Config.uk defines: they are never y.
 * @param options names of all options, without `CONFIG_`
 */
export function unknownOptions(
  tree: LintedTree,
  library: KnownLibrary,
  options: ReadonlySet<string>,
): Finding[] {
  const { database, written } = tree.evaluated;
  const assigned = new Set(
    written
      .flatMap(({ assignments }) => assignments.map(({ name }) => name))
      .filter((name) => /^CONFIG_/.test(name)),
  );
  const findings: Finding[] = [];
  const seen = new Set<string>();
  const check = (text: string, location: Location, what: string, isOwn?: boolean): void => {
    for (const [, option] of text.matchAll(/\$[({]CONFIG_([A-Za-z0-9_]+)[)}]/g)) {
      const variable = `CONFIG_${option}`;
      if (options.has(option!) || assigned.has(variable) || seen.has(option!)) continue;
      // Such as CONFIG_UK_BASE: the Makefile's own.
      if (database.variables.has(variable)) continue;
      const close = nearest(option!, options);
      const meant =
        close !== undefined && editDistance(option!, close) <= Math.max(1, option!.length / 12)
          ? close
          : undefined;
      // An option of another library, for which nothing needs to be there: that library is not in this workspace.
      if (
        isOwn !== true &&
        meant === undefined &&
        /^LIB/.test(option!) &&
        !`${option}_`.startsWith(library.prefix)
      )
        continue;
      seen.add(option!);
      findings.push({
        rule: 'unknown-option',
        library: library.name,
        location: { ...location, file: toText(location.file) },
        message: `no Config.uk defines ${option}: ${what}`,
        hint:
          meant === undefined
            ? `Define it in ${library.folder}/Config.uk.`
            : `Did you mean 'CONFIG_${meant}'? Else define it in ${library.folder}/Config.uk.`,
      });
    }
  };
  for (const { condition, location } of library.registrations) {
    if (condition !== undefined) check(condition, location, `${library.name} is never part of a build`, true);
  }
  for (const { name, location } of tree.assignmentsOf(library)) {
    check(name, location, `${toText(name)} is never used`);
  }
  return findings;
}

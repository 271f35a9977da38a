import { toText } from '../../engine/make/bytes.ts';
import type { KnownLibrary } from '../variables/libraries.ts';
import type { Finding } from './finding.ts';
import type { LintedTree } from './linted-tree.ts';

/**
 * Finds `CINCLUDES-y += …` without a condition in a library that can be switched off, or in the application. Libraries
 * export headers to all others with `CINCLUDES-$(CONFIG_LIBX)`; without the option everyone gets them always.
 */
export function globalIncludes(tree: LintedTree, library: KnownLibrary, isApplication: boolean): Finding[] {
  const conditional = library.registrations.filter(
    ({ condition }) => condition?.includes('CONFIG_') === true,
  );
  const switched = conditional[0]?.condition;
  if (switched === undefined && !isApplication) return [];
  const findings: Finding[] = [];
  for (const { name, location, conditions, operator } of tree.assignmentsOf(library)) {
    const kind = /^(AS|C|CXX|GOC)INCLUDES(?:-y)?$/.exec(name)?.[1];
    if (kind === undefined || conditions.length > 0 || operator === 'define') continue;
    const own = `${library.prefix}${kind}INCLUDES-y`;
    findings.push({
      rule: 'global-include',
      library: library.name,
      location: { ...location, file: toText(location.file) },
      message:
        switched === undefined
          ? `${name} gives these headers to every library, not only to ${library.name}`
          : `${name} gives these headers to every library, even when ${library.name} is off`,
      hint:
        switched === undefined
          ? `If only ${library.name} needs them, write ${own}.`
          : `If only ${library.name} needs them, write ${own}; to export them, as a libc does, ${kind}INCLUDES-${toText(switched)}.`,
    });
  }
  return findings;
}

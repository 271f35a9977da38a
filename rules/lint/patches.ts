import { toBytes, toText } from '../../engine/make/bytes.ts';
import type { KnownLibrary } from '../variables/libraries.ts';
import type { Finding } from './finding.ts';
import type { LintedTree } from './linted-tree.ts';

/** Finds a `LIBX_PATCHDIR` that no call of `patch` gets. */
export function unappliedPatches(tree: LintedTree, library: KnownLibrary): Finding[] {
  const { evaluated, reads } = tree;
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const { name, location } of tree.assignmentsOf(library)) {
    if (!/_PATCH(?:ES_)?DIR$/.test(name) || name.includes('$') || seen.has(name)) continue;
    seen.add(name);
    const owner = [...tree.libraries.values()].find(({ prefix }) => name.startsWith(prefix)) ?? library;
    const isPatched = tree.isMade(`${evaluated.cwd}/${owner.name}/.patched`);
    if (reads.isNamed(toBytes(name))) continue;
    findings.push({
      rule: 'unapplied-patches',
      library: library.name,
      location: { ...location, file: toText(location.file) },
      message: `${toText(name)} is set, but nothing applies its patches`,
      hint: isPatched
        ? `The call of patch names another folder; let it be $(${toText(name)}), or remove the variable.`
        : `Call $(eval $(call patch,${owner.name},$(${toText(name)}),FOLDER)) after fetch; FOLDER is the one in the archive.`,
    });
  }
  return findings;
}

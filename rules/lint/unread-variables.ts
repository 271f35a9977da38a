import fs from 'node:fs';
import path from 'node:path';
import { toText } from '../../engine/make/bytes.ts';
import { editDistance, nearest } from '../../engine/nearest.ts';
import type { KnownLibrary } from '../variables/libraries.ts';
import { libraryOfVariable } from '../variables/libraries.ts';
import { fillName, UNKNOWN } from '../variables/name-pattern.ts';
import type { Finding } from './finding.ts';
import type { LintedTree } from './linted-tree.ts';
import { readText } from './read-text.ts';
import { sourceParts } from './source-names.ts';

/** Finds assignments to library variables that nothing will ever read, whatever the configuration. */
export function unreadVariables(tree: LintedTree, library: KnownLibrary): Finding[] {
  const { evaluated, reads, recipes } = tree;
  if (!reads.isUsable) return [];
  const parts = sourceParts(tree, library);
  const findings: Finding[] = [];
  const seen = new Set<string>();
  let unread: string | undefined;
  for (const { name: written, operator, location, isExport } of tree.assignmentsOf(library)) {
    // What is exported is for programs to read.
    if (operator === 'define' || operator === 'undefine' || isExport) continue;
    const name = possibleName(written, (inner) => evaluated.database.variables.get(inner)?.value);
    if (name === undefined || seen.has(name)) continue;
    if (reads.isNamed(name) || recipes.isRead(name)) continue;
    const judged = judge(tree, library, name, parts);
    if (judged === undefined) continue;
    unread ??= unreadMakefiles(tree, library);
    if (unread.includes(name)) continue;
    // Appended to ten times, it is one mistake.
    seen.add(name);
    findings.push({
      ...judged,
      library: library.name,
      location: { ...location, file: toText(location.file) },
    });
  }
  return findings;
}

/** Texts of the library's makefiles that this configuration does not include: they may read what others set. */
function unreadMakefiles(tree: LintedTree, library: KnownLibrary): string {
  const read = new Set(tree.evaluated.written.map(({ file }) => toText(file)));
  let texts = '';
  for (const entry of fs.readdirSync(library.folder, { withFileTypes: true })) {
    const file = path.join(library.folder, entry.name);
    if (!entry.isFile() || !/^Makefile|\.(?:uk|mk|inc|rules)$/.test(entry.name) || read.has(file)) continue;
    texts += readText(file);
  }
  return texts;
}

/** What an assignment's name comes to when its option is on; undefined where it is computed otherwise. */
function possibleName(written: string, valueOf: (name: string) => string | undefined): string | undefined {
  const filled = fillName(written, (inner) => (inner.startsWith('CONFIG_') ? 'y' : valueOf(inner)));
  const name = filled.replace(new RegExp(`-(?:${UNKNOWN})+$`), '-y');
  return name.includes(UNKNOWN) ? undefined : name;
}

function judge(
  tree: LintedTree,
  library: KnownLibrary,
  name: string,
  parts: ReadonlySet<string>,
): Pick<Finding, 'rule' | 'message' | 'hint'> | undefined {
  const { reads, libraries } = tree;
  const owner = libraryOfVariable(name, libraries.values());
  const rest = owner === undefined ? '' : name.slice(owner.prefix.length);
  if (owner !== undefined && reads.isLibrarySuffix(rest)) return undefined;
  // A directory of patches that nothing applies has a rule of its own.
  if (/_PATCH(?:ES_)?DIR$/.test(name)) return undefined;
  const sourceSuffix = [...reads.sourceSuffixes].find((suffix) => rest.endsWith(`_${suffix}`));
  if (owner !== undefined && sourceSuffix !== undefined) {
    const part = rest.slice(0, -sourceSuffix.length - 1);
    const own = owner.folder === library.folder;
    if (parts.has(part) || !own) return undefined;
    const meant = nearest(part, parts);
    return {
      rule: 'unreached-flags',
      message: `${toText(name)} reaches no command: ${owner.name} has no source whose name in capitals is ${toText(part)}`,
      hint:
        meant === undefined
          ? `Remove it, or add the source to ${owner.prefix}SRCS-y.`
          : `Did you mean '${owner.prefix}${toText(meant)}_${sourceSuffix}'?`,
    };
  }
  const meant = whatWasMeant(tree, library, owner, name);
  // A helper of the makefile's own that nothing uses is its author's business, unless it looks like a library's.
  if (owner === undefined && meant === undefined) return undefined;
  return {
    rule: 'unread-variable',
    message: `nothing reads ${toText(name)}`,
    hint: meant === undefined ? 'Remove it, or correct its name.' : `Did you mean '${toText(meant)}'?`,
  };
}

function whatWasMeant(
  tree: LintedTree,
  library: KnownLibrary,
  owner: KnownLibrary | undefined,
  name: string,
): string | undefined {
  const { reads, libraries } = tree;
  const prefixes = [...libraries.values()].map(({ prefix }) => prefix);
  const suffixes = [...reads.librarySuffixes].sort((a, b) => b.length - a.length);
  if (owner === undefined) {
    // `LIBNGINX_CINCLUDES-y` where there is no libnginx.
    const suffix = suffixes.find((each) => name.endsWith(`_${each}`) && /[A-Z]/.test(each));
    if (suffix !== undefined && /^(?:LIB|APP)/.test(name)) {
      const given = name.slice(0, -suffix.length);
      const prefix = nearest(given, prefixes);
      return (prefix !== undefined && editDistance(prefix, given) <= 2 ? prefix : library.prefix) + suffix;
    }
  }
  // Far-fetched guesses are no help: two letters may differ.
  const candidates = suffixes.map((suffix) => (owner ?? library).prefix + suffix);
  // Everyone's: `CINLCUDES-$(CONFIG_LIBX)`. Short names resemble too much.
  if (owner === undefined) candidates.push(...suffixes.filter((suffix) => suffix.length >= 6));
  const meant = nearest(name, candidates);
  return meant !== undefined && editDistance(name, meant) <= 2 ? meant : undefined;
}

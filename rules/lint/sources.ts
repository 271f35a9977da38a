import fs from 'node:fs';
import path from 'node:path';
import { formatLocation } from '../../engine/location.ts';
import { nearest } from '../../engine/nearest.ts';
import type { KnownLibrary } from '../variables/libraries.ts';
import type { Finding } from './finding.ts';
import { isInside, type LintedTree, type PlacedWord } from './linted-tree.ts';
import { originState } from './origin-state.ts';

/** Finds a library's sources that are not there, that are listed twice, and those that share an object file. */
export function oddSources(tree: LintedTree, library: KnownLibrary): Finding[] {
  if (!library.isRegistered) return [];
  const words = tree.bothForms(`${library.prefix}SRCS`);
  const findings: Finding[] = [];
  const first = new Map<string, PlacedWord>();
  const missing = new Set<string>();
  for (const placed of words) {
    const { word, location } = placed;
    const before = first.get(word);
    if (before !== undefined) {
      findings.push({
        rule: 'repeated-source',
        library: library.name,
        location,
        message: `${word} is listed twice; the first time at ${formatLocation(before.location)}`,
        hint: 'Remove one of them.',
      });
      continue;
    }
    first.set(word, placed);
    const file = word.replace(/[|>].*/, '');
    if (missing.has(file) || !isMissing(tree, file)) continue;
    missing.add(file);
    findings.push({
      rule: 'missing-source',
      library: library.name,
      location,
      message: `the source ${file} does not exist, and nothing makes it`,
      hint: whatWasMeant(library, file),
    });
  }
  return [...findings, ...sharedObjects(tree, library, [...first.values()])];
}

function isMissing(tree: LintedTree, file: string): boolean {
  const { evaluated } = tree;
  const absolute = path.resolve(evaluated.cwd, file);
  if (fs.existsSync(absolute)) return false;
  // What is there in the end shows after unpacking.
  return originState(absolute, evaluated) !== 'incomplete' && !tree.isMade(file);
}

function whatWasMeant(library: KnownLibrary, file: string): string {
  if (!path.isAbsolute(file))
    return `It is looked for in the build folder; write $(${library.prefix}BASE)/${file}.`;
  const folder = path.dirname(file);
  if (!fs.existsSync(folder)) return `There is no folder ${folder}. Correct the path.`;
  const meant = nearest(path.basename(file), fs.readdirSync(folder));
  return meant === undefined ? 'Correct the path, or remove it.' : `Did you mean '${meant}'?`;
}

/** Two sources of one name and variant have one object file (Makefile.rules, src2obj): only one is compiled. */
function sharedObjects(tree: LintedTree, library: KnownLibrary, words: readonly PlacedWord[]): Finding[] {
  const { evaluated } = tree;
  const groups = new Map<string, PlacedWord[]>();
  for (const placed of words) {
    const [file = '', variant = ''] = placed.word.split('|');
    if (!/\.(?:c|cc|cp|cpp|cxx|CPP|C|S|s|sx|rs|go)$/.test(file) || file.endsWith('.lds.S')) continue;
    const key = `${path.basename(file).replace(/\.[^.]*$/, '')}|${variant}`;
    groups.set(key, [...(groups.get(key) ?? []), placed]);
  }
  const findings: Finding[] = [];
  for (const group of groups.values()) {
    const objects = new Map<string, PlacedWord>();
    for (const placed of group.length < 2 ? [] : group) {
      const [file = '', variant = ''] = placed.word.split('|');
      const asked = `${library.name},${file},${variant}`;
      const folder = `$($(call vprefix_src,${asked},SUBBUILD))`;
      const object = evaluated.expand(`$(call src2obj,${asked},${folder})`)?.trim() ?? '';
      const before = objects.get(object);
      if (before === undefined || object === '') {
        objects.set(object, placed);
        continue;
      }
      const shown = isInside(object, evaluated.cwd) ? path.relative(evaluated.cwd, object) : object;
      findings.push({
        rule: 'repeated-source',
        library: library.name,
        location: placed.location,
        message: `${file} has the same object file (${shown}) as ${before.word}: only one is compiled`,
        hint: `Give it a variant, as in ${path.basename(file)}|${path.basename(path.dirname(file))}.`,
      });
    }
  }
  return findings;
}

import fs from 'node:fs';
import path from 'node:path';
import { toText } from '../../engine/make/bytes.ts';
import type { KnownLibrary } from '../variables/libraries.ts';
import type { Finding } from './finding.ts';
import { isInside, type LintedTree, type PlacedWord } from './linted-tree.ts';
import { originState } from './origin-state.ts';

const GLOBAL = ['ASINCLUDES', 'CINCLUDES', 'CXXINCLUDES', 'GOCINCLUDES'];

/** Finds folders that a library's flags name for headers, and folders of patches, that are not there. */
export function missingFolders(tree: LintedTree, library: KnownLibrary): Finding[] {
  if (!library.isRegistered) return [];
  const { reads } = tree;
  const own = [...reads.librarySuffixes].filter((suffix) => /INCLUDES|COMPFLAGS|^C(?:XX)?FLAGS/.test(suffix));
  const names = [
    ...own.map((suffix) => library.prefix + suffix),
    ...GLOBAL.flatMap((name) => [name, `${name}-y`]),
  ];
  const placed = names
    .flatMap((name) => includedFolders(tree.placedWords(name)))
    .filter(({ location }) => tree.owns(library, location.file));
  const findings: Finding[] = [];
  for (const { word: folder, location } of placed) {
    if (!isMissing(tree, folder)) continue;
    const meant = path.isAbsolute(folder) ? firstMissing(folder) : undefined;
    findings.push({
      rule: 'missing-folder',
      library: library.name,
      location,
      message: `the folder of headers ${folder} does not exist`,
      hint: !path.isAbsolute(folder)
        ? `It is looked for in the build folder; write $(${library.prefix}BASE)/${folder}.`
        : `There is no '${path.basename(meant!)}' in ${path.dirname(meant!)}. Correct the path, or remove it.`,
    });
  }
  return [...findings, ...missingPatchFolders(tree, library)];
}

function missingPatchFolders(tree: LintedTree, library: KnownLibrary): Finding[] {
  const findings: Finding[] = [];
  for (const { name, location } of tree.assignmentsOf(library)) {
    if (!/_PATCH(?:ES_)?DIR$/.test(name) || name.includes('$')) continue;
    const [folder] = tree.evaluated.words(toText(name));
    if (folder === undefined || !isMissing(tree, folder)) continue;
    findings.push({
      rule: 'missing-folder',
      library: library.name,
      location: { ...location, file: toText(location.file) },
      message: `the folder of patches ${folder} does not exist`,
      hint: 'No patch is applied, and make does not say so. Correct the path.',
    });
  }
  return findings;
}

/** The folders behind `-I` and its kin. */
function includedFolders(words: readonly PlacedWord[]): PlacedWord[] {
  const folders: PlacedWord[] = [];
  words.forEach((placed, index) => {
    const glued = /^-(?:I|isystem|iquote|idirafter)(.+)$/.exec(placed.word)?.[1];
    if (glued !== undefined && glued.replace(/^=/, '') !== '') folders.push({ ...placed, word: glued });
    const next = words[index + 1];
    if (/^-(?:I|isystem|iquote|idirafter)$/.test(placed.word) && next !== undefined) folders.push(next);
  });
  return folders;
}

function isMissing(tree: LintedTree, folder: string): boolean {
  const { evaluated } = tree;
  const absolute = path.resolve(evaluated.cwd, folder);
  if (fs.existsSync(absolute)) return false;
  const origin = originState(absolute, evaluated);
  if (origin !== undefined) return origin === 'complete';
  // What the build makes is there only after it.
  if (isInside(absolute, evaluated.cwd) && path.isAbsolute(folder)) return false;
  return !evaluated.database.targetNames.some((name) => name.startsWith(`${absolute}/`));
}

/** The outermost part of a path that does not exist. */
function firstMissing(folder: string): string {
  const parent = path.dirname(folder);
  return parent === folder || fs.existsSync(parent) ? folder : firstMissing(parent);
}

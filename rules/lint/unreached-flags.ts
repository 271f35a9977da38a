import { toBytes } from '../../engine/make/bytes.ts';
import type { KnownLibrary } from '../variables/libraries.ts';
import type { Finding } from './finding.ts';
import type { LintedTree } from './linted-tree.ts';

const FLAGS = /^(?:AS|C|CXX|GOC|RUSTC|M4|AWK|COMP|OBJC)(?:FLAGS|INCLUDES)(?:-y)?$/;
const LANGUAGES: readonly (readonly [RegExp, string])[] = [
  [/^CXX/, 'C++'],
  [/^AS/, 'assembler'],
  [/^GOC/, 'Go'],
  [/^RUSTC/, 'Rust'],
  [/^M4/, 'M4'],
  [/^AWK/, 'awk'],
  [/^C/, 'C'],
];

/**
 * Finds a library's flags that no command gets, as C++ flags without C++ sources. Flags that are given to two
 * languages alike (`CINCLUDES` and `CXXINCLUDES`) are a habit, not a mistake, and not told.
 */
export function unreachedFlags(tree: LintedTree, library: KnownLibrary): Finding[] {
  const { evaluated, reads, recipes } = tree;
  if (!library.isRegistered) return [];
  const sources = [
    ...evaluated.words(`${library.prefix}SRCS`),
    ...evaluated.words(`${library.prefix}SRCS-y`),
  ];
  const findings: Finding[] = [];
  const all = new Map<string, readonly string[]>();
  for (const suffix of reads.librarySuffixes) {
    if (FLAGS.test(suffix)) all.set(suffix, evaluated.words(library.prefix + suffix));
  }
  for (const [suffix, words] of all) {
    const name = library.prefix + suffix;
    if (words.length === 0 || recipes.reach(toBytes(name)).length > 0 || reads.names.has(toBytes(name)))
      continue;
    const place = tree.placedWords(name).find(({ location }) => tree.owns(library, location.file));
    if (place === undefined) continue;
    const twins = [...all].filter(([other]) => other !== suffix && isSameKind(other, suffix));
    const given = new Set(twins.flatMap(([, others]) => others));
    if (words.every((word) => given.has(word))) continue;
    const language = LANGUAGES.find(([pattern]) => pattern.test(suffix))?.[1];
    findings.push({
      rule: 'unreached-flags',
      library: library.name,
      location: place.location,
      message:
        sources.length === 0
          ? `${name} reaches no command: ${library.name} has no sources in this configuration`
          : `${name} reaches no command: ${library.name} has no ${language ?? 'such'} sources in this configuration`,
      hint: 'Remove it, or give the flags to the language of the sources.',
    });
  }
  return findings;
}

function isSameKind(a: string, b: string): boolean {
  const kind = (suffix: string): string => (suffix.includes('INCLUDES') ? 'INCLUDES' : 'FLAGS');
  return kind(a) === kind(b);
}

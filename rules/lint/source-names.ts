import path from 'node:path';
import { toText } from '../../engine/make/bytes.ts';
import type { KnownLibrary } from '../variables/libraries.ts';
import type { LintedTree } from './linted-tree.ts';

const SOURCE =
  /([\w.+-]+)\.(?:c|cc|cp|cxx|cpp|CPP|c\+\+|C|S|s|sx|rs|go|m4|awk|in|ld|lds|dts)(?![\w])(?:\|([\w-]+))?/g;

/**
 * The middle parts that variables of one source may have, `CORE_INIT` (Makefile.rules, vprefix_src): from every source
 * that the library's makefiles name, whether or not the present configuration compiles it.
 */
export function sourceParts(tree: LintedTree, library: KnownLibrary): Set<string> {
  const parts = new Set<string>();
  const add = (text: string): void => {
    for (const [, name, variant] of text.matchAll(SOURCE)) {
      const base = upper(name!);
      parts.add(base);
      // `script.lds.S` has the base `script.lds`; a generated `x.in>.c` the base of what is generated.
      parts.add(upper(name!.replace(/\.[^.]*$/, '')));
      if (variant !== undefined) parts.add(`${base}_${upper(variant)}`);
    }
  };
  for (const { file } of tree.evaluated.written) {
    if (tree.owns(library, toText(file))) add(toText(tree.evaluated.text(file) ?? ''));
  }
  const listed = [
    ...['SRCS', 'SRCS-y'].map((suffix) => library.prefix + suffix),
    ...['EACHOLIB_SRCS', 'EACHOLIB_SRCS-y'],
  ];
  for (const name of listed) for (const word of tree.evaluated.words(name)) addWord(word);
  return parts;

  function addWord(word: string): void {
    const [file = '', ...variants] = word.split('|');
    const base = upper(path.basename(file.replace(/>.*/, '')).replace(/\.[^.]*$/, ''));
    parts.add(base);
    for (const variant of variants) parts.add(`${base}_${upper(variant.replace(/>.*/, ''))}`);
  }
}

function upper(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

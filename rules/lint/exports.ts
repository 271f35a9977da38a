import fs from 'node:fs';
import path from 'node:path';
import { editDistance, nearest } from '../../engine/nearest.ts';
import type { KnownLibrary } from '../variables/libraries.ts';
import { definedSymbols } from './defined-symbols.ts';
import type { Finding } from './finding.ts';
import type { LintedTree } from './linted-tree.ts';
import { readText } from './read-text.ts';

/**
 * Finds symbols that a library's exportsyms.uk names and that the built library does not define. Those that its sources
 * mention are taken to depend on the configuration, and not told.
 */
export function unknownExports(tree: LintedTree, library: KnownLibrary): Finding[] {
  if (!library.isRegistered) return [];
  const { evaluated } = tree;
  const files = [
    ...evaluated.words(`${library.prefix}EXPORTS`),
    ...evaluated.words(`${library.prefix}EXPORTS-y`),
  ];
  if (files.length === 0) return [];
  // The partial link, before objcopy makes everything local that is not exported.
  const object = `${evaluated.cwd}/${library.name}.ld.o`;
  const symbols = fs.existsSync(object) ? definedSymbols(fs.readFileSync(object)) : undefined;
  if (symbols === undefined || symbols.size === 0) return [];
  const findings: Finding[] = [];
  let mentioned: string | undefined;
  for (const file of new Set(files)) {
    const lines = readText(file).split('\n');
    lines.forEach((line, index) => {
      const symbol = line.replace(/#.*/, '').trim();
      if (!/^[\w.$]+$/.test(symbol) || symbols.has(symbol)) return;
      mentioned ??= sourceText(tree, library);
      if (isMentioned(symbol, mentioned)) return;
      const close = nearest(symbol, symbols);
      const meant = close !== undefined && editDistance(symbol, close) <= 2 ? close : undefined;
      findings.push({
        rule: 'unknown-export',
        library: library.name,
        location: { file, line: index + 1, column: line.indexOf(symbol) + 1 },
        message: `${library.name} exports ${symbol}, but defines no such symbol`,
        hint: meant === undefined ? 'Remove the line.' : `Did you mean '${meant}'?`,
      });
    });
  }
  return findings;
}

/**
 * Macros paste names together (`uk_syscall_e_read`), so that a source that mentions a name's last part is enough. At
 * least four characters, or nearly every name would be found.
 */
function isMentioned(symbol: string, text: string): boolean {
  const parts = symbol.split('_');
  for (let from = 0; from < parts.length; from++) {
    const part = parts.slice(from).join('_');
    if (from > 0 && part.length < 4) continue;
    if (new RegExp(`(?<![\\w])${part.replace(/[.$]/g, '\\$&')}(?![\\w])`).test(text)) return true;
  }
  return false;
}

/** Texts of the library's sources and headers: its folder's, and those it compiles from elsewhere. */
function sourceText(tree: LintedTree, library: KnownLibrary): string {
  const { evaluated } = tree;
  const listed = ['SRCS', 'SRCS-y'].flatMap((suffix) => evaluated.words(library.prefix + suffix));
  const files = new Set(listed.map((word) => word.replace(/[|>].*/, '')));
  for (const name of below(library.folder)) files.add(name);
  return [...files]
    .filter((file) => path.basename(file) !== 'exportsyms.uk')
    .map(readText)
    .join('\n');
}

function below(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && /\.(?:c|h|S|s|cc|cpp|hpp|in|awk|m4|rs|sh|py|uk|localsyms|lds?)$/.test(entry.name),
    )
    .map((entry) => path.join(entry.parentPath, entry.name));
}

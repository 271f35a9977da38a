/** What in a C, C++ or assembler source decides which other files and symbols its compilation depends on. */
export interface SourceScan {
  /** Symbols mentioned, such as `CONFIG_LIBUKDEBUG`; `*` when a name is put together by the preprocessor. */
  readonly symbols: readonly string[];
  /**
   * Names in include directives and `__has_include`, led by their delimiter: `<stdio.h` or `"local.h`. In front of it
   * stands `?` where the name is only tested for (or taken in as bytes, by `.incbin`), and `+` where the search goes on behind the including file's folder
   * (`#include_next`).
   */
  readonly includes: readonly string[];
}

/** Stands for all symbols. */
export const EVERY_SYMBOL = '*';

/** Leads names that are only tested for. */
export const TESTED = '?';

/** Leads names of `#include_next`. */
export const NEXT = '+';

const SYMBOL = /\bCONFIG_\w+/g;
// A name that `##` completes could be any symbol: `CONFIG_ ## name`, `CONFIG_##name`.
const PASTED = /\bCONFIG_\w*\s*##|##\s*CONFIG_/;
// Between the words of a directive may stand blanks, comments and ends of lines after a backslash.
const GAP = String.raw`(?:[ \t]|\\\r?\n|/\*(?:[^*]|\*(?!/))*\*/)*`;
const NAME = String.raw`(?:"([^"\n]+)"|<([^>\n]+)>)`;
const INCLUDE = new RegExp(
  String.raw`^[ \t]*(?:#|%:)${GAP}(?:include(_next)?|import|embed)${GAP}${NAME}`,
  'gm',
);
const HAS_INCLUDE = new RegExp(String.raw`\b__has_(?:include|embed)(_next)?${GAP}\(${GAP}${NAME}`, 'g');

// The assembler takes a file in as it is (gas manual, "Incbin"), and no compiler tells; in C it stands in a string.
const INCBIN = /\.incbin[ \t]+\\?"([^"\\\n]+)\\?"/g;

/**
 * Reads a source once; comments and branches not taken count too, so the answer is never too small.
 * This is what the kernel's fixdep does for symbols (scripts/basic/fixdep.c), with pasted names seen as well.
 */
export function scanSource(text: string): SourceScan {
  const symbols = new Set<string>();
  const includes = new Set<string>();
  if (text.includes('CONFIG_')) {
    for (const [symbol] of text.matchAll(SYMBOL)) symbols.add(symbol);
    if (PASTED.test(text)) symbols.add(EVERY_SYMBOL);
  }
  for (const [pattern, mark] of [[INCLUDE, ''] as const, [HAS_INCLUDE, TESTED] as const]) {
    for (const [, next, quoted, angled] of text.matchAll(pattern)) {
      const lead = mark + (next === undefined ? '' : NEXT);
      includes.add(lead + (quoted === undefined ? `<${angled}` : `"${quoted}`));
    }
  }
  if (text.includes('.incbin')) {
    for (const [, name] of text.matchAll(INCBIN)) includes.add(`${TESTED}"${name}`);
  }
  return { symbols: [...symbols], includes: [...includes] };
}

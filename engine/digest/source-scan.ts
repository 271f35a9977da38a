/** What in a C, C++ or assembler source decides which other files and symbols its compilation depends on. */
export interface SourceScan {
  /** Symbols mentioned, such as `CONFIG_LIBUKDEBUG`; `*` when a name is put together by the preprocessor. */
  readonly symbols: readonly string[];
  /** Names in include directives and `__has_include`, led by their delimiter: `<stdio.h` or `"local.h`. */
  readonly includes: readonly string[];
}

/** Stands for all symbols. */
export const EVERY_SYMBOL = '*';

const SYMBOL = /\bCONFIG_\w+/g;
// A name that `##` completes could be any symbol: `CONFIG_ ## name`, `CONFIG_##name`.
const PASTED = /\bCONFIG_\w*\s*##|##\s*CONFIG_/;
const INCLUDE = /^[ \t]*#[ \t]*(?:include|include_next|import)[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)/gm;
const HAS_INCLUDE = /\b__has_include(?:_next)?\s*\(\s*(?:"([^"\n]+)"|<([^>\n]+)>)/g;

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
  for (const pattern of [INCLUDE, HAS_INCLUDE]) {
    for (const [, quoted, angled] of text.matchAll(pattern)) {
      includes.add(quoted === undefined ? `<${angled}` : `"${quoted}`);
    }
  }
  return { symbols: [...symbols], includes: [...includes] };
}

import { readElf, SHN_UNDEF, STB_LOCAL } from '../elf/elf-file.ts';

/**
 * The global and weak symbols that an ELF object defines.
 * @returns undefined for what is no ELF file, or a broken one
 */
export function definedSymbols(bytes: Buffer): Set<string> | undefined {
  const symbols = readElf(bytes)?.symbols;
  return (
    symbols &&
    new Set(
      symbols
        .filter(({ section, binding }) => section !== SHN_UNDEF && binding !== STB_LOCAL)
        .map(({ name }) => name),
    )
  );
}

import fs from 'node:fs';
import {
  readElf,
  SHF_ALLOC,
  SHF_WRITE,
  SHN_LORESERVE,
  SHN_UNDEF,
  SHT_NOBITS,
  STT_FILE,
  STT_SECTION,
} from '../elf/elf-file.ts';

/** What takes room in an object or an image, in bytes. */
export interface ObjectContents {
  /** Code and constants, initialised data, data that begins as zero: what size(1) tells, its `text` without notes. */
  readonly code: number;
  readonly data: number;
  readonly zero: number;
  /** Defined symbols by name; several local ones of the same name count together. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** @returns undefined for what is no ELF file, or a broken one */
export function objectContents(file: string): ObjectContents | undefined {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch {
    return undefined;
  }
  const elf = readElf(bytes);
  if (elf === undefined) return undefined;
  const sizes = { code: 0, data: 0, zero: 0 };
  for (const { type, flags, size } of elf.sections) {
    if ((flags & SHF_ALLOC) === 0) continue;
    const part = type === SHT_NOBITS ? 'zero' : (flags & SHF_WRITE) !== 0 ? 'data' : 'code';
    sizes[part] += size;
  }
  const symbols = new Map<string, number>();
  for (const { name, type, section, size } of elf.symbols) {
    if (section === SHN_UNDEF || section >= SHN_LORESERVE || type === STT_SECTION || type === STT_FILE)
      continue;
    if (name !== '') symbols.set(name, (symbols.get(name) ?? 0) + size);
  }
  return { ...sizes, symbols };
}

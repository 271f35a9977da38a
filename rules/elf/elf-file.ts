export interface ElfSection {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  /** Of a symbol table: the index of the section with its names. */
  readonly link: number;
}

export interface ElfSymbol {
  readonly name: string;
  readonly type: number;
  readonly binding: number;
  /** Index of the section that defines it, or a reserved number. */
  readonly section: number;
  readonly size: number;
}

export const SHT_SYMTAB = 2;
export const SHT_NOBITS = 8;
export const SHF_WRITE = 1;
export const SHF_ALLOC = 2;
export const SHN_UNDEF = 0;
export const SHN_LORESERVE = 0xff00;
export const STB_LOCAL = 0;
/** Symbols that stand for sections and source files are no part of a program. */
export const STT_SECTION = 3;
export const STT_FILE = 4;

/** Sections and symbols of an ELF file. */
export interface ElfFile {
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

/**
 * Reads an ELF file (System V gABI, "Sections", "Symbol Table"), 32 and 64 bit, either byte order; so that no nm and no size
 * are needed.
 * @returns undefined for what is no ELF file, or a broken one
 */
export function readElf(bytes: Buffer): ElfFile | undefined {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46) return undefined;
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function read(bytes: Buffer): ElfFile {
  const wide = bytes[4] === 2;
  const little = bytes[5] === 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const half = (at: number): number => view.getUint16(at, little);
  const word = (at: number): number => view.getUint32(at, little);
  const long = (at: number): number => (wide ? Number(view.getBigUint64(at, little)) : word(at));
  const table = long(wide ? 40 : 32);
  const stride = half(wide ? 58 : 46);
  const count = table === 0 ? 0 : half(wide ? 60 : 48) || long(table + (wide ? 32 : 20));
  const sections = Array.from({ length: Math.min(count, bytes.length) }, (_, index): ElfSection => {
    const header = table + index * stride;
    return {
      type: word(header + 4),
      flags: long(header + 8),
      offset: long(header + (wide ? 24 : 16)),
      size: long(header + (wide ? 32 : 20)),
      link: word(header + (wide ? 40 : 24)),
    };
  });
  const symbols: ElfSymbol[] = [];
  for (const { type, offset, size, link } of sections) {
    if (type !== SHT_SYMTAB) continue;
    const names = sections[link]?.offset;
    if (names === undefined) throw new RangeError('a symbol table without names');
    const each = wide ? 24 : 16;
    for (let at = offset; at + each <= offset + size; at += each) {
      const info = view.getUint8(at + (wide ? 4 : 12));
      const from = names + word(at);
      symbols.push({
        name: bytes.toString('latin1', from, bytes.indexOf(0, from)),
        type: info & 15,
        binding: info >> 4,
        section: half(at + (wide ? 6 : 14)),
        size: long(at + (wide ? 16 : 8)),
      });
    }
  }
  return { sections, symbols };
}

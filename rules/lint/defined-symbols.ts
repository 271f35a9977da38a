/**
 * The global and weak symbols that an ELF object defines (System V gABI, "Symbol Table"); read here so that lint needs
 * no nm. 32 and 64 bit, either byte order.
 * @returns undefined for what is no ELF file, or a broken one
 */
export function definedSymbols(bytes: Buffer): Set<string> | undefined {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const wide = bytes[4] === 2;
  const little = bytes[5] === 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const half = (at: number): number => view.getUint16(at, little);
  const word = (at: number): number => view.getUint32(at, little);
  const address = (at: number): number => (wide ? Number(view.getBigUint64(at, little)) : word(at));
  try {
    const table = address(wide ? 40 : 32);
    const entry = half(wide ? 58 : 46);
    const count = half(wide ? 60 : 48) || address(table + (wide ? 32 : 20));
    const symbols = new Set<string>();
    for (let index = 0; index < count; index++) {
      const header = table + index * entry;
      if (word(header + 4) !== SHT_SYMTAB) continue;
      const offset = address(header + (wide ? 24 : 16));
      const size = address(header + (wide ? 32 : 20));
      const strings = address(table + word(header + (wide ? 40 : 24)) * entry + (wide ? 24 : 16));
      const each = wide ? 24 : 16;
      for (let at = offset; at + each <= offset + size; at += each) {
        const info = bytes[at + (wide ? 4 : 12)]!;
        const section = half(at + (wide ? 6 : 14));
        if (section === SHN_UNDEF || info >> 4 === STB_LOCAL) continue;
        const from = strings + word(at);
        symbols.add(bytes.toString('latin1', from, bytes.indexOf(0, from)));
      }
    }
    return symbols;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const SHT_SYMTAB = 2;
const SHN_UNDEF = 0;
const STB_LOCAL = 0;

import fs from 'node:fs';

/** What takes room in an object or an image, in bytes. */
export interface ObjectContents {
  /** Code and constants, initialised data, data that begins as zero: what size(1) tells, its `text` without notes. */
  readonly code: number;
  readonly data: number;
  readonly zero: number;
  /** Defined symbols by name; several local ones of the same name count together. */
  readonly symbols: ReadonlyMap<string, number>;
}

const SHT_SYMTAB = 2;
const SHT_NOBITS = 8;
const SHF_WRITE = 1;
const SHF_ALLOC = 2;
const SHN_UNDEF = 0;
const SHN_LORESERVE = 0xff00;
/** Symbols that stand for sections and source files are no part of a program. */
const STT_SECTION = 3;
const STT_FILE = 4;

/**
 * Reads sections and symbols of an ELF file (System V gABI, "Sections", "Symbol Table"), 32 and 64 bit, either byte order.
 * @returns undefined for what is no ELF file, or a broken one
 */
export function objectContents(file: string): ObjectContents | undefined {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch {
    return undefined;
  }
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46) return undefined;
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function read(bytes: Buffer): ObjectContents {
  const wide = bytes[4] === 2;
  const little = bytes[5] === 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const half = (at: number): number => view.getUint16(at, little);
  const word = (at: number): number => view.getUint32(at, little);
  const long = (at: number): number => (wide ? Number(view.getBigUint64(at, little)) : word(at));
  const table = long(wide ? 40 : 32);
  const stride = half(wide ? 58 : 46);
  const count = table === 0 ? 0 : half(wide ? 60 : 48) || long(table + (wide ? 32 : 20));
  const sizes = { code: 0, data: 0, zero: 0 };
  const symbols = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const header = table + index * stride;
    const type = word(header + 4);
    const flags = long(header + 8);
    const size = long(header + (wide ? 32 : 20));
    if ((flags & SHF_ALLOC) !== 0) {
      const part = type === SHT_NOBITS ? 'zero' : (flags & SHF_WRITE) !== 0 ? 'data' : 'code';
      sizes[part] += size;
    }
    if (type !== SHT_SYMTAB) continue;
    const offset = long(header + (wide ? 24 : 16));
    const strings = long(table + word(header + (wide ? 40 : 24)) * stride + (wide ? 24 : 16));
    const each = wide ? 24 : 16;
    for (let at = offset; at + each <= offset + size; at += each) {
      const kind = bytes[at + (wide ? 4 : 12)]! & 15;
      const section = half(at + (wide ? 6 : 14));
      if (section === SHN_UNDEF || section >= SHN_LORESERVE || kind === STT_SECTION || kind === STT_FILE)
        continue;
      const from = strings + word(at);
      const name = bytes.toString('latin1', from, bytes.indexOf(0, from));
      if (name !== '') symbols.set(name, (symbols.get(name) ?? 0) + long(at + (wide ? 16 : 8)));
    }
  }
  return { ...sizes, symbols };
}

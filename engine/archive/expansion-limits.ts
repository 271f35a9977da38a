import { ArchiveError } from './archive-failure.ts';

/** How far an archive may expand. All are generous: the largest sources in use (Linux, LLVM, Python) stay far below. */
export interface ExpansionLimits {
  /** Bytes that the archive may unpack to. */
  readonly maxBytes: number;
  /** Unpacked bytes for each byte of the archive; looked at only beyond `ratioFloor` bytes. */
  readonly maxRatio: number;
  /** Unpacked bytes that are always allowed, whatever the ratio: small archives of zeros are no attack. */
  readonly ratioFloor: number;
  readonly maxEntries: number;
}

export const defaultLimits: ExpansionLimits = {
  maxBytes: 16 * 2 ** 30,
  maxRatio: 200,
  ratioFloor: 256 * 2 ** 20,
  maxEntries: 1_000_000,
};

/** Counts what an archive has expanded to so far, and throws an {@link ArchiveError} at a limit. */
export class ExpansionCounter {
  readonly #archive: string;
  readonly #archiveBytes: number;
  readonly #limits: ExpansionLimits;
  #bytes = 0;
  #entries = 0;

  constructor(archive: string, archiveBytes: number, limits: ExpansionLimits) {
    this.#archive = archive;
    this.#archiveBytes = Math.max(1, archiveBytes);
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds bytes that came out of decompression, headers included. */
  addBytes(count: number): void {
    this.#bytes += count;
    const { maxBytes, maxRatio, ratioFloor } = this.#limits;
    if (this.#bytes > maxBytes) this.#exceeded(`it unpacks to more than ${formatBytes(maxBytes)}`);
    if (this.#bytes > ratioFloor && this.#bytes > maxRatio * this.#archiveBytes) {
      this.#exceeded(`it unpacks to more than ${maxRatio} times its size`);
    }
  }

  addEntry(): void {
    this.#entries++;
    if (this.#entries > this.#limits.maxEntries) {
      this.#exceeded(`it has more than ${this.#limits.maxEntries} entries`);
    }
  }

  #exceeded(reason: string): never {
    throw new ArchiveError({ kind: 'limit', archive: this.#archive, reason });
  }
}

/** `1536` becomes `1.5 KiB`. */
export function formatBytes(count: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : Number(value.toFixed(1))} ${units[unit]}`;
}

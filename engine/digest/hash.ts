import xxhash from 'xxhash-wasm';

/**
 * A 64-bit content digest as two unsigned 32-bit halves, so that thousands fit typed arrays and compare
 * without allocating. It answers 'same as last time?' and nothing else: it is no defence against an
 * attacker, and what is shared between machines is named by SHA-256.
 */
export interface Digest {
  readonly high: number;
  readonly low: number;
}

/** What a path that does not exist digests to. No content is known to hash to it, and none is expected to. */
export const missingDigest: Digest = { high: 0, low: 0 };

// Loading the module costs 2 ms: it compiles 3 KB of WebAssembly.
const hasher = await xxhash();

/** xxh64 of `bytes`. */
export function digestOf(bytes: Uint8Array): Digest {
  return split(hasher.h64Raw(bytes));
}

function split(hash: bigint): Digest {
  return { high: Number(hash >> 32n), low: Number(hash & 0xffffffffn) };
}

/** xxh64 of bytes that come in pieces, which are the caller's again after each call. */
export class ContentHash {
  readonly #state = hasher.create64();

  update(piece: Uint8Array): void {
    this.#state.update(piece);
  }

  digest(): Digest {
    return split(this.#state.digest());
  }
}

/**
 * xxh64 of bytes that come in pieces.
 * @param feed passes each piece on in order; false says that they ended too early
 * @returns undefined when `feed` says false
 */
export function digestOfPieces(feed: (take: (piece: Uint8Array) => void) => boolean): Digest | undefined {
  const hash = new ContentHash();
  if (!feed((piece) => hash.update(piece))) return undefined;
  return hash.digest();
}

/** xxh64 of the UTF-8 form of `text`. */
export function digestOfText(text: string): Digest {
  return digestOf(Buffer.from(text, 'utf8'));
}

export function sameDigest(a: Digest, b: Digest): boolean {
  return a.high === b.high && a.low === b.low;
}

/** Sixteen hexadecimal digits. */
export function formatDigest(digest: Digest): string {
  return digest.high.toString(16).padStart(8, '0') + digest.low.toString(16).padStart(8, '0');
}

/** The inverse of formatDigest. */
export function parseDigest(text: string): Digest {
  return { high: Number.parseInt(text.slice(0, 8), 16), low: Number.parseInt(text.slice(8), 16) };
}

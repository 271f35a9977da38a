import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { fail, ok, type Result } from '../result.ts';
import type { Diagnostic } from '../location.ts';

export type Algorithm = 'md5' | 'sha1' | 'sha256' | 'sha512';

/** What a file's content must be; `digest` is hexadecimal, in small letters. */
export interface Checksum {
  readonly algorithm: Algorithm;
  readonly digest: string;
}

const lengths: Readonly<Record<Algorithm, number>> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 };

/**
 * Reads a checksum: `sha256:DIGEST`, `sha256=DIGEST`, or the digest alone, whose length tells the algorithm
 * (32 digits MD5, 40 SHA-1, 64 SHA-256, 128 SHA-512).
 */
export function parseChecksum(text: string): Result<Checksum, Diagnostic> {
  const match = /^(?:([a-z0-9-]+)[:=])?([0-9a-f]+)$/.exec(text.trim().toLowerCase());
  if (match === null) {
    return fail({
      message: `'${text}' is not a checksum`,
      hint: "Write it as 'sha256:' and 64 digits 0-9a-f.",
    });
  }
  const name = match[1]?.replace('-', '');
  const digest = match[2]!;
  const algorithms = Object.keys(lengths) as Algorithm[];
  const algorithm = algorithms.find((known) =>
    name === undefined ? lengths[known] === digest.length : known === name,
  );
  if (algorithm === undefined) {
    const message =
      name === undefined
        ? `a checksum of ${digest.length} digits belongs to no known algorithm`
        : `the checksum algorithm '${name}' is not known`;
    return fail({
      message,
      hint: `Known are ${algorithms.map((known) => `${known} (${lengths[known]} digits)`).join(', ')}.`,
    });
  }
  if (digest.length !== lengths[algorithm]) {
    return fail({
      message: `a checksum of ${algorithm} has ${lengths[algorithm]} digits, this one has ${digest.length}: '${text}'`,
    });
  }
  return ok({ algorithm, digest });
}

/** Several digests of one stream of bytes, computed as it passes. */
export class Digests {
  readonly #hashes: ReadonlyMap<Algorithm, Hash>;
  #bytes = 0;

  constructor(algorithms: Iterable<Algorithm>) {
    this.#hashes = new Map([...new Set(algorithms)].map((algorithm) => [algorithm, createHash(algorithm)]));
  }

  get bytes(): number {
    return this.#bytes;
  }

  update(chunk: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(chunk);
    this.#bytes += chunk.length;
  }

  /** Ends the computation. */
  finish(): ReadonlyMap<Algorithm, string> {
    return new Map([...this.#hashes].map(([algorithm, hash]) => [algorithm, hash.digest('hex')]));
  }
}

/**
 * Feeds the first `limit` bytes of a file (all without it) to `digests`.
 * @throws the errors of node:fs
 */
export function digestFile(path: string, digests: Digests, limit = Infinity): void {
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(2 ** 20);
    let left = limit;
    while (left > 0) {
      const count = readSync(descriptor, buffer, 0, Math.min(buffer.length, left), null);
      if (count === 0) return;
      digests.update(buffer.subarray(0, count));
      left -= count;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The first checksum that the digests do not meet. */
export function mismatch(
  checksums: readonly Checksum[],
  digests: ReadonlyMap<Algorithm, string>,
): { readonly expected: Checksum; readonly actual: string } | undefined {
  for (const expected of checksums) {
    const actual = digests.get(expected.algorithm);
    if (actual !== expected.digest) return { expected, actual: actual ?? 'nothing' };
  }
  return undefined;
}

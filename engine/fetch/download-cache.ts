import { createHash, randomBytes } from 'node:crypto';
import { constants, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { digestFile, Digests, mismatch, type Algorithm, type Checksum } from './checksum.ts';

/** What a URL gave when it was last asked. */
export interface RememberedUrl {
  readonly sha256: string;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

/**
 * Downloaded files by their content, shared by all projects of a user:
 *
 *     sha256/ab/cdef…          the files
 *     md5/…, sha1/…, sha512/…  the SHA-256 of the file that has this digest
 *     url/…                    by the SHA-256 of a URL: what it gave last
 *
 * Everything is written aside and renamed, so that any number of processes may use it at once. What is read is checked:
 * a damaged file is dropped. A cache that cannot be written serves as far as it goes and is no reason to fail.
 */
export class DownloadCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Copies the file with these checksums to `destination`.
   * @returns its SHA-256 and size; undefined when it is not here
   */
  serve(checksums: readonly Checksum[], destination: string): { sha256: string; bytes: number } | undefined {
    for (const checksum of checksums) {
      const sha256 = checksum.algorithm === 'sha256' ? checksum.digest : this.#alias(checksum);
      if (sha256 === undefined) continue;
      const served = this.#serveFile(sha256, checksums, destination);
      if (served !== undefined) return served;
    }
    return undefined;
  }

  /** Keeps a copy of `path`, whose digests these are; they include sha256. */
  store(path: string, digests: ReadonlyMap<Algorithm, string>): void {
    const sha256 = digests.get('sha256');
    if (sha256 === undefined) return;
    this.#quietly(() => {
      this.#place(this.#path('sha256', sha256), (aside) =>
        copyFileSync(path, aside, constants.COPYFILE_FICLONE),
      );
      for (const [algorithm, digest] of digests) {
        if (algorithm === 'sha256') continue;
        this.#place(this.#path(algorithm, digest), (aside) => writeFileSync(aside, sha256));
      }
    });
  }

  /** What is known about a URL, as far as its file is still here. */
  recall(url: string): RememberedUrl | undefined {
    try {
      const read = JSON.parse(readFileSync(this.#urlPath(url), 'utf8')) as Record<string, unknown>;
      const { sha256, etag, lastModified } = read;
      if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
      return {
        sha256,
        etag: typeof etag === 'string' ? etag : undefined,
        lastModified: typeof lastModified === 'string' ? lastModified : undefined,
      };
    } catch {
      return undefined;
    }
  }

  remember(url: string, answer: RememberedUrl): void {
    this.#quietly(() => {
      this.#place(this.#urlPath(url), (aside) => writeFileSync(aside, JSON.stringify({ url, ...answer })));
    });
  }

  #serveFile(
    sha256: string,
    checksums: readonly Checksum[],
    destination: string,
  ): { sha256: string; bytes: number } | undefined {
    const path = this.#path('sha256', sha256);
    const aside = `${destination}.cached-${process.pid}-${randomBytes(4).toString('hex')}`;
    try {
      mkdirSync(dirname(destination), { recursive: true });
      copyFileSync(path, aside, constants.COPYFILE_FICLONE);
      const digests = new Digests(['sha256', ...checksums.map(({ algorithm }) => algorithm)]);
      digestFile(aside, digests);
      const bytes = digests.bytes;
      const found = digests.finish();
      // Damaged: it does not have the digest that it is named after.
      if (found.get('sha256') !== sha256) {
        rmSync(path, { force: true });
        return undefined;
      }
      if (mismatch(checksums, found) !== undefined) return undefined;
      renameSync(aside, destination);
      return { sha256, bytes };
    } catch (error) {
      const { code, path: place } = error as NodeJS.ErrnoException;
      // Not here, or not readable: fetch it. Errors of the destination are the caller's.
      if (place === path || code === 'ENOENT') return undefined;
      throw error;
    } finally {
      rmSync(aside, { force: true });
    }
  }

  #alias({ algorithm, digest }: Checksum): string | undefined {
    try {
      const text = readFileSync(this.#path(algorithm, digest), 'utf8').trim();
      return /^[0-9a-f]{64}$/.test(text) ? text : undefined;
    } catch {
      return undefined;
    }
  }

  #path(algorithm: Algorithm, digest: string): string {
    return join(this.#folder, algorithm, digest.slice(0, 2), digest.slice(2));
  }

  #urlPath(url: string): string {
    return join(this.#folder, 'url', createHash('sha256').update(url).digest('hex'));
  }

  #place(path: string, write: (aside: string) => void): void {
    mkdirSync(dirname(path), { recursive: true });
    const aside = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
    try {
      write(aside);
      renameSync(aside, path);
    } finally {
      rmSync(aside, { force: true });
    }
  }

  #quietly(step: () => void): void {
    try {
      step();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
}

import { closeSync, openSync, readSync } from 'node:fs';
import { mismatch, type Algorithm, type Checksum } from './checksum.ts';
import { DownloadError } from './download-failure.ts';

/**
 * Runs a step that writes beside or at the destination, and turns errors of the file system into failures.
 * @throws DownloadError `destination`
 */
export function onDestination<T>(destination: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const { code, errno, message } = error as NodeJS.ErrnoException;
    // Only errors of the system have a number.
    if (error instanceof DownloadError || code === undefined || errno === undefined) throw error;
    const reasons: Record<string, string> = {
      ENOSPC: 'no space left on the device',
      EDQUOT: 'the disk quota is exceeded',
      EACCES: 'permission denied',
      EROFS: 'the file system is read-only',
      EISDIR: 'it is a folder',
      ENOTDIR: 'a part of the path is not a folder',
      EEXIST: 'a part of the path is not a folder',
    };
    throw new DownloadError({
      kind: 'destination',
      destination,
      reason: reasons[code] ?? message,
    });
  }
}

/** Content as it came, before it becomes the destination. */
export interface Content {
  readonly path: string;
  readonly bytes: number;
  readonly digests: ReadonlyMap<Algorithm, string>;
}

/**
 * Compares what came with what was promised.
 * @param url where it came from, for the message
 * @throws DownloadError `checksum`
 */
export function checkContent(
  content: Content,
  checksums: readonly Checksum[],
  destination: string,
  url: string,
): void {
  const wrong = mismatch(checksums, content.digests);
  if (wrong === undefined) return;
  throw new DownloadError({
    kind: 'checksum',
    url,
    destination,
    algorithm: wrong.expected.algorithm,
    expected: wrong.expected.digest,
    actual: wrong.actual,
    bytes: content.bytes,
    isWebPage: isWebPage(content.path),
  });
}

function isWebPage(path: string): boolean {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const head = Buffer.alloc(512);
      readSync(descriptor, head, 0, head.length, 0);
      return /^\s*(<!doctype html|<html|<head)/i.test(head.toString('latin1'));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

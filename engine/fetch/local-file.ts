import {
  closeSync,
  constants,
  copyFileSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { digestFile, Digests, type Checksum } from './checksum.ts';
import { checkContent, onDestination } from './destination.ts';
import { DownloadError } from './download-failure.ts';

/**
 * Copies a file of this machine to `destination`, checking its content.
 * @throws DownloadError `source`, `checksum` or `destination`
 */
export function copyLocalFile(
  path: string,
  destination: string,
  checksums: readonly Checksum[],
): { readonly bytes: number; readonly sha256: string } {
  checkReadable(path);
  const aside = `${destination}.copy-${process.pid}`;
  return onDestination(destination, () => {
    try {
      mkdirSync(dirname(destination), { recursive: true });
      copyFileSync(path, aside, constants.COPYFILE_FICLONE);
      const digests = new Digests(['sha256', ...checksums.map(({ algorithm }) => algorithm)]);
      digestFile(aside, digests);
      const bytes = digests.bytes;
      const found = digests.finish();
      checkContent({ path: aside, bytes, digests: found }, checksums, destination, path);
      renameSync(aside, destination);
      return { bytes, sha256: found.get('sha256')! };
    } finally {
      rmSync(aside, { force: true });
    }
  });
}

function checkReadable(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw unreadable(path, 'no such file');
  if (!stat.isFile()) throw unreadable(path, stat.isDirectory() ? 'it is a folder' : 'it is not a file');
  try {
    closeSync(openSync(path, 'r'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw unreadable(path, code === 'EACCES' ? 'permission denied' : message);
  }
}

function unreadable(path: string, reason: string): DownloadError {
  return new DownloadError({ kind: 'source', path, reason });
}

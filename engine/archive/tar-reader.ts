import type { ReadEntry } from 'tar';
import { checkedPath, type ArchiveEntry, type EntrySink } from './archive-entry.ts';
import { ArchiveError, printable } from './archive-failure.ts';

const BLOCK = 512;
/** Seconds since 1970 in the year 10,000: what no file system keeps, and no number's overflow. */
const LATEST_TIME = 253_402_300_800;

/** What the header's type means, for the types that are refused. */
const refusedTypes: Readonly<Record<string, string>> = {
  CharacterDevice: 'is a character device',
  BlockDevice: 'is a block device',
  FIFO: 'is a named pipe',
};

/**
 * Reads a tar stream (POSIX ustar and pax, GNU long names) and hands its entries to the sink, in order.
 * The `tar` package parses the headers; its unpacker is not used, because writing the files directly takes
 * a quarter of its time (see README.md) and its rules for links are looser than wanted here.
 *
 * @param chunks the decompressed stream
 * @throws ArchiveError for damage and refused entries; whatever the sink throws
 */
export async function readTar(
  archive: string,
  chunks: AsyncIterable<Buffer>,
  sink: EntrySink,
): Promise<void> {
  const { Parser } = await import('tar');
  const parser = new Parser({ maxMetaEntrySize: 2 ** 20 });
  // The first problem wins; the parser cannot be stopped in the middle of a chunk, so the rest is dropped.
  let problem: unknown;
  // Where the parser stands, in bytes of the stream; exact whenever a header is at fault.
  let offset = 0;
  // The modification time of the pax header just read, which the parser cuts to milliseconds.
  let paxModified: number | undefined;

  const guarded = (step: () => void): void => {
    if (problem !== undefined) return;
    try {
      step();
    } catch (error) {
      problem = error;
    }
  };
  const corrupt = (reason: string, at: number | undefined): ArchiveError =>
    new ArchiveError({ kind: 'corrupt', archive, reason, offset: at });

  parser.on('warn', (code: string, message: string | Error) => {
    problem ??= corrupt(tarProblem(code, typeof message === 'string' ? message : message.message), offset);
  });
  parser.on('error', (error: Error) => {
    problem ??= corrupt(error.message, offset);
  });
  parser.on('nullBlock', () => {
    offset += BLOCK;
  });
  parser.on('meta', (text: string) => {
    guarded(() => {
      offset += BLOCK + padded(Buffer.byteLength(text));
      if (text.includes('GNU.sparse.')) {
        throw new ArchiveError({
          kind: 'unsupported',
          archive,
          entry: undefined,
          reason: 'it holds sparse files, which are not supported',
        });
      }
      const modified = /^\d+ mtime=(-?\d+(?:\.\d*)?)$/m.exec(text)?.[1];
      if (modified !== undefined) paxModified = Number(modified);
    });
  });
  parser.on('ignoredEntry', (entry: ReadEntry) => {
    guarded(() => {
      offset += BLOCK + entry.startBlockSize;
      paxModified = undefined;
      // A volume label is no file; GNU tar skips it as well.
      if (entry.type === 'TapeVolumeHeader') return;
      const reason = entry.meta
        ? 'its header is larger than 1 MiB'
        : `its type '${entry.header.typeKey}' (${entry.type}) is not supported`;
      throw new ArchiveError({ kind: 'unsupported', archive, entry: entry.path, reason });
    });
  });
  parser.on('entry', (entry: ReadEntry) => {
    guarded(() => sink.open(convert(archive, entry, paxModified)));
    paxModified = undefined;
    const hasContent = entry.type === 'File' || entry.type === 'OldFile' || entry.type === 'ContiguousFile';
    if (hasContent) entry.on('data', (chunk) => guarded(() => sink.write(chunk)));
    else entry.resume();
    entry.on('end', () => {
      guarded(() => sink.close());
      offset += BLOCK + entry.startBlockSize;
    });
    if (hasContent) entry.resume();
  });

  for await (const chunk of chunks) {
    parser.write(chunk);
    if (problem !== undefined) throw problem as Error;
  }
  parser.end();
  if (problem !== undefined) throw problem as Error;
}

/** The parser's warnings in plain words. */
function tarProblem(code: string, message: string): string {
  const missing = /Truncated input \(needed (\d+) more bytes/.exec(message)?.[1];
  if (missing !== undefined) return `it ends too early: ${missing} bytes of its last entry are missing`;
  if (code === 'TAR_BAD_ARCHIVE') return 'its content is not a tar archive';
  if (message === 'checksum failure') return 'the checksum of a header is wrong';
  return `a header is malformed (${message})`;
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function convert(archive: string, entry: ReadEntry, paxModified: number | undefined): ArchiveEntry {
  const refuse = (reason: string): never => {
    throw new ArchiveError({ kind: 'hostile', archive, entry: entry.path, reason });
  };
  const refused = refusedTypes[entry.type];
  if (refused !== undefined) refuse(refused);
  const path = archivePath(archive, entry.path);
  const seconds = paxModified ?? (entry.mtime === undefined ? undefined : entry.mtime.getTime() / 1000);
  if (seconds !== undefined && !(Math.abs(seconds) <= LATEST_TIME)) {
    throw new ArchiveError({
      kind: 'corrupt',
      archive,
      reason: `the entry '${printable(entry.path)}' has an impossible time`,
      offset: undefined,
    });
  }
  const common = { path, mode: entry.mode, umaskApplies: true, modified: seconds };
  switch (entry.type) {
    case 'Directory':
    case 'GNUDumpDir':
      return { ...common, type: 'directory', size: 0, target: undefined };
    case 'SymbolicLink':
      return { ...common, type: 'symlink', size: 0, target: entry.linkpath ?? '' };
    case 'Link': {
      const target = archivePath(archive, entry.linkpath ?? '', entry.path);
      return { ...common, type: 'hardlink', size: 0, target };
    }
    default:
      if (entry.path.endsWith('/')) return refuse('is a file with the name of a folder');
      return { ...common, type: 'file', size: entry.size, target: undefined };
  }
}

/**
 * The normal form of a name.
 * @param owner the entry to blame when `name` is its link target
 * @throws ArchiveError when the name is refused
 */
export function archivePath(archive: string, name: string, owner?: string): string {
  const checked = checkedPath(name);
  if ('path' in checked) return checked.path;
  const entry = owner ?? name;
  const reason = owner === undefined ? checked.refused : `links to a name that ${checked.refused}`;
  if (checked.unsupported)
    throw new ArchiveError({ kind: 'unsupported', archive, entry, reason: `it ${reason}` });
  throw new ArchiveError({ kind: 'hostile', archive, entry, reason });
}

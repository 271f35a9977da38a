import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import type * as Yauzl from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import type { ArchiveEntry, EntrySink } from './archive-entry.ts';
import { ArchiveError } from './archive-failure.ts';
import type { ExpansionCounter } from './expansion-limits.ts';
import { archivePath } from './tar-reader.ts';

/** Entries up to this size are inflated in one call: a stream for each of 2,500 small files takes three times as long. */
const SMALL_ENTRY = 2 ** 20;
const LONGEST_LINK = 4096;

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;
/** "Version made by" (APPNOTE 4.4.2): the systems that keep Unix modes in the external attributes. */
const MADE_BY_UNIX = 3;
const MADE_BY_OSX = 19;

/**
 * Reads a zip file and hands its entries to the sink, in the order of the central directory.
 * Names, modes and times are taken as Info-ZIP's `unzip` takes them.
 * @throws ArchiveError for damage and refused entries; whatever the sink throws
 */
export async function readZip(archive: string, sink: EntrySink, counter: ExpansionCounter): Promise<void> {
  const yauzl = (await import('yauzl')).default;
  // Names are decoded and checked here: yauzl would turn backslashes, which Unix allows, into slashes.
  const zip = await corruptOnError(archive, () =>
    yauzl.openPromise(archive, { lazyEntries: true, autoClose: false, decodeStrings: false }),
  );
  try {
    const entries = zip.eachEntry();
    for (;;) {
      const next = await corruptOnError(archive, () => entries.next());
      if (next.done === true) return;
      await readEntry(archive, zip, next.value, sink, counter, yauzl.getFileNameLowLevel);
    }
  } finally {
    zip.close();
  }
}

type DecodeName = typeof Yauzl.getFileNameLowLevel;

async function readEntry(
  archive: string,
  zip: ZipFile,
  raw: Entry,
  sink: EntrySink,
  counter: ExpansionCounter,
  decodeName: DecodeName,
): Promise<void> {
  const name = entryName(raw, decodeName);
  const problem = (kind: 'hostile' | 'unsupported', reason: string): ArchiveError =>
    new ArchiveError({ kind, archive, entry: name, reason });
  if (raw.isEncrypted()) throw problem('unsupported', 'it is encrypted');
  if (raw.compressionMethod !== 0 && raw.compressionMethod !== 8) {
    throw problem('unsupported', `its compression method ${raw.compressionMethod} is not supported`);
  }
  const path = archivePath(archive, name);
  const unixMode = hasUnixMode(raw) ? raw.externalFileAttributes >>> 16 : 0;
  const format = unixMode & S_IFMT;
  const isDirectory = name.endsWith('/') || format === S_IFDIR;
  const mode = unixMode === 0 ? dosMode(raw, isDirectory) : unixMode & 0o777;
  const modified = modifiedTime(raw);
  const common = { path, mode, umaskApplies: unixMode === 0, modified };
  if (isDirectory) {
    sink.open({ ...common, type: 'directory', size: 0, target: undefined });
    sink.close();
    return;
  }
  if (format === S_IFLNK) {
    if (raw.uncompressedSize > LONGEST_LINK) throw problem('hostile', 'is a link with an endless target');
    const chunks: Buffer[] = [];
    await readContent(archive, zip, raw, name, counter, (chunk) => chunks.push(Buffer.from(chunk)));
    const target = Buffer.concat(chunks).toString('utf8');
    // unzip does not restore the times of links.
    sink.open({ ...common, modified: undefined, type: 'symlink', size: 0, target });
    sink.close();
    return;
  }
  if (format !== 0 && format !== S_IFREG) throw problem('hostile', 'is a device, a pipe or a socket');
  const entry: ArchiveEntry = { ...common, type: 'file', size: raw.uncompressedSize, target: undefined };
  sink.open(entry);
  await readContent(archive, zip, raw, name, counter, (chunk) => sink.write(chunk));
  sink.close();
}

/** Unpacks an entry's content and checks its length and its CRC. */
async function readContent(
  archive: string,
  zip: ZipFile,
  raw: Entry,
  name: string,
  counter: ExpansionCounter,
  take: (chunk: Buffer) => void,
): Promise<void> {
  const corrupt = (reason: string): ArchiveError =>
    new ArchiveError({
      kind: 'corrupt',
      archive,
      reason: `entry '${name}': ${reason}`,
      offset: raw.relativeOffsetOfLocalHeader,
    });
  let length = 0;
  let sum = 0;
  const accept = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > raw.uncompressedSize) throw corrupt('it is longer than its header says');
    counter.addBytes(chunk.length);
    sum = crc32(chunk, sum);
    take(chunk);
  };
  const stored = await corruptOnError(archive, () =>
    zip.openReadStreamPromise(raw, { decodeFileData: false }),
  );
  const deflated = raw.compressionMethod === 8;
  try {
    if (deflated && raw.uncompressedSize <= SMALL_ENTRY && raw.compressedSize <= SMALL_ENTRY) {
      const chunks: Buffer[] = [];
      for await (const chunk of stored) chunks.push(chunk as Buffer);
      // One byte more than promised is enough to notice a lie; zlib refuses a limit of 0.
      const maxOutputLength = raw.uncompressedSize + 1;
      accept(inflateRawSync(Buffer.concat(chunks), { maxOutputLength }));
    } else if (deflated) {
      const inflate = createInflateRaw({ chunkSize: SMALL_ENTRY });
      stored.on('error', (error) => inflate.destroy(error));
      stored.pipe(inflate);
      for await (const chunk of inflate) accept(chunk as Buffer);
    } else {
      for await (const chunk of stored) accept(chunk as Buffer);
    }
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw corrupt('it is longer than its header says');
    if (code === 'Z_BUF_ERROR') throw corrupt('it ends too early');
    if (code?.startsWith('Z_') || code === undefined) throw corrupt(message);
    throw error;
  } finally {
    stored.destroy();
  }
  if (length !== raw.uncompressedSize) throw corrupt('it is shorter than its header says');
  if (sum !== raw.crc32) throw corrupt('its CRC is wrong');
}

/** yauzl reports damage as plain errors without a code; errors of the file system have one. */
async function corruptOnError<T>(archive: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== undefined || error instanceof ArchiveError) throw error;
    throw new ArchiveError({ kind: 'corrupt', archive, reason: zipProblem(message), offset: undefined });
  }
}

function zipProblem(message: string): string {
  if (/end of central directory record signature not found/i.test(message)) return 'it ends too early';
  return `zip: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/** Unix systems store the bytes of the name as they are, mostly UTF-8, often without setting the UTF-8 flag. */
function entryName(raw: Entry, decodeName: DecodeName): string {
  const bytes = raw.fileNameRaw;
  if (hasUnixMode(raw)) {
    const text = bytes.toString('utf8');
    if (!text.includes('\ufffd')) return text;
  }
  return decodeName(raw.generalPurposeBitFlag, bytes, raw.extraFields, true);
}

function hasUnixMode(raw: Entry): boolean {
  const madeBy = raw.versionMadeBy >>> 8;
  return madeBy === MADE_BY_UNIX || madeBy === MADE_BY_OSX;
}

/** DOS knows only "read-only" (bit 0). */
function dosMode(raw: Entry, isDirectory: boolean): number {
  const withheld = (raw.externalFileAttributes & 1) === 0 ? 0 : 0o222;
  return (isDirectory ? 0o777 : 0o666) & ~withheld;
}

/**
 * The extended-timestamp field (id 0x5455, seconds in UTC) where there is one, otherwise the DOS time, which is in
 * the local time zone and counts in steps of two seconds.
 */
function modifiedTime(raw: Entry): number | undefined {
  for (const { id, data } of raw.extraFields) {
    if (id === 0x5455 && data.length >= 5 && (data[0]! & 1) !== 0) return data.readInt32LE(1);
  }
  const seconds = raw.getLastModDate({ timezone: 'local', forceDosFormat: true }).getTime() / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}

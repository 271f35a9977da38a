import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { mkdir, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fail, ok, type Result } from '../result.ts';
import { isRunning } from '../running-process.ts';
import type { ArchiveEntry, EntrySink } from './archive-entry.ts';
import { ArchiveError, type ArchiveFailure } from './archive-failure.ts';
import { detectFormat, SNIFF_BYTES, type ArchiveFormat } from './archive-format.ts';
import { decompressed, unreadable } from './decompressor.ts';
import { defaultLimits, ExpansionCounter, type ExpansionLimits } from './expansion-limits.ts';
import { readTar } from './tar-reader.ts';
import { TreeWriter, type UnpackedFile } from './tree-writer.ts';
import { readZip } from './zip-reader.ts';

export interface UnpackOptions {
  /** Overrides single {@link defaultLimits}. */
  readonly limits?: Partial<ExpansionLimits>;
  /** Ends the work early; everything written so far is removed. */
  readonly signal?: AbortSignal;
  /** Replace what the destination holds. Without it, a destination that is not empty is an error. */
  readonly replace?: boolean;
}

export interface UnpackReport {
  readonly format: ArchiveFormat;
  /** Files and links written. */
  readonly files: number;
  /** Bytes of the unpacked stream (tar) or of all contents (zip). */
  readonly bytes: number;
  /** The files that stand under their own names, with what is in them: nobody need read them again. */
  readonly contents: readonly UnpackedFile[];
}

/**
 * Unpacks an archive so that `destination` holds exactly its content, or is as it was before.
 *
 * The archive is untrusted: see README.md for what is refused. Its format is told by its content. The destination may be
 * missing (its parents are made) or an empty folder. The work is done in a sibling folder that is renamed at the end.
 *
 * @param archive path of the file
 * @param destination path of the folder
 */
export async function unpack(
  archive: string,
  destination: string,
  options: UnpackOptions = {},
): Promise<Result<UnpackReport, ArchiveFailure>> {
  let staging: string | undefined;
  let writer: TreeWriter | undefined;
  try {
    const source = openArchive(archive);
    const target = await prepareDestination(destination, options.replace ?? false);
    staging = join(
      dirname(target),
      `${stagingPrefix(target)}${process.pid}-${randomBytes(4).toString('hex')}`,
    );
    await mkdir(staging);
    const counter = new ExpansionCounter(archive, source.size, { ...defaultLimits, ...options.limits });
    writer = new TreeWriter(archive, staging, counter, process.umask());
    await readEntries(archive, source.format, writer, counter, options.signal);
    writer.finish();
    throwIfAborted(archive, options.signal);
    await moveInto(staging, target, options.replace ?? false);
    return ok({
      format: source.format,
      files: writer.files,
      bytes: counter.bytes,
      contents: writer.contents,
    });
  } catch (error) {
    writer?.abandon();
    if (staging !== undefined) await removeTree(staging);
    return fail(toFailure(error, destination));
  }
}

/**
 * Reads an archive's entries without writing anything; the names are checked as for {@link unpack}.
 * @returns the entries in their order
 */
export async function list(
  archive: string,
  options: Pick<UnpackOptions, 'limits' | 'signal'> = {},
): Promise<Result<readonly ArchiveEntry[], ArchiveFailure>> {
  try {
    const source = openArchive(archive);
    const counter = new ExpansionCounter(archive, source.size, { ...defaultLimits, ...options.limits });
    const entries: ArchiveEntry[] = [];
    const sink: EntrySink = {
      open(entry) {
        counter.addEntry();
        entries.push(entry);
      },
      write() {},
      close() {},
    };
    await readEntries(archive, source.format, sink, counter, options.signal);
    return ok(entries);
  } catch (error) {
    return fail(toFailure(error, archive));
  }
}

/**
 * The one folder in which everything of an archive lies, e.g. `musl-1.2.3`.
 * @returns undefined when the archive has files at its top or more than one folder there
 */
export function topFolder(entries: Iterable<ArchiveEntry>): string | undefined {
  let top: string | undefined;
  for (const { path, type } of entries) {
    if (path === '.') continue;
    const slash = path.indexOf('/');
    if (slash < 0 && type !== 'directory') return undefined;
    const first = slash < 0 ? path : path.slice(0, slash);
    if (top !== undefined && first !== top) return undefined;
    top = first;
  }
  return top;
}

function openArchive(archive: string): { readonly format: ArchiveFormat; readonly size: number } {
  let head: Buffer;
  let size: number;
  try {
    const descriptor = openSync(archive, 'r');
    try {
      size = fstatSync(descriptor).size;
      const buffer = Buffer.alloc(SNIFF_BYTES);
      head = buffer.subarray(0, readSync(descriptor, buffer, 0, SNIFF_BYTES, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw unreadable(archive, error);
  }
  const format = detectFormat(head);
  if ('looksLike' in format) {
    throw new ArchiveError({ kind: 'unknown-format', archive, looksLike: format.looksLike });
  }
  return { format, size };
}

async function readEntries(
  archive: string,
  format: ArchiveFormat,
  sink: EntrySink,
  counter: ExpansionCounter,
  signal: AbortSignal | undefined,
): Promise<void> {
  throwIfAborted(archive, signal);
  if (format.container === 'zip') {
    const guarded: EntrySink = {
      open(entry) {
        throwIfAborted(archive, signal);
        sink.open(entry);
      },
      write(chunk) {
        throwIfAborted(archive, signal);
        sink.write(chunk);
      },
      close: () => sink.close(),
    };
    return readZip(archive, guarded, counter);
  }
  return readTar(archive, counted(decompressed(archive, format.compression), archive, counter, signal), sink);
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  archive: string,
  counter: ExpansionCounter,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    throwIfAborted(archive, signal);
    counter.addBytes(chunk.length);
    yield chunk;
  }
}

function throwIfAborted(archive: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ArchiveError({ kind: 'aborted', archive });
}

/** `.origin.unpacking-` for `…/origin`; the process id follows. */
function stagingPrefix(target: string): string {
  return `.${basename(target)}.unpacking-`;
}

/**
 * Makes the destination's parents, checks that it may be replaced, and removes what a killed process left beside it.
 * @returns the real path of the destination
 */
async function prepareDestination(destination: string, replace: boolean): Promise<string> {
  const refuse = (reason: string): never => {
    throw new ArchiveError({ kind: 'destination', destination, reason });
  };
  let target = resolve(destination);
  await mkdir(dirname(target), { recursive: true });
  try {
    target = await realpath(target);
    const present = await readdir(target);
    if (present.length > 0 && !replace) refuse(`it is not empty (it holds '${present[0]}')`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') refuse('it is a file');
    if (code !== 'ENOENT') throw error;
  }
  const prefix = stagingPrefix(target);
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(prefix)) continue;
    const owner = Number.parseInt(name.slice(prefix.length), 10);
    if (!isRunning(owner)) await removeTree(join(dirname(target), name));
  }
  return target;
}

async function moveInto(staging: string, target: string, replace: boolean): Promise<void> {
  try {
    // rename(2) replaces an empty folder in one step.
    await rename(staging, target);
    return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!replace || (code !== 'ENOTEMPTY' && code !== 'EEXIST')) throw error;
  }
  const old = `${staging}.old`;
  await rename(target, old);
  try {
    await rename(staging, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
  await removeTree(old);
}

/** Removes a folder even where its folders are not writable, as an archive may have made them. */
async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    await makeWritable(path);
    await rm(path, { recursive: true, force: true, maxRetries: 2 });
  }
}

async function makeWritable(path: string): Promise<void> {
  const { chmod } = await import('node:fs/promises');
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(path, entry.name));
  }
}

function toFailure(error: unknown, destination: string): ArchiveFailure {
  if (error instanceof ArchiveError) return error.failure;
  const { code, errno, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOSPC: 'no space left on the device',
    EDQUOT: 'the disk quota is exceeded',
    EROFS: 'the file system is read-only',
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
    ENOTDIR: 'a part of the path is not a folder',
    ENOTEMPTY: 'it is not empty',
    EEXIST: 'something else was made there meanwhile',
    ENAMETOOLONG: 'the archive holds a name that is too long for this file system',
    EMFILE: 'too many open files',
    EBUSY: 'it is in use (a mount point?)',
  };
  // Only errors of the system have a number.
  if (code === undefined || errno === undefined) throw error;
  return { kind: 'destination', destination, reason: reasons[code] ?? message };
}

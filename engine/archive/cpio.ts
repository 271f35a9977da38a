import { randomBytes } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import type { Diagnostic } from '../location.ts';

export interface CpioReport {
  /** Entries written, the trailer aside. */
  readonly entries: number;
  /** Size of the archive. */
  readonly bytes: number;
  /** Paths below the folder that a cpio for a unikernel cannot hold (devices, pipes, sockets). */
  readonly skipped: readonly string[];
}

const S_IFMT = 0o170000;
const LARGEST_FILE = 0xffff_ffff;
const COPY_BYTES = 2 ** 20;

/**
 * Packs what is in `folder` as a cpio archive in the "new ASCII" format (magic 070701, cpio(5)), for an initrd.
 *
 * The same folder gives the same bytes: names are sorted, owners are 0, inode numbers count from 1. Every hard link
 * is stored as a file of its own, because Unikraft's ukcpio does not know links between entries. Files that are on
 * the way to becoming something else (devices, pipes, sockets) are left out and reported.
 *
 * @param output path of the archive; it appears only when complete
 */
export function packCpio(folder: string, output: string): Result<CpioReport, Diagnostic> {
  const partial = join(
    dirname(output),
    `.${basename(output)}.${process.pid}-${randomBytes(4).toString('hex')}`,
  );
  let descriptor: number | undefined;
  try {
    if (!statSync(folder).isDirectory()) return fail({ message: `${folder} is not a folder` });
    descriptor = openSync(partial, 'wx', 0o644);
    const writer = new CpioWriter(folder, descriptor);
    writer.add('.');
    writer.end();
    closeSync(descriptor);
    descriptor = undefined;
    renameSync(partial, output);
    return ok({ entries: writer.entries, bytes: writer.bytes, skipped: writer.skipped });
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    rmSync(partial, { force: true });
    if (error instanceof CpioError) return fail({ message: error.message });
    const { code, errno, path, message } = error as NodeJS.ErrnoException;
    if (code === undefined || errno === undefined) throw error;
    const reason = { ENOENT: 'no such file or folder', EACCES: 'permission denied', ENOSPC: 'no space left' }[
      code
    ];
    return fail({ message: `cannot pack ${path ?? folder}: ${reason ?? message}` });
  }
}

class CpioError extends Error {}

class CpioWriter {
  readonly #folder: string;
  readonly #descriptor: number;
  readonly #skipped: string[] = [];
  #entries = 0;
  #bytes = 0;

  constructor(folder: string, descriptor: number) {
    this.#folder = folder;
    this.#descriptor = descriptor;
  }

  get entries(): number {
    return this.#entries;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get skipped(): readonly string[] {
    return this.#skipped;
  }

  /** Writes the entry at `path` (below the folder; `.` is the folder) and all below it, parents first. */
  add(path: string): void {
    const full = join(this.#folder, path);
    // The folder itself may be given as a link; what is in it is taken as it is.
    const stat = path === '.' ? statSync(full) : lstatSync(full);
    const time = Math.max(0, Math.floor(stat.mtimeMs / 1000));
    if (stat.isDirectory()) {
      this.#header(path, stat.mode, time, 0, 2);
      // Sorted by code unit, so that the order does not depend on the locale.
      for (const name of readdirSync(full).sort()) this.add(path === '.' ? name : `${path}/${name}`);
    } else if (stat.isSymbolicLink()) {
      const target = Buffer.from(readlinkSync(full));
      this.#header(path, stat.mode, time, target.length, 1);
      this.#write(target);
      this.#pad();
    } else if (stat.isFile()) {
      if (stat.size > LARGEST_FILE) throw new CpioError(`${full} is larger than cpio can hold (4 GiB)`);
      this.#header(path, stat.mode, time, stat.size, 1);
      this.#copy(full, stat.size);
      this.#pad();
    } else {
      this.#skipped.push(path);
    }
  }

  end(): void {
    this.#header('TRAILER!!!', 0, 0, 0, 1);
    this.#entries--;
  }

  #header(name: string, mode: number, time: number, size: number, links: number): void {
    this.#entries++;
    const bytes = Buffer.from(`${name}\0`);
    const isTrailer = mode === 0;
    const permissions = mode & (S_IFMT | 0o7777);
    const fields = [
      isTrailer ? 0 : this.#entries,
      permissions,
      0, // uid
      0, // gid
      links,
      time,
      size,
      0, // device, major and minor
      0,
      0, // device of a device file
      0,
      bytes.length,
      0, // checksum: only for magic 070702
    ];
    this.#write(Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`));
    this.#write(bytes);
    this.#pad();
  }

  #copy(path: string, size: number): void {
    const source = openSync(path, 'r');
    try {
      const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, Math.max(1, size)));
      let left = size;
      while (left > 0) {
        const count = readSync(source, buffer, 0, Math.min(buffer.length, left), null);
        if (count === 0) throw new CpioError(`${path} became shorter while it was being packed`);
        this.#write(buffer.subarray(0, count));
        left -= count;
      }
    } finally {
      closeSync(source);
    }
  }

  /** Headers and contents begin at multiples of 4. */
  #pad(): void {
    const missing = (4 - (this.#bytes % 4)) % 4;
    if (missing > 0) this.#write(Buffer.alloc(missing));
  }

  #write(bytes: Buffer): void {
    let written = 0;
    while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written);
    this.#bytes += bytes.length;
  }
}

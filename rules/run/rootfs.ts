import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describeArchiveFailure } from '../../engine/archive/archive-failure.ts';
import { detectFormat, SNIFF_BYTES } from '../../engine/archive/archive-format.ts';
import { packCpio } from '../../engine/archive/cpio.ts';
import { unpack } from '../../engine/archive/unpack.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

/** A root file system as an initrd. */
export interface RootfsInitrd {
  readonly initrd: string;
  /** Made for this guest, to be removed. */
  readonly temporary: readonly string[];
  readonly notes: readonly string[];
}

/** newc without and with checksums (cpio(5)): what Unikraft's ukcpio reads. */
const CPIO_MAGICS = ['070701', '070702'];

/**
 * Makes an initrd of a folder, of an archive (tar in all compressions, zip), or of a cpio archive, which is taken as it is.
 * @param dryRun only says where it would be
 */
export async function rootfsInitrd(
  rootfs: string,
  dryRun: boolean,
): Promise<Result<RootfsInitrd, Diagnostic>> {
  const stat = statSync(rootfs, { throwIfNoEntry: false });
  if (stat === undefined) return fail({ message: `there is no root file system ${rootfs}` });
  const asIs: RootfsInitrd = { initrd: rootfs, temporary: [], notes: [] };
  const isArchive = !stat.isDirectory();
  if (isArchive) {
    const head = readHead(rootfs);
    if (CPIO_MAGICS.includes(head.toString('latin1', 0, 6))) return ok(asIs);
    if ('looksLike' in detectFormat(head)) return fail(notAnArchive(rootfs));
  }
  const base = join(tmpdir(), `unigraph-rootfs-${randomBytes(6).toString('hex')}`);
  const initrd = `${base}.cpio`;
  if (dryRun) return ok({ ...asIs, initrd });
  try {
    if (isArchive) {
      const unpacked = await unpack(rootfs, base);
      if (!unpacked.ok) return fail(describeArchiveFailure(unpacked.error));
    }
    const folder = isArchive ? base : rootfs;
    const packed = packCpio(folder, initrd);
    if (!packed.ok) return packed;
    const notes = packed.value.skipped.map(
      (path) => `${join(folder, path)} is no file, folder or link, and is left out`,
    );
    return ok({ initrd, temporary: [initrd], notes });
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

function notAnArchive(rootfs: string): Diagnostic {
  if (/dockerfile/i.test(basename(rootfs))) {
    return {
      message: `the root file system ${rootfs} is a Dockerfile, which is not built here`,
      hint: "Build it ('docker build -o rootfs .') and give the folder with --rootfs.",
    };
  }
  return {
    message: `the root file system ${rootfs} is neither a folder nor an archive that is known`,
    hint: 'Give a folder, a cpio archive in the newc format, a tar archive or a zip file.',
  };
}

function readHead(path: string): Buffer {
  const head = Buffer.alloc(SNIFF_BYTES);
  const descriptor = openSync(path, 'r');
  try {
    return head.subarray(0, readSync(descriptor, head, 0, head.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

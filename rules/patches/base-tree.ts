import { readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describeArchiveFailure } from '../../engine/archive/archive-failure.ts';
import { unpack } from '../../engine/archive/unpack.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { ApplyPatch } from '../stages/origin-tree.ts';
import type { PatchableLibrary } from './patchable-library.ts';
import { OriginRecordFile } from '../stages/origin-record.ts';
import { recordedDigest } from '../stages/origin-tree.ts';

/** A library's patch files in the order in which they are applied (Makefile.rules: `$(sort $(wildcard DIR/*))`). */
export function patchFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.') && !entry.isDirectory())
      .map(({ name }) => join(folder, name))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  } catch {
    return [];
  }
}

/**
 * The patches that the origin has, as files. Nothing recorded means that make filled it, which applies them all.
 * Fails when what was applied cannot be had any more: then nobody can tell the edits from it.
 */
export function appliedPatches(library: PatchableLibrary): Result<readonly string[], Diagnostic> {
  const record = new OriginRecordFile(library.origin, library.stateFolder).record();
  const present = patchFiles(library.patches);
  if (record === undefined) return ok(present);
  const anew = `Put it back, or keep a copy of the edited files, remove ${library.origin} and build again.`;
  if (recordedDigest(library.archive) !== record.archive) {
    return fail({
      message: `${library.archive} is not the archive that the origin was made from`,
      hint: anew,
    });
  }
  const applied: string[] = [];
  for (const { name, digest } of record.patches) {
    const file = present.find((each) => basename(each) === name);
    if (file === undefined || recordedDigest(file) !== digest) {
      const what = file === undefined ? 'is gone' : 'was changed';
      return fail({
        message: `${name} ${what} since it was applied to the edited origin of ${library.name}`,
        hint: anew,
      });
    }
    applied.push(file);
  }
  return ok(applied);
}

/** Makes a folder hold what an origin is without edits: the archive, and the patches applied. */
export async function makeBase(
  library: PatchableLibrary,
  folder: string,
  patches: readonly string[],
  apply: ApplyPatch,
): Promise<Result<void, Diagnostic>> {
  const unpacked = await unpack(library.archive, folder);
  if (!unpacked.ok) return fail(describeArchiveFailure(unpacked.error));
  for (const patch of patches) {
    const complaint = await apply(join(folder, relative(library.origin, library.patched)), patch);
    if (complaint !== undefined) return fail({ message: complaint });
  }
  return ok(undefined);
}

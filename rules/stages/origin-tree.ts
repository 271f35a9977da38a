import fs from 'node:fs';
import path from 'node:path';
import { unpackAside } from '../../engine/archive/unpack-aside.ts';
import { describeArchiveFailure } from '../../engine/archive/archive-failure.ts';
import { digestOf, formatDigest } from '../../engine/digest/hash.ts';
import { formatDiagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { makeFolder } from '../../engine/folders.ts';
import { OriginRecordFile, readFile, type OriginEdits, type OriginState } from './origin-record.ts';
import { TreeDigests } from './tree-digests.ts';

/** Applies one patch to a folder; resolves to the program's complaint when it does not apply. */
export type ApplyPatch = (folder: string, patch: string) => Promise<string | undefined>;

/** Patches and the folder, inside the origin, that they apply to. */
export interface PatchSeries {
  readonly folder: string;
  readonly patches: readonly string[];
}

/** What became of a request to bring an origin up to date. */
export type OriginOutcome =
  | { readonly kind: 'made' }
  | { readonly kind: 'unchanged' }
  /** Left alone, because a person edited it. */
  | { readonly kind: 'edited'; readonly edits: OriginEdits };

/**
 * The folder into which a library's source archive is unpacked and in which its patches are applied. Besides those
 * files it holds what builds generate in it; a re-creation replaces only what differs, so that neither these nor the
 * objects of unchanged sources are lost. Edits of a person are never overwritten.
 */
export class OriginTree {
  readonly folder: string;
  readonly #record: OriginRecordFile;
  readonly #digests: TreeDigests;

  /**
   * @param folder the origin, such as `O/libmusl/origin`
   * @param stateFolder where states are kept
   * @param digests what is known of files already
   */
  constructor(folder: string, stateFolder: string, digests = new TreeDigests()) {
    this.#record = new OriginRecordFile(folder, stateFolder, digests);
    this.folder = this.#record.folder;
    this.#digests = digests;
  }

  /**
   * Makes the folder hold the archive's content with the patches applied.
   * @param series undefined: not patched yet (a later call does that), or never
   */
  async update(
    archive: string,
    series: PatchSeries | undefined,
    apply: ApplyPatch,
    signal: AbortSignal,
  ): Promise<Result<OriginOutcome, string>> {
    const digest = recordedDigest(archive);
    if (digest === undefined) return fail(`${archive}: cannot be read`);
    const wanted = {
      archive: digest,
      patches: (series?.patches ?? []).map(
        (patch) => `${recordedDigest(patch) ?? formatDigest(digestOf(Buffer.of()))} ${path.basename(patch)}`,
      ),
    };
    const state = this.#record.load();
    if (state === undefined) {
      if (isFilled(this.folder)) return this.#adopt(wanted);
      return this.#create(archive, wanted, series, apply, signal);
    }
    if (state.files !== undefined) {
      const edits = this.#record.editsSince(state.files);
      if (edits.changed.length > 0) return ok({ kind: 'edited', edits });
      const isCurrent = state.archive === wanted.archive && sameList(state.patches, wanted.patches);
      if (isCurrent && isFilled(this.folder)) return ok({ kind: 'unchanged' });
      // The first patching of a fresh tree: in place.
      if (
        state.archive === wanted.archive &&
        state.patches.length === 0 &&
        series !== undefined &&
        isFilled(this.folder)
      ) {
        return this.#patchInPlace(state, wanted, series, apply);
      }
    }
    return this.#recreate(archive, wanted, state, series, apply, signal);
  }

  /** A folder that was filled by somebody else, such as GNU make: it is taken as it is. */
  #adopt(wanted: Pick<OriginState, 'archive' | 'patches'>): Result<OriginOutcome, string> {
    this.#record.save({ ...wanted, files: this.#digests.list(this.folder) });
    return ok({ kind: 'unchanged' });
  }

  async #create(
    archive: string,
    wanted: Pick<OriginState, 'archive' | 'patches'>,
    series: PatchSeries | undefined,
    apply: ApplyPatch,
    signal: AbortSignal,
  ): Promise<Result<OriginOutcome, string>> {
    const unpacked = await unpackAside(archive, this.folder, { signal, replace: true });
    if (!unpacked.ok) return fail(formatDiagnostic(describeArchiveFailure(unpacked.error)));
    this.#digests.add(
      unpacked.value.contents.map((file) => ({ ...file, path: `${this.folder}/${file.path}` })),
    );
    const fresh: OriginState = {
      archive: wanted.archive,
      patches: [],
      files: this.#digests.list(this.folder),
    };
    this.#record.save(fresh);
    return series === undefined ? ok({ kind: 'made' }) : this.#patchInPlace(fresh, wanted, series, apply);
  }

  async #patchInPlace(
    state: OriginState,
    wanted: Pick<OriginState, 'archive' | 'patches'>,
    series: PatchSeries,
    apply: ApplyPatch,
  ): Promise<Result<OriginOutcome, string>> {
    this.#record.save({ ...state, files: undefined });
    const failure = await applyAll(series.folder, series.patches, apply);
    if (failure !== undefined) return fail(failure);
    this.#record.save({ ...wanted, files: this.#digests.list(this.folder) });
    return ok({ kind: 'made' });
  }

  /** Makes a new tree beside the old one and carries over what differs. */
  async #recreate(
    archive: string,
    wanted: Pick<OriginState, 'archive' | 'patches'>,
    old: OriginState,
    series: PatchSeries | undefined,
    apply: ApplyPatch,
    signal: AbortSignal,
  ): Promise<Result<OriginOutcome, string>> {
    const fresh = `${this.folder}.fresh`;
    fs.rmSync(fresh, { recursive: true, force: true });
    try {
      const unpacked = await unpackAside(archive, fresh, { signal });
      if (!unpacked.ok) return fail(formatDiagnostic(describeArchiveFailure(unpacked.error)));
      if (series !== undefined) {
        const folder = path.join(fresh, path.relative(this.folder, series.folder));
        const failure = await applyAll(folder, series.patches, apply);
        if (failure !== undefined) return fail(failure);
      }
      const files = this.#digests.list(fresh);
      this.#record.save({ ...old, files: undefined });
      for (const name of Object.keys(old.files ?? {})) {
        if (files[name] === undefined) fs.rmSync(path.join(this.folder, name), { force: true });
      }
      for (const [name, digest] of Object.entries(files)) {
        const target = `${this.folder}/${name}`;
        if (this.#digests.of(target) === digest) continue;
        makeFolder(path.dirname(target));
        fs.renameSync(path.join(fresh, name), target);
      }
      this.#record.save({ ...wanted, files });
      return ok({ kind: 'made' });
    } finally {
      fs.rmSync(fresh, { recursive: true, force: true });
    }
  }
}

async function applyAll(
  folder: string,
  patches: readonly string[],
  apply: ApplyPatch,
): Promise<string | undefined> {
  for (const patch of patches) {
    const complaint = await apply(folder, patch);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

/** The digest of an archive or a patch as records have it; undefined when it cannot be read. */
export function recordedDigest(file: string): string | undefined {
  const content = readFile(file);
  return content && formatDigest(digestOf(content));
}

function isFilled(folder: string): boolean {
  try {
    return fs.readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, at) => item === b[at]);

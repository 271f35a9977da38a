import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeSystemError, isSystemError } from '../../engine/graph/perform.ts';
import { takeLock, type Lock } from '../../engine/journal/lock.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { OriginRecordFile } from '../stages/origin-record.ts';
import { OriginTree } from '../stages/origin-tree.ts';
import type { Environment } from '../workspace/working-folders.ts';
import { applyWithPatch } from './apply-patch.ts';
import { appliedPatches, makeBase, patchFiles } from './base-tree.ts';
import { fileDifferences, unpatchable } from './file-differences.ts';
import { handEdits, isSame, type HandEdits } from './hand-edits.ts';
import { fileStatistics, patchName, patchText, slug, type FileStatistics } from './patch-message.ts';
import type { PatchableLibrary } from './patchable-library.ts';

export interface PatchRequest {
  readonly library: PatchableLibrary;
  /** For the file, without its number; undefined: made from the subject. */
  readonly name: string | undefined;
  /** The first line of the message, then its paragraphs; undefined: made from the name. */
  readonly message: readonly string[];
  readonly author: { readonly name: string; readonly email: string };
  readonly date: Date;
  /** Files and folders, absolute, of which new and deleted files are taken too. */
  readonly also: readonly string[];
  /** Write nothing. */
  readonly dryRun: boolean;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

export interface CreatedPatch {
  /** Where it is, or would be. */
  readonly file: string;
  /** In byte form (latin1). */
  readonly text: string;
  readonly files: readonly FileStatistics[];
  /** New and deleted files that were left out; relative to the origin. */
  readonly leftOut: readonly string[];
}

/**
 * Makes a patch out of what a person edited in a library's origin, and puts it after the library's other patches. From
 * then on the origin counts as made from its archive and these patches. Nothing is written before the new patch has
 * been seen to apply, after all others, to what the archive holds.
 */
export async function createPatch(request: PatchRequest): Promise<Result<CreatedPatch, Diagnostic>> {
  const { library } = request;
  let lock: Lock | undefined;
  let work: string | undefined;
  try {
    // A build at the same time would see the origin between two states.
    const taken = takeLock(path.join(path.dirname(library.stateFolder), 'lock'));
    if (!taken.ok) {
      return fail({
        message: `a build (process ${taken.error.pid}) is at work in this build folder`,
        hint: 'Wait for it to end.',
      });
    }
    lock = taken.value;
    work = mkdtempSync(path.join(tmpdir(), 'unigraph-patch-'));
    return await createIn(work, request);
  } catch (error) {
    // No room on the device, a folder that may not be written, …
    if (!isSystemError(error)) throw error;
    return fail({ message: `cannot make the patch: ${describeSystemError(error)}` });
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
    lock?.release();
  }
}

async function createIn(work: string, request: PatchRequest): Promise<Result<CreatedPatch, Diagnostic>> {
  const { library, environment } = request;
  const apply = applyWithPatch(environment);
  const applied = appliedPatches(library);
  if (!applied.ok) return applied;
  const base = path.join(work, 'base');
  const made = await makeBase(library, base, applied.value, apply);
  if (!made.ok) return made;
  const edits = handEdits(base, library.origin);
  const taken = chooseFiles(edits, request);
  if (!taken.ok) return taken;
  const { names, leftOut } = taken.value;
  const inside = path.relative(library.origin, library.patched);
  const problem = outside(names, inside, library) ?? unpatchable([base, library.origin], names);
  if (problem !== undefined) return fail(problem);

  const differences = await fileDifferences(
    path.join(base, inside),
    library.patched,
    names.map((name) => path.relative(inside, name)),
    mkdirIn(work, 'sides'),
    environment,
  );
  if (!differences.ok) return differences;
  const files = fileStatistics(differences.value);
  const [subject = subjectFor(request.name, files, library), ...body] = request.message;
  const others = patchFiles(library.patches);
  const word = slug(request.name ?? subject) || 'change';
  const file = path.join(
    library.patches,
    patchName(
      others.map((each) => path.basename(each)),
      word,
    ),
  );
  const text = patchText({ author: request.author, date: request.date, subject, body }, differences.value);

  const trial = path.join(mkdirIn(work, 'new'), path.basename(file));
  writeFileSync(trial, text, 'latin1');
  const fits = await verify(work, trial, others, applied.value, names, library, apply);
  if (!fits.ok) return fits;
  const result: CreatedPatch = { file, text, files, leftOut };
  if (request.dryRun) return ok(result);
  const written = write(trial, file);
  if (!written.ok) return written;
  const adopted = await adopt(library, base, edits, leftOut, [...others, file], request);
  return adopted.ok ? ok(result) : adopted;
}

/** The edited files, and those of the new and deleted ones that were asked for. */
function chooseFiles(
  edits: HandEdits,
  { also, library }: PatchRequest,
): Result<{ names: readonly string[]; leftOut: readonly string[] }, Diagnostic> {
  const isAsked = (name: string): boolean => {
    const file = path.join(library.origin, name);
    return also.some((asked) => file === asked || file.startsWith(`${asked.replace(/\/$/, '')}/`));
  };
  const unsure = [...edits.added, ...edits.deleted];
  for (const asked of also) {
    const counts = [...unsure, ...edits.changed].some((name) => {
      const file = path.join(library.origin, name);
      return file === asked || file.startsWith(`${asked.replace(/\/$/, '')}/`);
    });
    if (!counts)
      return fail({
        message: `nothing is new, deleted or changed at ${asked}`,
        hint: `The origin is ${library.origin}.`,
      });
  }
  const names = [...edits.changed, ...unsure.filter(isAsked)].sort();
  const leftOut = unsure.filter((name) => !isAsked(name)).sort();
  if (names.length > 0) return ok({ names, leftOut });
  const hint =
    leftOut.length > 0
      ? `New or deleted: ${shortList(leftOut)}. Builds make such files too; to take one, name it with --add.`
      : `Edit the files below ${library.patched}.`;
  return fail({ message: `nothing is edited in the origin of ${library.name}`, hint });
}

export function shortList(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
}

function outside(
  names: readonly string[],
  inside: string,
  library: PatchableLibrary,
): Diagnostic | undefined {
  const name = names.find((each) => inside !== '' && !each.startsWith(`${inside}/`));
  if (name === undefined) return undefined;
  return {
    message: `${name} is edited, but patches of ${library.name} are applied in ${inside}`,
    hint: 'Undo that edit, or change the last argument of $(call patch,…).',
  };
}

function subjectFor(
  name: string | undefined,
  files: readonly FileStatistics[],
  library: PatchableLibrary,
): string {
  const words = name === undefined ? '' : slug(name).replace(/[-_]+/g, ' ').trim();
  if (words !== '') return words[0]!.toUpperCase() + words.slice(1);
  return files.length === 1 ? `Change ${files[0]!.name}` : `Change ${files.length} files of ${library.name}`;
}

function mkdirIn(work: string, name: string): string {
  const folder = path.join(work, name);
  mkdirSync(folder);
  return folder;
}

/** Applies the whole series to the archive's content: the edited files must come out as they are in the origin. */
async function verify(
  work: string,
  trial: string,
  others: readonly string[],
  applied: readonly string[],
  names: readonly string[],
  library: PatchableLibrary,
  apply: ReturnType<typeof applyWithPatch>,
): Promise<Result<void, Diagnostic>> {
  const order = (file: string): Buffer => Buffer.from(path.basename(file));
  const series = [...others, trial].sort((a, b) => Buffer.compare(order(a), order(b)));
  const fresh = path.join(work, 'fresh');
  const made = await makeBase(library, fresh, series, apply);
  if (!made.ok) {
    const after = series.slice(series.indexOf(trial) + 1).map((file) => path.basename(file));
    const pending = others.filter((file) => !applied.includes(file)).map((file) => path.basename(file));
    const hint =
      after.length > 0
        ? `${shortList(after)} would be applied after it: give the other patches numbers in front, as in 0001-….patch.`
        : `${shortList(pending)} was not applied to the edited origin yet.`;
    return fail({ message: `the edits do not fit the patches: ${made.error.message}`, hint });
  }
  // With a patch among them that the edited origin does not have, they may differ.
  if (others.length !== applied.length) return ok(undefined);
  const different = names.find((name) => !isSame(path.join(fresh, name), path.join(library.origin, name)));
  if (different === undefined) return ok(undefined);
  return fail({
    message: `patch(1) does not bring about the edits of ${different}`,
    hint: 'Are its line ends mixed?',
  });
}

function write(trial: string, file: string): Result<void, Diagnostic> {
  const folder = path.dirname(file);
  const neighbour = path.join(folder, `.${path.basename(file)}.new`);
  try {
    mkdirSync(folder, { recursive: true });
    copyFileSync(trial, neighbour);
    if (existsSync(file)) return fail({ message: `${file} is there already` });
    // Its name appears last, so that make never sees half a patch; names with a dot in front it does not see at all.
    copyFileSync(neighbour, file);
    return ok(undefined);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const hint =
      code === 'EACCES' || code === 'EROFS'
        ? 'You may not write there: copy the library to a folder of your own, and give that with --lib.'
        : undefined;
    return fail({ message: `cannot write ${file} (${code})`, ...(hint !== undefined && { hint }) });
  } finally {
    rmSync(neighbour, { force: true });
  }
}

/**
 * Brings the record of the origin in line: the edits, which the patch now holds, are taken back and come again with it.
 * The contents end as they were; killed half-way, the next build does the rest.
 */
async function adopt(
  library: PatchableLibrary,
  base: string,
  { changed, deleted }: HandEdits,
  leftOut: readonly string[],
  patches: readonly string[],
  { environment, signal }: PatchRequest,
): Promise<Result<void, Diagnostic>> {
  // An origin without a record, filled by make, is taken as it is.
  if (new OriginRecordFile(library.origin, library.stateFolder).record() !== undefined) {
    for (const name of changed) copyFileSync(path.join(base, name), path.join(library.origin, name));
  }
  const tree = new OriginTree(library.origin, library.stateFolder);
  const series = { folder: library.patched, patches };
  const updated = await tree.update(library.archive, series, applyWithPatch(environment), signal);
  if (!updated.ok) return fail({ message: updated.error, hint: 'The patch is written; build again.' });
  // Making the tree anew brought them back.
  for (const name of deleted) {
    if (leftOut.includes(name)) rmSync(path.join(library.origin, name), { force: true });
  }
  return ok(undefined);
}

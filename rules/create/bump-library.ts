import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeArchiveFailure } from '../../engine/archive/archive-failure.ts';
import { list, topFolder, unpack } from '../../engine/archive/unpack.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { describeGitFailure, git } from '../index/git.ts';
import { referencesOf } from '../index/update.ts';
import { bareVersion, compareVersions, releases } from '../index/versions.ts';
import { writeWhole } from '../manifest/write-whole.ts';
import { fetchArchive, type CreateContext } from './create-library.ts';
import { readLibraryMakefile, setVariable, withVersion, type LibraryMakefile } from './library-makefile.ts';

/** What a patch came to on the new version. */
export interface PatchCheck {
  readonly patch: string;
  readonly applies: boolean;
  /** What `patch` says: the hunks that failed, or lines that had to be looked for. */
  readonly detail: string;
}

export interface Bumped {
  readonly from: string;
  readonly to: string;
  readonly url: string;
  readonly patches: readonly PatchCheck[];
  /** False where nothing was written, because it is up to date or a patch does not apply. */
  readonly written: boolean;
  /** What was changed besides the version. */
  readonly also: readonly string[];
}

/**
 * Moves a library to another version of the project that it ports: fetches it, tries the patches on it, and writes
 * version, checksum and folder into Makefile.uk.
 * @param version undefined: the newest release, where the address is that of a repository's archive
 * @param force write although patches do not apply
 */
export async function bumpLibrary(
  folder: string,
  version: string | undefined,
  force: boolean,
  context: CreateContext,
): Promise<Result<Bumped, Diagnostic>> {
  const makefile = readLibraryMakefile(folder);
  if (!makefile.ok) return makefile;
  const wanted = version === undefined ? await newest(makefile.value, context) : ok(bareVersion(version));
  if (!wanted.ok) return wanted;
  const from = makefile.value.version;
  const to = wanted.value;
  if (!/^[\w][\w.+~-]*$/.test(to)) return fail({ message: `'${to}' is no version` });
  if (to === from) return ok({ from, to, url: makefile.value.url, patches: [], written: false, also: [] });
  const moved = withVersion(makefile.value, to);
  if (moved === undefined) {
    return fail({
      message: `${makefile.value.upper}_VERSION is not set exactly once`,
      location: { file: makefile.value.file, line: 0, column: 0 },
      hint: 'Change the version by hand.',
    });
  }
  if (moved.url === makefile.value.url && !moved.isClone) {
    return fail({
      message: `the address does not depend on ${moved.upper}_VERSION`,
      location: { file: moved.file, line: 0, column: 0 },
      hint: `Write $(${moved.upper}_VERSION) into it where the version is.`,
    });
  }
  const work = mkdtempSync(join(tmpdir(), 'unigraph-bump-'));
  try {
    return await tryVersion(folder, from, moved, force, work, context);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function tryVersion(
  folder: string,
  from: string,
  moved: LibraryMakefile,
  force: boolean,
  work: string,
  context: CreateContext,
): Promise<Result<Bumped, Diagnostic>> {
  const origin = join(work, 'origin');
  const fetched = moved.isClone
    ? await cloneInto(moved, origin, context)
    : await unpackInto(moved, origin, work, context);
  if (!fetched.ok) return fetched;
  const { checksums, top } = fetched.value;
  let { text } = moved;
  const also: string[] = [];
  for (const [algorithm, digest] of Object.entries(checksums)) {
    const changed = setVariable(text, `${moved.upper}_ORIGIN_${algorithm}`, digest);
    if (changed === undefined) continue;
    text = changed;
    also.push(`${algorithm} ${digest}`);
  }
  let subfolder = moved.subfolder ?? '';
  if (top !== undefined && subfolder !== '' && subfolder !== '.' && !isInside(subfolder, top)) {
    const changed = setVariable(text, `${moved.upper}_SUBDIR`, top);
    if (changed !== undefined) {
      text = changed;
      also.push(`folder ${top}`);
    }
    subfolder = top;
  }
  const patches = await tryPatches(
    moved.patches === undefined ? undefined : join(folder, moved.patches),
    join(origin, subfolder),
    context,
  );
  if (!patches.ok) return patches;
  const fits = patches.value.every(({ applies }) => applies);
  const result = { from, to: moved.version, url: moved.url, patches: patches.value, also };
  if (!fits && !force) return ok({ ...result, written: false });
  const written = writeWhole(moved.file, text);
  return written.ok ? ok({ ...result, written: true }) : written;
}

function isInside(path: string, top: string): boolean {
  return path === top || path.startsWith(`${top}/`);
}

interface Fetched {
  /** By the name that the Makefile's variables have: SHA256, MD5, … */
  readonly checksums: Readonly<Record<string, string>>;
  readonly top: string | undefined;
}

async function unpackInto(
  moved: LibraryMakefile,
  origin: string,
  work: string,
  context: CreateContext,
): Promise<Result<Fetched, Diagnostic>> {
  const fetched = await fetchArchive(moved.url, work, context);
  if (!fetched.ok) return fetched;
  const entries = await list(fetched.value.file);
  if (!entries.ok) return fail(describeArchiveFailure(entries.error));
  const unpacked = await unpack(fetched.value.file, origin);
  if (!unpacked.ok) return fail(describeArchiveFailure(unpacked.error));
  const bytes = readFileSync(fetched.value.file);
  const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
  const checksums = {
    MD5: digest('md5'),
    SHA1: digest('sha1'),
    SHA256: fetched.value.sha256,
    SHA512: digest('sha512'),
  };
  return ok({ checksums, top: topFolder(entries.value) });
}

async function cloneInto(
  moved: LibraryMakefile,
  origin: string,
  context: CreateContext,
): Promise<Result<Fetched, Diagnostic>> {
  const branch = moved.reference ?? moved.version;
  const cloned = await git(
    [
      '-c',
      'advice.detachedHead=false',
      'clone',
      '--quiet',
      '--depth',
      '1',
      '--branch',
      branch,
      '--',
      moved.url,
      origin,
    ],
    { environment: context.environment },
  );
  if (!cloned.ok) return fail(describeGitFailure(cloned.error, `clone ${moved.url} at ${branch}`));
  return ok({ checksums: {}, top: undefined });
}

/** Applies the patches one after the other, as the build does; one that fails is left out for those after it. */
async function tryPatches(
  folder: string | undefined,
  sources: string,
  context: CreateContext,
): Promise<Result<PatchCheck[], Diagnostic>> {
  const checks: PatchCheck[] = [];
  for (const name of patchNames(folder)) {
    const args = [
      '-d',
      sources,
      '-p1',
      '--forward',
      '--batch',
      '--no-backup-if-mismatch',
      '-i',
      join(folder!, name),
    ];
    const attempt = await runPatch([...args, '--dry-run'], context);
    if (!attempt.ok) return attempt;
    const applies = attempt.value.status === 0;
    if (applies) {
      const done = await runPatch(args, context);
      if (!done.ok) return done;
    }
    const told = attempt.value.output
      .split('\n')
      .filter((line) => /FAILED|fuzz|offset|No file|can't find|malformed|ignored/i.test(line));
    checks.push({ patch: name, applies, detail: told.join('; ') });
  }
  return ok(checks);
}

function patchNames(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

async function runPatch(
  args: readonly string[],
  context: CreateContext,
): Promise<Result<{ status: number; output: string }, Diagnostic>> {
  const { execa } = await import('execa');
  const env = Object.fromEntries(
    Object.entries({ ...context.environment, LC_ALL: 'C' }).filter(([, value]) => value !== undefined),
  );
  const result = await execa('patch', [...args], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  if (result.code === 'ENOENT')
    return fail({ message: 'patch is not installed', hint: 'Install it: sudo apt-get install patch.' });
  return ok({ status: result.exitCode ?? 1, output: result.all });
}

/** The newest release of the repository that an archive's address belongs to. */
async function newest(
  makefile: LibraryMakefile,
  context: CreateContext,
): Promise<Result<string, Diagnostic>> {
  const repository = makefile.isClone
    ? makefile.url
    : /^https:\/\/(?:github|gitlab)\.com\/[\w.-]+\/[\w.-]+?(?=\/(?:-\/)?(?:archive|releases)\/)/.exec(
        makefile.url,
      )?.[0];
  if (repository === undefined) {
    return fail({
      message: `the newest version cannot be told from ${makefile.url}`,
      hint: 'Say which: unigraph lib bump --version VERSION.',
    });
  }
  const listed = await referencesOf(repository, context);
  if (!listed.ok) return listed;
  const versions = releases(listed.value.references)
    .map((name) => name.replace(/^[A-Za-z]\w*?[-_/]v?(?=\d)/, ''))
    // Release candidates are nothing to move to unasked.
    .filter((name) => /^\d[\d.]*$/.test(name))
    .sort((a, b) => compareVersions(b, a));
  const [first] = versions;
  if (first === undefined)
    return fail({ message: `${repository} has no releases`, hint: 'Say which version: --version VERSION.' });
  return ok(compareVersions(first, makefile.version) > 0 ? first : makefile.version);
}

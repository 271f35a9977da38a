import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveFormat } from '../../engine/archive/archive-format.ts';
import { describeArchiveFailure } from '../../engine/archive/archive-failure.ts';
import { list, topFolder, unpack } from '../../engine/archive/unpack.ts';
import type { DownloadEvent } from '../../engine/fetch/download-event.ts';
import { describeDownloadFailure } from '../../engine/fetch/download-failure.ts';
import { download, type Mirror } from '../../engine/fetch/download.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { describeGitFailure, git } from '../index/git.ts';
import { referencesOf } from '../index/update.ts';
import type { Environment } from '../workspace/working-folders.ts';
import { commitFirst } from './first-commit.ts';
import { libraryFiles, type LibraryPlan } from './library-files.ts';
import { libraryName } from './library-name.ts';
import { libraryOrigin, type LibraryOrigin } from './library-origin.ts';
import { surveySources, type SourceSurvey } from './source-survey.ts';
import { folderProblem, writeFiles } from './write-files.ts';

export interface LibraryRequest {
  readonly name: string;
  readonly folder: string;
  /** As `--origin` and `--version` say. */
  readonly origin: string;
  readonly version?: string;
  readonly description?: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly branch: string;
  readonly withMain: boolean;
  readonly force: boolean;
  readonly year: number;
}

export interface CreateContext {
  readonly environment: Environment;
  readonly mirrors: readonly Mirror[];
  /** The shared download cache: the first build then finds the archive there. */
  readonly cache?: string;
  readonly signal?: AbortSignal;
  readonly onStep?: (text: string) => void;
}

/** What was made. */
export interface CreatedLibrary {
  readonly plan: LibraryPlan;
  readonly files: readonly string[];
  readonly commit: string | undefined;
}

/**
 * Makes a library for Unikraft: looks into its origin (the folder inside the archive, the checksum, sources, headers),
 * writes the files, and commits them. Nothing is written before everything is known.
 */
export async function createLibrary(
  request: LibraryRequest,
  context: CreateContext,
): Promise<Result<CreatedLibrary, Diagnostic>> {
  const name = libraryName(request.name);
  if (!name.ok) return name;
  for (const [what, text] of Object.entries({ ...request.author, description: request.description ?? '' })) {
    if (/[\u0000-\u001f\u007f]/.test(text)) return fail({ message: `the ${what} has control characters` });
  }
  const problem = folderProblem(request.folder, request.force);
  if (problem !== undefined) return fail(problem);
  const origin = await libraryOrigin(request.origin, request.version, (url) => referencesOf(url, context));
  if (!origin.ok) return origin;
  const looked = await lookInto(origin.value, name.value.bare, context);
  if (!looked.ok) return looked;
  const plan: LibraryPlan = {
    name: name.value,
    description: (request.description ?? '').replace(/\.$/, ''),
    author: request.author,
    year: request.year,
    origin: origin.value,
    ...looked.value,
    withMain: request.withMain,
  };
  const written = writeFiles(request.folder, libraryFiles(plan), request.force);
  if (!written.ok) return written;
  const commit = await commitFirst(
    request.folder,
    {
      branch: request.branch,
      message: `Port ${name.value.bare} ${origin.value.version} to Unikraft`,
      author: request.author,
      files: written.value,
    },
    { environment: context.environment },
  );
  if (!commit.ok) return commit;
  return ok({ plan, files: written.value, commit: commit.value });
}

type Looked = Pick<LibraryPlan, 'archive' | 'survey'>;

/** Fetches the origin into a folder of its own and looks at what it holds. */
async function lookInto(
  origin: LibraryOrigin,
  name: string,
  context: CreateContext,
): Promise<Result<Looked, Diagnostic>> {
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-origin-'));
  try {
    if (origin.kind === 'git') return await lookIntoClone(origin, folder, context);
    return await lookIntoArchive(origin.url, name, folder, context);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lookIntoClone(
  origin: Extract<LibraryOrigin, { kind: 'git' }>,
  folder: string,
  context: CreateContext,
): Promise<Result<Looked, Diagnostic>> {
  context.onStep?.(`clone ${origin.url}`);
  const target = join(folder, 'origin');
  const cloned = await git(
    [
      '-c',
      'advice.detachedHead=false',
      'clone',
      '--quiet',
      '--depth',
      '1',
      '--branch',
      origin.reference,
      '--',
      origin.url,
      target,
    ],
    { environment: context.environment, ...(context.signal && { signal: context.signal }) },
  );
  if (!cloned.ok) return fail(describeGitFailure(cloned.error, `clone ${origin.url}`));
  return ok({ archive: undefined, survey: surveySources(target) });
}

async function lookIntoArchive(
  url: string,
  name: string,
  folder: string,
  context: CreateContext,
): Promise<Result<Looked, Diagnostic>> {
  const fetched = await fetchArchive(url, folder, context);
  if (!fetched.ok) return fetched;
  const { file, sha256 } = fetched.value;
  const entries = await list(file);
  if (!entries.ok) return fail(describeArchiveFailure(entries.error));
  const top = topFolder(entries.value);
  const target = join(folder, 'origin');
  const unpacked = await unpack(file, target, context.signal ? { signal: context.signal } : {});
  if (!unpacked.ok) return fail(describeArchiveFailure(unpacked.error));
  const known = fileName(url, unpacked.value.format, name);
  if (known === undefined) {
    return fail({
      message: `${url} is of a format that Unikraft's rules do not unpack`,
      hint: 'They take .tar.gz, .tar.xz, .tar.bz2 and .zip.',
    });
  }
  const archive = { sha256, file: known, topFolder: top };
  const survey: SourceSurvey = surveySources(top === undefined ? target : join(target, top));
  return ok({ archive, survey });
}

/** Downloads an archive into `folder`. */
export async function fetchArchive(
  url: string,
  folder: string,
  context: CreateContext,
): Promise<Result<{ file: string; sha256: string; size: number }, Diagnostic>> {
  const file = join(folder, 'archive');
  context.onStep?.(`fetch ${url}`);
  const fetched = await download([url], file, {
    mirrors: context.mirrors,
    environment: context.environment,
    onEvent: (event: DownloadEvent) => {
      if (event.kind === 'progress')
        context.onStep?.(`fetch ${url}: ${Math.round(event.received / 1024)} KiB`);
    },
    ...(context.cache !== undefined && { cache: context.cache }),
    ...(context.signal && { signal: context.signal }),
  });
  if (!fetched.ok) return fail(describeDownloadFailure(fetched.error));
  return ok({ file, sha256: fetched.value.sha256, size: fetched.value.bytes });
}

const extensions: Readonly<Partial<Record<string, string>>> = {
  gzip: '.tar.gz',
  xz: '.tar.xz',
  bzip2: '.tar.bz2',
};

/**
 * The file that the archive goes into: the address's last part, if Unikraft's rules can tell the format by it, else the
 * library's name. Undefined for a format that these rules cannot unpack.
 */
function fileName(url: string, format: ArchiveFormat, name: string): string | undefined {
  const extension = format.container === 'zip' ? '.zip' : extensions[format.compression];
  if (extension === undefined) return undefined;
  const last = url.split('/').at(-1)!;
  return /\.(tar\.(gz|xz|bz2)|t(gz|xz|bz2)|zip)$/i.test(last) ? last : `${name}${extension}`;
}

import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { ArchiveError } from './archive-failure.ts';

/** A large buffer: each one costs a trip through the thread pool (64 KiB took 1.6 times as long as 1 MiB on musl's 1 MB). */
const CHUNK_BYTES = 2 ** 20;

/** The Debian programs that decompress to stdout, and the packages that bring them. */
const programs = {
  // A hostile dictionary size must not take all memory; the largest preset (-9) needs 65 MiB.
  xz: { arguments: ['--decompress', '--stdout', '--memlimit-decompress=1GiB'], debianPackage: 'xz-utils' },
  bzip2: { arguments: ['--decompress', '--stdout'], debianPackage: 'bzip2' },
  zstd: { arguments: ['--decompress', '--stdout', '--quiet', '--long=27'], debianPackage: 'zstd' },
} as const;

/**
 * The decompressed content of a file, chunk by chunk.
 * Leaving the loop early closes the file and ends the program.
 * @throws ArchiveError `corrupt`, `missing-program` or `unreadable`
 */
export async function* decompressed(
  archive: string,
  compression: 'none' | 'gzip' | 'xz' | 'bzip2' | 'zstd',
): AsyncGenerator<Buffer> {
  switch (compression) {
    case 'none':
      yield* read(archive);
      return;
    case 'gzip':
      yield* gunzip(archive);
      return;
    default:
      yield* throughProgram(archive, compression);
  }
}

async function* read(archive: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(archive, { highWaterMark: CHUNK_BYTES }))
      yield chunk as Buffer;
  } catch (error) {
    throw unreadable(archive, error);
  }
}

async function* gunzip(archive: string): AsyncGenerator<Buffer> {
  const file = createReadStream(archive, { highWaterMark: CHUNK_BYTES });
  const unzip = createGunzip({ chunkSize: CHUNK_BYTES });
  file.on('error', (error) => unzip.destroy(error));
  file.pipe(unzip);
  try {
    for await (const chunk of unzip) yield chunk as Buffer;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof ArchiveError || !code?.startsWith('Z_')) {
      throw code === undefined ? error : unreadable(archive, error);
    }
    const reason = code === 'Z_BUF_ERROR' ? 'it ends too early' : `gzip: ${message}`;
    throw new ArchiveError({ kind: 'corrupt', archive, reason, offset: undefined });
  } finally {
    file.destroy();
    unzip.destroy();
  }
}

async function* throughProgram(archive: string, program: keyof typeof programs): AsyncGenerator<Buffer> {
  const { execa } = await import('execa');
  const { arguments: parameters, debianPackage } = programs[program];
  const child = execa(program, parameters, {
    stdin: { file: archive },
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: { stdout: false, stderr: true },
    encoding: 'buffer',
    reject: false,
    maxBuffer: 64 * 1024,
    // The user's defaults for compressing (threads, levels, limits) are not for here.
    env: { XZ_DEFAULTS: undefined, XZ_OPT: undefined, BZIP: undefined, BZIP2: undefined, LC_ALL: 'C' },
  });
  let finished = false;
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    finished = true;
  } finally {
    if (!finished) child.kill('SIGKILL');
  }
  const result = await child;
  if (!result.failed) return;
  if (result.code === 'ENOENT') {
    throw new ArchiveError({ kind: 'missing-program', archive, program, debianPackage });
  }
  const said = Buffer.from(result.stderr).toString('utf8').trim().split('\n')[0] ?? '';
  // `xz: (stdin): Unexpected end of input` becomes its last part.
  const reason = said.replace(/^[^:]*:\s*(\(stdin\)|\/\*stdin\*\\)\s*:?\s*/, '');
  throw new ArchiveError({
    kind: 'corrupt',
    archive,
    reason: /unexpected end|ends? unexpectedly|premature end|truncated|unfinished/i.test(said)
      ? 'it ends too early'
      : `${program}: ${reason === '' ? `failed with status ${result.exitCode ?? 'unknown'}` : reason}`,
    offset: undefined,
  });
}

/** Wraps an error of the file system about the archive itself. */
export function unreadable(archive: string, error: unknown): ArchiveError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    EIO: 'input/output error',
  };
  const reason = (code === undefined ? undefined : reasons[code]) ?? message;
  return new ArchiveError({ kind: 'unreadable', archive, reason });
}

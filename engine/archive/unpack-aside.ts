import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Result } from '../result.ts';
import type { ArchiveFailure } from './archive-failure.ts';
import type { UnpackRequest } from './unpack-worker.ts';
import { unpack, type UnpackOptions, type UnpackReport } from './unpack.ts';

export interface UnpackAsideOptions extends UnpackOptions {
  /** The thread's bundled program; default: the file `unpack-worker.js` beside the running bundle. */
  readonly program?: string;
}

/** Archives from this size on are worth a thread, whose start takes as long as unpacking 500 files. */
const WORTH_A_THREAD = 64 * 1024;

/**
 * As {@link unpack}, in a thread of its own, so that this one can go on with other work meanwhile. A small archive is unpacked
 * here, and so is every one where the thread's program is not found (the sources run unbundled).
 */
export async function unpackAside(
  archive: string,
  destination: string,
  options: UnpackAsideOptions = {},
): Promise<Result<UnpackReport, ArchiveFailure>> {
  const program = options.program ?? fileURLToPath(new URL('./unpack-worker.js', import.meta.url));
  const size = statSync(archive, { throwIfNoEntry: false })?.size ?? 0;
  if (size < WORTH_A_THREAD || options.signal?.aborted === true || !existsSync(program))
    return unpack(archive, destination, options);
  const { limits = {}, replace = false, signal } = options;
  const request: UnpackRequest = { archive, destination, limits, replace };
  const worker = new Worker(program, { workerData: request });
  const abort = (): void => worker.postMessage('abort');
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () =>
        reject(new Error(`the thread that unpacks ${archive} ended without an answer`)),
      );
    });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

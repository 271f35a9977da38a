import { parentPort, workerData } from 'node:worker_threads';
import type { ExpansionLimits } from './expansion-limits.ts';
import { unpack } from './unpack.ts';

/*
 * The program of the thread that unpacks one archive for `unpackAside`: its answer is unpack's result. Any message to it
 * ends the work early.
 */

/** What to unpack. */
export interface UnpackRequest {
  readonly archive: string;
  readonly destination: string;
  readonly limits: Partial<ExpansionLimits>;
  readonly replace: boolean;
}

const port = parentPort;
if (port === null) {
  process.stderr.write('unigraph starts this program itself, to unpack archives\n');
  process.exit(2);
}
const { archive, destination, limits, replace } = workerData as UnpackRequest;
const abort = new AbortController();
port.once('message', () => abort.abort());
port.postMessage(await unpack(archive, destination, { limits, replace, signal: abort.signal }));
port.close();

import { PassThrough } from 'node:stream';
import { main } from '../../cli/main.ts';

/** What a run of the program came to. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program's `main` in this process, in a folder and an environment. */
export async function runMain(
  argv: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Ran> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const text = { stdout: '', stderr: '' };
  stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
  const status = await main(argv, { cwd, environment, stdout, stderr });
  await new Promise((resolve) => setImmediate(resolve));
  return { status, ...text };
}

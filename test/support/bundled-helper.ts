import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Bundles the spawn helper as the release does, for tests of the sources; `remove` deletes it. */
export async function bundledHelper(): Promise<{ readonly program: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'bundled-helper-'));
  const program = join(folder, 'spawn-helper.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../../engine/exec/spawn-helper.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
  return { program, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

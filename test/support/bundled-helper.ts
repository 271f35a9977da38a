import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A program of its own that was bundled for tests of the sources; `remove` deletes it. */
export interface BundledProgram {
  readonly program: string;
  readonly remove: () => void;
}

/** Bundles the spawn helper as the release does. */
export const bundledHelper = (): Promise<BundledProgram> => bundled('engine/exec/spawn-helper.ts');

/** Bundles the thread that unpacks archives as the release does. */
export const bundledUnpackWorker = (): Promise<BundledProgram> => bundled('engine/archive/unpack-worker.ts');

async function bundled(source: string): Promise<BundledProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'bundled-program-'));
  const program = join(folder, 'program.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL(`../../${source}`, import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
    // CommonJS dependencies call require() for Node's own modules.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  return { program, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

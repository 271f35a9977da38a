/** The makes that the corpus is run under: the installed GNU make, and the one of this project. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { runMake } from '../../../engine/make/command.ts';
import { Collector, processProgram, TIME_LIMIT, type Program } from './corpus-run.ts';

/** The version whose behaviour is the measure. Another one is no oracle. */
const ORACLE_VERSION = 'GNU Make 4.3';

/** Where GNU make is looked for; UNIGRAPH_GNU_MAKE names another place. */
const ORACLE_PATH = process.env['UNIGRAPH_GNU_MAKE'] ?? '/usr/bin/make';

/** The installed GNU make, or in words why it cannot be the oracle. `limit`: milliseconds for one run. */
export function findOracle(limit?: number): Program | string {
  if (!existsSync(ORACLE_PATH)) return `${ORACLE_PATH} does not exist`;
  const version = execFileSync(ORACLE_PATH, ['--version'], { encoding: 'utf8' }).split('\n')[0];
  if (version !== ORACLE_VERSION) return `${ORACLE_PATH} is ${version}, not ${ORACLE_VERSION}`;
  return processProgram(ORACLE_PATH, [], limit);
}

/** The command's module, for bundling. */
const COMMAND = resolve(import.meta.dirname, '../../../engine/make/command.ts');

/** This project's make, called in this process. Its `$(MAKE)` is `make`, as the oracle's is. */
export const ownMake: Program = async ({ argv, cwd, environment, stdin }) => {
  const stdout = new Collector();
  const stderr = new Collector();
  const run = runMake({
    argv,
    cwd,
    environment,
    stdin,
    stdout,
    stderr,
    makeProgram: 'make',
    nativeShell: true,
  });
  const late = new Promise<number>((done) => setTimeout(() => done(-1), TIME_LIMIT).unref());
  const status = await Promise.race([run, late]);
  return { stdout: stdout.text, stderr: stderr.text, status };
};

/**
 * Installs this project's make in `folder` as a program called `make`, so that with `folder` first in PATH the
 * sub-makes of a recipe are its own too. Answers the program, started as a process.
 */
export async function installOwnMake(folder: string): Promise<Program> {
  mkdirSync(folder, { recursive: true });
  const bundle = join(folder, 'make-command.mjs');
  const entry = `
    import { runMake } from ${JSON.stringify(COMMAND)};
    process.exitCode = await runMake({
      argv: process.argv.slice(2), cwd: process.cwd(), environment: process.env, stdin: 0,
      stdout: process.stdout, stderr: process.stderr, makeProgram: 'make', signals: process, nativeShell: true,
    });`;
  await build({
    stdin: { contents: entry, resolveDir: folder, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  const script = join(folder, 'make');
  writeFileSync(script, `#!/bin/sh\nexec ${process.execPath} ${bundle} "$@"\n`);
  chmodSync(script, 0o755);
  return processProgram(process.execPath, [bundle]);
}

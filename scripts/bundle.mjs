// Bundles the command line into dist/. Code splitting keeps every command in a chunk of its own, so that
// start-up reads only what it runs. `--outdir DIR` puts the program elsewhere.
import { build } from 'esbuild';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

const flag = process.argv.indexOf('--outdir');
const outdir = resolve(flag < 0 ? `${root}dist` : process.argv[flag + 1]);
rmSync(outdir, { recursive: true, force: true });

/** A digest of every source below some folders. */
function sourceDigest(folders) {
  const hash = createHash('sha256');
  for (const folder of folders) {
    for (const name of readdirSync(root + folder, { recursive: true }).sort()) {
      if (name.endsWith('.ts')) hash.update(name).update(readFileSync(`${root}${folder}/${name}`));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

const entries = [
  'cli/unigraph.ts',
  'bench/bench.ts',
  'engine/exec/spawn-helper.ts',
  'engine/archive/unpack-worker.ts',
].filter((path) => existsSync(root + path));

await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(entries.map((path) => [path.split('/').at(-1).replace('.ts', ''), path])),
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  define: {
    UNIGRAPH_VERSION: JSON.stringify(version),
    // What is stored beside a build is read back only by the same program.
    UNIGRAPH_BUILD: JSON.stringify(sourceDigest(['engine', 'rules', 'cli'])),
  },
  // CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: "import{createRequire as unigraphCreateRequire}from'node:module';const require=unigraphCreateRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

const program = `${outdir}/unigraph.js`;
writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, 'utf8')}`);
chmodSync(program, 0o755);

// Programs under names of their own, for scripts that call them. They are no entries for esbuild: `$(MAKE)` names
// unigraph.js, which must be what runs.
for (const [name, command] of [
  ['unigraph-make', 'make'],
  ['qemu-guest', 'qemu-guest'],
]) {
  const script = `#!/bin/sh\nexec node "$(dirname "$(readlink -f "$0")")/unigraph.js" ${command} "$@"\n`;
  writeFileSync(`${outdir}/${name}`, script, { mode: 0o755 });
}

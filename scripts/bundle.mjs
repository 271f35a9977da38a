// Bundles the command line into dist/. Code splitting keeps every command in a chunk of its own, so that
// start-up reads only what it runs. `--outdir DIR` puts the program elsewhere.
import { build } from 'esbuild';
import { resolve } from 'node:path';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

const flag = process.argv.indexOf('--outdir');
const outdir = resolve(flag < 0 ? `${root}dist` : process.argv[flag + 1]);
rmSync(outdir, { recursive: true, force: true });

const entries = ['cli/unigraph.ts', 'bench/bench.ts', 'engine/exec/spawn-helper.ts'].filter((path) =>
  existsSync(root + path),
);

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
  define: { UNIGRAPH_VERSION: JSON.stringify(version) },
  // CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: "import{createRequire as unigraphCreateRequire}from'node:module';const require=unigraphCreateRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

const program = `${outdir}/unigraph.js`;
writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, 'utf8')}`);
chmodSync(program, 0o755);

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
  'cli/main.ts',
  'bench/bench.ts',
  'engine/exec/spawn-helper.ts',
  'engine/archive/unpack-worker.ts',
].filter((path) => existsSync(root + path));

// The program starts as one file, in CommonJS: Node loads that 7 ms quicker than a module, and when nothing is to do nothing else
// is loaded. What runs when few files were edited is one file too, of the same kind: reading it in 25 chunks takes 20 ms longer.
const START = 'cli/unigraph.ts';
const SMALL_BUILD = 'cli/small-build.ts';
const library = `${outdir}/lib`;

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  define: {
    UNIGRAPH_VERSION: JSON.stringify(version),
    // What is stored beside a build is read back only by the same program.
    UNIGRAPH_BUILD: JSON.stringify(sourceDigest(['engine', 'rules', 'cli'])),
  },
  logLevel: 'warning',
};
/** CommonJS has no `await` outside functions, and the one that there is waits for 3 KB of WebAssembly, which compile as well at once. */
function withoutAwait(text, path) {
  const waits = [
    ['const hasher = await xxhash();', 'const hasher = xxhash();'],
    ['async function e(){', 'function e(){'],
    ['(await WebAssembly.instantiate(t)).instance', 'new WebAssembly.Instance(new WebAssembly.Module(t))'],
  ];
  const without = waits.reduce((rest, [wait, now]) => rest.replace(wait, now), text);
  if (without === text || /\bawait\b/.test(without)) throw new Error(`${path} waits for something else now`);
  return without;
}

const modules = {
  ...options,
  outdir: library,
  format: 'esm',
  // CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: "import{createRequire as unigraphCreateRequire}from'node:module';const require=unigraphCreateRequire(import.meta.url);",
  },
};
const named = (paths) =>
  Object.fromEntries(paths.map((path) => [path.split('/').at(-1).replace('.ts', ''), path]));
await build({ ...modules, entryPoints: named(entries), splitting: true });
await build({
  ...options,
  outdir: library,
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  entryPoints: named([SMALL_BUILD]),
  plugins: [
    {
      name: 'no-top-level-await',
      setup(within) {
        within.onLoad({ filter: /\/(?:xxhash-wasm|hash)\.[jt]s$/ }, ({ path }) => {
          const loader = path.endsWith('.ts') ? 'ts' : 'js';
          return { contents: withoutAwait(readFileSync(path, 'utf8'), path), loader };
        });
      },
    },
  ],
});
await build({
  ...options,
  outdir,
  format: 'cjs',
  entryPoints: named([START]),
  plugins: [
    {
      name: 'imports-stay',
      setup(within) {
        within.onResolve({ filter: /^\.\// }, ({ kind, path }) => {
          if (kind === 'dynamic-import')
            return { path: path.replace(/^\.\/(.*)ts$/, './lib/$1js'), external: true };
          return kind === 'require-call' ? { path, external: true } : undefined;
        });
      },
    },
  ],
});
writeFileSync(`${outdir}/package.json`, '{"type":"commonjs"}\n');
writeFileSync(`${library}/package.json`, '{"type":"module"}\n');

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

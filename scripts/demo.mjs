// Builds the example unikernel with unigraph alone and boots it in QEMU.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const app = join(root, 'examples/apps/fortune');
const build = join(app, 'build');
const config = join(build, '.config');
const where = [
  '--core',
  join(root, 'examples/core'),
  '--app',
  app,
  '--lib',
  join(root, 'examples/libs/libfortune'),
  '--output',
  build,
  '--config',
  config,
];

function unigraph(...words) {
  process.stdout.write(`$ unigraph ${words.filter((word) => !where.includes(word)).join(' ')}\n`);
  const done = spawnSync(process.execPath, [join(root, 'dist/unigraph.js'), ...words], { stdio: 'inherit' });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

mkdirSync(build, { recursive: true });
if (!existsSync(config)) copyFileSync(join(app, 'config.kvm-x86_64'), config);
unigraph('build', ...where);
unigraph('run', ...where, '--timeout', '120');

// Builds an example unikernel and boots it in QEMU, with the commands that a user would type.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// kraft.yaml there names the core and the library; the build folder and .config are ignored by git.
const app = join(root, 'examples/apps/fortune');

/** Runs a command in the application's folder; what fails ends the demo with its status. */
function unigraph(...words) {
  process.stdout.write(`$ unigraph ${words.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [join(root, 'dist/unigraph.js'), ...words], {
    cwd: app,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

process.stdout.write('$ cd examples/apps/fortune\n');
// A configuration that somebody has changed is kept.
if (!existsSync(join(app, '.config'))) unigraph('defconfig');
unigraph('build');
unigraph('run', '--timeout', '120');

// Installs what a command of package.json needs: npm packages from the lock file, Debian packages, the bundle.
// Uses Node's own modules only: it runs before anything is installed.
//
//   node scripts/setup.mjs [demo|test|bench]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const purpose = process.argv[2] ?? 'demo';

/** Debian packages by what they bring; a program that is there needs no package. */
const needs = {
  demo: [
    ['gcc', 'gcc'],
    ['ld', 'binutils'],
    ['patch', 'patch'],
    ['gzip', 'gzip'],
    ['tar', 'tar'],
    ['qemu-system-x86_64', 'qemu-system-x86'],
  ],
  test: [
    ['make', 'make'],
    ['g++', 'g++'],
    ['gawk', 'gawk'],
    ['m4', 'm4'],
    ['git', 'git'],
    ['xz', 'xz-utils'],
    ['bzip2', 'bzip2'],
    ['zstd', 'zstd'],
    ['unzip', 'unzip'],
    ['zip', 'zip'],
    ['tmux', 'tmux'],
    ['strace', 'strace'],
    ['bison', 'bison'],
    ['flex', 'flex'],
    ['gdb', 'gdb'],
    ['cpio', 'cpio'],
    ['python3', 'python3'],
    ['ps', 'procps'],
    ['/usr/src/linux-source-6.1.tar.xz', 'linux-source-6.1'],
  ],
  bench: [
    ['make', 'make'],
    ['ninja', 'ninja-build'],
  ],
};

function fail(message) {
  process.stderr.write(`setup: ${message}\n`);
  process.exit(1);
}

function isThere(name) {
  if (name.startsWith('/')) return existsSync(name);
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function run(command, args, environment = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...environment },
  });
  return done.status === 0;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node 20.19 or newer is needed; this is ${process.versions.node}`);
  }
}

function installDebianPackages() {
  const wanted = [...needs.demo, ...(purpose === 'demo' ? [] : (needs[purpose] ?? []))];
  const missing = [...new Set(wanted.filter(([name]) => !isThere(name)).map(([, bundle]) => bundle))];
  if (missing.length === 0) return;
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const allowed =
    isThere('apt-get') &&
    (sudo.length === 0 ||
      (isThere('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0));
  const line = `these Debian packages are missing: apt-get install ${missing.join(' ')}`;
  if (!allowed) fail(line);
  process.stderr.write(`setup: installing ${missing.join(' ')}\n`);
  const apt = (...args) => {
    const words = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args];
    return run(words[0], words.slice(1));
  };
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  if (!apt(...install) && !(apt('update') && apt(...install))) fail(line);
}

function installNpmPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex');
  const stamp = join(root, 'node_modules', '.unigraph-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  process.stderr.write('setup: installing npm packages\n');
  if (!run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'])) fail("'npm ci' failed; see above");
  writeFileSync(stamp, digest);
}

/** Bundles when any source is newer than the program. */
function bundle() {
  const program = join(root, 'dist', 'unigraph.js');
  const built = existsSync(program) ? statSync(program).mtimeMs : 0;
  const newer = ['cli', 'rules', 'engine', 'bench', 'scripts'].some((folder) =>
    readdirSync(join(root, folder), { recursive: true }).some(
      (name) => /\.m?[tj]s$/.test(name) && statSync(join(root, folder, name)).mtimeMs > built,
    ),
  );
  if (newer && !run(process.execPath, ['scripts/bundle.mjs']))
    fail('the program could not be bundled; see above');
}

checkNode();
installDebianPackages();
installNpmPackages();
bundle();

// Installs what a command of package.json needs: npm packages from the lock file, Debian packages, the bundle.
// Uses Node's own modules only: it runs before anything is installed.
//
//   node scripts/setup.mjs [demo|test|bench]
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const purpose = process.argv[2] ?? 'demo';

/**
 * Debian packages by what they bring; a program that is there needs no package. The third column: why it may stay away.
 */
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
    ['openssl', 'openssl'],
    ['ps', 'procps'],
    ['ninja', 'ninja-build'],
    [
      '/usr/src/linux-source-6.1.tar.xz',
      'linux-source-6.1',
      'Kconfig is then not compared with the C program',
    ],
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

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node 20.19 or newer is needed; this is ${process.versions.node}`);
  }
}

function installDebianPackages() {
  const wanted = [...needs.demo, ...(purpose === 'demo' ? [] : (needs[purpose] ?? []))];
  const missing = wanted.filter(([name]) => !isThere(name));
  if (missing.length === 0) return;
  const names = (rows) => [...new Set(rows.map(([, bundle]) => bundle))].join(' ');
  const isRoot = process.getuid?.() === 0;
  const allowed =
    isThere('apt-get') &&
    (isRoot || (isThere('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0));
  if (allowed) {
    process.stderr.write(`setup: installing ${names(missing)}\n`);
    let refreshed = false;
    const install = (rows) => {
      if (apt(isRoot, 'install', '-y', '--no-install-recommends', ...names(rows).split(' '))) return true;
      if (refreshed) return false;
      refreshed = true;
      return apt(isRoot, 'update') && install(rows);
    };
    // One package that this release of Debian has not must not keep the others away.
    if (!install(missing)) for (const row of missing) install([row]);
  }
  const absent = missing.filter(([name]) => !isThere(name));
  const needed = absent.filter(([, , unless]) => unless === undefined);
  for (const [, bundle, unless] of absent) {
    if (unless !== undefined)
      process.stderr.write(`setup: without the Debian package ${bundle}: ${unless}\n`);
  }
  if (needed.length === 0) return;
  fail(
    `these Debian packages are missing: ${isRoot ? '' : 'sudo '}apt-get install ${names(needed)}${lastError}`,
  );
}

/** What apt-get said last, when it failed: shown once, and only when a package is still missing at the end. */
let lastError = '';

function apt(isRoot, ...args) {
  const words = [
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-qq',
    '-o',
    'DPkg::Lock::Timeout=300',
    ...args,
  ];
  const [program, ...rest] = [...(isRoot ? [] : ['sudo', '-n']), 'env', ...words];
  const done = spawnSync(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  lastError = done.status === 0 ? '' : `\n${done.stderr.trim()}`;
  return done.status === 0;
}

/** Whether node_modules holds what the lock file says; npm leaves a lock file of its own there. */
function npmPackagesAreCurrent() {
  const read = (...parts) => JSON.parse(readFileSync(join(root, ...parts), 'utf8')).packages;
  try {
    const installed = read('node_modules', '.package-lock.json');
    return Object.entries(read('package-lock.json')).every(([name, { version, optional }]) => {
      if (name === '') return true;
      const there = installed[name];
      return there === undefined ? optional === true : there.version === version;
    });
  } catch {
    return false;
  }
}

function installNpmPackages() {
  if (npmPackagesAreCurrent()) return;
  process.stderr.write('setup: installing npm packages\n');
  if (!run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'])) fail("'npm ci' failed; see above");
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

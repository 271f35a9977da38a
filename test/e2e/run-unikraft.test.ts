import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledProgram, start, type Outcome } from '../support/program.ts';
import { canRunGuests, has } from '../rules/run/tiny-guest.ts';

/**
 * What `run` tells a real core about root file systems, volumes, variables and arguments, and what it reads from its console.
 * UNIKRAFT_ROOT names the tree of release 0.16; it is copied, and the application is built by GNU make.
 */
const core = process.env['UNIKRAFT_ROOT'] ?? '';
const version = join(core, 'version.mk');
const suitable =
  existsSync(version) &&
  /SUBVERSION\s*=\s*16\b/.test(readFileSync(version, 'utf8')) &&
  canRunGuests &&
  has('make');

describe.skipIf(!suitable)('unigraph run with an application on Unikraft 0.16 (UNIKRAFT_ROOT)', () => {
  let program = '';
  const root = suitable ? realpathSync(mkdtempSync(join(tmpdir(), 'unigraph-real-'))) : '';
  const app = join(root, 'app');

  beforeAll(async () => {
    program = await bundledProgram();
    cpSync(core, join(root, 'core'), { recursive: true });
    cpSync(join(import.meta.dirname, 'files-app'), app, { recursive: true });
    const words = ['-C', join(root, 'core'), `A=${app}`, `O=${app}/build`];
    for (const more of [[`UK_DEFCONFIG=${app}/defconfig`, 'defconfig'], ['-j2']]) {
      const made = spawnSync('make', [...words, ...more], { encoding: 'utf8' });
      if (made.status !== 0) throw new Error(made.stdout + made.stderr);
    }
    mkdirSync(join(app, 'root/etc'), { recursive: true });
    mkdirSync(join(app, 'share'));
    writeFileSync(join(app, 'root/etc/motd'), 'from the root file system');
    writeFileSync(join(app, 'share/file'), 'from the share');
  }, 600_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const run = async (...args: readonly string[]): Promise<Outcome> => {
    const env = { XDG_STATE_HOME: join(root, 'state'), XDG_CACHE_HOME: join(root, 'cache') };
    const words = ['run', '-W', '--timeout', '20', '-o', 'build', ...args];
    const end = await start(program, words, { env, cwd: app }).outcome;
    return { ...end, stdout: end.stdout.replaceAll('\r', '') };
  };

  it('mounts a folder as root file system and another one beside it', async () => {
    const end = await run(
      '--rootfs',
      'root',
      '-v',
      'share:/mnt',
      '--',
      '/etc/motd',
      '/mnt/file',
      '/none',
      'a b',
    );
    expect(end.stdout).toContain(
      'argc=5 A=(none)\n[/etc/motd] from the root file system\n[/mnt/file] from the share\n[/none] cannot be read\n[a b] cannot be read\n',
    );
    expect(end).toMatchObject({ status: 3, stderr: '' });
  });

  it('mounts a folder of the host at the root', async () => {
    const end = await run('-v', 'root:/', '--', '/etc/motd');
    expect(end.stdout).toContain('[/etc/motd] from the root file system\n');
  });

  it('hands over variables', async () => {
    expect((await run('-e', 'A=x y')).stdout).toContain('argc=1 A=x y\n');
  });
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runConf } from '../../../engine/kconfig/command.ts';
import { noInput } from '../../../engine/kconfig/conf-run.ts';
import { GuardedHost } from '../../../rules/configure/guarded-host.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'unigraph-guarded-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const silence = { isTTY: false, write: () => true };

/** Runs `conf --olddefconfig` on options that a script of the tree lists in a file while they are read. */
function configure(host: GuardedHost, script: string): number {
  fs.writeFileSync(path.join(folder, 'Config.uk'), `config A\n\tbool "a"\nsource "$(shell,${script})"\n`);
  fs.writeFileSync(path.join(folder, 'lib.uk'), 'config B\n\tbool "b"\n');
  fs.writeFileSync(path.join(folder, '.config'), 'CONFIG_A=y\nCONFIG_B=y\n');
  const streams = { stdin: noInput, stdout: silence, stderr: silence };
  return runConf({
    argv: ['--olddefconfig', 'Config.uk'],
    cwd: folder,
    environment: { PATH: process.env['PATH'], CONFIG_: 'CONFIG_' },
    ...streams,
    host,
  });
}

const present = (): string => fs.readFileSync(path.join(folder, '.config'), 'utf8');

test('a list that a full disk cut short takes no option out of .config', () => {
  const host = new GuardedHost();
  // What bash says when its output does not fit; the list is empty then.
  const status = configure(host, 'echo none; echo "cat: write error: No space left on device" >&2');
  expect(status).not.toBe(0);
  expect(host.unwritable).toBe('echo: No space left on device');
  expect(present()).toBe('CONFIG_A=y\nCONFIG_B=y\n');
});

test('a list that was written is used', () => {
  const host = new GuardedHost();
  expect(configure(host, 'echo lib.uk')).toBe(0);
  expect(host.unwritable).toBeUndefined();
  expect(present()).toContain('CONFIG_B=y');
});

test('a file that cannot be written is named with the reason, and nothing is written after it', () => {
  const host = new GuardedHost();
  expect(host.writeFile('/dev/full', Buffer.from('x'))).toBe(false);
  expect(host.unwritable).toBe('cannot write /dev/full: no space left on device');
  expect(host.writeFile(path.join(folder, 'later'), Buffer.from('x'))).toBe(false);
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('a missing folder is no reason to stop: the program makes it', () => {
  const host = new GuardedHost();
  expect(host.writeFile(path.join(folder, 'new', 'file'), Buffer.from('x'))).toBe(false);
  expect(host.unwritable).toBeUndefined();
  expect(host.makeDirectory(path.join(folder, 'new'))).toBe(true);
  expect(host.writeFile(path.join(folder, 'new', 'file'), Buffer.from('x'))).toBe(true);
});

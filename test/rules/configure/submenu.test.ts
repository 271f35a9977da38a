import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeHost, type KconfigHost } from '../../../engine/kconfig/host.ts';
import { submenu } from '../../../rules/configure/submenu.ts';
import { withTreeScripts } from '../../../rules/configure/tree-scripts.ts';

let top: string;
const files = {
  kind: (path: string) => nodeHost.kind(path),
  list: (path: string) => nodeHost.readDirectory(path),
  read: (path: string) => nodeHost.readFile(path),
  write: (path: string, bytes: Uint8Array) => nodeHost.writeFile(path, bytes),
  realPath: (path: string) => realpathSync(path),
};

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'submenu-')));
  for (const folder of ['lib', 'lib/b', 'lib/a', 'lib/.hidden', 'lib/without', 'other', 'lib/B-c']) {
    mkdirSync(join(top, folder));
    if (folder !== 'lib/without') writeFileSync(join(top, folder, 'Config.uk'), '');
  }
  symlinkSync(join(top, 'other'), join(top, 'lib/link'));
  writeFileSync(join(top, 'lib/file'), '');
});

afterEach(() => rmSync(top, { recursive: true, force: true }));

describe('the submenu script', () => {
  test('lists sub folders with a Config.uk in the order of bytes, then the folder itself, then the list', () => {
    const out = join(top, 'out.uk');
    const printed = submenu(
      [
        '-q',
        '-o',
        out,
        '-r',
        `${top}/lib/`,
        '-l',
        `${top}/lib`,
        '-c',
        `:${top}/other/:${top}/none`,
        '-e',
        '',
      ],
      files,
    );
    expect(printed).toBe(`${out}\n`);
    expect(readFileSync(out, 'utf8').replaceAll(top, '')).toBe(
      [
        '# Auto generated file. DO NOT EDIT',
        'source "/lib/B-c/Config.uk"',
        'source "/lib/a/Config.uk"',
        'source "/lib/b/Config.uk"',
        'source "/other/Config.uk"',
        'source "/lib/Config.uk"',
        'source "/other/Config.uk"',
        '',
      ].join('\n'),
    );
  });

  test('leaves out what is excluded, and says so in the file', () => {
    const out = join(top, 'out.uk');
    submenu(['-q', '-o', out, '-r', `${top}/lib`, '-e', `${top}/lib/a:${top}/lib/b/`], files);
    expect(readFileSync(out, 'utf8')).toContain(
      `# Skipped excluded "${top}/lib/a"\n# Skipped excluded "${top}/lib/b"\n`,
    );
  });

  test('a title makes it a menu', () => {
    const out = join(top, 'out.uk');
    submenu(['-q', '-o', out, '-t', 'Options', '-l', `${top}/other`], files);
    expect(readFileSync(out, 'utf8')).toContain(`menu "Options"\nsource "${top}/other/Config.uk"\nendmenu\n`);
  });

  test('relative paths, wildcards and unknown options are left to the script', () => {
    const out = join(top, 'out.uk');
    expect(submenu(['-q', '-o', 'out.uk', '-l', top], files)).toBeUndefined();
    expect(submenu(['-q', '-o', out, '-c', `${top}/*`], files)).toBeUndefined();
    expect(submenu(['-q', '-o', out, '-z', top], files)).toBeUndefined();
    expect(submenu(['-o', out, '-l', top], files)).toBeUndefined();
    expect(submenu(['-q', '-o', `${top}/lib`, '-l', top], files)).toBeUndefined();
    expect(existsSync(out)).toBe(false);
  });
});

const core = process.env['UNIKRAFT_ROOT'] ?? '';
const script = join(core, 'support/build/config-submenu.sh');

describe.skipIf(!existsSync(script))(
  `the submenu script of a tree${core === '' ? ' (skipped: no UNIKRAFT_ROOT)' : ''}`,
  () => {
    test.each([
      [],
      ['-e', '/lib/a:/lib/b'],
      ['-e', '/lib/link'],
      ['-c', '/other'],
      ['-c', '/other:/lib/a/:/nowhere:'],
      ['-t', 'A title'],
      ['-l', ''],
    ])('does the same with %j', (...words: string[]) => {
      const options = words.map((word) => word.replace(/(^|:)\/(?=\w)/g, `$1${top}/`));
      const quote = (out: string): string =>
        [script, '-q', '-o', out, '-r', `${top}/lib`, '-l', `${top}/lib`, ...options]
          .map((word) => `'${word}'`)
          .join(' ');
      const [real, own] = [join(top, 'real.uk'), join(top, 'own.uk')];
      const printed = execFileSync('/bin/sh', ['-c', quote(real)], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
      });
      const shellless: KconfigHost = {
        ...nodeHost,
        shell: () => {
          throw new Error('a shell was started');
        },
      };
      const outcome = withTreeScripts(shellless).shell(quote(own), top, { LC_ALL: 'C' });
      expect(Buffer.from(outcome.stdout).toString()).toBe(printed.replace('real.uk', 'own.uk'));
      expect(readFileSync(own, 'utf8')).toBe(readFileSync(real, 'utf8'));
    });
  },
);

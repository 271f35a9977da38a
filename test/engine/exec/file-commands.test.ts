import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runFileCommand } from '../../../engine/exec/file-commands.ts';
import { which } from '../../../engine/exec/which.ts';

const tools = ['mkdir', 'ln', 'touch'].map((name) => which(name, process.env['PATH'] ?? '', '/')!);

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'unigraph file commands-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What is in a folder: each name with its kind and what it holds. */
function contents(of: string): string[] {
  return (fs.readdirSync(of, { recursive: true }) as string[]).sort().map((name) => {
    const file = path.join(of, name);
    const stat = fs.lstatSync(file);
    if (stat.isSymbolicLink()) return `${name} -> ${fs.readlinkSync(file)}`;
    return stat.isDirectory() ? `${name}/` : `${name}: ${fs.readFileSync(file, 'utf8')}`;
  });
}

/** Two folders of the same content, one for the program and one for this function. */
function prepare(make: (at: string) => void): { readonly real: string; readonly own: string } {
  const [real, own] = [path.join(folder, 'real'), path.join(folder, 'own')];
  for (const at of [real, own]) {
    fs.mkdirSync(at);
    make(at);
  }
  return { real, own };
}

describe('a command of files does what the program does', () => {
  const cases: readonly [title: string, argv: readonly string[], make: (at: string) => void][] = [
    ['mkdir -p of several levels', ['mkdir', '-p', 'a/b/c d'], () => undefined],
    ['mkdir -p of what is there', ['mkdir', '-p', 'a'], (at) => fs.mkdirSync(path.join(at, 'a'))],
    ['ln -sf', ['ln', '-sf', '/nowhere/x.h', 'x.h'], () => undefined],
    ['ln -sf over a link', ['ln', '-sf', 'new', 'x'], (at) => fs.symlinkSync('old', path.join(at, 'x'))],
    [
      'ln -sf over the same link',
      ['ln', '-sf', 'old', 'x'],
      (at) => fs.symlinkSync('old', path.join(at, 'x')),
    ],
    ['touch of a new file', ['touch', '.stamp'], () => undefined],
    ['touch of a file', ['touch', 'f'], (at) => fs.writeFileSync(path.join(at, 'f'), 'kept')],
  ];
  test.each(cases)('%s', (_title, argv, make) => {
    const { real, own } = prepare(make);
    execFileSync(argv[0]!, argv.slice(1), { cwd: real });
    expect(runFileCommand(argv, own, tools)).toBe(true);
    expect(contents(own)).toEqual(contents(real));
  });

  test.each(['', 'content'])(
    'touch gives the time of now, not before what was written just before (%j)',
    (text) => {
      const file = path.join(folder, 'old');
      fs.writeFileSync(file, text);
      fs.utimesSync(file, 1, 1);
      const before = path.join(folder, 'before');
      fs.writeFileSync(before, '');
      expect(runFileCommand(['touch', file], '/', tools)).toBe(true);
      expect(fs.statSync(file).mtimeMs).toBeGreaterThanOrEqual(fs.statSync(before).mtimeMs);
      expect(fs.readFileSync(file, 'utf8')).toBe(text);
    },
  );
});

describe('a command is left to the program', () => {
  const left: readonly [why: string, argv: readonly string[]][] = [
    ['another program', ['cp', 'a', 'b']],
    ['other options', ['mkdir', '-m', '700', 'x']],
    ['several operands', ['touch', 'a', 'b']],
    ['a link into a folder', ['ln', '-sf', 'target', 'folder']],
    ['a link through a link to a folder', ['ln', '-sf', 'target', 'to-folder']],
    ['a link over a file', ['ln', '-sf', 'target', 'file']],
    ['a folder in place of a file', ['mkdir', '-p', 'file/x']],
    ['an operand that ends with a slash', ['ln', '-sf', 'target', 'x/']],
    ['a program of a folder of its own', ['./ln', '-sf', 'target', 'x']],
  ];
  test.each(left)('%s', (_why, argv) => {
    fs.mkdirSync(path.join(folder, 'folder'));
    fs.symlinkSync('folder', path.join(folder, 'to-folder'));
    fs.writeFileSync(path.join(folder, 'file'), '');
    const before = contents(folder);
    expect(runFileCommand(argv, folder, tools)).toBe(false);
    expect(contents(folder)).toEqual(before);
  });

  test('one that a wrapper earlier in PATH answers', () => {
    expect(runFileCommand(['mkdir', '-p', 'x'], folder, ['/opt/wrappers/mkdir'])).toBe(false);
  });
});

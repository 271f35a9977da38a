import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetPrograms, lookUpProgram, which } from '../../../engine/exec/which.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'which-'));
  for (const folder of ['a', 'b', 'c']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'a/plain'), 'not executable');
  for (const path of ['b/plain', 'b/tool', 'c/tool', 'own'])
    writeFileSync(join(root, path), '', { mode: 0o755 });
  mkdirSync(join(root, 'a/tool'));
  symlinkSync('../c/tool', join(root, 'a/link'));
  symlinkSync('nowhere', join(root, 'a/own'));
  forgetPrograms();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('finds the first executable file, not folders, plain files or broken links', () => {
  const path = `${root}/a:${root}/b:${root}/c`;
  expect(which('tool', path, root)).toBe(`${root}/b/tool`);
  expect(which('plain', path, root)).toBe(`${root}/b/plain`);
  expect(which('link', path, root)).toBe(`${root}/a/link`);
  expect(which('own', path, root)).toBeUndefined();
  expect(which('', path, root)).toBeUndefined();
});

test('sees empty and relative folders from the working directory', () => {
  expect(which('own', `${root}/a:`, root)).toBe(`${root}/own`);
  expect(which('own', '', root)).toBe(`${root}/own`);
  expect(which('tool', 'c:b', root)).toBe(`${root}/c/tool`);
});

test('does not search for a program with a slash', () => {
  expect(which('./own', `${root}/b`, root)).toBe(`${root}/own`);
  expect(which('b/tool', '', root)).toBe(`${root}/b/tool`);
  expect(which(`${root}/c/tool`, '', '/')).toBe(`${root}/c/tool`);
  expect(which('./tool', `${root}/b`, root)).toBeUndefined();
});

test('says where a program was looked for in vain', () => {
  expect(lookUpProgram('tool', `${root}/a:${root}:${root}/b`, '/')).toEqual({
    path: `${root}/b/tool`,
    missing: [`${root}/a/tool`, `${root}/tool`],
  });
});

test('remembers answers until told to forget', () => {
  const path = `${root}/a:${root}/b`;
  expect(which('new', path, root)).toBeUndefined();
  writeFileSync(join(root, 'a/new'), '', { mode: 0o755 });
  expect(which('new', path, root)).toBeUndefined();
  forgetPrograms();
  expect(which('new', path, root)).toBe(`${root}/a/new`);
});

test('agrees with the shell', () => {
  chmodSync(join(root, 'b/plain'), 0o644);
  const path = `${root}/a:${root}/b:${root}/c:`;
  for (const program of ['tool', 'plain', 'own', 'link', './own', 'none']) {
    const shell = spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', program], {
      cwd: root,
      env: { PATH: path },
    });
    const answer = shell.stdout.toString().trim();
    // The shell leaves relative answers relative.
    const expected = answer === '' ? undefined : answer.startsWith('/') ? answer : join(root, answer);
    expect({ program, path: which(program, path, root) }).toEqual({ program, path: expected });
  }
});

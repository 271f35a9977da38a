import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { StringTable } from '../../../engine/journal/string-table.ts';
import { FolderContents } from '../../../rules/watch/folder-contents.ts';

const folder = mkdtempSync(join(tmpdir(), 'unigraph-contents-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('tells what came and what left since the last look', () => {
  const contents = new FolderContents();
  writeFileSync(join(folder, 'stays'), '');
  writeFileSync(join(folder, 'leaves'), '');
  expect(contents.differences(folder)).toBeUndefined();
  expect(contents.differences(folder)).toEqual([]);
  rmSync(join(folder, 'leaves'));
  mkdirSync(join(folder, 'comes'));
  expect(contents.differences(folder)).toEqual(['comes', 'leaves']);
  rmSync(folder, { recursive: true });
  expect(contents.differences(folder)?.sort()).toEqual(['comes', 'stays']);
});

test('knows the parts of recorded paths and of included names, also of those recorded later', () => {
  const strings = new StringTable();
  const contents = new FolderContents();
  strings.intern('/a/b/../main.c');
  for (const include of ['<sys/types.h', '"local.h', '+<wrapped.h', '?<optional/maybe.h'])
    strings.intern(include);
  const known = (name: string): boolean => contents.isKnown(name, strings);
  for (const name of ['a', 'main.c', 'sys', 'types.h', 'local.h', 'wrapped.h', 'optional', 'maybe.h'])
    expect(known(name), name).toBe(true);
  for (const name of ['main.c~', '.main.c.swp', 'new.h', 'types']) expect(known(name), name).toBe(false);
  strings.intern('/a/new.h');
  expect(known('new.h')).toBe(true);
});

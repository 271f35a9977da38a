import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyWithPatch } from '../../../rules/patches/apply-patch.ts';
import { appliedPatches, patchFiles } from '../../../rules/patches/base-tree.ts';
import { listPatches } from '../../../rules/patches/list-patches.ts';
import type { PatchableLibrary } from '../../../rules/patches/patchable-library.ts';
import { OriginTree } from '../../../rules/stages/origin-tree.ts';

let root: string;
let library: PatchableLibrary;
const patch = (name: string, from: string, to: string): void =>
  writeFileSync(
    join(library.patches, name),
    `Subject: [PATCH 1/2] Say\n ${to}\n---\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-${from}\n+${to}\n`,
  );

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'list-patches-'));
  for (const folder of ['x-1', 'patches', 'build/libx', 'state'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'x-1/f'), 'one\n');
  execFileSync('tar', ['-C', root, '-czf', join(root, 'x-1.tar.gz'), 'x-1']);
  const origin = join(root, 'build/libx/origin');
  library = {
    name: 'libx',
    folder: root,
    archive: join(root, 'x-1.tar.gz'),
    origin,
    patched: join(origin, 'x-1'),
    patches: join(root, 'patches'),
    stateFolder: join(root, 'state'),
  };
  patch('0001-two.patch', 'one', 'two');
  patch('0002-three.patch', 'two', 'three');
  const series = { folder: library.patched, patches: patchFiles(library.patches) };
  const tree = new OriginTree(origin, library.stateFolder);
  const updated = await tree.update(
    library.archive,
    series,
    applyWithPatch(process.env),
    new AbortController().signal,
  );
  expect(updated).toMatchObject({ ok: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const states = (): string[] => listPatches(library).patches.map(({ name, state }) => `${name}: ${state}`);

test('patches that the origin was made with are applied, others not', () => {
  patch('0003-four.patch', 'three', 'four');
  expect(states()).toEqual([
    '0001-two.patch: applied',
    '0002-three.patch: applied',
    '0003-four.patch: not applied',
  ]);
  expect(listPatches(library).patches[0]!.subject).toBe('Say two');
  expect(appliedPatches(library)).toMatchObject({ ok: true, value: { length: 2 } });
});

test('a patch that was changed or removed since it was applied is told, and nothing can be made on top of it', () => {
  patch('0002-three.patch', 'two', 'tree');
  expect(states()).toEqual(['0001-two.patch: applied', '0002-three.patch: changed since']);
  expect(appliedPatches(library)).toMatchObject({
    error: { message: expect.stringMatching(/0002-three\.patch was changed since/) as string },
  });
  rmSync(join(library.patches, '0002-three.patch'));
  expect(states()).toEqual(['0001-two.patch: applied', '0002-three.patch: removed since']);
  expect(appliedPatches(library)).toMatchObject({
    error: { message: expect.stringMatching(/0002-three\.patch is gone since/) as string },
  });
});

test('another archive than that of the origin is told', () => {
  writeFileSync(library.archive, 'another');
  expect(appliedPatches(library)).toMatchObject({
    error: { message: expect.stringMatching(/x-1\.tar\.gz is not the archive/) as string },
  });
});

test('edited files are named; an origin that nothing is known of has what make would have applied', () => {
  expect(listPatches(library).edited).toEqual([]);
  writeFileSync(join(library.patched, 'f'), 'edited\n');
  expect(listPatches(library).edited).toEqual(['x-1/f']);
  rmSync(library.stateFolder, { recursive: true });
  expect(states()).toEqual(['0001-two.patch: not applied', '0002-three.patch: not applied']);
  writeFileSync(join(root, 'build/libx/.patched'), '');
  expect(states()).toEqual(['0001-two.patch: applied', '0002-three.patch: applied']);
});

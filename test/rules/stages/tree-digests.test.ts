import fs from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { digestOf, formatDigest } from '../../../engine/digest/hash.ts';
import { fileStat } from '../../../engine/disk.ts';
import { TreeDigests } from '../../../rules/stages/tree-digests.ts';
import { scratch } from '../../engine/archive/archives.ts';

const textDigest = (text: string): string => formatDigest(digestOf(Buffer.from(text)));

/** A folder with a file that was written some time ago, a link and a file in a folder. */
function tree(): string {
  const folder = scratch();
  fs.writeFileSync(path.join(folder, 'a.c'), 'one');
  fs.symlinkSync('a.c', path.join(folder, 'link'));
  fs.mkdirSync(path.join(folder, 'sub'));
  fs.writeFileSync(path.join(folder, 'sub', 'b.c'), 'two');
  const until = Date.now() + 30;
  while (Date.now() < until);
  return folder;
}

test('lists every file and link with what is in it', () => {
  const folder = tree();
  expect(new TreeDigests().list(folder)).toEqual({
    'a.c': textDigest('one'),
    link: '-> a.c',
    'sub/b.c': textDigest('two'),
  });
});

test('reads a file once while its stat stays', () => {
  const folder = tree();
  const read = vi.spyOn(fs, 'readFileSync');
  const digests = new TreeDigests();
  digests.list(folder);
  digests.list(folder);
  expect(read).toHaveBeenCalledTimes(2);
  read.mockRestore();
});

test('notices a change that keeps size and modification time', () => {
  const folder = tree();
  const file = path.join(folder, 'a.c');
  const digests = new TreeDigests();
  expect(digests.of(file)).toBe(textDigest('one'));
  const { atime, mtime } = fs.statSync(file);
  fs.writeFileSync(file, 'six');
  fs.utimesSync(file, atime, mtime);
  expect(digests.of(file)).toBe(textDigest('six'));
});

test('does not read what it was told, unless that changed since', () => {
  const folder = tree();
  const file = path.join(folder, 'a.c');
  const digests = new TreeDigests();
  const stat = fileStat(fs.statSync(file));
  digests.add([{ path: file, stat, digest: digestOf(Buffer.from('told')) }]);
  expect(digests.of(file)).toBe(textDigest('told'));
  fs.writeFileSync(file, 'six');
  expect(digests.of(file)).toBe(textDigest('six'));
});

test('passes on what became known below a folder, once, and nothing whose stat does not vouch for it', () => {
  const folder = tree();
  const digests = new TreeDigests();
  fs.writeFileSync(path.join(folder, 'sub', 'fresh.c'), 'three');
  digests.list(folder);
  expect(digests.takeNews(path.join(folder, 'sub')).map((file) => path.basename(file.path))).toEqual(['b.c']);
  expect(digests.takeNews(folder).map((file) => path.basename(file.path))).toEqual(['a.c']);
  expect(digests.takeNews(folder)).toEqual([]);
});

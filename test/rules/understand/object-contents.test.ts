import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { objectContents } from '../../../rules/understand/object-contents.ts';

const folder = mkdtempSync(join(tmpdir(), 'unigraph-object-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const object = join(folder, 'a.o');

test.skipIf(spawnSync('gcc', ['--version']).status !== 0)('reads sizes and symbols as size and nm do', () => {
  const source =
    'int zero[100]; int one[3] = {1}; static int own(void) { return 7; } int f(void) { return own() + one[1]; } extern int g; int *p(void) { return &g; }';
  writeFileSync(join(folder, 'a.c'), source);
  execFileSync('gcc', ['-O0', '-c', '-o', object, join(folder, 'a.c')]);
  const found = objectContents(object)!;
  const [text, data, bss] = execFileSync('size', [object], { encoding: 'utf8' })
    .split('\n')[1]!
    .trim()
    .split(/\s+/)
    .map(Number);
  expect([found.code, found.data, found.zero]).toEqual([text, data, bss]);
  const symbols = new Map<string, number>();
  for (const line of execFileSync('nm', ['-S', '--defined-only', object], { encoding: 'utf8' })
    .trim()
    .split('\n')) {
    const [, size, , name] = line.split(' ');
    symbols.set(name!, parseInt(size!, 16));
  }
  expect(symbols.size).toBe(5);
  expect(found.symbols).toEqual(symbols);

  // Whatever is cut off: an answer or none, never an error.
  const bytes = readFileSync(object);
  const cut = join(folder, 'cut.o');
  for (let length = 0; length < bytes.length; length += 37) {
    writeFileSync(cut, bytes.subarray(0, length));
    expect(() => objectContents(cut)).not.toThrow();
  }
});

test('is undefined for what is no object', () => {
  writeFileSync(object, 'text '.repeat(40));
  expect(objectContents(object)).toBeUndefined();
  expect(objectContents(join(folder, 'missing'))).toBeUndefined();
});

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scanSource } from '../../../engine/digest/source-scan.ts';
import { Journal } from '../../../engine/journal/journal.ts';
import type { Surroundings } from '../../../engine/graph/freshness.ts';
import { surroundings, temporaryFolder, trustingClock } from './rig.ts';

let root: string;
let around: Surroundings;
const at = (name: string): string => path.join(root, name);
const write = (name: string): void => {
  fs.writeFileSync(at(name), '');
  around.files.invalidateAll();
};

beforeEach(() => {
  root = temporaryFolder('lookups');
  around = surroundings(Journal.read(at('journal')), trustingClock);
  for (const folder of ['src', 'inc', 'inc/sub', 'far']) fs.mkdirSync(at(folder));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

/** Whether what is recorded for a source of this text still holds after files were written. */
function holdsAfter(text: string, ...files: readonly string[]): boolean {
  const { strings } = around.journal;
  const scan = {
    symbols: new Uint32Array(),
    includes: Uint32Array.from(scanSource(text).includes, (name) => strings.intern(name)),
  };
  const includePath = { quote: [], angle: [at('inc'), at('inc/none')] };
  const pairs = around.lookups.pairs(includePath, [{ path: at('src/a.c'), scan }]);
  expect(pairs.length).toBeGreaterThan(0);
  for (const file of files) write(file);
  return pairs.every((pair) => around.lookups.holds(pair));
}

test.each<[string, string, string]>([
  ['in the source’s folder', '#include "x.h"\n', 'src/x.h'],
  ['in a searched folder', '#include <x.h>\n', 'inc/x.h'],
  ['in a folder below a searched one', '#include <sub/x.h>\n', 'inc/sub/x.h'],
  ['above the source’s folder', '#include "../x.h"\n', 'x.h'],
  ['above a searched folder, and down again', '#include <../far/x.h>\n', 'far/x.h'],
])('a header that appears %s is noticed', (_where, text, file) => {
  expect(holdsAfter(text, file)).toBe(false);
});

test('files beside the one that is named are not, where the name leads upwards to a busy folder', () => {
  expect(holdsAfter('#include "../x.h"\n#include <../far/y.h>\n', 'temporary', 'far/temporary')).toBe(true);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textDigest } from '../../../engine/digest/text-digest.ts';

test('is 28 hexadecimal digits for every text, and the same for the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(textDigest(text)).toMatch(/^[0-9a-f]{28}$/);
      expect(textDigest(`${text}`)).toBe(textDigest(text));
    }),
  );
});

test('tells texts apart that differ in one unit or in their length', () => {
  const seen = new Set<string>();
  let count = 0;
  const add = (text: string): void => {
    seen.add(textDigest(text));
    count++;
  };
  for (let length = 0; length < 2000; length++) add('a'.repeat(length));
  for (let at = 0; at < 2000; at++) add(`${'x'.repeat(at)}y${'x'.repeat(1999 - at)}`);
  for (let unit = 0; unit < 65536; unit++) add(`u${String.fromCharCode(unit)}`);
  for (let number = 0; number < 100_000; number++) add(`/some/folder/file-${number}.c`);
  expect(seen.size).toBe(count);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillName, globPattern, namePattern, UNKNOWN } from '../../../rules/variables/name-pattern.ts';

test.each([
  ['LIBX_*', 'LIBX_SRCS-y', true],
  ['LIBX_*', 'ALIBX_SRCS', false],
  ['*-y', 'A-y', true],
  ['LIB?_A', 'LIBX_A', true],
  ['LIB?_A', 'LIBXX_A', false],
  ['LIB[XY]_A', 'LIBY_A', true],
  ['LIB[!XY]_A', 'LIBY_A', false],
  ['A.B', 'AxB', false],
  ['a[', 'a[', true],
])('%s and %s: %s', (glob, name, matches) => {
  expect(globPattern(glob).test(name)).toBe(matches);
});

test('any name without wildcards matches itself and nothing longer', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !/[*?[\]]/.test(text));
  fc.assert(
    fc.property(name, (text) => {
      expect(globPattern(text).test(text)).toBe(true);
      expect(globPattern(text).test(`${text}x`)).toBe(false);
    }),
  );
});

test('known parts of a name are filled in, arguments and functions stay unknown', () => {
  const filled = fillName('A_$(B)_$(1)-$(call f,x)', (name) => (name === 'B' ? 'b' : undefined));
  expect(filled).toBe(`A_b_${UNKNOWN}-${UNKNOWN}`);
  expect(namePattern(filled).test('A_b_anything-y')).toBe(true);
  expect(namePattern(filled).test('A_c_anything-y')).toBe(false);
});

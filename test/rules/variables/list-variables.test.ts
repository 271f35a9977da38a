import { expect, test } from 'vitest';
import { listVariables, type ListOptions } from '../../../rules/variables/list-variables.ts';
import { evaluated } from './small-workspace.ts';

const tree = evaluated(
  'all:\n\t@:\nLIBX_A = $(LIBX_B) c\nLIBX_B := a\nLIBX_B += b\nBAD = $(error no)\n$(foreach n,1 2 3,$(eval LIBX_C += $n))\nUK_LIBS = libx\nLIBY_A = 1\n',
);
const list = (patterns: string[], options: Partial<ListOptions> = {}): ReturnType<typeof listVariables> =>
  listVariables(tree, { patterns, all: false, expand: false, ...options });
const names = (result: ReturnType<typeof listVariables>): string[] =>
  result.ok ? result.value.map(({ name }) => name) : [result.error.message];

test('a glob finds variables with value, flavour, origin and each place', () => {
  const listed = list(['LIBX_*']);
  expect(listed).toMatchObject({
    ok: true,
    value: [
      { name: 'LIBX_A', value: '$(LIBX_B) c', flavour: 'recursive', origin: 'file', places: [{ line: 3 }] },
      {
        name: 'LIBX_B',
        value: 'a b',
        flavour: 'simple',
        places: [
          { line: 4, operator: ':=', text: 'a' },
          { line: 5, operator: '+=', text: 'b' },
        ],
      },
      { name: 'LIBX_C', value: '1 2 3', places: [{ line: 7, operator: '+=', times: 3 }] },
    ],
  });
});

test('values are expanded on demand, and one that make would stop at is told as such', () => {
  expect(list(['LIBX_A', 'BAD'], { expand: true })).toMatchObject({
    ok: true,
    value: [
      { name: 'BAD', expanded: null },
      { name: 'LIBX_A', expanded: 'a b c' },
    ],
  });
});

test("without a pattern the registered libraries' variables are listed, with all make's own too", () => {
  expect(names(list([]))).toEqual(['LIBX_A', 'LIBX_B', 'LIBX_C']);
  expect(names(list([], { all: true }))).toEqual(expect.arrayContaining(['LIBY_A', 'MAKE', 'BAD']));
});

test("make's own variables are found by their names, and by globs only on demand", () => {
  expect(names(list(['MAKE_VERSION']))).toEqual(['MAKE_VERSION']);
  expect(list(['MAKE_VER*N', 'CO*ILE.c'])).toMatchObject({ ok: true });
  expect(names(list(['*.c']))).toEqual(["only variables of make itself or of the environment match '*.c'"]);
  expect(names(list(['*.c'], { all: true }))).toContain('COMPILE.c');
});

test.each([
  ['LIBX_AA', 'LIBX_A'],
  ['LBIX_*', 'LIBX_*'],
])('%s is answered with %s', (pattern, meant) => {
  expect(list([pattern])).toMatchObject({ ok: false, error: { hint: `Did you mean '${meant}'?` } });
});

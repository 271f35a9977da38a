import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../engine/make/evaluate.ts';
import { MemoryHost } from './memory-host.ts';

/** How long each property may go on. By hand: UNIGRAPH_FUZZ_SECONDS=600. */
const SECONDS = Number(process.env['UNIGRAPH_FUZZ_SECONDS'] ?? '4');
const limits = { numRuns: 1_000_000, interruptAfterTimeLimit: SECONDS * 1000, markInterruptAsFailure: false };
/** What one small makefile may take; far above what any does. */
const LONGEST_MS = 3000;

const name = fc.constantFrom('A', 'B', 'f', '1', '@', 'x y', '.SUFFIXES', 'MAKEFLAGS', '');
const functionName = fc.constantFrom(
  ...'subst patsubst strip findstring filter filter-out sort word wordlist words firstword lastword dir notdir suffix'.split(
    ' ',
  ),
  ...'basename addsuffix addprefix join wildcard realpath abspath if or and foreach file call value eval origin flavor'.split(
    ' ',
  ),
  ...'error warning info shell nothing'.split(' '),
);
const { expression } = fc.letrec<{ expression: string; call: string; reference: string; literal: string }>(
  (tie) => ({
    literal: fc.constantFrom(
      'a',
      'b.c',
      '%',
      '\\%',
      ' ',
      ',',
      '$$',
      '1',
      '#',
      ':',
      '=',
      '(',
      ')',
      '\n',
      '\\\n',
      '\t',
      '*',
      '~',
      '\xff',
    ),
    reference: fc.oneof(
      name.map((each) => `$(${each})`),
      tie('expression').map((each) => `\${${each}}`),
      fc
        .tuple(name, tie('expression'), tie('expression'))
        .map(([each, from, to]) => `$(${each}:${from}=${to})`),
    ),
    call: fc
      .tuple(functionName, fc.array(tie('expression'), { maxLength: 4 }))
      .map(([each, args]) => `$(${each} ${args.join(',')})`),
    expression: fc
      .array(
        fc.oneof(
          { depthSize: 'small', withCrossShrink: true },
          tie('literal'),
          tie('reference'),
          tie('call'),
        ),
        {
          maxLength: 4,
        },
      )
      .map((parts) => parts.join('')),
  }),
);
const line = fc.oneof(
  fc
    .tuple(name, fc.constantFrom('=', ':=', '+=', '?=', '!=', '::='), expression)
    .map((parts) => parts.join(' ')),
  fc.tuple(expression, fc.constantFrom(':', '::', '&:', ': %:'), expression).map((parts) => parts.join('')),
  expression.map((each) => `\t${each}`),
  fc
    .tuple(fc.constantFrom('ifeq', 'ifneq'), expression, expression)
    .map(([word, a, b]) => `${word} (${a},${b})`),
  fc
    .tuple(
      fc.constantFrom(
        'ifdef',
        'ifndef',
        'define',
        'undefine',
        'override',
        'export',
        'include',
        '-include',
        'vpath',
      ),
      expression,
    )
    .map((parts) => parts.join(' ')),
  fc.constantFrom(
    'else',
    'endif',
    'endef',
    '.SECONDEXPANSION:',
    '.ONESHELL:',
    '.POSIX:',
    '.RECIPEPREFIX = >',
    '',
  ),
  expression.map((each) => `$(eval ${each})`),
);
const makefile = fc.array(line, { maxLength: 12 }).map((lines) => `${lines.join('\n')}\n`);

/** Evaluates, resolves every target, expands every recipe. Throws only what is a defect. */
function exercise(text: string): void {
  const begun = performance.now();
  const host = new MemoryHost({ '/w/Makefile': text, '/w/a': '', '/w/b.c': 'A = 1\n' });
  const result = evaluate({ host, cwd: '/w', environment: { HOME: '/h' } });
  if (result.ok) {
    for (const target of result.value.targetNames.slice(0, 50)) {
      try {
        const resolved = result.value.resolve(target);
        if (resolved === undefined) continue;
        result.value.expandRecipe(resolved);
        result.value.recipeEnvironment(resolved);
      } catch (error) {
        expect(error).toHaveProperty('failure');
      }
    }
  } else {
    expect(result.error.text).toMatch(/\*\*\* [^]*\. {2}Stop\.$/);
  }
  expect(performance.now() - begun).toBeLessThan(LONGEST_MS);
}

describe('whatever a makefile says, the evaluator answers or stops with a message', () => {
  it('for lines made from the language', () => {
    fc.assert(fc.property(makefile, exercise), limits);
  });

  it('for any bytes', () => {
    const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
    const bytes = fc.array(byte, { maxLength: 300 }).map((each) => each.join(''));
    fc.assert(fc.property(bytes, exercise), limits);
  });

  it('for makefiles that were cut, doubled and mixed up', () => {
    const mutation = fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('cut', 'double', 'swap'));
    fc.assert(
      fc.property(makefile, fc.array(mutation, { maxLength: 4 }), (text, mutations) => {
        let mutated = text;
        for (const [from, length, kind] of mutations) {
          const start = from % (mutated.length + 1);
          const end = Math.min(mutated.length, start + (length % 20));
          const part = mutated.slice(start, end);
          if (kind === 'cut') mutated = mutated.slice(0, start) + mutated.slice(end);
          else if (kind === 'double') mutated = mutated.slice(0, end) + part + mutated.slice(end);
          else mutated = mutated.slice(end) + mutated.slice(0, end);
        }
        exercise(mutated);
      }),
      limits,
    );
  });

  it.each([
    ['a variable that contains itself', 'A = $(A)\n$(A)\n'],
    ['a macro that calls itself', 'f = $(call f)\n$(call f)\n'],
    ['a macro that doubles its argument', 'f = $(call f,$(1)$(1))\n$(call f,x)\n'],
    ['an evaluation that evaluates itself', 'define e\n$(eval $(e))\nendef\n$(e)\n'],
    ['an include of itself', 'include Makefile\n'],
    ['a pattern rule whose stem grows', 'all: x.a\n%.a: %.a.a\n\ttrue\n'],
    ['a rule that needs itself', '.SECONDEXPANSION:\na: $$(a) $$@\n\ttrue\n'],
    ['deep parentheses', `A = ${'$('.repeat(20_000)}\n$(A)\n`],
    ['deep calls', `A := ${'$(strip '.repeat(3000)}x${')'.repeat(3000)}\n`],
    ['deep conditionals', `${'ifdef A\n'.repeat(20_000)}${'endif\n'.repeat(20_000)}all:;\n`],
    ['a long list of stars', `A := $(wildcard ${'*'.repeat(200)}x${'*a'.repeat(30)})\nall:;\n`],
  ])('for %s', (_what, text) => {
    exercise(text);
  });
});

/**
 * Random makefiles about how lines are read: directives, operators, separators, comments, backslash-newlines and
 * blanks in any order, nested conditionals and defines with their ends missing or in excess, prefixes, includes.
 */
import fc from 'fast-check';
import type { CorpusCase, Step } from './corpus-case.ts';

const NAMES = ['a', 'b', 'all', 't1', 't2', 'x.c', 'x.o', '%.o', '%', 'lib/x.o'] as const;

const DIRECTIVES = [
  'ifdef',
  'ifndef',
  'ifeq',
  'ifneq',
  'else',
  'endif',
  'define',
  'endef',
  'undefine',
  'override',
  'export',
  'unexport',
  'private',
  'include',
  '-include',
  'sinclude',
  'vpath',
] as const;

const OPERATORS = ['=', ':=', '::=', '+=', '?=', ':', '::', '&:', '&::', '|', ';', '& :', ': :'] as const;

const ODD = [
  '#',
  '\\#',
  '\\\\#',
  '# c',
  '\\\n',
  ' \\\n',
  '\\\n\t',
  ' \\\n   ',
  '\\\\\n',
  '\\',
  '\t',
  '  ',
  '$(a)',
  '${b}',
  '$(e)',
  '$$',
  '$(colon)',
  '$(equals)',
  '$(hash)',
  '$(semicolon)',
  '$(tab)',
  '$(lines)',
  '$(a:%=%.o)',
  '$(info i)',
  '(a,b)',
  '(a,a)',
  '($(a),)',
  '(,)',
  '"a" "a"',
  '\'a\' "b"',
  '"a"',
  "'a'",
  '(a,',
  '(a',
  ',',
  '\\:',
  '\\%',
  '\\ ',
  'a\\:b',
  'a=b',
  'a:=b',
  '*.in',
  '~',
  '.PHONY',
  '.ONESHELL',
  '.SECONDEXPANSION',
  '.RECIPEPREFIX',
  '.DEFAULT_GOAL',
  'inc.mk',
  '@echo r',
  '$(',
  ')',
] as const;

const name = fc.constantFrom(...NAMES);
const directive = fc.constantFrom(...DIRECTIVES);
const operator = fc.constantFrom(...OPERATORS);
const odd = fc.constantFrom(...ODD);
const blank = fc.constantFrom(' ', ' ', ' ', ' ', '', '\t', '  ', ' \\\n ', '\\\n');

const piece = fc.oneof(
  { weight: 5, arbitrary: name },
  { weight: 3, arbitrary: odd },
  { weight: 2, arbitrary: operator },
  { weight: 1, arbitrary: directive },
);

const join = (parts: readonly (readonly [string, string])[]): string =>
  parts.map(([text, after]) => text + after).join('');
const words = (max: number): fc.Arbitrary<string> =>
  fc.array(fc.tuple(piece, blank), { maxLength: max }).map(join);

/** A condition that can be read, mostly. */
const condition = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('ifeq', 'ifneq'),
      fc.constantFrom('(a,a)', '(a, b)', '($(a),)', '"a" "b"', '\'\' ""', '( a ,a)'),
    )
    .map(([word, test]) => `${word} ${test}`),
  fc.tuple(fc.constantFrom('ifdef', 'ifndef'), name).map(([word, of]) => `${word} ${of}`),
  fc
    .tuple(fc.constantFrom('ifdef', 'ifeq', 'ifneq', 'ifndef'), words(2))
    .map(([word, of]) => `${word} ${of}`),
);

const comment = fc.constantFrom('', '', '', ' ', ' # c', '# c', ' #\\\n more', '\t');
const modifiers = fc.constantFrom(
  '',
  '',
  '',
  'override ',
  'export ',
  'private ',
  'unexport ',
  'override export ',
  'private override ',
  'export\t',
  'override \\\n',
);
const assignment = fc.constantFrom('=', ':=', '::=', '+=', '?=');

const { line } = fc.letrec<{ line: string; lines: string }>((tie) => ({
  line: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'reading' },
    { weight: 4, arbitrary: words(5).map((text) => `${text}\n`) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.constantFrom('', '', ' ', '\t'),
          modifiers,
          name,
          blank,
          assignment,
          blank,
          words(3),
          comment,
        )
        .map((parts) => `${parts.join('')}\n`),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          name,
          blank,
          fc.constantFrom(':', ':', '::', '&:'),
          blank,
          words(3),
          fc.constantFrom('', '', ';@echo $@ ', ';'),
          comment,
        )
        .map((parts) => `${parts.join('')}\n`),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(name, fc.constantFrom(': ', ':: ', ':'), modifiers, name, blank, assignment, words(2), comment)
        .map((parts) => `${parts.join('')}\n`),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom('\t', '\t', '\t', '  \t', '>'), words(3))
        .map(([tab, text]) => `${tab}@echo ${text}\n`),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          condition,
          comment,
          tie('lines'),
          fc.constantFrom('else\n', 'else\n', 'else # c\n', '\telse\n', ' else x\n', ''),
          tie('lines'),
          fc.constantFrom('endif', 'endif', 'endif', ' endif', '\tendif', ''),
          comment,
        )
        .map(
          ([test, after, yes, otherwise, no, end, last]) =>
            `${test}${after}\n${yes}${otherwise}${no}${end}${end === '' ? '' : `${last}\n`}`,
        ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(condition, tie('lines'), condition, tie('lines'), fc.constantFrom('else\n', ''), tie('lines'))
        .map(
          ([test, yes, other, no, otherwise, last]) =>
            `${test}\n${yes}else ${other}\n${no}${otherwise}${last}endif\n`,
        ),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          modifiers,
          fc.constantFrom('define ', 'define ', 'define\t', 'define'),
          fc.constantFrom('a', 'b', '$(a)', 'x y', '', ' a # c'),
          fc.constantFrom('', '', ' =', ':=', ' +=', ' ?= ', ' ::=', ' = x'),
          comment,
          tie('lines'),
          fc.constantFrom(
            'endef',
            'endef',
            'endef',
            '  endef',
            '\tendef',
            'endefx',
            'endef x',
            'endef # c',
            '',
          ),
        )
        .map(
          ([before, define, what, op, after, body, end]) =>
            `${before}${define}${what}${op}${after}\n${body}${end}\n`,
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('undefine ', 'override undefine '), name)
        .map((parts) => `${parts.join('')}\n`),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '.RECIPEPREFIX = >\n',
        '.RECIPEPREFIX =\n',
        '.RECIPEPREFIX := $(e)\n',
        'include inc.mk\n',
        '-include none.mk inc.mk\n',
        '$(eval $(lines))\n',
        '$(lines)\n',
        'export\n',
        'unexport\n',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(modifiers, name).map(([before, n]) => `${before}${n} != echo ${n} out\n`),
    },
    {
      weight: 1,
      arbitrary: tie('lines').map((text) => `define evaluated\n${text}endef\n$(eval $(value evaluated))\n`),
    },
    {
      weight: 1,
      arbitrary: tie('lines').map((text) => `define evaluated\n${text}endef\n$(eval $(evaluated))\n`),
    },
  ),
  lines: fc.array(tie('line'), { maxLength: 3 }).map((parts) => parts.join('')),
}));

const HEAD = `e =
colon = :
equals = =
hash = \\#
semicolon = ;
tab = $(e)	$(e)
define lines
a = 1
t1: ; @echo $@
endef
`;

const TAIL = `
$(info [$(value a)] [$(origin a)] [$(flavor a)] [$(value b)] [$(origin b)] [$(value all)] [$(.DEFAULT_GOAL)])
`;

/** Commands that run at the same time write in any order: where a text may become a recipe, it has no `&` and `|`. */
function withoutBackground(text: string): string {
  if (text.includes('define')) return text.replace(/[&|]/g, '');
  return text.replace(/(?:\\\n|[^\n])+/g, (line) =>
    /[;\t>$]/.test(line) ? line.replace(/[&|]/g, '') : line,
  );
}

/** A random makefile about reading, as a case of the corpus. */
export const readingCase: fc.Arbitrary<CorpusCase> = fc
  .tuple(
    fc.array(line, { minLength: 1, maxLength: 7 }),
    fc.array(line, { maxLength: 2 }),
    fc.array(
      fc.constantFrom('-n', '-k', '-r', '-s', '--warn-undefined-variables', 'a=cmd', 'all', 't1', 'x.o'),
      { maxLength: 2 },
    ),
    fc.boolean(),
  )
  .map(([lines, included, argv, terminated]) => {
    const text = `${HEAD}${withoutBackground(lines.join(''))}${TAIL}`;
    const steps: Step[] = [
      { kind: 'file', path: 'Makefile', text: terminated ? text : text.replace(/\n$/, ''), time: 0 },
      { kind: 'file', path: 'inc.mk', text: withoutBackground(included.join('')), time: 0 },
      { kind: 'touch', time: 0, paths: ['x.c', 'f1.in', 'f2.in'] },
      { kind: 'run', argv, expected: [] },
    ];
    return {
      name: 'generated',
      title: 'random lines',
      section: '',
      environment: {},
      unordered: false,
      only: undefined,
      interrupt: undefined,
      steps,
    };
  });

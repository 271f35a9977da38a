/**
 * Random makefiles about the language alone: variables of all flavours, functions, conditionals, define, call and
 * eval, printed with $(info) and through one recipe. Everything is built so that it shrinks to its smallest part.
 */
import fc from 'fast-check';
import type { CorpusCase, Step } from './corpus-case.ts';

/** Names that are set and referred to at random. */
const NAMES = ['a', 'b', 'c', 'dd', 'e.f', 'g-h'] as const;

/**
 * Names of macros, for $(call). Only `call` refers to them, a macro only to those before it, and no literal spells
 * one: GNU make does not notice a macro that calls itself for ever, and dies.
 */
const MACROS = ['one_m', 'two_m', 'three_m'] as const;

const LITERALS = [
  'x',
  'foo.c',
  'bar.c',
  'lib/baz.o',
  'a.b.c',
  'dir/',
  './q',
  '%',
  '%.c',
  '%.o',
  'a%b',
  '\\%',
  '$$',
  '\\#',
  '1',
  '2',
  '0',
  "'q'",
  '"r"',
  'a=b',
  'x:y',
  '~',
  '*.in',
  'f?.in',
  'none*',
  'a\\b',
  '\\',
  '@',
  '-n',
  'c',
  'dd',
  '/abs/x',
  '..',
  'ifdef',
  'endef',
] as const;

/** Things that are hardly ever right; rare, because most makefiles that hold one end there. */
const BROKEN = ['$(', ')', '${', '}', '(', '$', ',', '$(a', '$(subst x', '#', ';', ':', '='] as const;

const name = fc.constantFrom(...NAMES);
const literal = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(...LITERALS) },
  { weight: 1, arbitrary: fc.constantFrom(...BROKEN) },
);
const blank = fc.constantFrom(' ', ' ', ' ', '  ', '\t', ' \\\n  ', '\\\n');

type Text = {
  /** One piece of text: a literal, a reference or a function call. */
  readonly atom: string;
  /** Several pieces with blanks between or not. */
  readonly text: string;
};

/** Texts in which $(call) reaches the first `macros` macros. */
function texts(macros: number): fc.LetrecValue<Text> {
  return fc.letrec<Text>((tie) => {
    const text = tie('text');
    const reference = fc.oneof(
      name.map((n) => `$(${n})`),
      name.map((n) => `\${${n}}`),
      fc.constantFrom(
        '$a',
        '$b',
        '$c',
        '$(1)',
        '$2',
        '$(0)',
        '$@',
        '$(@D)',
        '$(undefined)',
        '$(MAKEFLAGS)',
        '$(CC)',
      ),
      fc.tuple(name, text, text).map(([n, from, to]) => `$(${n}:${from}=${to})`),
      name.map((n) => `$(${n}:.c=.o)`),
      name.map((n) => `$(${n}:%.c=%.o)`),
      text.map((inner) => `$(${inner})`),
      name.map((n) => `$($(${n}))`),
    );
    const unary = fc.constantFrom(
      'strip',
      'sort',
      'words',
      'firstword',
      'lastword',
      'dir',
      'notdir',
      'suffix',
      'basename',
      'abspath',
      'wildcard',
      'value',
      'origin',
      'flavor',
      'info',
      'warning',
      'and',
      'or',
      'realpath',
      'call',
    );
    const binary = fc.constantFrom(
      'findstring',
      'filter',
      'filter-out',
      'addsuffix',
      'addprefix',
      'join',
      'word',
      'and',
      'or',
      'if',
      'subst',
      'foreach',
    );
    const number = fc.constantFrom('1', '2', '3', ' 2 ', '0', '-1', 'x', '', '9');
    const call = fc.oneof(
      { weight: 6, arbitrary: fc.tuple(unary, text).map(([f, x]) => `$(${f} ${x})`) },
      { weight: 6, arbitrary: fc.tuple(binary, text, text).map(([f, x, y]) => `$(${f} ${x},${y})`) },
      { weight: 3, arbitrary: fc.tuple(text, text, text).map(([x, y, z]) => `$(subst ${x},${y},${z})`) },
      { weight: 3, arbitrary: fc.tuple(text, text, text).map(([x, y, z]) => `$(patsubst ${x},${y},${z})`) },
      { weight: 3, arbitrary: fc.tuple(text, text, text).map(([x, y, z]) => `$(if ${x},${y},${z})`) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(name, text, text)
          .map(([v, list, body]) => `$(foreach ${v},${list},${body}$(${v}))`),
      },
      { weight: 2, arbitrary: fc.tuple(number, text).map(([n, x]) => `$(word ${n},${x})`) },
      {
        weight: 2,
        arbitrary: fc.tuple(number, number, text).map(([m, n, x]) => `$(wordlist ${m},${n},${x})`),
      },
      { weight: 2, arbitrary: name.map((n) => `$(value ${n})$(origin ${n})$(flavor ${n})`) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(name, fc.constantFrom('=', ':=', '+=', '?='), text)
          .map(([n, op, x]) => `$(eval ${n} ${op} ${x})`),
      },
      { weight: 1, arbitrary: text.map((x) => `$(eval ${x})`) },
      { weight: 1, arbitrary: text.map((x) => `$(error ${x})`) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '$(shell echo out; exit 3)',
          '$(shell printf "a\\n\\nb\\n\\n")',
          '$(.SHELLSTATUS)',
        ),
      },
      { weight: 1, arbitrary: text.map((x) => `$(file >out.txt,${x})$(file <out.txt)`) },
      ...(macros === 0
        ? []
        : [
            {
              weight: 4,
              arbitrary: fc
                .tuple(fc.constantFrom(...MACROS.slice(0, macros)), fc.array(text, { maxLength: 3 }))
                .map(([m, parts]) => `$(call ${[m, ...parts].join(',')})`),
            },
          ]),
    );
    return {
      atom: fc.oneof({ maxDepth: 3, depthIdentifier: 'text' }, literal, reference, call, call),
      text: fc
        .array(fc.tuple(tie('atom'), fc.option(blank, { nil: '', freq: 2 })), {
          maxLength: 4,
          depthIdentifier: 'text',
        })
        .map((parts) => parts.map(([atom, after]) => atom + after).join('')),
    };
  });
}

const { text } = texts(MACROS.length);
const operator = fc.constantFrom('=', ':=', '::=', '+=', '?=', '=', ':=', '+=');
const modifier = fc.constantFrom(
  '',
  '',
  '',
  '',
  'override ',
  'export ',
  'private ',
  ' ',
  'override private ',
  'unexport ',
);

/** A text on one line of a define, where a line must not end the define by chance. */
const bodyLine = text.map((line) => line.replaceAll('\n', ' '));

const conditional = fc.oneof(
  fc.tuple(fc.constantFrom('ifeq', 'ifneq'), text, text).map(([word, x, y]) => `${word} (${x},${y})`),
  fc.tuple(fc.constantFrom('ifeq', 'ifneq'), text, text).map(([word, x, y]) => `${word} "${x}" '${y}'`),
  fc.tuple(fc.constantFrom('ifdef', 'ifndef'), name).map(([word, n]) => `${word} ${n}`),
  fc.tuple(fc.constantFrom('ifdef', 'ifndef'), text).map(([word, n]) => `${word} ${n}`),
);

/** One statement or a block of them, as lines of a makefile. */
const { statement } = fc.letrec<{ statement: string; block: string }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'statement' },
    fc.tuple(modifier, name, operator, text).map(([m, n, op, x]) => `${m}${n} ${op} ${x}\n`),
    text.map((x) => `$(info [${x}])\n`),
    text.map((x) => `${x}\n`),
    fc
      .tuple(
        fc.constantFrom('', '', 'override '),
        name,
        fc.constantFrom('', ' =', ' :=', ' +=', ' ?='),
        fc.array(bodyLine, { maxLength: 3 }),
      )
      .map(
        ([m, n, op, lines]) => `${m}define ${n}${op}\n${lines.map((line) => `${line}\n`).join('')}endef\n`,
      ),
    name.map((n) => `undefine ${n}\n`),
    fc.constantFrom('export\n', 'unexport\n', 'export a b\n', 'unexport c\n', '# comment \\\ncontinued\n'),
    fc.tuple(name, operator, text).map(([n, op, x]) => `all: ${n} ${op} ${x}\n`),
    fc.tuple(name, operator, text).map(([n, op, x]) => `%: ${n} ${op} ${x}\n`),
    fc
      .tuple(conditional, tie('block'), tie('block'))
      .map(([test, yes, no]) => `${test}\n${yes}else\n${no}endif\n`),
    fc
      .tuple(conditional, tie('block'), conditional, tie('block'))
      .map(([test, yes, other, no]) => `${test}\n${yes}else ${other}\n${no}endif\n`),
    fc
      .tuple(name, fc.array(bodyLine, { maxLength: 2 }), text)
      .map(
        ([n, lines, x]) =>
          `define two_lines\n${n} = $(1)\n${lines.map((l) => `${l}\n`).join('')}endef\n$(eval $(call two_lines,${x}))\n`,
      ),
  ),
  block: fc.array(tie('statement'), { maxLength: 3 }).map((statements) => statements.join('')),
}));

/** Each macro calls only those before it. */
const macros = fc
  .tuple(...MACROS.map((_, index) => texts(index).text))
  .map((bodies) =>
    bodies.map((body, index) => `${MACROS[index]} = ${body.replaceAll('\n', ' ')}<$(1)|$2>\n`).join(''),
  );

/** Prints every variable at the end of reading, and again as the recipe sees it. */
const EPILOGUE = `${NAMES.map((n) => `$(info ${n} $(origin ${n}) $(flavor ${n}) [$(value ${n})] [$(${n})])`).join('\n')}
all: ; @echo done$(info ${NAMES.map((n) => `${n}=[$(${n})]`).join(' ')})
`;

const commandLine = fc.array(
  fc.oneof(
    fc
      .tuple(name, fc.constantFrom('=', ':='), fc.constantFrom('cmd', 'foo.c bar.c', '$(a)', '', '$$x y'))
      .map((parts) => parts.join('')),
    fc.constantFrom('-e', '--warn-undefined-variables', '-k', '-r', '-R', '-s', '-n', '--no-print-directory'),
  ),
  { maxLength: 2 },
);

const environment = fc.dictionary(
  fc.constantFrom('a', 'b', 'dd'),
  fc.constantFrom('env', 'e1 e2', '$(c)', ''),
  { maxKeys: 2 },
);

/** A random makefile about the language, as a case of the corpus. */
export const languageCase: fc.Arbitrary<CorpusCase> = fc
  .tuple(macros, fc.array(statement, { maxLength: 8 }), commandLine, environment)
  .map(([first, statements, argv, variables]) => {
    const steps: Step[] = [
      { kind: 'file', path: 'Makefile', text: `${first}${statements.join('')}${EPILOGUE}`, time: 0 },
      { kind: 'touch', time: 0, paths: ['x.in', 'f1.in', 'f2.in'] },
      { kind: 'run', argv, expected: [] },
    ];
    return {
      name: 'generated',
      title: 'a random makefile',
      section: '',
      environment: variables,
      unordered: false,
      only: undefined,
      interrupt: undefined,
      steps,
    };
  });

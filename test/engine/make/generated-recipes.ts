/**
 * Random recipe lines: prefixes, quoting, escapes, continuation, commands that need a shell and commands that do
 * not, failures, and what is echoed. Only harmless programs appear.
 */
import fc from 'fast-check';
import type { CorpusCase } from './corpus-case.ts';

/** Operators have a blank before them: after a backslash they would start a background command, whose output comes at any time. */
const WORDS = [
  'a',
  'b c',
  '\\',
  '\\\\',
  "'",
  '"',
  "'a  b'",
  '"c  d"',
  '"$$X"',
  "'$$X'",
  '$$X',

  '\\"',
  "\\'",
  '\\ ',
  '\\n',
  '$(v)',
  '$(two)',
  '$@',
  '$<',
  '#',
  '\\#',
  '*',
  '*.in',
  '[x]',
  '?',
  '~',
  '{a,b}',
  '!',
  '%',
  '^',
  '=',
  'X=1',
  '%s',
  '-',
  '--',
  '`echo q`',
  '$$(echo r)',
  '()',
  '\t',
  '  ',
  '\\\n',
  ' \\\n\t',
  '\\\n\t\t',
  ' \\\n  ',
  '\\\\\n',
  ':',
  '@',
  '+',
  ',',
  '$(nothing)',
  '$(subst a,\\\n\tb,a)',
  '$(eval v = new)',
  '$(eval two: X = y)',
  '$(info i $(v))',
  '$(warning w)',
  '$(error e)',
  '$(shell echo s)',
  '$(foreach x,1 2,$(x)\\\n )',
  '$(call two)',
  '$(if $(v),,\\\n  e)',
  '$(word x,a)',
  '$(value @)',
  '$(patsubst %,\\\n\t%,a b)',
  '$$(v)',
  ' 2>&1',
  '<x.in',
  '>out.txt',
  ' >&2',
  ' &&',
  ' ||',
  ';',
] as const;

const COMMANDS = [
  "printf '<%s>' ",
  'echo ',
  'printf %s. ',
  'true ',
  'false ',
  ': ',
  'exit ',
  'cd lib ',
  'test -f ',
  'cat ',
  'no-such-program ',
  './x.in ',
  'expr 1 + ',
  'X=2 printenv X ',
  'export X=3; echo $$X ',
  '/bin/echo ',
  'if true; then echo yes; fi ',
  '',
  'for i in a b; do echo $$i; done ',
  'exec echo ',
  'unset X ',
  'eval echo ',
  '. ./x.in ',
  '[ a = b ] ',
  '! true ',
] as const;

const prefix = fc.constantFrom(
  '',
  '',
  '',
  '@',
  '@',
  '-',
  '+',
  '@-',
  '- @',
  '\t@',
  '  ',
  '$(q)',
  '$(nothing)',
  '+@',
);

const line = fc
  .tuple(
    prefix,
    fc.constantFrom(...COMMANDS),
    fc.array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(' ', ' ', '')), { maxLength: 5 }),
  )
  .map(
    ([before, command, words]) => `\t${before}${command}${words.map((parts) => parts.join('')).join('')}\n`,
  );

const setting = fc.constantFrom(
  '.ONESHELL:\n',
  '.POSIX:\n',
  'SHELL = /bin/bash\n',
  '.SHELLFLAGS = -ec\n',
  '.SHELLFLAGS = -e -c\n',
  '.SILENT:\n',
  '.IGNORE:\n',
  '.SILENT: one\n',
  'export X = made\n',
  'export v\n',
  '.EXPORT_ALL_VARIABLES:\n',
  'one: SHELL = /bin/bash\n',
  'two: X = t\n',
  '.DELETE_ON_ERROR:\n',
  'q =\n',
  'SHELL = /nonexistent\n',
  'unexport X\n',
);

const options = fc.array(
  fc.constantFrom('-n', '-s', '-k', '-i', '--trace', '-t', '-B', '-q', '-O', '-w', 'v=cmd', 'X=given'),
  { maxLength: 2 },
);

/** Two targets with random recipes, as a case of the corpus. */
export const recipesCase: fc.Arbitrary<CorpusCase> = fc
  .tuple(
    fc.array(setting, { maxLength: 2 }),
    fc.array(line, { maxLength: 3 }),
    fc.array(line, { minLength: 1, maxLength: 4 }),
    options,
    fc.dictionary(fc.constantFrom('X', 'q'), fc.constantFrom('env', '@', 'a b'), { maxKeys: 1 }),
  )
  .map(([settings, first, second, argv, environment]) => ({
    name: 'generated',
    title: 'random recipes',
    section: '',
    environment,
    unordered: false,
    only: undefined,
    interrupt: undefined,
    steps: [
      {
        kind: 'file',
        path: 'Makefile',
        text: `v = a  b\nq = @\ndefine two\necho 1\n@echo 2\nendef\n${settings.join('')}one: two x.in\n${first.join('')}two:\n${second.join('')}`,
        time: 0,
      },
      { kind: 'file', path: 'x.in', text: 'echo from x.in\n', time: 0 },
      { kind: 'mkdir', paths: ['lib'] },
      { kind: 'run', argv, expected: [] },
    ],
  }));

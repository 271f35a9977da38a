/**
 * Random rules of all kinds over random sets of files and modification times. Every recipe gives its target a time
 * of its own choice, so that a run depends on no clock, and a second run starts from another state.
 */
import fc from 'fast-check';
import type { CorpusCase, Step } from './corpus-case.ts';
import { BASE_TIME } from './corpus-folder.ts';

const FILES = [
  'a.c',
  'b.c',
  'a.o',
  'b.o',
  'lib/a.c',
  'lib/a.o',
  'src/c.c',
  'prog',
  'x.y',
  'x',
  's1',
  's2',
] as const;
const TARGETS = ['all', 'prog', 'a.o', 'b.o', 'lib/a.o', 'c.o', 'x', 'x.z', 't1', 't2', 't3'] as const;
const ANY = [...FILES, ...TARGETS, 'c.c', 'x.q', 'nothere', 'lib/x.z'] as const;

const target = fc.constantFrom(...TARGETS);
const file = fc.constantFrom(...ANY);
const patternPair = fc.constantFrom(
  ['%.o', '%.c'],
  ['%.z', '%.y'],
  ['lib/%.o', 'lib/%.c'],
  ['%', '%.y'],
  ['%.q', '%'],
  ['t%', 's%'],
  ['%.c', '%.q'],
  ['%.z', ''],
  ['%.y', '%.c'],
  ['%.o', 'lib/%.c'],
) as fc.Arbitrary<[string, string]>;
const time = fc.integer({ min: -20, max: 20 });
const list = <T>(one: fc.Arbitrary<T>, max: number): fc.Arbitrary<string> =>
  fc.array(one, { maxLength: max }).map((parts) => parts.join(' '));
const orderOnly = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: list(file, 2).map((l) => ` | ${l}`) },
);

const SHOW = `echo '$@: <$< ^$^ ?$? +$+ |$| *$* $(@D)/$(@F) $(v) $(w)' "$$X"`;

/** The lines of a recipe, each with its tab; empty for a rule without one. */
const recipe = fc.oneof(
  { weight: 6, arbitrary: time.map((at) => `\t@${SHOW}\n\t@touch -d @${BASE_TIME + at} '$@'\n`) },
  { weight: 3, arbitrary: fc.constant(`\t@${SHOW}\n`) },
  { weight: 1, arbitrary: fc.constant(`\t-@false\n\t${SHOW}\n`) },
  { weight: 1, arbitrary: fc.constant('\t@exit 3\n') },
  { weight: 1, arbitrary: fc.constant('\t\n') },
  { weight: 1, arbitrary: fc.constant(`\t+@${SHOW}\n`) },
  { weight: 1, arbitrary: fc.constant('\t$(nothing)\n') },
);
const noRecipe = fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: recipe });

const rule = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(target, list(file, 4), orderOnly, recipe)
      .map(([t, p, o, r]) => `${t}: ${p}${o}\n${r}`),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(list(target, 3), list(file, 3), noRecipe).map(([t, p, r]) => `${t}: ${p}\n${r}`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(patternPair, list(file, 1), orderOnly, recipe)
      .map(([[t, p], q, o, r]) => `${t}: ${p} ${q}${o}\n${r}`),
  },
  { weight: 1, arbitrary: patternPair.map(([t, p]) => `${t}: ${p}\n`) },
  { weight: 1, arbitrary: fc.tuple(patternPair, recipe).map(([[t, p], r]) => `${t}:: ${p}\n${r}`) },
  { weight: 2, arbitrary: fc.tuple(target, list(file, 2), recipe).map(([t, p, r]) => `${t}:: ${p}\n${r}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(list(target, 3), patternPair, recipe)
      .map(([ts, [t, p], r]) => `${ts}: ${t}: ${p}\n${r}`),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(list(target, 3), list(file, 2), recipe).map(([t, p, r]) => `${t} &: ${p}\n${r}`),
  },
  { weight: 1, arbitrary: recipe.map((r) => `%.z %.w: %.y\n${r}`) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('.c.o', '.y.z', '.y', '.o'), recipe).map(([s, r]) => `${s}:\n${r}`),
  },
  { weight: 1, arbitrary: recipe.map((r) => `.DEFAULT:\n${r}`) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          '.PHONY',
          '.PRECIOUS',
          '.INTERMEDIATE',
          '.SECONDARY',
          '.IGNORE',
          '.SILENT',
          '.DELETE_ON_ERROR',
          '.PHONY',
        ),
        list(file, 2),
      )
      .map(([special, p]) => `${special}: ${p}\n`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '.SECONDARY:\n',
      '.SUFFIXES:\n',
      '.SUFFIXES: .y .z\n',
      '.ONESHELL:\n',
      '.POSIX:\n',
      '.NOTPARALLEL:\n',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'VPATH = src\n',
      'vpath %.c src lib\n',
      'VPATH = lib:src\nGPATH = lib\n',
      'vpath %.o lib\n',
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(target, fc.constantFrom('=', ':=', '+=', '?='), fc.constantFrom('one', '$@', '$(w)'))
      .map(([t, op, x]) => `${t}: v ${op} ${x}\n`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(patternPair, fc.constantFrom('=', '+=', ':='))
      .map(([[t], op]) => `${t}: v ${op} pattern\n`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      't1: private v = mine\n',
      't1: .EXTRA_PREREQS = s2\n',
      '.EXTRA_PREREQS = s1\n',
      'all: override v = o\n',
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.oneof(
          list(target, 2),
          patternPair.map(([t]) => t),
          fc.constantFrom('%', 'lib/%', '%.o %.z', 't% all'),
        ),
        fc.constantFrom('', '', 'private ', 'export ', 'override ', 'override private ', 'private export '),
        fc.constantFrom('v', 'v', 'w', 'X'),
        fc.constantFrom('=', ':=', '+=', '?=', '+=', '!='),
        fc.constantFrom('one', '$@', '$(w)', '$*', 'echo $(v)', '', '$(X)'),
      )
      .map(([t, modifier, name, op, x]) => `${t}: ${modifier}${name} ${op} ${x}\n`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        list(target, 3),
        fc.constantFrom(
          '%.o: %.c',
          '%: %.c',
          'lib/%.o: lib/%.c',
          't%: s% t%',
          '%.o: $$*.c',
          '%: $$(@F).c s1',
          '%: | %.y',
        ),
        fc.constantFrom(': ', ':: ', ': '),
        recipe,
      )
      .map(([ts, pattern, colons, r]) => `.SECONDEXPANSION:\n${ts}${colons}${pattern}\n${r}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          'lib.a(a.o)',
          'lib.a(a.o b.o)',
          'lib.a',
          '(%)',
          '%.a(%.o)',
          'lib.a(%.o)',
          '-lx',
          'libx.a',
        ),
        list(file, 2),
        noRecipe,
      )
      .map(([t, q, r]) => `${t}: ${q}\n${r}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        target,
        fc.constantFrom(
          '-lx',
          'lib.a(a.o)',
          'lib.a(x)',
          './a.c',
          'lib/../a.c',
          '/dev/null',
          'src/',
          '*.y',
          'a%b',
          '~',
        ),
        recipe,
      )
      .map(([t, q, r]) => `${t}: ${q}\n${r}`),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(list(target, 3), list(file, 2), recipe).map(([t, q, r]) => `${t} &:: ${q}\n${r}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'v = global\n',
      'private v = global\n',
      'export v = global\n',
      'override v = global\n',
      'export\n',
      'X = x\n',
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        target,
        fc.constantFrom(
          '$$(v)',
          '$$@.c',
          '$$(basename $$@).c',
          '$$(wildcard *.c)',
          '$$<',
          '$$(@D)/x',
          '| s1',
        ),
        recipe,
      )
      .map(([t, p, r]) => `.SECONDEXPANSION:\n${t}: s1 ${p}\n${r}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          '%.o: $$*.c',
          '%.z: $$(wildcard $$*.y)',
          'lib/%.o: $$(@D)/$$*.c',
          '%.o: %.c $$(@F).d',
        ),
        recipe,
      )
      .map(([head, r]) => `.SECONDEXPANSION:\n${head}\n${r}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('all: *.c\n', 'all: lib/*\n', '*.o: s1\n', 'all: $(wildcard *.y) | *.c\n'),
  },
);

const options = fc.array(
  fc.constantFrom(
    '-k',
    '-n',
    '-B',
    '-q',
    '-t',
    '-i',
    '-s',
    '-r',
    '-w',
    '--trace',
    '-W',
    '-o',
    '-R',
    '--debug=n',
    '-S',
    '-L',
    'v=cmd',
    '-e',
  ),
  { maxLength: 2 },
);

const run = fc
  .tuple(options, fc.array(fc.oneof(target, file), { maxLength: 2 }), file)
  .map(([flags, goals, operand]): Step => ({
    kind: 'run',
    argv: [...flags.flatMap((flag) => (flag === '-W' || flag === '-o' ? [flag, operand] : [flag])), ...goals],
    expected: [],
  }));

/** Random rules, files and command lines, as a case of the corpus that runs make twice. */
export const rulesCase: fc.Arbitrary<CorpusCase> = fc
  .tuple(
    fc.array(rule, { minLength: 1, maxLength: 9 }),
    fc.uniqueArray(fc.tuple(fc.constantFrom(...FILES), time), { selector: ([path]) => path, maxLength: 8 }),
    fc.array(run, { minLength: 1, maxLength: 2 }),
  )
  .map(([rules, files, runs]) => ({
    name: 'generated',
    title: 'random rules',
    section: '',
    environment: {},
    unordered: false,
    only: undefined,
    interrupt: undefined,
    steps: [
      // Built-in rules would start compilers: they are told to show what they do and no more.
      { kind: 'file', path: 'Makefile', text: `CC = echo cc\nw = late\n${rules.join('')}`, time: 0 },
      { kind: 'mkdir', paths: ['lib', 'src'] },
      ...files.map(([path, at]): Step => ({ kind: 'touch', time: at, paths: [path] })),
      ...runs,
    ],
  }));

/**
 * Random sets of makefiles that have to be remade, with include in all its forms, and runs one after the other with
 * all options that change what is remade and how. Every recipe gives its target a time of its own choice.
 */
import fc from 'fast-check';
import type { CorpusCase, Step } from './corpus-case.ts';
import { BASE_TIME } from './corpus-folder.ts';

const MADE = ['one.mk', 'two.mk', 'lib/three.mk', 'prog', 'x.o', 'y.o', 'lib/z.o', 'ph'] as const;
const SOURCES = ['one.in', 'two.in', 'x.c', 'y.c', 'lib/z.c', 'stamp', 'missing'] as const;
const GOALS = [
  'all',
  'prog',
  'x.o',
  'ph',
  'one.mk',
  'two.mk',
  'Makefile',
  'x.c',
  'nothing',
  'lib/z.o',
] as const;

const made = fc.constantFrom(...MADE);
const any = fc.constantFrom(...MADE, ...SOURCES);
const time = fc.integer({ min: -9, max: 30 });
const list = (max: number): fc.Arbitrary<string> =>
  fc.array(any, { maxLength: max }).map((names) => names.join(' '));

const touch = (at: number): string => `touch -d @${BASE_TIME + at} '$@'`;

const command = fc.oneof(
  { weight: 6, arbitrary: time.map((at) => `@echo 'make $@ from $^ new $?'; ${touch(at)}`) },
  { weight: 3, arbitrary: time.map((at) => `echo 'made = $@' > '$@'; ${touch(at)}`) },
  { weight: 2, arbitrary: time.map((at) => `+@echo 'always $@'; ${touch(at)}`) },
  { weight: 1, arbitrary: time.map((at) => `@echo '$$(info in $@)' > '$@'; ${touch(at)}`) },
  { weight: 1, arbitrary: fc.constant('@echo nothing for $@') },
  { weight: 1, arbitrary: fc.constant('@false') },
  { weight: 1, arbitrary: fc.constant('-@false') },
  { weight: 1, arbitrary: fc.constant('@echo $(MAKEFLAGS) $(MAKE_RESTARTS) $(MAKECMDGOALS)') },
  { weight: 1, arbitrary: fc.constant("@touch '$@'; exit 2") },
  { weight: 1, arbitrary: fc.constant('') },
);
const recipe = fc
  .array(command, { minLength: 1, maxLength: 2 })
  .map((lines) => lines.map((l) => `\t${l}\n`).join(''));

const rule = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(made, list(3), recipe).map(([t, p, r]) => `${t}: ${p}\n${r}`) },
  {
    weight: 2,
    arbitrary: fc.tuple(made, list(2), list(2), recipe).map(([t, p, o, r]) => `${t}: ${p} | ${o}\n${r}`),
  },
  { weight: 2, arbitrary: fc.tuple(made, list(2)).map(([t, p]) => `${t}: ${p}\n`) },
  { weight: 1, arbitrary: fc.tuple(made, list(2), recipe).map(([t, p, r]) => `${t}:: ${p}\n${r}`) },
  {
    weight: 1,
    arbitrary: fc.tuple(made, made, list(2), recipe).map(([t, u, p, r]) => `${t} ${u} &: ${p}\n${r}`),
  },
  { weight: 1, arbitrary: recipe.map((r) => `%.mk: %.in\n${r}`) },
  { weight: 1, arbitrary: recipe.map((r) => `%.o: %.c one.mk\n${r}`) },
  { weight: 1, arbitrary: recipe.map((r) => `lib/%.mk lib/%.o: %.in\n${r}`) },
  { weight: 1, arbitrary: recipe.map((r) => `%:\n${r}`) },
  { weight: 1, arbitrary: recipe.map((r) => `.DEFAULT:\n${r}`) },
  { weight: 1, arbitrary: fc.tuple(list(3), recipe).map(([p, r]) => `Makefile: ${p}\n${r}`) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('.PHONY', '.INTERMEDIATE', '.SECONDARY', '.PRECIOUS', '.IGNORE', '.SILENT'),
        list(2),
      )
      .map(([special, names]) => `${special}: ${names}\n`),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.constantFrom('include', 'include', '-include', 'sinclude'),
        fc.array(
          fc.constantFrom(
            'one.mk',
            'two.mk',
            'lib/three.mk',
            '*.mk',
            'none.mk',
            'three.mk',
            '$(wildcard lib/*.mk)',
            'one.in',
          ),
          {
            maxLength: 3,
          },
        ),
      )
      .map(([word, names]) => `${word} ${names.join(' ')}\n`),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'MAKEFLAGS += -k\n',
      'MAKEFLAGS += -n\n',
      'MAKEFLAGS += -B\n',
      'MAKEFLAGS += -i\n',
      'MAKEFLAGS += -q\n',
      'MAKEFLAGS += -t\n',
      'MAKEFLAGS += -s\n',
      'MAKEFLAGS += --no-print-directory\n',
      'MAKEFLAGS += -r\n',
      'MAKEFLAGS += --trace\n',
      'MAKEFLAGS += v=2\n',
      '.NOTPARALLEL:\n',
      '.DELETE_ON_ERROR:\n',
      '.ONESHELL:\n',
      '.DEFAULT_GOAL = prog\n',
      'VPATH = lib\n',
      '$(info $(MAKE_RESTARTS) $(MAKEFLAGS) $(MAKEFILE_LIST))\n',
    ),
  },
);

const option = fc.oneof(
  fc.constantFrom(
    '-k',
    '-n',
    '-q',
    '-t',
    '-B',
    '-i',
    '-s',
    '-S',
    '-w',
    '-r',
    '--trace',
    '-L',
    '-j2',
    '-j',
    '-Onone',
    '--debug=n',
    '-e',
  ),
  any.map((name) => `-W${name}`),
  any.map((name) => `-o${name}`),
  fc.constantFrom(
    '-Ilib',
    '-I.',
    '--eval=all: y.o',
    '--eval=v = evaluated',
    'v=1',
    '-fMakefile',
    '-fone.in',
    '-Clib',
  ),
);

const run = fc
  .tuple(fc.array(option, { maxLength: 3 }), fc.array(fc.constantFrom(...GOALS), { maxLength: 2 }))
  .map(([options, goals]): Step => ({ kind: 'run', argv: [...options, ...goals], expected: [] }));

const change = fc.oneof(
  fc.tuple(time, any).map(([at, path]): Step => ({ kind: 'touch', time: at, paths: [path] })),
  any.map((path): Step => ({ kind: 'remove', paths: [path] })),
);

/** Random makefiles that are remade, as a case of the corpus that runs make several times. */
export const remakingCase: fc.Arbitrary<CorpusCase> = fc
  .tuple(
    fc.array(rule, { minLength: 1, maxLength: 7 }),
    fc.array(rule, { maxLength: 2 }),
    fc.uniqueArray(fc.tuple(any, time), { selector: ([path]) => path, maxLength: 7 }),
    fc.array(fc.oneof({ weight: 3, arbitrary: run }, { weight: 1, arbitrary: change }), { maxLength: 2 }),
    run,
  )
  .map(([rules, included, files, steps, last]): CorpusCase => ({
    name: 'generated',
    title: 'random makefiles that are remade',
    section: '',
    environment: {},
    unordered: steps.some((step) => isParallel(step)) || isParallel(last),
    only: undefined,
    interrupt: undefined,
    steps: [
      {
        kind: 'file',
        path: 'Makefile',
        text: `CC = echo cc\n${rules.join('')}all: prog ; @echo all\n`,
        time: 0,
      },
      { kind: 'file', path: 'one.in', text: included.join(''), time: 0 },
      { kind: 'mkdir', paths: ['lib'] },
      ...files.map(([path, at]): Step => ({ kind: 'touch', time: at, paths: [path] })),
      ...steps,
      last,
    ],
  }))
  .map(inOrder);

/** What a failure stops beside itself is a matter of chance: where something may fail, one job at a time. */
function inOrder(corpusCase: CorpusCase): CorpusCase {
  const fails = corpusCase.steps.some((step) => step.kind === 'file' && /exit 2|@false/.test(step.text));
  if (!fails) return corpusCase;
  const steps = corpusCase.steps.map((step) =>
    step.kind === 'run' ? { ...step, argv: step.argv.filter((word) => !word.startsWith('-j')) } : step,
  );
  return { ...corpusCase, unordered: false, steps };
}

function isParallel(step: Step): boolean {
  return step.kind === 'run' && step.argv.some((word) => word.startsWith('-j'));
}

import { describe, expect, it } from 'vitest';
import type { MakeDatabase } from '../../../engine/make/database.ts';
import { evaluate, type EvaluateOptions, type MakeFailure } from '../../../engine/make/evaluate.ts';
import { MemoryHost } from './memory-host.ts';

function read(files: Readonly<Record<string, string>>, options: Partial<EvaluateOptions> = {}): MakeDatabase {
  const result = evaluate({ host: new MemoryHost(files), cwd: '/w', ...options });
  if (!result.ok) throw new Error(result.error.text);
  return result.value;
}

function failure(
  files: Readonly<Record<string, string>>,
  options: Partial<EvaluateOptions> = {},
): MakeFailure {
  const result = evaluate({ host: new MemoryHost(files), cwd: '/w', ...options });
  if (result.ok) throw new Error('evaluated');
  return result.error;
}

describe('variables', () => {
  it('tell value, flavour, origin and place', () => {
    const { variables } = read(
      { '/w/Makefile': 'A = $(B)\nB := x\noverride C = 1\nD ?= 5\n' },
      { assignments: ['E=cl'], environment: { D: 'env' } },
    );
    const view = (name: string): unknown[] => {
      const { value, flavour, origin, location } = variables.get(name)!;
      return [value, flavour, origin, location.line];
    };
    expect(view('A')).toEqual(['$(B)', 'recursive', 'file', 1]);
    expect(view('B')).toEqual(['x', 'simple', 'file', 2]);
    expect(view('C')).toEqual(['1', 'recursive', 'override', 3]);
    expect(view('D')).toEqual(['env', 'recursive', 'environment', 0]);
    expect(view('E')).toEqual(['cl', 'recursive', 'command line', 0]);
  });

  it('tell each place that appended, if asked to', () => {
    const { variables } = read(
      { '/w/Makefile': 'A = 1\nA += 2\ninclude b\n', '/w/b': '\nA += 3\n' },
      { recordAssignments: true },
    );
    const assignments = variables.get('A')!.assignments!;
    expect(
      assignments.map(({ operator, text, location }) => [location.file, location.line, operator, text]),
    ).toEqual([
      ['Makefile', 1, '=', '1'],
      ['Makefile', 2, '+=', '2'],
      ['b', 2, '+=', '3'],
    ]);
  });

  it('hands down command-line assignments and options in MAKEFLAGS', () => {
    const db = read({ '/w/Makefile': 'all:;\n' }, { assignments: ['A=x y'], flags: { keepGoing: true } });
    expect(db.expand('$(MAKEFLAGS)')).toBe('k -- A=x\\ y');
  });

  it('reports names taken from the environment or found undefined, once each', () => {
    const seen: string[] = [];
    read(
      { '/w/Makefile': 'X := $(HOME)$(HOME)$(NOPE)$(NOPE)$(Y)\nY = 1\n' },
      {
        environment: { HOME: '/h' },
        observer: {
          environmentVariable: (name, value) => seen.push(`${name}=${value}`),
          undefinedVariable: (name) => seen.push(name),
        },
      },
    );
    expect(seen.filter((name) => /HOME|NOPE|^Y$/.test(name))).toEqual(['HOME=/h', 'NOPE', 'Y']);
  });
});

describe('makefiles', () => {
  it('are listed, found or not, with those that have rules', () => {
    const db = read({ '/w/Makefile': '-include a b c\nb: ; gen\n', '/w/a': 'A = 1\n' });
    expect(db.makefiles).toEqual([
      { name: 'Makefile', found: true, required: true },
      { name: 'a', found: true, required: false },
      { name: 'b', found: false, required: false },
      { name: 'c', found: false, required: false },
    ]);
    expect(db.makefilesWithRules).toEqual(['b']);
  });

  it('are not even looked for if the caller skips them', () => {
    const host = new MemoryHost({
      '/w/Makefile': 'include x.d y.mk\nall:;\n',
      '/w/x.d': 'oops',
      '/w/y.mk': 'Y = 1\n',
    });
    const result = evaluate({ host, cwd: '/w', skipInclude: (path) => path.endsWith('.d') });
    expect(result.ok).toBe(true);
    expect([...host.touched].some((path) => path.endsWith('x.d'))).toBe(false);
    expect(host.touched.has('/w/y.mk')).toBe(true);
  });

  it('say where a missing one was wanted', () => {
    const { diagnostic, text } = failure({ '/w/Makefile': 'A = 1\ninclude nope.mk\n' });
    expect(text).toBe('Makefile:2: *** nope.mk: No such file or directory.  Stop.');
    expect(diagnostic.location).toEqual({ file: 'Makefile', line: 2, column: 0 });
  });
});

describe('failures', () => {
  it('carry the macros that were being expanded', () => {
    const { diagnostic, expansionStack } = failure({
      '/w/Makefile':
        'define inner\n$(error bad $(1))\nendef\nouter = $(call inner,$(1))\n\n$(eval $(call outer,x))\n',
    });
    expect(diagnostic.message).toBe('bad x');
    expect(expansionStack.map(({ expression, location }) => [expression, location.line])).toEqual([
      ['$(call inner)', 6],
      ['$(call outer)', 6],
    ]);
    expect(diagnostic.hint).toContain('in $(call inner) at Makefile:6');
  });

  it.each([
    ['ifeqq (a,b)\nendif\n', "did you mean 'ifeq'?"],
    ['ifeq(a,b)\nendif\n', "put a blank behind 'ifeq'"],
    ['inclued x.mk\n', "did you mean 'include'?"],
    ['a $(fitler a,b) c\n', "'fitler' is no function: did you mean 'filter'?"],
  ])('suggest what was meant: %j', (makefile, hint) => {
    const { text, diagnostic } = failure({ '/w/Makefile': makefile });
    expect(text).toContain('*** missing separator');
    expect(diagnostic.hint).toContain(hint);
    expect(diagnostic.location).toMatchObject({ file: 'Makefile', line: 1 });
    expect(diagnostic.location!.column).toBeGreaterThan(0);
  });

  it('point at the column of an unterminated call', () => {
    const { diagnostic } = failure({ '/w/Makefile': 'A := 1\nB := $(A) $(subst a,b\n' });
    expect(diagnostic.message).toBe("unterminated call to function 'subst': missing ')'");
    expect(diagnostic.location).toEqual({ file: 'Makefile', line: 2, column: 11 });
  });
});

describe('targets', () => {
  const files = {
    '/w/Makefile': [
      '.PHONY: all',
      'all: a.o lib.a | dir',
      'a.o: a.h',
      '%.o: %.c',
      '\t@echo CC $< $@',
      '\t-+rm $*',
      'lib.a: private V = 1',
      'lib.a: a.o a.o',
      '\tar $@ $^ ; \\',
      '\t  x $(V)',
      'dir:;',
      'x y &: all',
      '\ttouch x y',
      'all.done::',
      '\tone',
      'all.done:: a.h',
      '\ttwo',
    ].join('\n'),
    '/w/a.c': '',
    '/w/a.h': '',
  };

  it('have prerequisites in order, merged from all rules, and what an implicit rule adds', () => {
    const db = read(files);
    expect(db.resolve('all')).toMatchObject({
      phony: true,
      prerequisites: ['a.o', 'lib.a'],
      orderOnly: ['dir'],
    });
    expect(db.resolve('a.o')).toMatchObject({ prerequisites: ['a.c', 'a.h'], stem: 'a', hasRule: true });
    expect(db.resolve('lib.a')).toMatchObject({ prerequisites: ['a.o', 'a.o'], specificVariables: ['V'] });
    expect(db.resolve('x')?.alsoMakes).toEqual(['y']);
    expect(db.resolve('a.c')).toMatchObject({ hasRule: false, prerequisites: [] });
    expect(db.resolve('nothing')).toBeUndefined();
    expect(db.goals).toEqual(['all']);
  });

  it('expand their recipes as make hands them to the shell', () => {
    const db = read(files);
    expect(db.expandRecipe(db.resolve('a.o')!)).toEqual([
      {
        text: 'echo CC a.c a.o',
        silent: true,
        ignoreErrors: false,
        always: false,
        location: { file: 'Makefile', line: 5, column: 0 },
      },
      {
        text: 'rm a',
        silent: false,
        ignoreErrors: true,
        always: true,
        location: { file: 'Makefile', line: 6, column: 0 },
      },
    ]);
    expect(db.expandRecipe(db.resolve('lib.a')!)[0]!.text).toBe('ar lib.a a.o ; \\\n  x 1');
  });

  it('keep the rules of double-colon targets apart', () => {
    const db = read(files);
    const rules = db.resolve('all.done')!.doubleColonRules;
    expect(rules.map((rule) => [rule.prerequisites, db.expandRecipe(rule)[0]!.text])).toEqual([
      [[], 'one'],
      [['a.h'], 'two'],
    ]);
  });

  it('name in $? what the caller says is newer', () => {
    const db = read({ '/w/Makefile': 'a: b c\n\techo $? $^\nb c:;\n' });
    const target = db.resolve('a')!;
    expect(db.expandRecipe(target, ['c'])[0]!.text).toBe('echo c b c');
    expect(db.expandRecipe(target)[0]!.text).toBe('echo b c b c');
  });

  it('give their recipes the environment that make would', () => {
    const db = read(
      { '/w/Makefile': 'export A = $(B)\nB = 1\nall: B = 2\nall: export C = 3\nall:;@:\nunexport D\n' },
      { environment: { D: 'd', PATH: '/bin', MAKELEVEL: '1' }, assignments: ['E=5'] },
    );
    expect(db.recipeEnvironment(db.resolve('all')!)).toEqual({
      A: '2',
      C: '3',
      E: '5',
      PATH: '/bin',
      MAKELEVEL: '2',
      MAKEFLAGS: 'w -- E=5',
      MAKEOVERRIDES: '${-*-command-variables-*-}',
      MFLAGS: '-w',
    });
  });

  it('expand prerequisites a second time, after everything was read', () => {
    const db = read({ '/w/Makefile': '.SECONDEXPANSION:\nall: $$(LATE) $$@.x\nLATE = b\nall.x b:;\n' });
    expect(db.resolve('all')!.prerequisites).toEqual(['b', 'all.x']);
  });

  it('run file and shell functions of recipes through the host', () => {
    const host = new MemoryHost({ '/w/Makefile': 'all:\n\t$(file >$@.cmd,x $^)cc $(shell flags)\n' });
    host.answer = () => ({ stdout: '-O2\n', status: 0 });
    const result = evaluate({ host, cwd: '/w', environment: { P: '1' } });
    if (!result.ok) throw new Error(result.error.text);
    const db = result.value;
    expect(db.expandRecipe(db.resolve('all')!)[0]!.text).toBe('cc -O2');
    expect(host.files.get('/w/all.cmd')).toBe('x \n');
    expect(host.commands.map(({ command, cwd, environment }) => ({ command, cwd, environment }))).toEqual([
      { command: 'flags', cwd: '/w', environment: { P: '1' } },
    ]);
  });
});

describe('text that is not ASCII', () => {
  it('survives byte for byte', () => {
    const bytes = 'caf\xc3\xa9\xff';
    const db = read({ '/w/Makefile': `A = ${bytes}\n${bytes}: ; echo $@\n` });
    expect(db.expand('$(A)')).toBe(bytes);
    expect(db.expandRecipe(db.resolve(bytes)!)[0]!.text).toBe(`echo ${bytes}`);
  });
});

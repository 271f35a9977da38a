import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { environmentCustomizesShell, parseSimpleCommand, quote } from '../../../engine/exec/command-line.ts';

describe('parseSimpleCommand', () => {
  test.each([
    ['gcc -c a.c', ['gcc', '-c', 'a.c']],
    ['  gcc\t-c   a.c  ', ['gcc', '-c', 'a.c']],
    ['\n gcc a.c\n\n', ['gcc', 'a.c']],
    ['gcc -D__LIBNAME__=libmusl -Wp,-MD,/b/.a.o.d', ['gcc', '-D__LIBNAME__=libmusl', '-Wp,-MD,/b/.a.o.d']],
    [String.raw`gcc "-DX=\"y\"" -DZ=\"z\"`, ['gcc', '-DX="y"', '-DZ="z"']],
    [String.raw`gcc '-DX="a b"'c"d"\ e`, ['gcc', '-DX="a b"cd e']],
    [String.raw`gcc "" '' a""`, ['gcc', '', '', 'a']],
    [String.raw`gcc "a\b\\c"`, ['gcc', String.raw`a\b\c`]],
    ['gcc \\\n\t-c a\\\nb.c', ['gcc', '-c', 'ab.c']],
    ['gcc "a\\\nb"', ['gcc', 'ab']],
    ["gcc 'a\\\nb\nc'", ['gcc', 'a\\\nb\nc']],
    ['gcc \\* \\$x \\# \\~', ['gcc', '*', '$x', '#', '~']],
    ['gcc a#b !x a! ]', ['gcc', 'a#b', '!x', 'a!', ']']],
    ['objcopy -w -G kernel_* -G lib', undefined],
    ['/usr/bin/gcc -o größe.o', ['/usr/bin/gcc', '-o', 'größe.o']],
    ['env A=b gcc', ['env', 'A=b', 'gcc']],
    ['ld -z max-page-size=0x1000 -o a@b%c,d+e:f', ['ld', '-z', 'max-page-size=0x1000', '-o', 'a@b%c,d+e:f']],
  ])('%j', (text, argv) => {
    expect(parseSimpleCommand(text)).toEqual(argv);
  });

  test.each([
    ['nothing', ''],
    ['blanks', ' \n\t'],
    ['a variable', 'gcc $CFLAGS'],
    ['a variable in quotes', 'gcc "$CFLAGS"'],
    ['a lone dollar', 'gcc a$ b'],
    ['a command substitution', 'gcc `x`'],
    ['a quoted command substitution', 'gcc "`x`"'],
    ['a pipe', 'a|b'],
    ['a list', 'a;b'],
    ['a background command', 'a&'],
    ['a subshell', '(a)'],
    ['a redirection', 'a>b'],
    ['a descriptor', 'a 2<b'],
    ['a star', 'ls *.c'],
    ['a question mark', 'ls a?'],
    ['a bracket', 'ls [ab]'],
    ['braces', 'ls {a,b}'],
    ['a tilde', 'ls ~'],
    ['a tilde after an equals sign', 'ls a=~'],
    ['a tilde after a colon', 'ls a=b:~'],
    ['a comment', 'ls # b'],
    ['a leading comment', '# b'],
    ['an assignment', 'A=b'],
    ['an assignment prefix', 'A=b gcc'],
    ['an appending assignment', 'A+=b gcc'],
    ['an assignment-like quoted program', '"A=b" c'],
    ['two lines', 'a\nb'],
    ['an open single quote', "a 'b"],
    ['an open double quote', 'a "b'],
    ['a double quote left open by an escape', 'a "b\\"'],
    ['a final backslash', 'a b\\'],
    ['a final backslash in double quotes', 'a "b\\'],
    ['a builtin', 'cd x'],
    ['a quoted builtin', '"cd" x'],
    ['a builtin that is also a program', 'echo x'],
    ['a colon', ': x'],
    ['a dot', '. ./x'],
    ['a test', '[ a = b ]'],
    ['a reserved word', 'if a'],
    ['a negation', '! a'],
    ['a job', '%1'],
    ['an empty program', "'' a"],
    ['a control character', 'a \x01'],
    ['a carriage return', 'a\r'],
    ['a NUL in quotes', "a '\0'"],
  ])('leaves %s to the shell', (_name, text) => {
    expect(parseSimpleCommand(text)).toBeUndefined();
  });

  const shells: [string, string[], Record<string, string>][] = [
    ['sh', ['/bin/sh'], {}],
    ['bash', ['/bin/bash'], {}],
    ['bash as sh', ['/bin/bash', '--posix'], {}],
    ['bash with UTF-8', ['/bin/bash'], { LC_ALL: 'C.UTF-8' }],
    ['sh with UTF-8', ['/bin/sh'], { LC_ALL: 'C.UTF-8' }],
  ];

  /** Pieces of command lines, among them everything that a shell treats in its own way. */
  const piece = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom('a', 'b', '-D', 'X=1', '/x/y.c', ',', ':', '%', '@', '+', '^', ']', '.'),
    },
    { weight: 3, arbitrary: fc.constantFrom(' ', '  ', '\t', ' ') },
    {
      weight: 3,
      arbitrary: fc.constantFrom("'", '"', '\\', '\\"', "'a b'", '"a b"', '"\\"x\\""', "''", '""'),
    },
    { weight: 2, arbitrary: fc.constantFrom('\\\n', '\n', '\\ ', '\\\\', '\\a', '"\\a"', "'\\'", '"\\\n"') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('#', '!', '=', '~', '{', '}', '*', '$', '`', ';', '&', '|', '<', '>', '('),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('ä', '€', '\u00a0', '\u3000', '\u0085', '𝕏', '\x7f', '\x01', '\r', '\v'),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
  );
  const commandLine = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));

  test.each(shells.filter(([, [program]]) => existsSync(program!)))(
    'agrees with %s wherever it gives an answer',
    (_name, [shell, ...options], environment) => {
      // One shell runs many cases, each as a command of its own by eval, so that thousands are affordable.
      const seen: { text: string; argv: string[] }[] = [];
      fc.assert(
        fc.property(commandLine, (tail) => {
          const text = `show ${tail}`;
          const argv = parseSimpleCommand(text);
          if (argv) seen.push({ text, argv });
        }),
        // The same cases each time; UNIGRAPH_FUZZ_SEED gives others.
        { numRuns: 20_000, seed: Number(process.env['UNIGRAPH_FUZZ_SEED'] ?? 20261124) },
      );
      expect(seen.length).toBeGreaterThan(5000);
      const batch = 500;
      for (let start = 0; start < seen.length; start += batch) {
        const cases = seen.slice(start, start + batch);
        const script = [
          String.raw`show() { printf '%s\0' "$@"; printf 'end\0'; }`,
          ...cases.map(({ text }) => `eval ${quote([text])}`),
        ].join('\n');
        const run = spawnSync(shell!, options, {
          input: script,
          env: { PATH: '/usr/bin:/bin', ...environment },
          cwd: '/',
          maxBuffer: 1 << 26,
        });
        expect(run.stderr.toString()).toBe('');
        const expected = cases.map(({ argv }) =>
          [...argv.slice(1), 'end'].map((word) => `${word}\0`).join(''),
        );
        // printf prints its format once when there are no arguments.
        const adjusted = cases.map(({ argv }, index) => (argv.length === 1 ? '\0end\0' : expected[index]!));
        const actual = run.stdout.toString();
        if (actual !== adjusted.join('')) {
          // Find the case, for a message that can be read.
          for (const { text, argv } of cases) {
            const single = spawnSync(shell!, [...options, '-c', `show() { printf '%s\\0' "$@"; }; ${text}`], {
              env: { PATH: '/usr/bin:/bin', ...environment },
            });
            expect({ text, argv: single.stdout.toString().split('\0').slice(0, -1) }).toEqual({
              text,
              argv: argv.length === 1 ? [''] : argv.slice(1),
            });
          }
          expect(actual).toBe(adjusted.join(''));
        }
      }
    },
  );

  test('agrees with the shell about every single character in every position', () => {
    const cases: { text: string; argv: string[] }[] = [];
    for (let code = 1; code < 0x180; code++) {
      const character = String.fromCharCode(code);
      for (const form of ['X', 'aX', 'Xa', 'aXb', '"X"', "'X'", '\\X', 'a "X" b', 'a=X', 'a:X', '"\\X"']) {
        const text = `show ${form.replace('X', character)}`;
        const argv = parseSimpleCommand(text);
        if (argv) cases.push({ text, argv });
      }
    }
    expect(cases.length).toBeGreaterThan(3000);
    for (const shell of ['/bin/sh', '/bin/bash'].filter(existsSync)) {
      const script = [
        String.raw`show() { printf '%s\0' "$@"; printf 'end\0'; }`,
        ...cases.map(({ text }) => `eval ${quote([text])}`),
      ].join('\n');
      const run = spawnSync(shell, { input: script, cwd: '/', maxBuffer: 1 << 26 });
      const answers = run.stdout.toString().split('end\0');
      cases.forEach(({ text, argv }, index) => {
        expect({ shell, text, words: answers[index] }).toEqual({
          shell,
          text,
          words:
            argv.length === 1
              ? '\0'
              : argv
                  .slice(1)
                  .map((word) => `${word}\0`)
                  .join(''),
        });
      });
    }
  });

  test.each([['/bin/sh'], ['/bin/bash']])('leaves every builtin and reserved word of %s to it', (shell) => {
    if (!existsSync(shell)) return;
    const names = [
      ...spawnSync('/bin/bash', ['-c', 'compgen -bk'], { encoding: 'utf8' }).stdout.split('\n'),
      ...'alias bg cd chdir command echo eval exec exit export false fg getopts hash jobs kill local printf pwd read'.split(
        ' ',
      ),
      ...'readonly return set shift test times trap true type ulimit umask unalias unset wait'.split(' '),
    ].filter(Boolean);
    for (const name of names) {
      const type = spawnSync(shell, ['-c', 'type -- "$1" 2>/dev/null || type "$1"', 'sh', name], {
        encoding: 'utf8',
      });
      if (!/builtin|keyword|reserved/.test(type.stdout)) continue;
      expect({ name, argv: parseSimpleCommand(`${name} x`) }).toEqual({ name, argv: undefined });
    }
  });

  test('takes a compiler’s command line apart in microseconds', () => {
    const flags = Array.from({ length: 80 }, (_, index) => `-I/a/long/path/to/an/include/folder/${index}`);
    const text = `gcc ${flags.join(' ')} "-DX=\\"y\\"" -D__LIBNAME__=libmusl -c /x/y.c -o /x/y.o`;
    const start = performance.now();
    for (let round = 0; round < 1400; round++) parseSimpleCommand(text);
    // 5 MB in all: 25 ms here; the limit only catches a fall from linear time.
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('quote', () => {
  test.each([
    [['gcc', '-c', 'a.c'], 'gcc -c a.c'],
    [['gcc', '-DX="y z"', ''], `gcc '-DX="y z"' ''`],
    [['gcc', "it's"], `gcc 'it'\\''s'`],
    [['A=b', 'A=b'], `'A=b' A=b`],
    [['if', 'if'], `'if' if`],
    [['~', '!x', 'a\nb'], `'~' '!x' 'a\nb'`],
  ])('%j', (argv, text) => {
    expect(quote(argv)).toBe(text);
  });

  test('gives the same words again, to parseSimpleCommand', () => {
    const word = fc.string({
      unit: fc.integer({ min: 1, max: 0x2fff }).map((code) => String.fromCodePoint(code)),
    });
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(parseSimpleCommand(quote(['gcc', ...words]))).toEqual(['gcc', ...words]);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([['/bin/sh'], ['/bin/bash']])('gives the same words again, to %s', (shell) => {
    if (!existsSync(shell)) return;
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    const lists = fc.sample(fc.array(word, { minLength: 1, maxLength: 6 }), 2000);
    const script = lists.map((words) => quote(['printf', String.raw`%s\0`, ...words])).join('\n');
    const run = spawnSync(shell, { input: script, maxBuffer: 1 << 26 });
    expect(run.stdout.toString()).toBe(
      lists
        .flat()
        .map((each) => `${each}\0`)
        .join(''),
    );
  });
});

test('an environment with bash’s own start-up code is recognised', () => {
  expect(environmentCustomizesShell({ PATH: '/bin', HOME: '/' })).toBe(false);
  expect(environmentCustomizesShell({ BASH_ENV: '/x' })).toBe(true);
  expect(environmentCustomizesShell({ 'BASH_FUNC_gcc%%': '() { :; }' })).toBe(true);
});

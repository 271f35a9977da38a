import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultFlags, type MakeFlags } from '../../../engine/make/flags.ts';
import {
  decodeOptions,
  environmentWords,
  flagString,
  quoteForEnvironment,
} from '../../../engine/make/options.ts';

function decode(
  words: readonly string[],
  fromEnvironment = false,
): { flags: MakeFlags; rest: string[]; errors: string[] } {
  const flags = defaultFlags();
  const rest: string[] = [];
  const errors: string[] = [];
  decodeOptions(words, {
    flags,
    fromEnvironment,
    onWord: (word) => rest.push(word),
    onError: (text) => errors.push(text),
    fileName: (name) => name,
  });
  return { flags, rest, errors };
}

describe('options', () => {
  it('may be bundled, abbreviated, and stand behind targets', () => {
    const { flags, rest } = decode([
      'all',
      '-ks',
      '--just',
      '-fx',
      '-C',
      'd',
      '--include-dir=i',
      'A=1',
      '--',
      '-n',
    ]);
    expect(flags).toMatchObject({
      keepGoing: true,
      silent: true,
      justPrint: true,
      makefiles: ['x'],
      directories: ['d'],
      includeDirectories: ['i'],
    });
    expect(rest).toEqual(['all', 'A=1', '-n']);
  });

  it.each([
    [['-j'], 0],
    [['-j4'], 4],
    [['-j', '4'], 4],
    [['-j', 'all'], 0],
    [['--jobs=3'], 3],
    [['--jobs', '3'], 3],
  ])('with an optional number take it from the next word: %j', (words, jobs) => {
    expect(decode(words).flags.jobs).toBe(jobs);
  });

  it.each([
    [['-z'], "invalid option -- 'z'"],
    [['--frob'], "unrecognized option '--frob'"],
    [
      ['--no-builtin'],
      "option '--no-builtin' is ambiguous; possibilities: '--no-builtin-rules' '--no-builtin-variables'",
    ],
    [['-C'], "option requires an argument -- 'C'"],
    [['--silent=x'], "option '--silent' doesn't allow an argument"],
    [['-j0'], "the '-j' option requires a positive integer argument"],
    [['-f', ''], "the '-f' option requires a non-empty string argument"],
  ])('that are wrong are named: %j', (words, error) => {
    expect(decode(words).errors).toEqual([error]);
  });

  it('that change where make works do not come from MAKEFLAGS', () => {
    const { flags } = decode(['-C', 'd', '-f', 'x', '-k', '-o', 'y'], true);
    expect(flags).toMatchObject({ directories: [], makefiles: [], oldFiles: [], keepGoing: true });
  });

  it('come back the same through MAKEFLAGS', () => {
    const name = fc.stringMatching(/^[a-zA-Z \\$/.-]{1,8}$/).filter((text) => !text.startsWith('-'));
    fc.assert(
      fc.property(
        fc.record({
          keepGoing: fc.boolean(),
          silent: fc.boolean(),
          noBuiltinRules: fc.boolean(),
          trace: fc.boolean(),
          warnUndefinedVariables: fc.boolean(),
          jobs: fc.option(fc.integer({ min: 0, max: 64 }), { nil: undefined }),
          includeDirectories: fc.array(name, { maxLength: 3 }),
          outputSync: fc.option(fc.constantFrom('line', 'target'), { nil: undefined }),
        }),
        (chosen) => {
          const flags = { ...defaultFlags(), ...chosen };
          const text = flagString(flags, true, false).replace(/^-/, '');
          // Make expands MAKEFLAGS before it decodes it.
          const words = environmentWords(text.replaceAll('$$', '$'));
          expect(decode(words, true).flags).toEqual(flags);
        },
      ),
    );
  });

  it('quote words so that they stay one', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z \t\\$=]{0,10}$/), (text) => {
        expect(environmentWords(`x=1 ${quoteForEnvironment(text).replaceAll('$$', '$')}`)).toEqual([
          'x=1',
          text,
        ]);
      }),
    );
  });
});

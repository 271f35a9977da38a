import { describe, expect, test } from 'vitest';
import { plainWords } from '../../../rules/configure/words.ts';

describe('splitting a command without a shell', () => {
  test('blanks separate words, quotes keep them together', () => {
    expect(plainWords(`/a/b.sh -q  -o '/x y/z' -t "Two words" -c a:b`)).toEqual([
      '/a/b.sh',
      '-q',
      '-o',
      '/x y/z',
      '-t',
      'Two words',
      '-c',
      'a:b',
    ]);
  });

  test('an empty quoted word is a word', () => {
    expect(plainWords(`a '' ""`)).toEqual(['a', '', '']);
  });

  test.each([
    'a $b',
    'a | b',
    'a; b',
    'a *',
    'a > b',
    'a "$(b)"',
    'a "\\x"',
    "a 'b",
    'a \\b',
    'a & b',
    '~/a',
  ])('%s needs a shell', (command) => {
    expect(plainWords(command)).toBeUndefined();
  });
});

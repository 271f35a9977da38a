import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchPattern, parsePattern, substituteStem } from '../../../engine/make/pattern.ts';
import { collapseContinuations, findUnquoted, unescapeChar } from '../../../engine/make/quoting.ts';
import { substituteText, substituteWords } from '../../../engine/make/substitute.ts';
import { splitWords, trim } from '../../../engine/make/words.ts';

const word = fc.stringMatching(/^[a-z.%/]{1,6}$/);
const words = fc.array(word, { maxLength: 6 });
const blanks = fc.constantFrom(' ', '  ', '\t', '\n', ' \t ');

describe('words', () => {
  it('are what stands between any whitespace', () => {
    fc.assert(
      fc.property(words, fc.array(blanks, { minLength: 8, maxLength: 8 }), (list, gaps) => {
        const text = gaps[7]! + list.map((each, index) => each + gaps[index % 7]!).join('');
        expect(splitWords(text)).toEqual(list);
      }),
    );
  });

  it('are the same when a long list is split again', () => {
    const text = Array.from({ length: 200 }, (_, index) => `w${index}`).join(' ');
    expect(splitWords(text)).toEqual(splitWords(`${text}`));
    expect(splitWords(text)).toHaveLength(200);
  });

  it('lose whitespace at the ends when trimmed, and nothing else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const trimmed = trim(text);
        expect(text.includes(trimmed)).toBe(true);
        expect(trim(trimmed)).toBe(trimmed);
      }),
    );
  });
});

describe('patterns', () => {
  it('give back the word when their stem is put in again', () => {
    fc.assert(
      fc.property(word, word, word, (prefix, stem, suffix) => {
        const pattern = { text: `${prefix}%${suffix}`, percent: prefix.length };
        const found = matchPattern(pattern, prefix + stem + suffix);
        expect(found).toBe(stem);
        expect(substituteStem(pattern, found!)).toBe(prefix + stem + suffix);
      }),
    );
  });

  it('do not match a word that prefix and suffix would have to share', () => {
    expect(matchPattern(parsePattern('ab%ba'), 'aba')).toBeUndefined();
  });

  it('take a quoted percent sign for itself', () => {
    expect(parsePattern('a\\%b%c')).toEqual({ text: 'a%b%c', percent: 3 });
    expect(parsePattern('a\\\\%b')).toEqual({ text: 'a\\%b', percent: 2 });
    expect(parsePattern('a\\b')).toEqual({ text: 'a\\b', percent: -1 });
  });
});

describe('substitution', () => {
  it('replaces every occurrence, one after the other', () => {
    expect(substituteText('feet on the street', 'ee', 'EE')).toBe('fEEt on the strEEt');
    expect(substituteText('abc', '', 'x')).toBe('abcx');
  });

  it('keeps the blanks between words if the pattern has no percent sign', () => {
    expect(substituteWords('a  a ab', parsePattern('a'), parsePattern('b'))).toBe('b  b ab');
  });

  it('leaves out words that become empty only if the replacement has no percent sign', () => {
    expect(substituteWords('a.c b d.c', parsePattern('%.c'), parsePattern(''))).toBe('b');
    expect(substituteWords('.c b', parsePattern('%.c'), parsePattern('%'))).toBe(' b');
  });

  it('with %=% changes nothing but whitespace', () => {
    fc.assert(
      fc.property(words, (list) => {
        const text = list.join('  ');
        expect(substituteWords(text, parsePattern('%'), parsePattern('%'))).toBe(list.join(' '));
      }),
    );
  });
});

describe('backslashes', () => {
  it('quote what is looked for, and each other in front of it', () => {
    expect(findUnquoted('a\\:b:c', ':')).toEqual({ text: 'a:b:c', index: 3 });
    expect(findUnquoted('a\\\\:b', ':')).toEqual({ text: 'a\\:b', index: 2 });
    expect(findUnquoted('a\\b', ':')).toEqual({ text: 'a\\b', index: -1 });
    expect(unescapeChar('a\\:b\\c\\\\:', ':')).toBe('a:b\\c\\\\:');
  });

  it('before a newline join lines, with one blank between them', () => {
    expect(collapseContinuations('a  \\\n   b', false)).toBe('a b');
    expect(collapseContinuations('a  \\\n   b', true)).toBe('a   b');
    expect(collapseContinuations('a\\\\\nb', false)).toBe('a\\\nb');
  });
});

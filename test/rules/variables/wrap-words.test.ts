import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapWords } from '../../../rules/variables/wrap-words.ts';

test('every word is there in its order, and no line with two words is wider than the width', () => {
  const word = fc.stringMatching(/^[a-z/]{1,30}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 20, max: 80 }), (words, width) => {
      const lines = wrapWords(words, width, '  ', '+=');
      expect(lines.join(' ').split(/\s+/).filter(Boolean)).toEqual(['+=', ...words]);
      for (const line of lines) {
        if (line.trim().split(' ').length > 1) expect(line.length).toBeLessThanOrEqual(width);
      }
    }),
  );
});

test('later lines stand further in', () => {
  expect(wrapWords(['aaaa', 'bbbb', 'cccc'], 12, '  ', '=')).toEqual(['  = aaaa', '    bbbb', '    cccc']);
});

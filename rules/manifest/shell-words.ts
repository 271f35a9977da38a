import { fail, ok, type Result } from '../../engine/result.ts';

/**
 * Splits a text into words as a POSIX shell does: blanks separate, single quotes keep everything, double quotes keep
 * blanks, a backslash keeps the next character. Nothing is expanded.
 */
export function shellWords(text: string): Result<string[], string> {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return fail("a ' without its second");
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (character === '"') {
      let inner = '';
      for (at++; text[at] !== '"'; at++) {
        if (at >= text.length) return fail('a " without its second');
        if (text[at] === '\\' && /["\\$`]/.test(text[at + 1] ?? '')) at++;
        inner += text[at];
      }
      word = (word ?? '') + inner;
    } else if (character === '\\') {
      if (at + 1 >= text.length) return fail('a \\ at the end');
      word = (word ?? '') + text[++at];
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== undefined) words.push(word);
  return ok(words);
}

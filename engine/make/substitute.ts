import type { Pattern } from './pattern.ts';
import { endOfWord, isSpace, skipSpaces, splitWords } from './words.ts';

/** Replaces every occurrence; an empty `from` matches once, at the end (manual, `subst`). */
export function substituteText(text: string, from: string, to: string): string {
  if (from === '') return text + to;
  if (!text.includes(from)) return text;
  return text.split(from).join(to);
}

/** Replaces whole words that match a pattern (manual, `patsubst`). */
export function substituteWords(text: string, pattern: Pattern, replacement: Pattern): string {
  const { text: source, percent } = pattern;
  if (percent < 0) return substituteWholeWord(text, source, replacement.text);
  const prefix = source.slice(0, percent);
  const suffix = source.slice(percent + 1);
  const fixed = prefix.length + suffix.length;
  const before = replacement.percent < 0 ? replacement.text : replacement.text.slice(0, replacement.percent);
  const after = replacement.percent < 0 ? '' : replacement.text.slice(replacement.percent + 1);
  let result = '';
  let any = false;
  for (const word of splitWords(text)) {
    if (
      word.length < fixed ||
      (prefix !== '' && !word.startsWith(prefix)) ||
      (suffix !== '' && !word.endsWith(suffix))
    ) {
      result += any ? ` ${word}` : word;
      any = true;
      continue;
    }
    // A word that becomes empty leaves a blank behind, but only if the replacement has a `%`.
    if (replacement.percent < 0 && before === '') continue;
    if (any) result += ' ';
    any = true;
    result += before;
    if (replacement.percent >= 0) {
      result += word.slice(prefix.length, word.length - suffix.length) + after;
    }
  }
  return result;
}

/** Replaces a word without `%`; the blanks between words stay as they are. */
function substituteWholeWord(text: string, from: string, to: string): string {
  let result = '';
  let at = 0;
  do {
    let found: number;
    if (from === '') {
      found = endOfWord(text, skipSpaces(text, at));
    } else {
      found = text.indexOf(from, at);
      if (found < 0) return result + text.slice(at);
    }
    const end = found + from.length;
    const whole =
      (found === 0 || isSpace(text.charCodeAt(found - 1))) &&
      (end >= text.length || isSpace(text.charCodeAt(end)));
    result += text.slice(at, found) + (whole ? to : from);
    at = end;
  } while (at < text.length);
  return result;
}

import { parsePattern, type Pattern } from '../pattern.ts';
import { substituteText, substituteWords } from '../substitute.ts';
import { compareBytes, firstWord, isSpace, skipSpaces, endOfWord, splitWords, trim } from '../words.ts';
import type { Expander } from '../expander.ts';
import { eager, type EagerFunction } from './function.ts';

/** Functions for string substitution and analysis (manual, "Text Functions"). */
export const textFunctions: readonly EagerFunction[] = [
  eager('subst', 3, 3, true, ([from, to, text]) => substituteText(text!, from!, to!)),
  eager('patsubst', 3, 3, true, ([pattern, replacement, text]) =>
    substituteWords(text!, parsePattern(pattern!), parsePattern(replacement!)),
  ),
  eager('strip', 0, 1, true, ([text]) => splitWords(text!).join(' ')),
  eager('findstring', 2, 2, true, ([find, text]) => (text!.includes(find!) ? find! : '')),
  eager('filter', 2, 2, true, ([patterns, text]) => filterWords(patterns!, text!, true)),
  eager('filter-out', 2, 2, true, ([patterns, text]) => filterWords(patterns!, text!, false)),
  eager('sort', 0, 1, true, ([text]) => sortWords(text!)),
  eager('word', 2, 2, false, word),
  eager('wordlist', 3, 3, false, wordList),
  eager('words', 0, 1, true, ([text]) => String(splitWords(text!).length)),
  eager('firstword', 0, 1, true, ([text]) => firstWord(text!)),
  eager('lastword', 0, 1, true, ([text]) => splitWords(text!).at(-1) ?? ''),
];

function filterWords(patternText: string, text: string, keep: boolean): string {
  const exact = new Set<string>();
  const patterns: Pattern[] = [];
  for (const item of splitWords(patternText)) {
    const pattern = parsePattern(item);
    if (pattern.percent < 0) exact.add(pattern.text);
    else patterns.push(pattern);
  }
  const prefixes = patterns.map(({ text: source, percent }) => source.slice(0, percent));
  const suffixes = patterns.map(({ text: source, percent }) => source.slice(percent + 1));
  let result = '';
  let any = false;
  for (const item of splitWords(text)) {
    let matched = exact.has(item);
    for (let index = 0; !matched && index < prefixes.length; index++) {
      const prefix = prefixes[index]!;
      const suffix = suffixes[index]!;
      matched =
        item.length >= prefix.length + suffix.length && item.startsWith(prefix) && item.endsWith(suffix);
    }
    if (matched !== keep) continue;
    result += any ? ` ${item}` : item;
    any = true;
  }
  return result;
}

/** GNU Make compares first characters as C's `char`, which is signed here: bytes above 127 come first. */
function compareForSort(a: string, b: string): number {
  const difference = ((a.charCodeAt(0) << 24) >> 24) - ((b.charCodeAt(0) << 24) >> 24);
  return difference !== 0 ? difference : compareBytes(a, b);
}

function sortWords(text: string): string {
  const words = splitWords(text);
  if (words.length < 2) return words.join('');
  const sorted = [...words].sort(compareForSort);
  return sorted.filter((item, index) => index === 0 || item !== sorted[index - 1]).join(' ');
}

/** A number as atoi reads it after check: wraps at 32 bits, as C's int does. */
function wholeNumber(text: string, message: string, expander: Expander): number {
  const digits = trim(text);
  if (text === '' || !/^[0-9]*$/.test(digits)) expander.fail(`${message}: '${text}'`);
  const value = BigInt(digits);
  return value > 0x7fffffffffffffffn ? -1 : Number(BigInt.asIntN(32, value));
}

function word([position, text]: readonly string[], expander: Expander): string {
  const index = wholeNumber(position!, "non-numeric first argument to 'word' function", expander);
  if (index === 0) expander.fail("first argument to 'word' function must be greater than 0");
  return index < 0 ? '' : (splitWords(text!)[index - 1] ?? '');
}

/** The blanks between the words stay as they are. */
function wordList([from, to, text]: readonly string[], expander: Expander): string {
  const start = wholeNumber(from!, "non-numeric first argument to 'wordlist' function", expander);
  const last = wholeNumber(to!, "non-numeric second argument to 'wordlist' function", expander);
  if (start < 1) expander.fail(`invalid first argument to 'wordlist' function: '${start}'`);
  if (last < start) return '';
  let at = 0;
  let begin = -1;
  let end = 0;
  for (let count = 1; count <= last; count++) {
    at = skipSpaces(text!, at);
    if (at >= text!.length) break;
    if (count === start) begin = at;
    at = endOfWord(text!, at);
    end = at;
  }
  if (begin < 0) return '';
  while (end > begin && isSpace(text!.charCodeAt(end - 1))) end--;
  return text!.slice(begin, end);
}

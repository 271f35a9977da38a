import { findUnquoted } from './quoting.ts';

/** A word with at most one unquoted `%`; backslashes that quoted a `%` are gone from its text. */
export interface Pattern {
  readonly text: string;
  /** Index of the `%`; -1 if there is none: then the pattern matches only itself. */
  readonly percent: number;
}

/** Reads a pattern (manual, "Static Usage": `%` and backslashes). */
export function parsePattern(text: string): Pattern {
  const { text: unquoted, index } = findUnquoted(text, '%');
  return { text: unquoted, percent: index };
}

/** What `%` stands for in `word`; undefined if the pattern does not match. An exact match has the stem ''. */
export function matchPattern(pattern: Pattern, word: string): string | undefined {
  const { text, percent } = pattern;
  if (percent < 0) return text === word ? '' : undefined;
  const suffixLength = text.length - percent - 1;
  if (word.length < percent + suffixLength) return undefined;
  if (percent > 0 && !word.startsWith(text.slice(0, percent))) return undefined;
  if (suffixLength > 0 && !word.endsWith(text.slice(percent + 1))) return undefined;
  return word.slice(percent, word.length - suffixLength);
}

/** Puts a stem in the place of the `%`. */
export function substituteStem(pattern: Pattern, stem: string): string {
  if (pattern.percent < 0) return pattern.text;
  return pattern.text.slice(0, pattern.percent) + stem + pattern.text.slice(pattern.percent + 1);
}

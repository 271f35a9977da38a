import type { Directories } from './directories.ts';
import { compareBytes } from './words.ts';
import type { MakeHost } from './host.ts';

/** File name patterns, as glob(3) and fnmatch(3) have them without options: `* ? [...]` and backslash. */

const SPECIAL = /[*?[]/;

/** True if a pattern could match other names than itself. */
export function hasWildcard(pattern: string): boolean {
  return SPECIAL.test(pattern);
}

/**
 * Names that exist and match, sorted by bytes.
 * Directories are read through the run's listings; names without wildcards are looked for as they are.
 */
export function glob(pattern: string, directories: Directories, host: MakeHost): readonly string[] {
  return globUnsorted(pattern, directories, host).sort(compareBytes);
}

function globUnsorted(pattern: string, directories: Directories, host: MakeHost): string[] {
  if (!hasMagic(pattern)) {
    const name = unescape(pattern);
    return name !== '' && directories.isPresent(name) ? [name] : [];
  }
  const slash = pattern.lastIndexOf('/');
  if (slash === pattern.length - 1) return globDirectories(pattern, directories, host);
  const last = pattern.slice(slash + 1);
  if (slash < 0) return matchIn('.', '', last, directories);
  const head = slash === 0 ? '/' : pattern.slice(0, slash);
  if (!hasMagic(head)) {
    const directory = unescape(head);
    return matchIn(directory, slash === 0 ? '/' : `${directory}/`, last, directories);
  }
  const found: string[] = [];
  for (const directory of globUnsorted(head, directories, host)) {
    found.push(...matchIn(directory, `${directory}/`, last, directories));
  }
  return found;
}

/** `pattern/`: what matches the pattern and is a directory, with the slash. */
function globDirectories(pattern: string, directories: Directories, host: MakeHost): string[] {
  const bare = pattern.replace(/\/+$/, '');
  const slashes = pattern.slice(bare.length);
  return globUnsorted(bare, directories, host)
    .filter((name) => host.stat(directories.path(name))?.directory === true)
    .map((name) => name + slashes);
}

function matchIn(directory: string, prefix: string, pattern: string, directories: Directories): string[] {
  if (!hasMagic(pattern)) {
    const name = prefix + unescape(pattern);
    return directories.isPresent(name) ? [name] : [];
  }
  const names = directories.list(directory);
  if (names === undefined) return [];
  const matcher = patternMatcher(pattern);
  const found: string[] = [];
  for (const name of names) {
    if (name.startsWith('.') && !pattern.startsWith('.') && !pattern.startsWith('\\.')) continue;
    if (directories.isImpossible(prefix + name)) continue;
    if (matcher.test(name)) found.push(prefix + name);
  }
  return found;
}

/** Magic: a wildcard that no backslash quotes; a `[` counts only with a `]` behind it. */
export function hasMagic(pattern: string): boolean {
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index];
    if (char === '\\') index++;
    else if (char === '*' || char === '?') return true;
    else if (char === '[' && pattern.includes(']', index + 1)) return true;
  }
  return false;
}

function unescape(pattern: string): string {
  return pattern.includes('\\') ? pattern.replace(/\\(.)/gs, '$1') : pattern;
}

const matchers = new Map<string, RegExp>();

/** The regular expression that fnmatch(3) would be. */
export function patternMatcher(pattern: string): RegExp {
  let matcher = matchers.get(pattern);
  if (matcher === undefined) {
    matcher = new RegExp(`^${translate(pattern)}$`, 's');
    if (matchers.size > 1000) matchers.clear();
    matchers.set(pattern, matcher);
  }
  return matcher;
}

function translate(pattern: string): string {
  let source = '';
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index]!;
    if (char === '*') {
      // Several in a row mean the same as one, and one does not backtrack exponentially.
      while (pattern[index + 1] === '*') index++;
      source += '.*';
    } else if (char === '?') source += '.';
    else if (char === '\\' && index + 1 < pattern.length) source += quote(pattern[++index]!);
    else if (char === '[') {
      const set = bracket(pattern, index);
      if (set === undefined) source += '\\[';
      else {
        source += set.source;
        index = set.end;
      }
    } else source += quote(char);
  }
  return source;
}

const quote = (char: string): string => (/[\^$\\.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char);

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t\\n\\v\\f\\r',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9A-Fa-f',
};

/** A bracket expression; undefined if it has no end. */
function bracket(pattern: string, open: number): { source: string; end: number } | undefined {
  let index = open + 1;
  const negated = pattern[index] === '!' || pattern[index] === '^';
  if (negated) index++;
  let source = '';
  for (let first = true; ; first = false) {
    const char = pattern[index];
    if (char === undefined) return undefined;
    if (char === ']' && !first) break;
    const named = char === '[' && pattern[index + 1] === ':' ? pattern.indexOf(':]', index) : -1;
    if (named > 0) {
      source += classes[pattern.slice(index + 2, named)] ?? '';
      index = named + 2;
      continue;
    }
    const from = char === '\\' ? pattern[++index] : char;
    if (from === undefined) return undefined;
    index++;
    if (pattern[index] === '-' && pattern[index + 1] !== ']' && pattern[index + 1] !== undefined) {
      index++;
      const to = pattern[index] === '\\' ? pattern[++index] : pattern[index];
      if (to === undefined) return undefined;
      index++;
      if (from <= to) source += `${quote(from)}-${quote(to)}`;
    } else {
      source += quote(from);
    }
  }
  if (source === '') return { source: negated ? '.' : '(?!)', end: index };
  return { source: `[${negated ? '^' : ''}${source}]`, end: index };
}

import { toByteText } from './byte-text.ts';
import type { World } from './world.ts';

const magic = /[*?[]/;

/** Translates one path component's pattern, as fnmatch(3) reads it in the C locale. */
function componentPattern(pattern: string): RegExp {
  let source = '';
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index]!;
    if (character === '*') source += '[^]*';
    else if (character === '?') source += '[^]';
    else if (character === '[') {
      const bracket = readBracket(pattern, index);
      if (bracket === undefined) source += '\\[';
      else {
        source += bracket.source;
        index = bracket.end;
      }
    } else if (character === '\\' && index + 1 < pattern.length) source += quote(pattern[++index]!);
    else source += quote(character);
  }
  return new RegExp(`^${source}$`);
}

const quote = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\x09-\\x0d\\x20',
  blank: '\\x09\\x20',
  punct: '!-\\/:-@\\[-`{-~',
  print: '\\x20-\\x7e',
  graph: '\\x21-\\x7e',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9A-Fa-f',
};

/** A bracket expression from its `[` on; undefined when it is never closed and so stands for itself. */
function readBracket(pattern: string, start: number): { source: string; end: number } | undefined {
  let index = start + 1;
  const negated = pattern[index] === '!' || pattern[index] === '^';
  if (negated) index++;
  let source = '';
  for (let first = true; index < pattern.length; first = false) {
    let character = pattern[index]!;
    if (character === ']' && !first) {
      return { source: source === '' ? '[]' : `[${negated ? '^' : ''}${source}]`, end: index };
    }
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(index));
    if (named !== null) {
      source += classes[named[1]!] ?? '';
      index += named[0].length;
      continue;
    }
    if (character === '\\' && index + 1 < pattern.length) character = pattern[++index]!;
    index++;
    if (pattern[index] === '-' && index + 1 < pattern.length && pattern[index + 1] !== ']') {
      let last = pattern[index + 1]!;
      index += 2;
      if (last === '\\' && index < pattern.length) last = pattern[index++]!;
      if (character <= last) source += `${quote(character)}-${quote(last)}`;
    } else source += quote(character);
  }
  return undefined;
}

/**
 * The names that a pattern matches, sorted by bytes, as glob(3) gives them without flags in the C locale
 * (which the C program never leaves): a leading dot must be written out, a backslash takes a character as it
 * is, and a name without any wildcard matches itself when there is such an entry. Slashes stay as written.
 */
export function glob(world: World, pattern: string): string[] {
  // Alternating: a component, the slashes after it.
  const pieces = pattern.split(/(\/+)/);
  let found = [''];
  for (let index = 0; index < pieces.length; index += 2) {
    const component = pieces[index]!;
    const slashes = pieces[index + 1] ?? '';
    found = magic.test(component)
      ? found.flatMap((base) => matching(world, base, component, slashes))
      : found.map((base) => base + component.replace(/\\([^])/g, '$1') + slashes);
  }
  return found
    .filter((name) => name !== '' && world.host.exists(world.path(name)))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function matching(world: World, base: string, component: string, slashes: string): string[] {
  const names = world.host.readDirectory(world.path(base === '' ? '.' : base));
  if (names === undefined) return [];
  const expression = componentPattern(component);
  const dotted = component.startsWith('.') || component.startsWith('\\.');
  return [...(dotted ? ['.', '..'] : []), ...names]
    .map(toByteText)
    .filter((name) => (dotted || !name.startsWith('.')) && expression.test(name))
    .map((name) => base + name)
    .filter((name) => slashes === '' || world.host.kind(world.path(name)) === 'folder')
    .map((name) => name + slashes);
}

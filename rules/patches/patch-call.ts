import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The arguments of a library's `$(call patch,LIB,FOLDER,SUBFOLDER)` (support/build/Makefile.rules, `patch`), expanded. */
export interface PatchCall {
  readonly patches: string;
  /** Inside the origin; empty for the origin itself. */
  readonly subfolder: string;
}

/**
 * Finds a library's call of `patch` in the makefiles of its folder. The rules themselves do not tell it: with no patch
 * in the folder they hold nothing of it.
 * @param expand gives a text with its variables filled in
 */
export function findPatchCall(
  folder: string,
  library: string,
  expand: (text: string) => string,
): PatchCall | undefined {
  for (const name of makefiles(folder)) {
    const text = withoutComments(readFileSync(join(folder, name), 'latin1'));
    for (const match of text.matchAll(/\$([({])call\s+patch\s*,/g)) {
      const words = readArguments(text, match.index + match[0].length, match[1] === '(' ? ')' : '}');
      if (words === undefined || expand(words[0]!).trim() !== library) continue;
      return { patches: expand(words[1] ?? '').trim(), subfolder: expand(words[2] ?? '').trim() };
    }
  }
  return undefined;
}

/** Makefile.uk first, then those that it may include. */
function makefiles(folder: string): string[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /^Makefile(\.|$)/.test(entry.name))
    .map(({ name }) => name)
    .sort();
  return names.includes('Makefile.uk')
    ? ['Makefile.uk', ...names.filter((name) => name !== 'Makefile.uk')]
    : names;
}

function withoutComments(text: string): string {
  return text.replace(/\\\r?\n[ \t]*/g, ' ').replace(/^([^#\n\t]*[^#\n\\]|)#.*$/gm, '$1');
}

/** Reads a macro's arguments up to the bracket that closes it; commas inside brackets do not part them. */
function readArguments(text: string, start: number, close: string): string[] | undefined {
  const words = [''];
  const open: string[] = [];
  for (let at = start; at < text.length && text[at] !== '\n'; at++) {
    const character = text[at]!;
    if (open.length === 0 && character === close) return words;
    if (open.length === 0 && character === ',') {
      words.push('');
      continue;
    }
    if (character === '(' || character === '{') open.push(character === '(' ? ')' : '}');
    else if (character === open.at(-1)) open.pop();
    words[words.length - 1] += character;
  }
  return undefined;
}

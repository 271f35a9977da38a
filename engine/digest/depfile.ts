import fs from 'node:fs';
import path from 'node:path';

/**
 * Reads the dependency file that a compiler writes with -MD (`target: prerequisite…`, lines continued by a backslash; in
 * names blanks escaped by a backslash, backslashes in front of them and `$` doubled; GCC manual, "Preprocessor Options",
 * and mkdeps.cc of its libcpp).
 * @param cwd the folder that relative names are relative to
 * @returns the prerequisites of all its rules as absolute paths with `.` and `..` taken out, each once, in order
 */
export function readDepfile(text: string, cwd: string): string[] {
  const found = new Set<string>();
  for (const rule of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    const colon = /:(?=\s|$)/.exec(rule);
    if (colon === null) continue;
    for (const word of rule.slice(colon.index + 1).match(/(?:\\.|[^\s\\])+/g) ?? []) {
      found.add(resolveName(cwd, unescape(word)));
    }
  }
  return [...found];
}

function unescape(word: string): string {
  if (!word.includes('\\') && !word.includes('$')) return word;
  return word
    .replace(
      /(\\*)\\([ \t])/g,
      (_all, before: string, blank: string) => before.slice(before.length / 2) + blank,
    )
    .replace(/\\([#:])/g, '$1')
    .replace(/\$\$/g, '$');
}

/** Folders with `..` behind a name, as the kernel follows them: through links, not by their letters. */
const followed = new Map<string, string>();

function resolveName(cwd: string, name: string): string {
  if (!/[^./][^/]*\/+\.\.(?:\/|$)/.test(name)) return path.resolve(cwd, name);
  const written = path.isAbsolute(name) ? name : `${cwd}/${name}`;
  const at = written.lastIndexOf('/..');
  const folder = written.slice(0, at + 3);
  let real = followed.get(folder);
  if (real === undefined) {
    const byLetters = path.resolve(folder);
    real = isSame(folder, byLetters) ? byLetters : realPath(folder, byLetters);
    followed.set(folder, real);
  }
  return path.resolve(real, `.${written.slice(at + 3)}`);
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((name) => fs.statSync(name, { throwIfNoEntry: false }));
  return one?.ino === other?.ino && one?.dev === other?.dev;
}

function realPath(folder: string, otherwise: string): string {
  try {
    // Not the other realpath, which takes `..` out by letters first.
    return fs.realpathSync.native(folder);
  } catch {
    return otherwise;
  }
}

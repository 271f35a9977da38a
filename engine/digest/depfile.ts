import path from 'node:path';

/**
 * Reads the dependency file that a compiler writes with -MD (`target: prerequisite…`, lines continued by a
 * backslash, blanks escaped by one, `$` doubled; GCC manual, "Preprocessor Options", and mkdeps.cc of its libcpp).
 * @param cwd the folder that relative names are relative to
 * @returns the prerequisites of all its rules as absolute paths with `.` and `..` taken out, each once, in order
 */
export function readDepfile(text: string, cwd: string): string[] {
  const found = new Set<string>();
  for (const rule of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    const colon = /:(?=\s|$)/.exec(rule);
    if (colon === null) continue;
    for (const word of rule.slice(colon.index + 1).match(/(?:\\.|[^\s\\])+/g) ?? []) {
      const name = word.replace(/\\([ #:\\])/g, '$1').replace(/\$\$/g, '$');
      found.add(path.resolve(cwd, name));
    }
  }
  return [...found];
}

import type { Diagnostic } from '../../engine/location.ts';

/**
 * What GNU make and the core's recipes give a meaning of their own: white space separates words, `:` ends a target
 * and separates the folders of `L=`, `P=`, `E=`; `%` is a pattern's stem, `#` a comment, `$` an expansion; the rest
 * is the shell's, which sees the path without quotes.
 */
const troublesome: readonly [RegExp, string][] = [
  [/[\u0000-\u001f\u007f]/, 'a control character'],
  [/ /, 'a space'],
  [/:/, "a ':'"],
  [/%/, "a '%'"],
  [/#/, "a '#'"],
  [/\$/, "a '$'"],
  [/[*?[\]]/, 'a wildcard character'],
  [/[;&|<>()`'"\\!]/, 'a character with a meaning to the shell'],
];

/**
 * Refuses a path that the core's Makefile cannot take, whoever evaluates it.
 * @param what what the path is, for the message, e.g. `build folder`
 */
export function makePathProblem(path: string, what: string): Diagnostic | undefined {
  const found = troublesome.find(([pattern]) => pattern.test(path));
  if (found === undefined) return undefined;
  return {
    message: `the ${what} ${JSON.stringify(path)} has ${found[1]} in its path, which Unikraft's Makefiles cannot take`,
    hint: 'Move it to a path of letters, digits and . _ - + @ , = ~ only (a symbolic link does not help: links are resolved).',
  };
}

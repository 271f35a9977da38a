import path from 'node:path';
import { NEXT, TESTED } from '../digest/source-scan.ts';
import type { IncludePath } from './action.ts';

/** An include directive, taken apart. */
export interface IncludeName {
  readonly spelled: string;
  readonly quoted: boolean;
  /** Whether it is the operand of `__has_include`, not of a directive. */
  readonly tested: boolean;
  /** Whether the search begins behind the folder of the including file. */
  readonly next: boolean;
}

/** Takes a name apart as a source scan has it: `<stdio.h`, `"local.h`, `+<wrapped.h`, `?<optional.h`. */
export function parseIncludeName(name: string): IncludeName {
  const at = /["<]/.exec(name)!.index;
  const lead = name.slice(0, at);
  return {
    spelled: name.slice(at + 1),
    quoted: name[at] === '"',
    tested: lead.includes(TESTED),
    next: lead.includes(NEXT),
  };
}

/**
 * The file that an include directive gets, by the compiler's search order (GCC manual, "Directory Options"): for
 * `"name"` the folder of the including file, then -iquote folders, then -I folders; for `<name>` only the last.
 * @param name as a source scan has it: `<stdio.h` or `"local.h`
 * @param from the including file
 * @param isFile whether there is a file, not a folder: a compiler walks past folders of the name
 * @returns a normalised absolute path, or undefined when no folder has it
 */
export function resolveInclude(
  name: string,
  from: string,
  includePath: IncludePath,
  isFile: (file: string) => boolean,
): string | undefined {
  for (const candidate of includeCandidates(name, from, includePath)) {
    if (isFile(candidate)) return candidate;
  }
  return undefined;
}

/** Every path at which the compiler would look for a name, in order. */
export function* includeCandidates(name: string, from: string, includePath: IncludePath): Iterable<string> {
  const { spelled, quoted, next } = parseIncludeName(name);
  if (path.isAbsolute(spelled)) {
    yield path.normalize(spelled);
    return;
  }
  if (next) {
    for (const folder of foldersBehind(spelled, from, includePath)) yield path.join(folder, spelled);
    return;
  }
  if (quoted) {
    yield path.join(path.dirname(from), spelled);
    for (const folder of includePath.quote) yield path.join(folder, spelled);
  }
  for (const folder of includePath.angle) yield path.join(folder, spelled);
}

/**
 * Where `#include_next` searches: the folders behind the one in which the including file was found (GCC manual,
 * "Wrapper Headers"). That is the one where it has the name that it includes, or else the first that it lies in.
 */
function foldersBehind(spelled: string, from: string, includePath: IncludePath): readonly string[] {
  const chain = [...includePath.quote, ...includePath.angle];
  const same = chain.findIndex((folder) => path.join(folder, spelled) === from);
  if (same >= 0) return chain.slice(same + 1);
  return chain.slice(chain.findIndex((folder) => from.startsWith(`${path.join(folder, '.')}/`)) + 1);
}

/**
 * Whether the file that a name gets now is another than before. What was found by the last success is among the known
 * files, and so is what `__has_include` found; a name in a branch not taken may resolve to anything.
 */
export function meansAnother(
  name: string,
  from: string,
  includePath: IncludePath,
  known: ReadonlySet<string>,
): boolean {
  const { spelled, tested } = parseIncludeName(name);
  if (tested || resolveInclude(name, from, includePath, (file) => known.has(file)) !== undefined) return true;
  // It may have come from one of the compiler's own folders.
  for (const file of known) if (file.endsWith(`/${spelled}`)) return true;
  return false;
}

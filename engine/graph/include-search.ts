import path from 'node:path';
import type { IncludePath } from './action.ts';

/**
 * The file that an include directive gets, by the compiler's search order (GCC manual, "Directory Options"): for
 * `"name"` the folder of the including file, then -iquote folders, then -I folders; for `<name>` only the last.
 * @param name with its delimiter in front: `<stdio.h` or `"local.h`
 * @param from the including file
 * @returns a normalised absolute path, or undefined when no folder has it
 */
export function resolveInclude(
  name: string,
  from: string,
  includePath: IncludePath,
  exists: (file: string) => boolean,
): string | undefined {
  for (const candidate of includeCandidates(name, from, includePath)) {
    if (exists(candidate)) return candidate;
  }
  return undefined;
}

/** Every path at which the compiler would look for a name, in order. */
export function* includeCandidates(name: string, from: string, includePath: IncludePath): Iterable<string> {
  const spelled = name.slice(1);
  if (path.isAbsolute(spelled)) {
    yield path.normalize(spelled);
    return;
  }
  if (name.startsWith('"')) {
    yield path.join(path.dirname(from), spelled);
    for (const folder of includePath.quote) yield path.join(folder, spelled);
  }
  for (const folder of includePath.angle) yield path.join(folder, spelled);
}

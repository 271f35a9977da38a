import type { EvaluatedWorkspace } from '../variables/evaluated-workspace.ts';
import { namePattern, UNKNOWN } from '../variables/name-pattern.ts';
import { isTelling, readNames } from '../variables/readers.ts';

/** All names that makefiles read, by how they are composed. */
export class ReadIndex {
  readonly names = new Set<string>();
  /** What a library's variables may end with to be read: `CFLAGS-y`. */
  readonly librarySuffixes = new Set<string>();
  /** What the variables of one source may end with: `FLAGS-y`. */
  readonly sourceSuffixes = new Set<string>();
  readonly #patterns = new Map<string, RegExp>();

  constructor(evaluated: EvaluatedWorkspace) {
    const valueOf = (name: string): string | undefined => evaluated.database.variables.get(name)?.value;
    for (const { references } of evaluated.written) {
      for (const reference of references) {
        for (const read of readNames(reference, valueOf)) {
          if (read.kind === 'of library') this.librarySuffixes.add(read.suffix);
          else if (read.kind === 'of source') this.sourceSuffixes.add(read.suffix);
          else if (!read.filled.includes(UNKNOWN)) this.names.add(read.filled);
          else if (isTelling(read.filled)) this.#patterns.set(read.filled, namePattern(read.filled));
        }
      }
    }
  }

  /** Whether some makefile names the variable, in full or with computed parts. */
  isNamed(name: string): boolean {
    if (this.names.has(name)) return true;
    for (const pattern of this.#patterns.values()) if (pattern.test(name)) return true;
    return false;
  }

  /** False for a core whose macros compose names in a way that is not understood. */
  get isUsable(): boolean {
    return this.librarySuffixes.has('SRCS-y') && this.librarySuffixes.has('CFLAGS-y');
  }
}

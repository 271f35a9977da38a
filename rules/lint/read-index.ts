import { toText } from '../../engine/make/bytes.ts';
import type { EvaluatedWorkspace } from '../variables/evaluated-workspace.ts';
import { variablePrefix } from '../variables/libraries.ts';
import { namePattern, UNKNOWN } from '../variables/name-pattern.ts';
import { isTelling, readNames } from '../variables/readers.ts';
import { scanReferences } from '../variables/written-references.ts';

/** All names that makefiles read, by how they are composed. */
export class ReadIndex {
  readonly names = new Set<string>();
  /** What a library's variables may end with to be read: `CFLAGS-y`. */
  readonly librarySuffixes = new Set<string>();
  /** What the variables of one source may end with: `FLAGS-y`. */
  readonly sourceSuffixes = new Set<string>();
  readonly #patterns = new Map<string, RegExp>();
  readonly #suffixPatterns = new Map<string, RegExp>();

  constructor(evaluated: EvaluatedWorkspace) {
    const valueOf = (name: string): string | undefined => evaluated.database.variables.get(name)?.value;
    for (const { references } of evaluated.written) {
      for (const reference of references) {
        for (const read of readNames(reference, valueOf)) {
          if (read.kind === 'of source') this.sourceSuffixes.add(read.suffix);
          else if (read.kind === 'of library') {
            if (!read.suffix.includes(UNKNOWN)) this.librarySuffixes.add(read.suffix);
            else this.#suffixPatterns.set(read.suffix, namePattern(read.suffix));
          } else if (!read.filled.includes(UNKNOWN)) this.names.add(read.filled);
          else if (isTelling(read.filled)) this.#patterns.set(read.filled, namePattern(read.filled));
        }
      }
    }
    this.#askBuildRules(evaluated);
  }

  /** Whether some makefile names the variable, in full or with computed parts. */
  isNamed(name: string): boolean {
    if (this.names.has(name)) return true;
    for (const pattern of this.#patterns.values()) if (pattern.test(name)) return true;
    return false;
  }

  /** Whether every library's variable of that ending is read, if the library has the sources for it. */
  isLibrarySuffix(suffix: string): boolean {
    if (this.librarySuffixes.has(suffix)) return true;
    for (const pattern of this.#suffixPatterns.values()) if (pattern.test(suffix)) return true;
    return false;
  }

  /** False for a core whose macros compose names in a way that is not understood. */
  get isUsable(): boolean {
    return this.isLibrarySuffix('SRCS-y') && this.isLibrarySuffix('CFLAGS-y');
  }

  /**
   * Has the tree's macros make build rules for a library that does not exist (`buildrule_c`, `preprule_awk`, …; Makefile.rules):
   * the variables that stand in these rules are those that a library's commands read, however the macros compose them.
   */
  #askBuildRules(evaluated: EvaluatedWorkspace): void {
    const library = 'unigraphprobe';
    const prefix = variablePrefix(library);
    const source = 'PROBESOURCE_';
    for (const macro of evaluated.database.variables.keys()) {
      if (!/^(?:build|prep)rule_(?!libobj|$)[\w+]+$/.test(macro)) continue;
      const extension = macro.replace(/^[a-z]+rule_/, '');
      const file = `/${library}/probesource.${extension}`;
      // Third comes the variant for the one, the target for the other; `buildrule_olib` takes the first alone.
      const object = `/${library}/probesource.o`;
      const target = macro.startsWith('prep') ? object : '';
      const rule = evaluated.expandWithWrites(
        `$(call ${toText(macro)},${library},${file},${target},${object})`,
      );
      // A command that is kept in a file is written at once, for want of a rule.
      scanReferences([rule?.result, ...(rule?.writes ?? [])].join('\n'), (name) => {
        if (!name.startsWith(prefix)) {
          if (!name.includes('$')) this.names.add(name);
          return;
        }
        const rest = name.slice(prefix.length);
        if (rest.startsWith(source)) this.sourceSuffixes.add(rest.slice(source.length));
        else if (/^[\w-]+$/.test(rest)) this.librarySuffixes.add(rest);
      });
    }
  }
}

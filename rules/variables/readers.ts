import { toText } from '../../engine/make/bytes.ts';
import type { EvaluatedWorkspace } from './evaluated-workspace.ts';
import type { KnownLibrary } from './libraries.ts';
import { variablePrefix } from './libraries.ts';
import { fillName, namePattern, UNKNOWN } from './name-pattern.ts';
import { topLevelArguments, type WrittenReference } from './written-references.ts';

/** A place in a makefile that reads a variable. */
export interface Reader {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How it names the variable where that is computed: `vprefix_lib,$(1),CFLAGS-y`. */
  readonly as?: string;
  /** The macro that it stands in. */
  readonly macro?: string;
}

/**
 * The core's macros name a library's variables by parts (Makefile.rules): `$(call vprefix_lib,LIB,CFLAGS-y)`,
 * `$(call vprefix_src,LIB,SOURCE,VARIANT,FLAGS-y)`, `$(call uc,LIB)_SRCS-y`.
 */
export type ReadName =
  /** `$(NAME)`; or with unknown parts in the middle or at the end. */
  | { readonly kind: 'name'; readonly filled: string }
  /** Some library's or platform's variable. */
  | { readonly kind: 'of library'; readonly suffix: string }
  /** A variable of one source file of some library. */
  | { readonly kind: 'of source'; readonly suffix: string };

const WORDS = /^[A-Za-z0-9_.\0-]+$/;

/** What a reference may read; several names for `$(call vprefix_lib,$(1),A B)`. */
export function readNames(
  reference: WrittenReference,
  valueOf: (name: string) => string | undefined,
): ReadName[] {
  const { name, kind } = reference;
  if (kind === 'call') {
    const words = topLevelArguments(name).map((word) => word.trim());
    const parts = { vprefix_lib: 2, vprefix_src: 4, vprefix_glb: 0 }[words[0]!];
    const called: ReadName = { kind: 'name', filled: fillName(words[0]!, valueOf) };
    if (parts === undefined || parts === 0) return [called];
    // Nested calls (`$(addprefix …)`) are macros composing names, not readers.
    const suffixes = fillName(words[parts] ?? '', valueOf)
      .split(/\s+/)
      .filter((suffix) => WORDS.test(suffix) && isTelling(suffix));
    const library = fillName(words[1] ?? '', valueOf);
    return [
      called,
      ...suffixes.map((suffix): ReadName => {
        if (parts === 4) return { kind: 'of source', suffix };
        return library.includes(UNKNOWN)
          ? { kind: 'of library', suffix }
          : { kind: 'name', filled: variablePrefix(library) + suffix };
      }),
    ];
  }
  const filled = fillName(name, valueOf);
  const suffix = filled.startsWith(`${UNKNOWN}_`) ? filled.slice(2) : undefined;
  if (suffix !== undefined && !suffix.includes(UNKNOWN)) return [{ kind: 'of library', suffix }];
  return [{ kind: 'name', filled }];
}

/** Whether a filled name says enough to be taken for one that it matches. */
export function isTelling(filled: string): boolean {
  return !filled.includes(UNKNOWN) || filled.replaceAll(UNKNOWN, '').replace(/^_|_$/g, '').length >= 3;
}

/** The places that read a variable. */
export function readersOf(
  evaluated: EvaluatedWorkspace,
  libraries: Iterable<KnownLibrary>,
  name: string,
): Reader[] {
  const valueOf = (inner: string): string | undefined => evaluated.database.variables.get(inner)?.value;
  const owner = [...libraries].filter((library) => name.startsWith(library.prefix));
  const rests = owner.map((library) => name.slice(library.prefix.length));
  const readers: Reader[] = [];
  for (const { references } of evaluated.written) {
    for (const reference of references) {
      const found = readNames(reference, valueOf).find((read) => {
        if (read.kind === 'of library') return rests.some((rest) => namePattern(read.suffix).test(rest));
        if (read.kind === 'of source') return rests.some((rest) => rest.endsWith(`_${read.suffix}`));
        if (!read.filled.includes(UNKNOWN)) return read.filled === name;
        return isTelling(read.filled) && namePattern(read.filled).test(name);
      });
      if (found === undefined) continue;
      const { location, macro } = reference;
      const isComputed = reference.name !== name;
      readers.push({
        file: toText(location.file),
        line: location.line,
        column: location.column,
        ...(isComputed && { as: toText(reference.name.replace(/\s+/g, ' ')) }),
        ...(macro !== undefined && { macro: toText(macro) }),
      });
    }
  }
  return readers;
}

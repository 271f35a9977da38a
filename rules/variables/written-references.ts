import type { Location } from '../../engine/location.ts';
import { skipReference } from '../../engine/make/quoting.ts';

/** `$(NAME)`, `$(call NAME,…)` and their kin as they stand in a makefile. */
export interface WrittenReference {
  /** As written; it may hold further references: `LIBX_$(1)_HDRS`. */
  readonly name: string;
  /** `call`: the name and its arguments, separated by commas, as written. */
  readonly kind: 'reference' | 'call';
  readonly location: Location;
  /** The `define` that it stands in. */
  readonly macro?: string;
}

/** Functions whose first argument is the name of a variable. */
const NAMING = new Set(['value', 'origin', 'flavor']);
const FUNCTION =
  /^(abspath|addprefix|addsuffix|and|basename|call|dir|error|eval|file|filter-out|filter|findstring|firstword|flavor|foreach|guile|if|info|intcmp|join|lastword|let|notdir|or|origin|patsubst|realpath|shell|sort|strip|subst|suffix|value|warning|wildcard|wordlist|words|word)\s+/;

/**
 * Finds every variable reference of a text, those inside others and those behind `$$` (which a later expansion
 * sees) included.
 * @param found gets the name as written and its index in the text
 */
export function scanReferences(
  text: string,
  found: (name: string, kind: WrittenReference['kind'], offset: number) => void,
  base = 0,
): void {
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at)) {
    while (text.charAt(at + 1) === '$') at++;
    const open = text.charAt(at + 1);
    if (open !== '(' && open !== '{') {
      at++;
      continue;
    }
    const end = skipReference(text, at);
    const inner = text.slice(at + 2, end - 1);
    scanInner(inner, base + at + 2, found);
    at = end;
  }
}

function scanInner(inner: string, base: number, found: Parameters<typeof scanReferences>[1]): void {
  const match = FUNCTION.exec(inner);
  if (match !== null) {
    const from = match[0].length;
    const name = match[1]!;
    const rest = inner.slice(from);
    if (name === 'call') found(rest, 'call', base + from);
    else if (NAMING.has(name)) found(rest.trim(), 'reference', base + from);
    scanReferences(rest, found, base + from);
    return;
  }
  const name = beforeSubstitution(inner);
  found(name.trim(), 'reference', base);
  scanReferences(inner, found, base);
}

/** The name in `NAME:%.c=%.o`. */
function beforeSubstitution(inner: string): string {
  for (let at = 0; at < inner.length; at++) {
    const char = inner.charAt(at);
    if (char === '$') at = skipReference(inner, at) - 1;
    else if (char === ':') return inner.slice(0, at);
  }
  return inner;
}

/** A function's arguments, split at the commas that are not inside a reference or parentheses. */
export function topLevelArguments(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '(' || char === '{') depth++;
    else if (char === ')' || char === '}') depth--;
    else if (char === ',' && depth === 0) {
      found.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...found, text.slice(from)];
}

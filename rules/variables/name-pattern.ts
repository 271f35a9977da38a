import { skipReference } from '../../engine/make/quoting.ts';

/** Stands for a part of a name that only an evaluation knows. */
export const UNKNOWN = '\0';

/**
 * A name as written with its known parts filled in: `LIBX_SRCS-$(CONFIG_Y)` becomes `LIBX_SRCS-y`. References to
 * what `valueOf` does not know (arguments of macros, functions) become UNKNOWN.
 */
export function fillName(written: string, valueOf: (name: string) => string | undefined): string {
  let filled = '';
  for (let at = 0; at < written.length;) {
    if (written.charAt(at) !== '$') {
      filled += written.charAt(at++);
      continue;
    }
    while (written.charAt(at + 1) === '$') at++;
    const end = skipReference(written, at);
    const inner = written.slice(at + 2, end - 1);
    filled += (/^[\w.-]+$/.test(inner) && !/^\d$/.test(inner) ? valueOf(inner) : undefined) ?? UNKNOWN;
    at = end;
  }
  return filled;
}

/** Matches the names that a filled name may stand for. */
export function namePattern(filled: string): RegExp {
  const parts = filled.split(UNKNOWN).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

/** Matches names by a glob pattern as people type it: `*`, `?` and `[…]`; a name without them is itself. */
export function globPattern(glob: string): RegExp {
  const text = glob
    .replace(/\[!/g, '[^')
    .replace(/[.+^${}()|\\]/g, (char, at: number) =>
      char === '^' && glob.charAt(at - 1) === '[' ? char : `\\${char}`,
    );
  try {
    return new RegExp(`^${text.replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 's');
  } catch {
    // An unclosed bracket is only a character.
    return new RegExp(
      `^${glob
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.')}$`,
      's',
    );
  }
}

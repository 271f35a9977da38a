import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

/** The names under which a library goes. */
export interface LibraryName {
  /** Without `lib`: `fortune`. */
  readonly bare: string;
  /** As the Makefile registers it: `libfortune`. */
  readonly registered: string;
  /** The prefix of its variables and options: `LIBFORTUNE`. */
  readonly upper: string;
  /** As a C identifier, for functions: `libfortune`. */
  readonly identifier: string;
}

/**
 * The names of a library called `text`: `fortune`, `libfortune` and `lib-fortune` are the same. What make and Kconfig
 * cannot take in a name becomes an underscore.
 */
export function libraryName(text: string): Result<LibraryName, Diagnostic> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(text)) {
    return fail({
      message: `'${printable(text)}' is no name for a library`,
      hint: 'Take letters, digits and . _ - +, beginning with a letter or digit.',
    });
  }
  const bare = text.replace(/^lib[-_]?(?=.)/i, '');
  const plain = bare.toLowerCase().replace(/[^a-z0-9_]/g, '_');
  const registered = `lib${plain}`;
  return ok({ bare, registered, upper: registered.toUpperCase(), identifier: registered });
}

/** A text from the command line, safe to be shown. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

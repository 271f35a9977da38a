import type { Location } from '../../engine/location.ts';

/** Every rule, with what it finds; the order of `unigraph lint --help`. */
export const lintRules = {
  'unread-variable': 'a library variable that nothing reads: misspelled, or of a library that is not there',
  'unreached-flags': 'flags that reach no command: of a language or a file that the library does not have',
  'unapplied-patches': 'a _PATCHDIR without a call of patch',
  'missing-folder': 'a folder of headers or patches that does not exist',
  'missing-source': 'a source file that does not exist and that nothing makes',
  'repeated-source': 'a source that is listed twice, or two sources with the same object file',
  'global-include': 'headers that are given to every library where the own ones were probably meant',
  'unknown-export': 'a symbol of exportsyms.uk that the built library does not define',
  'unknown-option': 'a CONFIG_ option that no Config.uk defines',
} as const;

export type LintRule = keyof typeof lintRules;

export const lintRuleNames = Object.keys(lintRules) as readonly LintRule[];

/** What is odd in a makefile, where, and what to do. All texts are text, not byte strings. */
export interface Finding {
  readonly rule: LintRule;
  readonly library: string;
  readonly location: Location;
  /** One sentence without a final full stop. */
  readonly message: string;
  readonly hint: string;
}

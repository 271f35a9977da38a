import type { Location } from '../../engine/location.ts';

/** Every rule, with what it finds in 58 columns; the order of `unigraph lint --help`. */
export const lintRules = {
  'unread-variable': 'a library variable that nothing reads: misspelled?',
  'unreached-flags': 'flags for a language or file that the library lacks',
  'unapplied-patches': 'a _PATCHDIR without a call of patch',
  'missing-folder': 'a folder of headers or patches that does not exist',
  'missing-source': 'a source that does not exist and that nothing makes',
  'repeated-source': 'a source listed twice, or two with one object file',
  'global-include': 'headers for every library, where own ones were meant?',
  'unknown-export': 'an exported symbol that the library does not define',
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

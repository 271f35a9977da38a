import type { Diagnostic, Location } from '../location.ts';
import { fail, type Result } from '../result.ts';
import type { MakeDatabase } from './database.ts';
import type { MakeFlags } from './flags.ts';
import type { MakeHost } from './host.ts';

/** Told of what an evaluation took from outside; each name once. */
export interface EvaluationObserver {
  /** A variable's value came from the environment. */
  environmentVariable(name: string, value: string): void;
  /** A variable was looked up and is not defined. */
  undefinedVariable(name: string): void;
}

export interface EvaluateOptions {
  readonly host: MakeHost;
  /** The directory in which make would run; absolute. */
  readonly cwd: string;
  /** As with -f, in order; empty: GNUmakefile, makefile, Makefile. */
  readonly makefiles?: readonly string[];
  /** MAKECMDGOALS */
  readonly goals?: readonly string[];
  /** `NAME=value` words of the command line, any assignment operator; origin "command line". */
  readonly assignments?: readonly string[];
  /** Byte strings. MAKEFLAGS, MAKEFILES and MAKELEVEL in it are honoured. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: Partial<MakeFlags>;
  /** `$(MAKE)`; default `make`. */
  readonly makeCommand?: string;
  /** An included file for which this answers true is taken for missing and not even looked for. */
  readonly skipInclude?: (path: string) => boolean;
  /** Output of `$(info …)`, one line without its newline. */
  readonly onInfo?: (text: string, location: Location) => void;
  /** Output of `$(warning …)` and make's own warnings, without `file:line: `. */
  readonly onWarning?: (text: string, location: Location) => void;
  readonly observer?: EvaluationObserver;
  /** Keeps each variable's assignments (VariableView.assignments). */
  readonly recordAssignments?: boolean;
  /**
   * Answers `$(shell)` idioms whose result is known (`mkdir -p D && cd D && pwd`, `which X`, `uname`) without a process,
   * through the host's own functions. Default: true.
   */
  readonly nativeShell?: boolean;
}

/** Why an evaluation stopped. */
export interface MakeFailure {
  readonly diagnostic: Diagnostic;
  /** What GNU make prints, without the program's name: `Makefile:3: *** missing separator.  Stop.` */
  readonly text: string;
  /** The macros that were being expanded, innermost first: `$(call addlib_s) at lib/Makefile.uk:7`. */
  readonly expansionStack: readonly { readonly expression: string; readonly location: Location }[];
}

/**
 * Reads makefiles and everything they include, as `make` does before it remakes anything.
 * Makefiles that have rules are not remade but listed (`makefilesWithRules`).
 * @returns the database, or what make would have stopped at
 */
export function evaluate(_options: EvaluateOptions): Result<MakeDatabase, MakeFailure> {
  return fail({ diagnostic: { message: 'the evaluator is not there yet' }, text: '', expansionStack: [] });
}

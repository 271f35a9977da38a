import type { Diagnostic, Location } from '../location.ts';
import { fail, ok, type Result } from '../result.ts';
import type { MakeDatabase } from './database.ts';
import { EvaluatedDatabase } from './evaluated-database.ts';
import type { MakeFlags } from './flags.ts';
import type { MakeHost } from './host.ts';
import { Run } from './run.ts';
import { defineMakeFlags, finishReading, prepareRun, readMakefiles, UsageError } from './setup.ts';
import { snapRules } from './snap.ts';
import { MakeStop, placePrefix } from './stop.ts';
import { describeError } from './system-errors.ts';
import type { Place } from './variables.ts';

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
  /** What `$(shell)` commands wrote to their error stream, if the host captures it. */
  readonly onErrorOutput?: (text: string) => void;
  readonly observer?: EvaluationObserver;
  /** Keeps each variable's assignments (VariableView.assignments). */
  readonly recordAssignments?: boolean;
  /**
   * Answers `$(shell)` idioms whose result is known (`mkdir -p D && cd D && pwd`, `which X`) without a process,
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

/** What MakeDatabase's functions throw. */
export class MakeFailureError extends Error {
  readonly failure: MakeFailure;

  constructor(failure: MakeFailure) {
    super(failure.text);
    this.name = 'MakeFailureError';
    this.failure = failure;
  }
}

/**
 * Reads makefiles and everything they include, as `make` does before it remakes anything.
 * Makefiles that have rules are not remade but listed (`makefilesWithRules`).
 * @returns the database, or what make would have stopped at
 */
export function evaluate(options: EvaluateOptions): Result<MakeDatabase, MakeFailure> {
  const run = new Run({
    host: options.host,
    cwd: options.cwd,
    environment: options.environment ?? {},
    argv: [...(options.assignments ?? []), ...(options.goals ?? [])],
    flags: { ...options.flags, makefiles: [...(options.makefiles ?? [])] },
    program: 'make',
    makeCommand: options.makeCommand ?? 'make',
    output: {
      info: () => undefined,
      raw: () => undefined,
      beforeShell: () => undefined,
      error: (text) => options.onErrorOutput?.(text),
    },
    onInfo: (text, place) => options.onInfo?.(text, locationOf(place)),
    onWarning: (text, place) => options.onWarning?.(text, locationOf(place)),
    skipInclude: options.skipInclude,
    observer: options.observer,
    recordAssignments: options.recordAssignments,
    nativeShell: options.nativeShell ?? true,
  });
  return guarded(run, () => {
    prepareRun(run);
    readMakefiles(run);
    refuseMissing(run);
    finishReading(run);
    defineMakeFlags(run, true, false);
    snapRules(run);
    return new EvaluatedDatabase(run);
  });
}

/** A makefile that was asked for, is not there and has no rule: make would stop. */
function refuseMissing(run: Run): void {
  for (const file of run.readFiles) {
    if (file.found || file.optional || file.skipped) continue;
    const { target } = file;
    if (target.recipe !== undefined || target.dependencies.length > 0) continue;
    throw new MakeStop(`${file.name}: ${describeError(file.error)}`, file.place);
  }
}

/** Runs a part of make, turning what it stops at into a value. */
export function guarded<T>(run: Run, action: () => T): Result<T, MakeFailure> {
  try {
    return ok(action());
  } catch (error) {
    return fail(failureOf(run, error));
  }
}

/** What a run stopped at; anything that is no stop of make's is thrown on. */
export function failureOf(run: Run, error: unknown): MakeFailure {
  const stop = stopOf(run, error);
  const location = stop.place === undefined ? undefined : { ...locationOf(stop.place), column: stop.column };
  const stack = stop.expansion.map(({ expression, place }) => ({ expression, location: locationOf(place) }));
  const trail = stack
    .slice(0, 8)
    .map(({ expression, location: at }) => `in ${expression} at ${at.file}:${at.line}`);
  const hint = [...(stop.hint === undefined ? [] : [stop.hint]), ...trail].join('\n  ');
  return {
    diagnostic: {
      message: stop.text,
      ...(location === undefined ? {} : { location }),
      ...(hint === '' ? {} : { hint }),
    },
    text: `${placePrefix(stop.place)}*** ${stop.text}.  Stop.`,
    expansionStack: stack,
  };
}

/** The stop behind an error; a stack that ran over means a variable that goes on forever. */
export function stopOf(run: Run, error: unknown): MakeStop {
  const expansion = error instanceof RangeError ? run.expander.expansionStack() : [];
  const place = run.expander.reading;
  const variable = run.expander.abandon();
  if (error instanceof MakeStop) return error;
  if (error instanceof UsageError) return new MakeStop(error.messages.join('; '), undefined);
  if (!(error instanceof RangeError)) throw error;
  const stop = new MakeStop(
    variable === undefined
      ? 'makefile nests too deeply'
      : `Recursive variable '${variable.name}' references itself (eventually)`,
    variable?.place ?? place,
  );
  stop.expansion = expansion;
  return stop;
}

function locationOf(place: Place | undefined): Location {
  if (place === undefined) return { file: '', line: 0, column: 0 };
  return { file: place.file, line: place.line + place.offset, column: 0 };
}

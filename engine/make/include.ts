import { assign } from './assignment.ts';
import { describeError } from './system-errors.ts';
import { LineSource } from './line-source.ts';
import { Reader } from './reader.ts';
import type { Run } from './run.ts';
import { MakeStop } from './stop.ts';
import { Mtime, type Target } from './target.ts';
import { Rank, type Place } from './variables.ts';

/** A makefile that was read or looked for. */
export interface ReadFile {
  /** The name as given, the directory of the include path in front if it was found there. */
  readonly name: string;
  readonly target: Target;
  readonly found: boolean;
  /** Came from an include, so the include path was searched. */
  readonly included: boolean;
  /** Its absence is no error. */
  readonly optional: boolean;
  /** Not even looked for, because the caller skips it. */
  readonly skipped: boolean;
  /** The include line. */
  readonly place: Place | undefined;
  /** The system's error code. */
  readonly error: string | undefined;
}

/** `include`, `-include`, `sinclude` (manual, "Include"). */
export function readInclude(
  run: Run,
  rest: string,
  optional: boolean,
  setsDefaultGoal: boolean,
  place: Place,
): void {
  const text = run.expander.expand(rest);
  if (text === '') return;
  for (const name of run.names.parse(text, { noArchives: true }).names) {
    if (run.options.skipInclude?.(name) === true) {
      const target = run.targets.lookupOrEnter(name);
      run.readFiles.push({
        name,
        target,
        found: false,
        included: true,
        optional,
        skipped: true,
        place,
        error: 'ENOENT',
      });
      continue;
    }
    readMakefile(run, name, { included: true, optional, setsDefaultGoal, keepTilde: true, place });
  }
}

export interface MakefileOptions {
  readonly included: boolean;
  readonly optional: boolean;
  readonly setsDefaultGoal: boolean;
  /** `~` was expanded before. */
  readonly keepTilde: boolean;
  readonly place: Place | undefined;
}

/** Deepest nesting of includes; a makefile that includes itself would go on until memory ends. */
const DEEPEST = 200;

/** Reads one makefile and notes it as read. */
export function readMakefile(run: Run, given: string, options: MakefileOptions): ReadFile {
  // Where it will be in the list: GNU Make puts each in front when it begins to read it.
  const slot = run.readFiles.length;
  run.readFiles.push(undefined as unknown as ReadFile);
  run.debug.line('v', describeReading(given, options));
  let name = given;
  if (!options.keepTilde && name.startsWith('~')) name = run.names.expandTilde(name) ?? name;
  let text = readText(run, name);
  // Nobody will read why an optional one is missing, and finding out takes a call.
  const error = text !== undefined ? undefined : options.optional ? 'ENOENT' : run.host.lastError;
  if (error === 'EMFILE' || error === 'ENFILE' || error === 'ENOMEM') {
    run.expander.stop(describeError(error), run.expander.reading);
  }
  if (text === undefined && options.included && !name.startsWith('/')) {
    for (const directory of run.includeDirectories) {
      const candidate = `${directory}/${name}`;
      text = readText(run, candidate);
      if (text !== undefined) {
        name = candidate;
        break;
      }
    }
  }
  const target = run.targets.lookupOrEnter(name);
  const file: ReadFile = {
    name: target.name,
    target,
    found: text !== undefined,
    included: options.included,
    optional: options.optional,
    skipped: false,
    place: text === undefined ? options.place : undefined,
    error: text === undefined ? error : undefined,
  };
  run.readFiles[slot] = file;
  if (text === undefined) {
    target.mtime = Mtime.missing;
    return file;
  }
  const place = { file: given, line: 1, offset: 0 };
  assign('MAKEFILE_LIST', target.name, 'append', { ...run.assignmentContext, place, rank: Rank.file }, true);
  if (run.includeDepth >= DEEPEST) {
    throw new MakeStop(`makefiles include each other more than ${DEEPEST} deep`, options.place);
  }
  run.includeDepth++;
  const reading = run.expander.reading;
  const lines = new LineSource(text, true, () => {
    run.messages.warn('warning: NUL character seen; rest of line ignored', run.expander.reading);
  });
  new Reader(run, lines, place, options.setsDefaultGoal).read();
  run.expander.reading = reading;
  run.includeDepth--;
  return file;
}

/** A loadable object is a file to be remade like a makefile, though nothing is read from it. */
export function noteLoadable(run: Run, given: string): void {
  const symbol = given.indexOf('(');
  const target = run.targets.lookupOrEnter(symbol > 0 ? given.slice(0, symbol) : given);
  run.readFiles.push({
    name: target.name,
    target,
    found: run.host.stat(run.directories.path(target.name)) !== undefined,
    included: false,
    optional: false,
    skipped: false,
    place: run.expander.reading,
    error: 'ENOENT',
  });
}

/** @returns undefined if there is no such file; a directory can be opened but not read, and that is an error */
function readText(run: Run, name: string): string | undefined {
  const path = run.directories.path(name);
  const stat = run.host.stat(path);
  if (stat === undefined) return undefined;
  if (stat.directory) throw new MakeStop(`${name}: ${describeError('EISDIR')}`, undefined);
  return run.host.readFile(path);
}

function describeReading(name: string, options: MakefileOptions): string {
  return (
    `Reading makefile '${name}'` +
    (options.setsDefaultGoal ? '' : ' (no default goal)') +
    (options.included ? ' (search path)' : '') +
    (options.optional ? " (don't care)" : '') +
    (options.keepTilde ? ' (no ~ expansion)' : '') +
    '...'
  );
}

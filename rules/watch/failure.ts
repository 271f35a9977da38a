import fs from 'node:fs';
import path from 'node:path';
import { isBelow } from './changed-paths.ts';

/** A build that failed, or that could not even begin: what it needs may be among things that nobody has recorded. */
export interface Failure {
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  /** Paths beside the known ones that may matter. */
  readonly paths: ReadonlySet<string>;
}

/** The kernel's clock for file times lags behind by a tick, at most ten milliseconds. */
const TICK_MS = 10;

/**
 * Whether another try is of use. After a failure nothing that was recorded tells; a change does that came later than what the
 * build looked at, unless the build made it.
 * @param build the build folder
 */
export function isLater(failure: Failure, changed: ReadonlySet<string>, build: string): boolean {
  return [...changed].some(
    (name) => changeTime(name) > (isBelow(name, build) ? failure.endMs + TICK_MS : failure.startMs - TICK_MS),
  );
}

/** When a path, or the nearest folder above it that is there, was changed last: milliseconds since 1970. */
function changeTime(name: string): number {
  for (let at = name; ; at = path.dirname(at)) {
    try {
      const stat = fs.lstatSync(at, { throwIfNoEntry: false });
      if (stat !== undefined) return stat.ctimeMs;
    } catch {
      // Not a folder on the way: look above.
    }
    if (at === '/') return 0;
  }
}

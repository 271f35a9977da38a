/** How long after its last change a stat cannot vouch for a file's content, in ms: a second write in the same tick of the clock would not show. */
const COARSE_MS = 2000;
/** The same where the clock is fine. */
export const FINE_MS = 20;

/** The times of a stat, milliseconds since 1970 with fractions. */
export interface ChangeTimes {
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/**
 * How coarse the clock is by which a file's last change was noted, in ms with a margin. FAT counts two seconds (and its
 * creation time ten milliseconds), old file systems one; the others take the kernel's time, which ticks at least
 * every ten milliseconds: a time with digits below those can only be theirs.
 */
export function tickOf(stat: ChangeTimes): number {
  return Math.max(stat.mtimeMs, stat.ctimeMs) % 10 === 0 ? COARSE_MS : FINE_MS;
}

/**
 * From when on the stat of a file vouches for what is known of its content because nobody else writes there, milliseconds
 * since 1970: from the write on, as far as the clock would show a later one.
 */
export function writtenMs(stat: ChangeTimes): number {
  const changedMs = Math.max(stat.mtimeMs, stat.ctimeMs);
  const tick = tickOf(stat);
  return tick >= COARSE_MS ? changedMs : changedMs + tick;
}

/** Whether a file with this stat may be taken to hold still what was read at `readMs` (milliseconds since 1970). */
export function vouches(stat: ChangeTimes, readMs: number): boolean {
  return readMs - Math.max(stat.mtimeMs, stat.ctimeMs) >= tickOf(stat);
}

/** Wall-clock time, in milliseconds since 1970; tests replace it. */
export interface Clock {
  now(): number;
}

/** The clock by which file systems stamp files: compared with their times, so not one that only counts on from a start. */
export const systemClock: Clock = { now: () => Date.now() };

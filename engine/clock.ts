/** Wall-clock time, in milliseconds since 1970 with fractions; tests replace it. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => performance.timeOrigin + performance.now() };

import { loadavg } from 'node:os';

/** How much a job that has just started counts before the system's average shows it. */
const WEIGHT = 0.25;

/** `-l`: no further jobs while the load average, with what was started this second, is at the limit. */
export class LoadLimit {
  private readonly now: () => number;
  private jobs = 0;
  private second = 0;
  private backlog = 0;

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.now = now;
  }

  started(): void {
    this.jobs++;
  }

  ended(): void {
    if (this.jobs > 0) this.jobs--;
  }

  tooHigh(limit: number | undefined): boolean {
    if (limit === undefined) return false;
    const second = Math.floor(this.now() / 1000);
    if (this.second < second) {
      this.backlog = this.second === second - 1 ? WEIGHT * this.jobs : 0;
      this.jobs = 0;
      this.second = second;
    }
    return loadavg()[0]! + WEIGHT * (this.jobs + this.backlog) >= limit;
  }
}

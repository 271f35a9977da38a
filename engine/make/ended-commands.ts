import { MakeInterrupt } from './ending.ts';
import type { Job } from './job.ts';
import type { Exit } from './launch.ts';

/** A command that has ended, and the job that it belongs to. */
export interface Ended {
  readonly job: Job;
  readonly exit: Exit;
}

/** Signals that a terminal or a shell sends to a whole process group: HUP, INT, QUIT, TERM. */
const groupSignals: ReadonlySet<number> = new Set([1, 2, 3, 15]);

/** How long a command that such a signal ended waits for this program's own copy of it. */
const CATCH_UP_MS = 20;

/** The news of commands that have ended and of signals, and the wait for it. */
export class EndedCommands {
  /** A signal has come and is being dealt with: there is nothing more to be interrupted. */
  handlingSignal = false;
  private readonly queue: Ended[] = [];
  private interrupt: NodeJS.Signals | undefined;
  private wake: (() => void) | undefined;

  push(ended: Ended): void {
    this.queue.push(ended);
    this.wake?.();
  }

  /** Called when a signal came: whoever waits stops waiting. */
  stopFor(signal: NodeJS.Signals): void {
    this.interrupt = signal;
    this.wake?.();
  }

  throwIfInterrupted(): void {
    if (this.interrupt !== undefined && !this.handlingSignal) throw new MakeInterrupt(this.interrupt);
  }

  /** @param limit milliseconds; none: until there is news */
  wait(limit?: number): Promise<void> {
    if (this.queue.length > 0 || (this.interrupt !== undefined && !this.handlingSignal))
      return Promise.resolve();
    return new Promise<void>((resolve) => {
      const timer = limit === undefined ? undefined : setTimeout(resolve, limit);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }).then(() => {
      this.wake = undefined;
    });
  }

  /** @returns undefined if none has ended yet and `block` is false */
  async next(block: boolean): Promise<Ended | undefined> {
    for (;;) {
      const next = this.queue.shift();
      if (next !== undefined) {
        await this.letSignalCatchUp(next);
        return next;
      }
      if (!block) return undefined;
      await this.wait();
      this.throwIfInterrupted();
    }
  }

  /**
   * A signal for the whole process group ends a command and reaches this program too, and either may be heard of
   * first. GNU make's handler always runs first; so a command that such a signal ended waits a moment for ours.
   */
  private async letSignalCatchUp(next: Ended): Promise<void> {
    if (!groupSignals.has(next.exit.signal) || this.handlingSignal) return;
    if (this.interrupt === undefined) await new Promise((resolve) => setTimeout(resolve, CATCH_UP_MS));
    if (this.interrupt === undefined) return;
    this.queue.unshift(next);
    this.throwIfInterrupted();
  }
}

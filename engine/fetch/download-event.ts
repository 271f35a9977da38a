/** What happens during a download, for whoever shows it. */
export type DownloadEvent =
  /** Served from the shared cache; `stale` when it could not be asked whether the file has changed since. */
  | { readonly kind: 'cached'; readonly url: string; readonly stale: boolean }
  /** An attempt begins; `offset` is where it goes on. */
  | { readonly kind: 'start'; readonly url: string; readonly offset: number }
  | { readonly kind: 'redirect'; readonly url: string; readonly to: string }
  | {
      readonly kind: 'progress';
      readonly url: string;
      /** Bytes that are there, those of earlier attempts included. */
      readonly received: number;
      readonly total: number | undefined;
      /** Bytes a second, smoothed. */
      readonly rate: number;
      readonly secondsLeft: number | undefined;
    }
  /** The attempt failed and is repeated after `delay` milliseconds. */
  | { readonly kind: 'retry'; readonly url: string; readonly reason: string; readonly delay: number }
  /** This URL is given up; another one follows. */
  | { readonly kind: 'next-url'; readonly url: string; readonly reason: string };

const INTERVAL_MS = 100;
/** How much of the old rate stays after a second: the display is steady and follows a change in a few seconds. */
const KEPT_PER_SECOND = 0.7;

/** Turns counts of bytes into progress events, ten a second at most, with a smoothed rate. */
export class ProgressMeter {
  readonly #url: string;
  readonly #total: number | undefined;
  readonly #emit: (event: DownloadEvent) => void;
  readonly #now: () => number;
  #received: number;
  #lastReceived: number;
  #lastTime: number;
  #rate = 0;

  /**
   * @param received bytes that are there already
   * @param now the time in milliseconds
   */
  constructor(
    url: string,
    received: number,
    total: number | undefined,
    emit: (event: DownloadEvent) => void,
    now: () => number,
  ) {
    this.#url = url;
    this.#total = total;
    this.#emit = emit;
    this.#now = now;
    this.#received = received;
    this.#lastReceived = received;
    this.#lastTime = now();
  }

  add(bytes: number): void {
    this.#received += bytes;
    const now = this.#now();
    const elapsed = (now - this.#lastTime) / 1000;
    if (elapsed * 1000 < INTERVAL_MS) return;
    const current = (this.#received - this.#lastReceived) / elapsed;
    const kept = this.#rate === 0 ? 0 : KEPT_PER_SECOND ** elapsed;
    this.#rate = kept * this.#rate + (1 - kept) * current;
    this.#lastReceived = this.#received;
    this.#lastTime = now;
    this.#send();
  }

  /** The last event: everything is there. */
  finish(): void {
    this.#send();
  }

  #send(): void {
    const left = this.#total === undefined ? undefined : this.#total - this.#received;
    this.#emit({
      kind: 'progress',
      url: this.#url,
      received: this.#received,
      total: this.#total,
      rate: this.#rate,
      secondsLeft:
        left === undefined ? undefined : left === 0 ? 0 : this.#rate > 0 ? left / this.#rate : undefined,
    });
  }
}

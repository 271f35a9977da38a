export interface BatcherOptions {
  /** A batch is due when nothing more has come for this long. */
  readonly settleMs: number;
  /** … or this long after its first change, whatever comes. */
  readonly maxDelayMs: number;
  readonly onDue: () => void;
}

/** More changed paths than a person saves at once: a branch is being switched, or an archive unpacked. */
const bulkSize = 20;
/** Such a change is worth waiting for, so that it comes in one batch: both times are this much longer. */
const bulkPatience = { settle: 3, maxDelay: 10 };

/** Decides when changes are handed on: soon after the last one, and not much later than the first. */
export class Batcher {
  readonly #options: BatcherOptions;
  #settle: NodeJS.Timeout | undefined;
  #firstMs = 0;
  #isOpen = false;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  /** Something has changed; `size` is the number of changed paths that wait altogether. */
  touch(size: number): void {
    const { settleMs, maxDelayMs } = this.#options;
    const now = performance.now();
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#firstMs = now;
    }
    const bulk = size > bulkSize;
    const latest = this.#firstMs + maxDelayMs * (bulk ? bulkPatience.maxDelay : 1);
    const delay = Math.max(0, Math.min(settleMs * (bulk ? bulkPatience.settle : 1), latest - now));
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => {
      this.#isOpen = false;
      this.#options.onDue();
    }, delay);
  }

  close(): void {
    clearTimeout(this.#settle);
    this.#isOpen = false;
  }
}

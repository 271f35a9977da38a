import pLimit, { type LimitFunction } from 'p-limit';

/** How many tasks of one kind may run at a time. */
export interface PoolOptions {
  readonly slots: number;
  /** Whether its tasks keep a processor busy (compile, link), and so count against the common limit; a download does not. */
  readonly usesProcessor: boolean;
}

/** Job slots that are shared with other programs: those of a jobserver. */
export interface TokenSource {
  /** Takes a token if one is there; never waits. */
  tryTake(): boolean;
  giveBack(): void;
}

/** How often a starved pool asks a jobserver for a token: nothing else tells when another program gives one back. */
const tokenPollMs = 10;

/**
 * Pools of job slots, one for each kind of task, and over those that use a processor one common limit.
 * There is no queue in here: a task that finds no slot is refused, and the scheduler offers its best one again when told
 * that a slot is free. So the order stays with the scheduler.
 */
export class SlotPools<Kind extends string> {
  readonly #pools: ReadonlyMap<Kind, { readonly options: PoolOptions; readonly limit: LimitFunction }>;
  readonly #processors: LimitFunction;
  readonly #listeners = new Set<() => void>();
  #tokens: TokenSource | undefined;
  /** A token is held for the task that comes next. */
  #reserved = false;
  #poll: NodeJS.Timeout | undefined;

  /**
   * @param pools the kinds and their limits
   * @param processors the common limit of kinds that use a processor (`--jobs`)
   */
  constructor(pools: Readonly<Record<Kind, PoolOptions>>, processors: number) {
    this.#pools = new Map(
      (Object.entries(pools) as [Kind, PoolOptions][]).map(([kind, options]) => [
        kind,
        { options, limit: pLimit(options.slots) },
      ]),
    );
    this.#processors = pLimit(processors);
  }

  /** Tasks that hold a slot of the common limit. */
  get busyProcessors(): number {
    return this.#processors.activeCount;
  }

  /** Whether `tryRun` would start a task of this kind now. */
  isFree(kind: Kind): boolean {
    const { options, limit } = this.#pool(kind);
    if (limit.activeCount >= limit.concurrency) return false;
    if (!options.usesProcessor) return true;
    return this.#processors.activeCount < this.#processors.concurrency && this.#reserveToken();
  }

  /**
   * Starts a task if a slot of its kind is free.
   * @returns the task's promise, or undefined when no slot is free: try again when `onFree` calls
   */
  tryRun<T>(kind: Kind, task: () => Promise<T>): Promise<T> | undefined {
    if (!this.isFree(kind)) return undefined;
    const { options, limit } = this.#pool(kind);
    if (!options.usesProcessor) return this.#announce(limit(task));
    this.#reserved = false;
    // Both limits count the task at once: one inside the other would count it a microtask later.
    const run = limit(task);
    return this.#announce(
      this.#processors(async () => {
        try {
          return await run;
        } finally {
          this.#tokens?.giveBack();
        }
      }),
    );
  }

  /**
   * Calls `listener` whenever a slot may have become free.
   * @returns a function that ends this
   */
  onFree(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * From now on every task that uses a processor also takes a token. Tasks that run already are taken to hold one,
   * so the source must count `busyProcessors` tokens as taken.
   */
  shareTokens(tokens: TokenSource): void {
    this.#tokens = tokens;
  }

  /** Ends waiting for tokens. Tasks that still run give theirs back when they end. */
  close(): void {
    clearTimeout(this.#poll);
    this.#poll = undefined;
    this.#dropReserve();
    this.#listeners.clear();
  }

  #pool(kind: Kind): { readonly options: PoolOptions; readonly limit: LimitFunction } {
    return this.#pools.get(kind)!;
  }

  #announce<T>(run: Promise<T>): Promise<T> {
    const told = (): void => this.#tell();
    run.then(told, told);
    return run;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Makes sure that a token is held for the next task. */
  #reserveToken(): boolean {
    if (!this.#tokens || this.#reserved) return true;
    if (this.#tokens.tryTake()) {
      this.#reserved = true;
      // Whoever only asked must not keep a token from other programs.
      setImmediate(() => this.#dropReserve());
      return true;
    }
    // A task that runs keeps the process alive, and there is one whenever a token is missing.
    this.#poll ??= setTimeout(() => this.#askAgain(), tokenPollMs).unref();
    return false;
  }

  #askAgain(): void {
    this.#poll = undefined;
    if (this.#reserveToken()) this.#tell();
  }

  #dropReserve(): void {
    if (!this.#reserved) return;
    this.#reserved = false;
    this.#tokens?.giveBack();
  }
}

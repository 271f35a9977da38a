import { readFileSync } from 'node:fs';
import { Batcher } from './batcher.ts';
import { WatchedPaths } from './watched-paths.ts';

export interface WatchOptions {
  /** A batch comes when no change has followed for this long; default 20 ms. */
  readonly settleMs?: number;
  /** … and this long after its first change at the latest; default 100 ms. When many paths change, both times are longer. */
  readonly maxDelayMs?: number;
  /** Time between two looks where the system cannot tell of changes; default 300 ms. */
  readonly pollMs?: number;
  /** Never asks the system for events, for file systems that have none; default: as the variable CHOKIDAR_USEPOLLING says. */
  readonly poll?: boolean;
  /** Called once, with a sentence, when paths must be polled because the system cannot watch them. */
  readonly onNotice?: (sentence: string) => void;
}

export interface WatchBatch {
  /** Paths that may have changed, as they were asked for. Some may be as they were: look at them. */
  readonly changed: ReadonlySet<string>;
}

/**
 * Watches a changing set of files and folders.
 *
 * - A file is reported when its content, its attributes or its existence change, also when it comes to be where there was
 *   no folder before, or when a folder or symbolic link on its way is replaced.
 *   (A change through another hard link in another place is not seen: the system tells of names, not of files.)
 * - A folder is reported when entries come, go or are renamed in it, not when an entry's content changes.
 *
 * Iterating yields batches. What changes while nobody awaits a batch is gathered in the next one. The watcher keeps the
 * process alive until it is closed.
 */
export interface Watcher extends AsyncIterable<WatchBatch> {
  /**
   * Replaces the set of watched paths; all of them absolute. Changes are reported from the moment when the promise resolves.
   * @param since changes of paths that were not watched before count from this time on (ms since 1970), so that nothing is
   *   missed between looking at a file and watching it
   */
  setPaths(paths: Iterable<string>, since?: number): Promise<void>;
  /** Resolves to the next batch; to undefined when the watcher is closed. */
  next(): Promise<WatchBatch | undefined>;
  /** Ends the iteration; no handle is left. */
  close(): Promise<void>;
}

/** Starts a watcher that watches nothing yet. */
export function watch(options: WatchOptions = {}): Watcher {
  return new FileWatcher(options);
}

/** The kernel's clock for file times ticks every 4 ms or more seldom, and lags behind. */
const clockTickMs = 20;

class FileWatcher implements Watcher {
  readonly #paths: WatchedPaths;
  readonly #batcher: Batcher;
  readonly #queueLimit = inotifyQueueLimit();
  #changed = new Set<string>();
  /** Changed paths that may be handed out. */
  #due: Set<string> | undefined;
  #waiting: ((batch: WatchBatch | undefined) => void)[] = [];
  #eventsOfTurn = 0;
  #closed = false;

  constructor(options: WatchOptions) {
    const { settleMs = 20, maxDelayMs = 100, pollMs = 300, onNotice } = options;
    let noticed = false;
    this.#batcher = new Batcher({ settleMs, maxDelayMs, onDue: () => void this.#handOut() });
    this.#paths = new WatchedPaths({
      pollMs,
      poll: options.poll ?? environmentWantsPolling(),
      onChange: (path) => {
        this.#changed.add(path);
        this.#batcher.touch(this.#changed.size);
      },
      onEvent: () => this.#countEvent(),
      onFallback: (directory, code) => {
        if (noticed) return;
        noticed = true;
        onNotice?.(fallbackSentence(directory, code, pollMs));
      },
    });
  }

  async setPaths(paths: Iterable<string>, since?: number): Promise<void> {
    if (this.#closed) return;
    const added = this.#paths.replace(paths);
    await this.#paths.settle();
    if (since === undefined || this.#closed) return;
    for (const path of added) {
      if (!this.#paths.changedSince(path, since - clockTickMs)) continue;
      this.#changed.add(path);
      this.#batcher.touch(this.#changed.size);
    }
  }

  next(): Promise<WatchBatch | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const changed = this.#due;
    if (changed) {
      this.#due = undefined;
      return Promise.resolve({ changed });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async *[Symbol.asyncIterator](): AsyncIterator<WatchBatch> {
    for (let batch = await this.next(); batch; batch = await this.next()) yield batch;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#batcher.close();
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
    await this.#paths.close();
  }

  /** Hands the changed paths on once all places are watched again, so that whoever looks at them now misses nothing. */
  async #handOut(): Promise<void> {
    await this.#paths.settle();
    if (this.#closed || this.#changed.size === 0) return;
    const changed = this.#changed;
    this.#changed = new Set();
    const receiver = this.#waiting.shift();
    if (receiver) receiver({ changed });
    else if (this.#due) for (const path of changed) this.#due.add(path);
    else this.#due = changed;
  }

  /**
   * The kernel drops events when its queue is full, and neither Node nor chokidar says so. All events of a full queue arrive in one
   * turn of the event loop; after as many as fit into it, nothing that was heard can be relied on.
   */
  #countEvent(): void {
    if (this.#eventsOfTurn++ === 0) setImmediate(() => (this.#eventsOfTurn = 0));
    if (this.#eventsOfTurn === this.#queueLimit && !this.#closed) this.#paths.distrust();
  }
}

/** Three quarters of the queue's length; the default of the kernel where it cannot be read. */
function inotifyQueueLimit(): number {
  let length = 16384;
  try {
    length = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'latin1')) || length;
  } catch {
    // Not Linux, or no /proc.
  }
  return Math.ceil(length * 0.75);
}

function environmentWantsPolling(): boolean {
  const value = process.env['CHOKIDAR_USEPOLLING']?.toLowerCase();
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

function fallbackSentence(directory: string, code: string, pollMs: number): string {
  const instead = `looking every ${pollMs} ms instead`;
  switch (code) {
    case 'ENOSPC':
      return `the system's table of watched folders is full (fs.inotify.max_user_watches): ${instead}`;
    case 'EMFILE':
      return `the system has no inotify instance left (fs.inotify.max_user_instances): ${instead}`;
    default:
      return `cannot watch ${directory} (${code}): ${instead}`;
  }
}

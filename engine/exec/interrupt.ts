import { Interruption, type InterruptSignal } from './interruption.ts';

export { Interruption } from './interruption.ts';

/** Where signals come from: the process, or a test's emitter. */
export interface SignalSource {
  on(signal: InterruptSignal, listener: () => void): unknown;
  off(signal: InterruptSignal, listener: () => void): unknown;
}

export interface InterruptOptions {
  /** Default: this process. */
  readonly source?: SignalSource;
  /** Milliseconds now; default `performance.now`. */
  readonly now?: () => number;
  /** Called on the first signal, to say that the build stops and what a second one does. */
  readonly onFirst?: (interruption: Interruption) => void;
  /** Called on the second signal; default: ends this process at once with status 130. */
  readonly onSecond?: (status: number) => void;
}

/** Interrupts of one build, from `catchInterrupts` to `restore`. */
export interface Interrupts {
  /** Aborts on the first SIGINT, SIGTERM or SIGHUP, with an `Interruption` as its reason. */
  readonly signal: AbortSignal;
  /** The first interruption, once there was one. */
  readonly interruption: Interruption | undefined;
  /** Gives the signals their former effect back. */
  restore(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies InterruptSignal[];

/**
 * The same signal within this time is the same wish. At a terminal Ctrl-C reaches every program in the foreground, and npm,
 * which is one of them, passes it on once more.
 */
const echoMs = 100;

/**
 * Makes the first interrupt stop a build cleanly and the second end it at once.
 * Ending at once leaves nothing behind either: the spawn helper sees its pipe close and kills what runs.
 */
export function catchInterrupts(options: InterruptOptions = {}): Interrupts {
  const source: SignalSource = options.source ?? process;
  const onSecond = options.onSecond ?? ((status: number) => process.exit(status));
  const now = options.now ?? (() => performance.now());
  const controller = new AbortController();
  let firstMs = 0;
  let interruption: Interruption | undefined;
  const listeners = signals.map((name) => {
    const listener = (): void => {
      if (interruption) {
        if (name !== interruption.signal || now() - firstMs >= echoMs) onSecond(130);
        return;
      }
      interruption = new Interruption(name);
      firstMs = now();
      options.onFirst?.(interruption);
      controller.abort(interruption);
    };
    source.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    get interruption() {
      return interruption;
    },
    restore() {
      for (const { name, listener } of listeners) source.off(name, listener);
    },
  };
}

import { setMaxListeners } from 'node:events';

/** Signals that end a build, which running commands get as they came. */
export type InterruptSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Why a build was stopped: the reason of its abort signal. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly signal: InterruptSignal;

  constructor(signal: InterruptSignal) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }

  /** What a shell reports for a program that the signal ended: 128 and the signal's number. */
  get exitStatus(): number {
    return 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[this.signal];
  }
}

/** The signal that commands get when an abort signal with this reason stops them: SIGTERM unless it is an `Interruption`. */
export function signalOfReason(reason: unknown): InterruptSignal {
  return reason instanceof Interruption ? reason.signal : 'SIGTERM';
}

const allowed = new WeakSet<AbortSignal>();

/** One abort signal stops all commands of a build; more than ten listeners are no leak here. */
export function allowManyListeners(signal: AbortSignal): void {
  if (allowed.has(signal)) return;
  allowed.add(signal);
  setMaxListeners(0, signal);
}

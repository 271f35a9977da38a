import type { Image } from './image.ts';
import type { Accelerator } from './qemu-command.ts';

/** Everything that is needed to run a guest; plain data, so that it can be handed to another process. */
export interface GuestPlan {
  readonly image: Image;
  /** Where QEMU runs; relative paths among its arguments start here. */
  readonly cwd: string;
  readonly qemu: string;
  readonly accelerator: Accelerator;
  /** QEMU's arguments with the control channel on {@link CONTROL_FD}. */
  readonly arguments: readonly string[];
  /** What to run instead if KVM turns out not to run the guest; undefined when it was asked for. */
  readonly fallback: readonly string[] | undefined;
  /** Seconds after which the guest is ended. */
  readonly timeout: number | undefined;
  /** Files made for this guest, to be removed at its end. */
  readonly temporary: readonly string[];
}

/** How a guest came to its end. */
export type GuestEnd =
  /** It ended by itself: `status` from isa-debug-exit, 0 when it powered the machine off. */
  | { readonly kind: 'ended'; readonly status: number }
  /** It wrote a crash report. */
  | { readonly kind: 'crashed'; readonly status: number }
  /** It reset the machine, as a processor does that cannot even handle a fault. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'timeout'; readonly seconds: number }
  /** The caller's signal fired; `exitStatus` is the one for a shell. */
  | { readonly kind: 'interrupted'; readonly exitStatus: number }
  /** Nobody reads the console any more. */
  | { readonly kind: 'output-closed' }
  /** QEMU itself failed. */
  | { readonly kind: 'qemu-failed'; readonly message: string };

/** What a crash that gives no status counts as: the status of a program that called abort(). */
export const CRASH_STATUS = 134;
/** As with timeout(1). */
export const TIMEOUT_STATUS = 124;

/** The exit status of `unigraph run`. */
export function exitStatus(end: GuestEnd): number {
  switch (end.kind) {
    case 'ended':
      return end.status;
    case 'crashed':
      return end.status === 0 ? CRASH_STATUS : end.status;
    case 'reset':
      return CRASH_STATUS;
    case 'timeout':
      return TIMEOUT_STATUS;
    case 'interrupted':
      return end.exitStatus;
    case 'output-closed':
      return 141;
    case 'qemu-failed':
      return 125;
  }
}

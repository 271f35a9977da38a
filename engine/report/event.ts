import type { Diagnostic } from '../location.ts';
import type { Action } from '../graph/action.ts';
import type { Reason } from '../graph/reason.ts';

/** How the commands of an action ended when they did not succeed. */
export interface ActionFailure {
  /** One sentence without a full stop: `gcc exited with status 1`. */
  readonly message: string;
  /** The command that failed, ready to paste into a shell; empty when there is none to paste. */
  readonly reproduce: string;
}

/** Everything that a build tells. Readers are exhaustive over it. */
export type BuildEvent =
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'warning'; readonly diagnostic: Diagnostic }
  /** The makefiles are evaluated again because something that they looked at has changed. */
  | { readonly kind: 'stale-evaluation'; readonly what: string }
  | { readonly kind: 'planned'; readonly actions: number }
  | { readonly kind: 'started'; readonly action: Action; readonly reasons: readonly Reason[] }
  | { readonly kind: 'progress'; readonly action: Action; readonly text: string }
  | {
      readonly kind: 'would-run';
      readonly action: Action;
      readonly reasons: readonly Reason[];
      readonly certain: boolean;
    }
  | { readonly kind: 'fresh'; readonly action: Action }
  | {
      readonly kind: 'finished';
      readonly action: Action;
      readonly output: string;
      readonly startMs: number;
      readonly endMs: number;
      /** False when the outputs are byte for byte what they were. */
      readonly changed: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly action: Action;
      readonly output: string;
      readonly failure: ActionFailure;
      readonly startMs: number;
      readonly endMs: number;
    }
  | { readonly kind: 'cancelled'; readonly action: Action }
  | { readonly kind: 'done'; readonly summary: BuildSummary };

/** What a build came to. */
export interface BuildSummary {
  readonly outcome: 'succeeded' | 'failed' | 'interrupted';
  readonly ran: number;
  readonly fresh: number;
  readonly failed: number;
  /** Actions that were not tried because something they need failed. */
  readonly skipped: number;
  readonly elapsedMs: number;
}

export type EventSink = (event: BuildEvent) => void;

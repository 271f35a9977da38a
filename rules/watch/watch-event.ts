import type { LockHolder } from '../../engine/journal/lock.ts';
import type { Diagnostic } from '../../engine/location.ts';
import type { BuildEvent, BuildSummary } from '../../engine/report/event.ts';
import type { GuestEnd } from '../run/guest-plan.ts';

/** Everything that a watch tells. Readers are exhaustive over it. */
export type WatchEvent =
  /** Something is about to run; `changed` are the files that led to it, none at the start. */
  | { readonly kind: 'building'; readonly changed: readonly string[] }
  /** What the build tells; also of one that turns out to have nothing to do. */
  | { readonly kind: 'build'; readonly event: BuildEvent }
  /** The build that runs is of no use any more: it is stopped, and another begins. */
  | { readonly kind: 'obsolete'; readonly changed: readonly string[] }
  /** A build ended; `isNews` is false when nothing ran and nobody had asked. */
  | { readonly kind: 'built'; readonly summary: BuildSummary; readonly isNews: boolean }
  /** There could be no build: no configuration, an error in a makefile or in the project file. */
  | { readonly kind: 'refused'; readonly diagnostic: Diagnostic }
  /** Somebody else builds in this folder. */
  | { readonly kind: 'busy'; readonly holder: LockHolder }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'guest-started'; readonly image: string }
  /** `said` is what there is to say of the end beside its status. */
  | { readonly kind: 'guest-ended'; readonly end: GuestEnd; readonly status: number; readonly said?: string }
  /** The image is the one that was booted already. */
  | { readonly kind: 'guest-kept' }
  | { readonly kind: 'guest-refused'; readonly diagnostic: Diagnostic }
  /** Nothing is left to do until something changes. */
  | { readonly kind: 'waiting'; readonly failed: boolean };

export type WatchSink = (event: WatchEvent) => void;

import type { InterruptSignal } from './interruption.ts';
import type { SpawnFile, SpawnOutcome, SpawnerOptions } from './spawner.ts';

/** What the spawner sends to its helper. Standard input of a command is the frame's tail. */
export type ToHelper =
  | { readonly type: 'options'; readonly options: SpawnerOptions }
  /** Sent before the first command that uses it; `forget` drops all earlier ones. */
  | {
      readonly type: 'environment';
      readonly id: number;
      readonly environment: Readonly<Record<string, string>>;
      readonly forget: boolean;
    }
  | {
      readonly type: 'run';
      readonly id: number;
      readonly argv: readonly string[];
      readonly cwd: string;
      readonly environment: number;
      readonly stdin: boolean;
      readonly files: readonly SpawnFile[];
    }
  | { readonly type: 'cancel'; readonly id: number; readonly signal: InterruptSignal }
  | { readonly type: 'close' };

/** An outcome without its output, which is the frame's tail. */
export type OutcomeHead = SpawnOutcome extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'output'>
    : never
  : never;

/** What the helper sends back. */
export type FromHelper =
  /** The command runs as leader of this process group. */
  | { readonly type: 'started'; readonly id: number; readonly group: number }
  | { readonly type: 'ended'; readonly id: number; readonly outcome: OutcomeHead };

import type { ChecksumArgument } from './sources.ts';

/** Argument of a `fetch` step. */
export interface FetchArgument {
  readonly file: string;
  /** In the order to try. */
  readonly urls: readonly string[];
  /** What the tree's rules will ask of the file, added by lowering. */
  readonly checksums?: readonly Pick<ChecksumArgument, 'algorithm' | 'expected'>[];
}

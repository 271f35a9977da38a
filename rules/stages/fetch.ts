import fs from 'node:fs';
import { describeDownloadFailure } from '../../engine/fetch/download-failure.ts';
import { download, type Mirror } from '../../engine/fetch/download.ts';
import type { DownloadEvent } from '../../engine/fetch/download-event.ts';
import type { Performer } from '../../engine/graph/perform.ts';
import { formatDiagnostic } from '../../engine/location.ts';
import type { ChecksumArgument } from './sources.ts';

/** Argument of a `fetch` step. */
export interface FetchArgument {
  readonly file: string;
  /** In the order to try. */
  readonly urls: readonly string[];
  /** What the tree's rules will ask of the file, added by lowering. */
  readonly checksums?: readonly Pick<ChecksumArgument, 'algorithm' | 'expected'>[];
}

export interface FetchSettings {
  /** Folder of downloads shared between build folders; none: nothing is shared. */
  readonly cache: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Prefix replacements, tried before the addresses themselves. */
  readonly mirrors?: readonly Mirror[];
  /** With `--frozen`: what every file must be, by the address that is named first; others are refused. */
  readonly locked?: Readonly<Record<string, { readonly sha256: string }>>;
}

const ALGORITHMS = { MD5: 'md5', SHA1: 'sha1', SHA256: 'sha256', SHA512: 'sha512' } as const;

/**
 * Gets a library's archive. A file that is there already, put there by a person, by make or by an earlier build,
 * is kept; the tree's own checksum rule judges it.
 */
export function fetchPerformer(settings: FetchSettings): Performer {
  return async (argument, context) => {
    const { file, urls, checksums } = JSON.parse(argument) as FetchArgument;
    if (fs.existsSync(file)) return { kind: 'succeeded' };
    const locked = settings.locked?.[urls[0] ?? ''];
    if (settings.locked !== undefined && locked === undefined) {
      const message = `${urls[0]} is not in the lock file\n  Build once without --frozen, and lock it with 'unigraph lock'`;
      return { kind: 'failed', message };
    }
    const asked = (checksums ?? []).map(({ algorithm, expected }) => ({
      algorithm: ALGORITHMS[algorithm],
      digest: expected,
    }));
    const fetched = await download(urls, file, {
      checksums: locked === undefined ? asked : [...asked, { algorithm: 'sha256', digest: locked.sha256 }],
      mirrors: settings.mirrors ?? [],
      environment: settings.environment,
      signal: context.signal,
      onEvent: (event) => {
        const text = describeEvent(event);
        if (text !== undefined) context.progress(text);
      },
      ...(settings.cache !== undefined && { cache: settings.cache }),
    });
    if (fetched.ok) return { kind: 'succeeded' };
    if (context.signal.aborted) return { kind: 'cancelled' };
    return { kind: 'failed', message: formatDiagnostic(describeDownloadFailure(fetched.error)) };
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

function describeEvent(event: DownloadEvent): string | undefined {
  if (event.kind !== 'progress') return undefined;
  const total = event.total === undefined ? '' : ` of ${megabytes(event.total)}`;
  return `${megabytes(event.received)}${total} MB`;
}

import { resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../clock.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Checksum } from './checksum.ts';
import { onDestination } from './destination.ts';
import { DownloadCache } from './download-cache.ts';
import type { DownloadEvent } from './download-event.ts';
import {
  describeDownloadFailure,
  DownloadError,
  shownUrl,
  type DownloadFailure,
} from './download-failure.ts';
import { HttpDownload } from './http-download.ts';
import { copyLocalFile } from './local-file.ts';

/** A URL that begins with `prefix` is tried with `replacement` in its place, before the URL itself. */
export interface Mirror {
  readonly prefix: string;
  readonly replacement: string;
}

export interface DownloadOptions {
  /** What the content must be; checked while it arrives. All of them must hold. */
  readonly checksums?: readonly Checksum[];
  readonly mirrors?: readonly Mirror[];
  /** Folder of the shared {@link DownloadCache}; without it nothing is shared. */
  readonly cache?: string;
  /** For proxies (`http_proxy`, …, `no_proxy`) and SSL_CERT_FILE; the process's own by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Sent to http servers, e.g. Authorization; not to another host after a redirect. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: DownloadEvent) => void;
  readonly signal?: AbortSignal;
  /** Attempts after the first that brought nothing, for each URL; default 4. */
  readonly retries?: number;
  /** Milliseconds before the second attempt; doubled each time, up to 30 s; default 500. */
  readonly retryDelay?: number;
  /** Milliseconds without a byte after which an attempt fails; default 30,000. */
  readonly idleTimeout?: number;
  /** What relative paths among the URLs are relative to; default: the process's folder. */
  readonly cwd?: string;
  readonly clock?: Clock;
}

export interface DownloadReport {
  /** Where it came from, without passwords: the URL that answered, or the path. */
  readonly url: string;
  readonly source: 'network' | 'file' | 'cache';
  /** From the cache, without the server having been asked whether the file is still the same. */
  readonly stale: boolean;
  readonly bytes: number;
  readonly sha256: string;
  /** Where an earlier download was continued; 0 when it began anew. */
  readonly resumedAt: number;
}

/**
 * Fetches a file: the URLs are tried in their order until one gives content with the right checksums.
 *
 * URLs are http:, https:, file: or plain paths. The destination appears only when it is complete and checked; until
 * then the bytes are in `DESTINATION.part`, from which a later call goes on. After a checksum mismatch nothing is kept.
 */
export async function download(
  urls: readonly string[],
  destination: string,
  options: DownloadOptions = {},
): Promise<Result<DownloadReport, DownloadFailure>> {
  const job = new Download(destination, options);
  try {
    return await job.run(candidates(urls, options.mirrors ?? []));
  } catch (error) {
    if (error instanceof DownloadError) return fail(error.failure);
    throw error;
  }
}

/** The URLs with their mirrors, each before the URL that it stands for, without repetitions. */
export function candidates(urls: readonly string[], mirrors: readonly Mirror[]): string[] {
  const all = urls.flatMap((url) => [
    ...mirrors
      .filter(({ prefix }) => prefix !== '' && url.startsWith(prefix))
      .map(({ prefix, replacement }) => replacement + url.slice(prefix.length)),
    url,
  ]);
  return [...new Set(all)];
}

class Download {
  readonly #destination: string;
  readonly #options: DownloadOptions;
  readonly #checksums: readonly Checksum[];
  readonly #cache: DownloadCache | undefined;
  readonly #emit: (event: DownloadEvent) => void;

  constructor(destination: string, options: DownloadOptions) {
    this.#destination = destination;
    this.#options = options;
    this.#checksums = options.checksums ?? [];
    this.#cache = options.cache === undefined ? undefined : new DownloadCache(options.cache);
    this.#emit = options.onEvent ?? (() => {});
  }

  async run(urls: readonly string[]): Promise<Result<DownloadReport, DownloadFailure>> {
    const first = urls[0];
    if (first === undefined) throw new RangeError('download() needs a URL');
    if (this.#options.signal?.aborted) return fail({ kind: 'aborted', url: shownUrl(first) });
    const cached = this.#fromCache(this.#checksums, first, false);
    if (cached !== undefined) return ok(cached);
    const failures: DownloadFailure[] = [];
    for (const [index, url] of urls.entries()) {
      try {
        return ok(await this.#fetch(url));
      } catch (error) {
        if (!(error instanceof DownloadError)) throw error;
        const { failure } = error;
        // Another URL helps neither against a full disk nor against Ctrl-C.
        if (failure.kind === 'aborted' || failure.kind === 'destination') return fail(failure);
        failures.push(failure);
        if (index + 1 < urls.length) {
          this.#emit({
            kind: 'next-url',
            url: shownUrl(url),
            reason: describeDownloadFailure(failure).message,
          });
        }
      }
    }
    // Nobody answers, and nothing says what the content must be: what was there last time is the best there is.
    if (this.#checksums.length === 0 && failures.every(({ kind }) => kind === 'network')) {
      for (const url of urls) {
        const sha256 = this.#cache?.recall(url)?.sha256;
        if (sha256 === undefined) continue;
        const stale = this.#fromCache([{ algorithm: 'sha256', digest: sha256 }], url, true);
        if (stale !== undefined) return ok(stale);
      }
    }
    const only = failures[0]!;
    return fail(failures.length === 1 ? only : { kind: 'all', destination: this.#destination, failures });
  }

  #fromCache(checksums: readonly Checksum[], url: string, stale: boolean): DownloadReport | undefined {
    const served = onDestination(this.#destination, () => this.#cache?.serve(checksums, this.#destination));
    if (served === undefined) return undefined;
    const shown = shownUrl(url);
    this.#emit({ kind: 'cached', url: shown, stale });
    return { url: shown, source: 'cache', stale, resumedAt: 0, ...served };
  }

  #fetch(text: string): Promise<DownloadReport> | DownloadReport {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
    if (scheme === undefined) return this.#copy(resolve(this.#options.cwd ?? process.cwd(), text));
    const refuse = (reason: string, hint?: string): never => {
      throw new DownloadError({ kind: 'url', url: shownUrl(text), reason, hint });
    };
    if (!URL.canParse(text)) return refuse('this is not a URL');
    const url = new URL(text);
    switch (scheme) {
      case 'http':
      case 'https':
        return new HttpDownload(this.#destination, this.#options, this.#cache).fetch(url, text);
      case 'file':
        if (url.host !== '' && url.host !== 'localhost')
          return refuse('a file: URL of another machine cannot be read');
        return this.#copy(fileURLToPath(url));
      case 'ftp':
      case 'ftps':
        return refuse(
          'ftp is not supported',
          'Most ftp servers offer the same files over https: replace the scheme, or give a mirror.',
        );
      case 'git':
      case 'ssh':
        return refuse(`a ${scheme}: URL names a repository, not a file`);
      default:
        return refuse(`the scheme '${scheme}:' is not known (http:, https:, file: and plain paths are)`);
    }
  }

  #copy(path: string): DownloadReport {
    const copied = copyLocalFile(path, this.#destination, this.#checksums);
    return { url: path, source: 'file', stale: false, resumedAt: 0, ...copied };
  }
}

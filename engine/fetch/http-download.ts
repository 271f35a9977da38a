import type { IncomingMessage } from 'node:http';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../clock.ts';
import { digestFile, Digests, type Algorithm, type Checksum } from './checksum.ts';
import { checkContent, onDestination } from './destination.ts';
import type { DownloadOptions, DownloadReport } from './download.ts';
import type { DownloadCache, RememberedUrl } from './download-cache.ts';
import { ProgressMeter, type DownloadEvent } from './download-event.ts';
import { describeDownloadFailure, DownloadError, isTransientStatus, shownUrl } from './download-failure.ts';
import { get, networkError, type Answer } from './http-request.ts';
import { PartialFile } from './partial-file.ts';

const LONGEST_DELAY_MS = 30_000;
/** A server that always cuts after a few bytes must not keep us for ever. */
const MAX_ATTEMPTS = 100;

/** Fetches from http(s) servers to one destination: attempts, resuming, checking. */
export class HttpDownload {
  readonly #destination: string;
  readonly #options: DownloadOptions;
  readonly #checksums: readonly Checksum[];
  readonly #algorithms: readonly Algorithm[];
  readonly #cache: DownloadCache | undefined;
  readonly #emit: (event: DownloadEvent) => void;

  constructor(destination: string, options: DownloadOptions, cache: DownloadCache | undefined) {
    this.#destination = destination;
    this.#options = options;
    this.#checksums = options.checksums ?? [];
    this.#algorithms = ['sha256', ...this.#checksums.map(({ algorithm }) => algorithm)];
    this.#cache = cache;
    this.#emit = options.onEvent ?? (() => {});
  }

  /**
   * @param text the URL as the caller wrote it: the key under which it is remembered
   * @throws DownloadError
   */
  async fetch(url: URL, text: string): Promise<DownloadReport> {
    const retries = this.#options.retries ?? 4;
    let fruitless = 0;
    for (let attempt = 1; ; attempt++) {
      const partial = this.#onDisk(() => PartialFile.claim(this.#destination));
      const before = this.#resumeOffset(partial, text);
      try {
        return await this.#attempt(url, text, partial);
      } catch (error) {
        if (!(error instanceof DownloadError)) throw error;
        fruitless = this.#resumeOffset(partial, text) > before ? 1 : fruitless + 1;
        if (!error.transient || fruitless > retries || attempt >= MAX_ATTEMPTS) throw error;
        const delay = this.#delay(fruitless, error.retryAfter);
        const reason = describeDownloadFailure(error.failure).message;
        this.#emit({ kind: 'retry', url: shownUrl(url), reason, delay });
        try {
          await sleep(delay, undefined, { signal: this.#options.signal });
        } catch {
          throw new DownloadError({ kind: 'aborted', url: shownUrl(url) });
        }
      }
    }
  }

  /** Twice as long each time, with some chance in it, so that many clients do not come back at once. */
  #delay(fruitless: number, retryAfter: number | undefined): number {
    if (retryAfter !== undefined) return Math.min(retryAfter, LONGEST_DELAY_MS);
    const full = (this.#options.retryDelay ?? 500) * 2 ** (fruitless - 1);
    return Math.min(LONGEST_DELAY_MS, full * (0.75 + Math.random() / 2));
  }

  /** One request. The partial file is settled in any case: committed, kept or discarded. */
  async #attempt(url: URL, text: string, partial: PartialFile): Promise<DownloadReport> {
    let settled = false;
    const discard = (): void => {
      settled = true;
      partial.discard();
    };
    try {
      const remembered = this.#checksums.length === 0 ? this.#cache?.recall(text) : undefined;
      const offset = this.#resumeOffset(partial, text);
      const answer = await get(url, conditions(partial, offset, text, remembered), {
        ownHeaders: this.#options.headers ?? {},
        environment: this.#options.environment ?? process.env,
        idleTimeout: this.#options.idleTimeout ?? 30_000,
        signal: this.#options.signal,
        hasChecksum: this.#checksums.length > 0,
        onRedirect: (from, to) => this.#emit({ kind: 'redirect', url: shownUrl(from), to: shownUrl(to) }),
      });
      const { response } = answer;
      if (response.statusCode === 304 && remembered !== undefined) {
        response.destroy();
        const digest = remembered.sha256;
        const served = this.#onDisk(() =>
          this.#cache?.serve([{ algorithm: 'sha256', digest }], this.#destination),
        );
        if (served !== undefined) {
          discard();
          this.#emit({ kind: 'cached', url: shownUrl(url), stale: false });
          return { url: shownUrl(url), source: 'cache', stale: false, resumedAt: 0, ...served };
        }
        // The cache lost the file: ask again without conditions.
        this.#cache?.remember(text, { sha256: digest, etag: undefined, lastModified: undefined });
        throw transient(url, 'the cached file is damaged', 0);
      }
      const start = this.#begin(answer, url, partial, offset, text);
      const digests = new Digests(this.#algorithms);
      if (start.offset > 0) this.#onDisk(() => digestFile(partial.path, digests, start.offset));
      if (start.complete) response.destroy();
      else await this.#receive(answer, url, partial, digests, start.total);
      const found = digests.finish();
      try {
        checkContent(
          { path: partial.path, bytes: partial.size, digests: found },
          this.#checksums,
          this.#destination,
          shownUrl(url),
        );
      } catch (error) {
        discard();
        // A continued file may have been put together from two: once more, from the start.
        if (start.offset > 0 && error instanceof DownloadError)
          throw new DownloadError(error.failure, true, 0);
        throw error;
      }
      const bytes = partial.size;
      this.#onDisk(() => partial.commit());
      settled = true;
      this.#cache?.store(this.#destination, found);
      this.#cache?.remember(text, {
        sha256: found.get('sha256')!,
        etag: response.headers.etag,
        lastModified: response.headers['last-modified'],
      });
      const sha256 = found.get('sha256')!;
      return { url: shownUrl(url), source: 'network', stale: false, bytes, sha256, resumedAt: start.offset };
    } finally {
      if (!settled) partial.keep();
    }
  }

  /** Bytes of the partial file that can be used; a file without validator only where a checksum tells if that was right. */
  #resumeOffset(partial: PartialFile, text: string): number {
    const { source } = partial;
    if (source === undefined) return 0;
    const sameFile = source.url === text && source.validator !== undefined;
    return sameFile || this.#checksums.length > 0 ? partial.size : 0;
  }

  /** Reads the answer's head and prepares the partial file for the body. */
  #begin(
    { response, url: finalUrl }: Answer,
    url: URL,
    partial: PartialFile,
    offset: number,
    text: string,
  ): { readonly offset: number; readonly total: number | undefined; readonly complete: boolean } {
    const status = response.statusCode ?? 0;
    const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '');
    const rangeTotal = range?.[2] === undefined || range[2] === '*' ? undefined : Number(range[2]);
    if (status === 206 && offset > 0 && Number(range?.[1] ?? -1) === offset) {
      this.#emit({ kind: 'start', url: shownUrl(url), offset });
      return { offset, total: rangeTotal, complete: false };
    }
    if (status === 416 && offset > 0 && rangeTotal === offset)
      return { offset, total: offset, complete: true };
    if (status === 206 || (status === 416 && offset > 0)) {
      // Not the range that was asked for: without the partial file the next attempt asks for everything.
      response.destroy();
      this.#onDisk(() => partial.restart({ url: text, validator: undefined }));
      throw transient(url, `the server answers another part than was asked for (${status})`, 0);
    }
    if (status !== 200) {
      response.destroy();
      const reason = response.statusMessage ?? '';
      throw new DownloadError(
        { kind: 'status', url: shownUrl(finalUrl), status, reason },
        isTransientStatus(status),
        retryAfter(response, this.#now()),
      );
    }
    this.#onDisk(() => partial.restart({ url: text, validator: validatorOf(response) }));
    this.#emit({ kind: 'start', url: shownUrl(url), offset: 0 });
    const length = response.headers['content-length'];
    return { offset: 0, total: length === undefined ? undefined : Number(length), complete: false };
  }

  async #receive(
    { response, url: finalUrl }: Answer,
    url: URL,
    partial: PartialFile,
    digests: Digests,
    total: number | undefined,
  ): Promise<void> {
    const meter = new ProgressMeter(shownUrl(url), partial.size, total, this.#emit, () => this.#now());
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        this.#onDisk(() => partial.append(chunk));
        digests.update(chunk);
        meter.add(chunk.length);
      }
    } catch (error) {
      throw networkError(error, finalUrl, partial.size, this.#options.signal);
    } finally {
      response.destroy();
    }
    if (total !== undefined && partial.size < total) {
      throw transient(url, `the connection was cut after ${partial.size} of ${total} bytes`);
    }
    meter.finish();
  }

  #onDisk<T>(step: () => T): T {
    return onDestination(this.#destination, step);
  }

  #now(): number {
    return (this.#options.clock ?? systemClock).now();
  }
}

/** The headers that ask for the rest of a file, or for a file only if it is another one. */
function conditions(
  partial: PartialFile,
  offset: number,
  text: string,
  remembered: RememberedUrl | undefined,
): Record<string, string> {
  if (offset > 0) {
    // Another server has other validators; the checksum tells then whether the parts fit.
    const validator = partial.source?.url === text ? partial.source.validator : undefined;
    return { Range: `bytes=${offset}-`, ...(validator === undefined ? {} : { 'If-Range': validator }) };
  }
  if (remembered?.etag !== undefined) return { 'If-None-Match': remembered.etag };
  if (remembered?.lastModified !== undefined) return { 'If-Modified-Since': remembered.lastModified };
  return {};
}

function transient(url: URL, reason: string, retryAfterMs?: number): DownloadError {
  return new DownloadError(
    { kind: 'network', url: shownUrl(url), code: 'ECONNRESET', reason },
    true,
    retryAfterMs,
  );
}

/** The header's seconds or date, as milliseconds from now. */
function retryAfter(response: IncomingMessage, now: number): number | undefined {
  const value = response.headers['retry-after'];
  if (value === undefined) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds * 1000);
}

/** Only a strong ETag promises the same bytes; a date is good enough for If-Range when there is none. */
function validatorOf(response: IncomingMessage): string | undefined {
  const { etag } = response.headers;
  if (etag !== undefined && !etag.startsWith('W/')) return etag;
  return response.headers['last-modified'];
}

import type { Diagnostic } from '../location.ts';
import type { Algorithm } from './checksum.ts';

/** Everything that can go wrong with a download. URLs are shown without passwords. */
export type DownloadFailure =
  /** The content is not what was promised; nothing of it is kept. */
  | {
      readonly kind: 'checksum';
      readonly url: string;
      readonly destination: string;
      readonly algorithm: Algorithm;
      readonly expected: string;
      readonly actual: string;
      readonly bytes: number;
      /** The content is an HTML page: the server answered something else than the file. */
      readonly isWebPage: boolean;
    }
  /** The server answered, but not with the file. */
  | { readonly kind: 'status'; readonly url: string; readonly status: number; readonly reason: string }
  /** There was no (complete) answer. `code` is Node's, e.g. ENOTFOUND. */
  | { readonly kind: 'network'; readonly url: string; readonly code: string; readonly reason: string }
  /** The URL cannot be fetched at all: its scheme, its form, its proxy. */
  | { readonly kind: 'url'; readonly url: string; readonly reason: string; readonly hint: string | undefined }
  /** The file named by a path or file: URL cannot be read. */
  | { readonly kind: 'source'; readonly path: string; readonly reason: string }
  /** The destination cannot be written. */
  | { readonly kind: 'destination'; readonly destination: string; readonly reason: string }
  /** The caller's AbortSignal fired; what came so far is kept for the next time. */
  | { readonly kind: 'aborted'; readonly url: string }
  /** Every URL failed; in the order of trying, at least two. */
  | { readonly kind: 'all'; readonly destination: string; readonly failures: readonly DownloadFailure[] };

/** Carries a {@link DownloadFailure} through call-backs; never leaves this folder. */
export class DownloadError extends Error {
  readonly failure: DownloadFailure;
  /** Worth another attempt at the same URL? */
  readonly transient: boolean;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfter: number | undefined;
  constructor(failure: DownloadFailure, transient = false, retryAfter?: number) {
    super(failure.kind);
    this.failure = failure;
    this.transient = transient;
    this.retryAfter = retryAfter;
  }
}

/** A URL as it may be shown: without the password. */
export function shownUrl(url: URL | string): string {
  if (typeof url === 'string' && !URL.canParse(url)) return url;
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}

/** Tells a failure in the words that the user reads. */
export function describeDownloadFailure(failure: DownloadFailure): Diagnostic {
  switch (failure.kind) {
    case 'checksum': {
      const page = failure.isWebPage
        ? ' It is a web page: the server answered something else than the file.'
        : '';
      return {
        message:
          `the checksum of ${failure.destination} does not match: expected ${failure.algorithm} ${failure.expected}, ` +
          `got ${failure.actual} (${failure.bytes} bytes from ${failure.url})`,
        hint: `The file was not kept.${page} Either the download was tampered with or the recorded checksum is of another version.`,
      };
    }
    case 'status': {
      const hints: Record<number, string> = {
        401: 'The server wants a name and a password.',
        403: 'The server refuses this file to us; a rate limit answers like this, too.',
        404: 'There is no such file on the server: is the version right?',
        410: 'The file was removed from the server.',
        429: 'Too many requests: wait a while.',
      };
      const hint = hints[failure.status];
      const message =
        `cannot fetch ${failure.url}: the server answers ${failure.status} ${failure.reason}`.trimEnd();
      return hint === undefined ? { message } : { message, hint };
    }
    case 'network': {
      const message = `cannot fetch ${failure.url}: ${failure.reason}`;
      const hint = networkHint(failure.code);
      return hint === undefined ? { message } : { message, hint };
    }
    case 'url': {
      const message = `cannot fetch ${failure.url}: ${failure.reason}`;
      return failure.hint === undefined ? { message } : { message, hint: failure.hint };
    }
    case 'source':
      return { message: `cannot read ${failure.path}: ${failure.reason}` };
    case 'destination':
      return { message: `cannot write ${failure.destination}: ${failure.reason}` };
    case 'aborted':
      return {
        message: `fetching ${failure.url} was interrupted`,
        hint: 'The next attempt goes on from here.',
      };
    case 'all': {
      const told = failure.failures.map(describeDownloadFailure);
      const reasons = told.map(({ message }) => `\n  - ${message}`).join('');
      const hint = told.find((diagnostic) => diagnostic.hint !== undefined)?.hint;
      const message = `cannot fetch ${failure.destination} from any of its ${told.length} addresses:${reasons}`;
      return hint === undefined ? { message } : { message, hint };
    }
  }
}

const certificateCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function networkHint(code: string): string | undefined {
  if (certificateCodes.has(code)) {
    return "If a proxy or a company's own authority stands between, name its certificates in SSL_CERT_FILE.";
  }
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return 'Without a network, put the file in place by hand or give a mirror; behind a proxy, set https_proxy.';
    default:
      return undefined;
  }
}

/**
 * Node's network errors in plain words.
 * @param bytes what had come when it broke
 */
export function explainNetworkError(code: string, message: string, url: URL, bytes: number): string {
  const host = url.hostname;
  const place = url.host;
  if (certificateCodes.has(code)) return `the certificate of ${host} is not trusted (${message})`;
  switch (code) {
    case 'ENOTFOUND':
      return `the host name '${host}' is not known (no network, or a misspelled name)`;
    case 'EAI_AGAIN':
      return `host names cannot be looked up: there seems to be no network`;
    case 'ECONNREFUSED':
      return `${place} refuses the connection`;
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return `there is no way to ${host} (no network?)`;
    case 'ETIMEDOUT':
      return bytes > 0 ? `nothing more came after ${bytes} bytes` : `${place} does not answer`;
    case 'ECONNRESET':
    case 'EPIPE':
      return bytes > 0 ? `the connection was cut after ${bytes} bytes` : `${place} closed the connection`;
    case 'EPROTO':
      return `${place} does not speak TLS properly (${message})`;
    default:
      return code.startsWith('HPE_') ? `${place} does not answer in HTTP (${message})` : message;
  }
}

/** Errors that may be gone at the next attempt. An unknown host is not one of them: it costs a minute to find out. */
export function isTransientCode(code: string): boolean {
  return [
    'ECONNRESET',
    'ECONNREFUSED',
    'ETIMEDOUT',
    'EPIPE',
    'EAI_AGAIN',
    'ENETUNREACH',
    'EHOSTUNREACH',
  ].includes(code);
}

/** HTTP answers that may be gone at the next attempt. */
export function isTransientStatus(status: number): boolean {
  return [408, 425, 429, 500, 502, 503, 504].includes(status);
}

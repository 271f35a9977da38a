import { DownloadError, shownUrl } from './download-failure.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL, by the variables that wget and curl know: `http_proxy`, `https_proxy`, `all_proxy`, and
 * `no_proxy`; capital letters count where the small ones are not set.
 * @returns undefined to connect directly
 * @throws DownloadError when the variable's value is no usable proxy
 */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  const variable = (name: string): string | undefined => {
    const value = environment[name] ?? environment[name.toUpperCase()];
    return value === undefined || value.trim() === '' ? undefined : value.trim();
  };
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const value = variable(name) ?? variable('all_proxy');
  if (value === undefined || isExcluded(url, variable('no_proxy') ?? '')) return undefined;
  const text = /^[a-z0-9+.-]+:\/\//i.test(value) ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy === undefined || proxy.hostname === '') {
    throw new DownloadError({
      kind: 'url',
      url: shownUrl(url),
      reason: `the proxy '${value}' is not a URL`,
      hint: `See the environment variable ${name}.`,
    });
  }
  if (proxy.protocol !== 'http:') {
    throw new DownloadError({
      kind: 'url',
      url: shownUrl(url),
      reason: `the proxy ${shownUrl(proxy)} is not an http: proxy, which is the only kind known`,
      hint: `See the environment variable ${name}.`,
    });
  }
  return proxy;
}

/** `no_proxy`: host names, each of which covers its subdomains, with an optional port; `*` covers everything. */
function isExcluded(url: URL, list: string): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const match = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(entry.toLowerCase())!;
      // An IPv6 address without brackets is all colons: take it whole.
      const whole = entry.split(':').length > 2 && !entry.startsWith('[');
      const name = (whole ? entry.toLowerCase() : match[1]!).replace(/^\*?\./, '');
      if (!whole && match[2] !== undefined && match[2] !== port) return false;
      return host === name || host.endsWith(`.${name}`);
    });
}

/** The header that tells a proxy or a server who we are, from a URL's `user:password@`. */
export function basicAuthorization(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

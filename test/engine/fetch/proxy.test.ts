import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { download } from '../../../engine/fetch/download.ts';
import { describeDownloadFailure } from '../../../engine/fetch/download-failure.ts';
import { proxyFor } from '../../../engine/fetch/proxy.ts';
import { scratch, sendFile, serve, type TestServer } from './servers.ts';

const content = Buffer.from('content');

/** A proxy that forwards CONNECT to the named host and answers plain requests itself. */
async function serveProxy(): Promise<TestServer> {
  const proxy = await serve((request, response) => sendFile(request, response, content));
  proxy.server.on('connect', (request, socket) => {
    proxy.requests.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    if (request.url!.startsWith('forbidden')) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const [, port] = request.url!.split(':');
    const upstream = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  return proxy;
}

/** A TLS server for `example.test` and 127.0.0.1 with a certificate of its own making. */
async function serveTls(folder: string): Promise<{ port: number; certificate: string }> {
  const certificate = join(folder, 'cert.pem');
  const names = 'subjectAltName=DNS:example.test,IP:127.0.0.1';
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=example.test',
      '-addext',
      names,
      '-keyout',
      join(folder, 'key.pem'),
      '-out',
      certificate,
    ],
    { stdio: 'ignore' },
  );
  const server = createTlsServer(
    { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(certificate) },
    (request, response) => sendFile(request, response, content),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, certificate };
}

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe('which proxy', () => {
  const chosen = (url: string, environment: Record<string, string>): string | undefined =>
    proxyFor(new URL(url), environment)?.href;

  it('is told by the variables of wget and curl', () => {
    expect(chosen('http://a/', {})).toBeUndefined();
    expect(chosen('http://a/', { http_proxy: 'http://p:3128' })).toBe('http://p:3128/');
    expect(chosen('http://a/', { http_proxy: 'p:3128' })).toBe('http://p:3128/');
    expect(chosen('https://a/', { http_proxy: 'http://p:3128' })).toBeUndefined();
    expect(chosen('https://a/', { HTTPS_PROXY: 'http://p' })).toBe('http://p/');
    expect(chosen('https://a/', { https_proxy: 'http://small', HTTPS_PROXY: 'http://big' })).toBe(
      'http://small/',
    );
    expect(chosen('https://a/', { all_proxy: 'http://p' })).toBe('http://p/');
    expect(chosen('https://a/', { https_proxy: ' ' })).toBeUndefined();
  });

  it('is none for the hosts of no_proxy', () => {
    const excluded = (url: string, list: string): boolean =>
      chosen(url, { all_proxy: 'http://p', no_proxy: list }) === undefined;
    expect(excluded('http://a.example.org/', 'example.org')).toBe(true);
    expect(excluded('http://a.example.org/', '.example.org')).toBe(true);
    expect(excluded('http://a.example.org/', '*.example.org')).toBe(true);
    expect(excluded('http://notexample.org/', 'example.org')).toBe(false);
    expect(excluded('http://a/', 'x, a')).toBe(true);
    expect(excluded('http://a/', '*')).toBe(true);
    expect(excluded('http://a:8080/', 'a:8080')).toBe(true);
    expect(excluded('http://a/', 'a:8080')).toBe(false);
    expect(excluded('http://[::1]/', '::1')).toBe(true);
    expect(excluded('http://[::1]:80/', '[::1]:80')).toBe(true);
    expect(excluded('http://a/', '')).toBe(false);
  });
});

describe('through a proxy', () => {
  it('a plain request names the whole URL', async () => {
    const folder = scratch();
    const proxy = await serveProxy();
    const result = await download(['http://example.invalid/x?y'], join(folder, 'f'), {
      environment: { http_proxy: proxy.url },
    });
    expect(result).toMatchObject({ ok: true });
    expect(proxy.requests).toEqual(['GET http://example.invalid/x?y']);
  });

  it.skipIf(!hasOpenssl)(
    'an encrypted one is tunnelled, with the name and password of the proxy',
    async () => {
      const folder = scratch();
      const proxy = await serveProxy();
      const { port, certificate } = await serveTls(folder);
      const environment = { https_proxy: proxy.url.replace('//', '//me:pw@'), SSL_CERT_FILE: certificate };
      const result = await download([`https://example.test:${port}/x`], join(folder, 'f'), { environment });
      expect(result).toMatchObject({ ok: true, value: { bytes: content.length } });
      expect(proxy.requests).toEqual([
        `CONNECT example.test:${port} Basic ${Buffer.from('me:pw').toString('base64')}`,
      ]);
    },
  );

  it('its refusal is told', async () => {
    const folder = scratch();
    const proxy = await serveProxy();
    const environment = { https_proxy: proxy.url };
    const result = await download(['https://forbidden.test/'], join(folder, 'f'), { environment });
    if (result.ok) throw new Error('it succeeded');
    expect(describeDownloadFailure(result.error).message).toBe(
      `cannot fetch https://forbidden.test/: the proxy ${proxy.url}/ answers 403 Forbidden`,
    );
  });
});

describe.skipIf(!hasOpenssl)('an encrypted server', () => {
  it('is trusted by the certificates of SSL_CERT_FILE only', async () => {
    const folder = scratch();
    const { port, certificate } = await serveTls(folder);
    const url = `https://127.0.0.1:${port}/x`;
    const trusted = await download([url], join(folder, 'f'), { environment: { SSL_CERT_FILE: certificate } });
    expect(trusted).toMatchObject({ ok: true });
    const result = await download([url], join(folder, 'g'), { environment: {}, retries: 0 });
    if (result.ok) throw new Error('it succeeded');
    const { message, hint } = describeDownloadFailure(result.error);
    expect(message).toMatch(/the certificate of 127.0.0.1 is not trusted/);
    expect(hint).toMatch(/SSL_CERT_FILE/);
  });
});

import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseChecksum, type Checksum } from '../../../engine/fetch/checksum.ts';
import { candidates, download, type DownloadOptions } from '../../../engine/fetch/download.ts';
import type { DownloadEvent } from '../../../engine/fetch/download-event.ts';
import { describeDownloadFailure, type DownloadFailure } from '../../../engine/fetch/download-failure.ts';
import { cutAfter, scratch, sendFile, serve, serveRaw } from './servers.ts';

const content = Buffer.from(
  Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff),
);
const sum = (algorithm: string, data: Buffer = content): Checksum => {
  const parsed = parseChecksum(createHash(algorithm).update(data).digest('hex'));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
};
const sha256 = sum('sha256');

/** Quick retries, and nothing of the machine's own proxies. */
const quick: DownloadOptions = { environment: {}, retryDelay: 1 };

async function failureOf(
  urls: readonly string[],
  destination: string,
  options = quick,
): Promise<DownloadFailure> {
  const result = await download(urls, destination, options);
  if (result.ok) throw new Error('it succeeded');
  return result.error;
}

describe('a download', () => {
  it('brings the file, its SHA-256 and the progress', async () => {
    const folder = scratch();
    const server = await serve((request, response) => sendFile(request, response, content));
    const events: DownloadEvent[] = [];
    const destination = join(folder, 'sub/file');
    const result = await download([`${server.url}/file`], destination, {
      ...quick,
      onEvent: (event) => events.push(event),
    });
    expect(result).toEqual({
      ok: true,
      value: {
        url: `${server.url}/file`,
        source: 'network',
        stale: false,
        bytes: content.length,
        sha256: sha256.digest,
        resumedAt: 0,
      },
    });
    expect(readFileSync(destination).equals(content)).toBe(true);
    expect(readdirSync(join(folder, 'sub'))).toEqual(['file']);
    expect(events[0]).toMatchObject({ kind: 'start', offset: 0 });
    expect(events.at(-1)).toMatchObject({
      kind: 'progress',
      received: content.length,
      total: content.length,
      secondsLeft: 0,
    });
  });

  it('replaces an older file only when it is complete', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'file'), 'old');
    const broken = await serve((_request, response) =>
      cutAfter(response, { 'Content-Length': 100 }, Buffer.from('half')),
    );
    await failureOf([broken.url], join(folder, 'file'), { ...quick, retries: 0 });
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
    const good = await serve((request, response) => sendFile(request, response, content));
    await download([good.url], join(folder, 'file'), quick);
    expect(readFileSync(join(folder, 'file')).equals(content)).toBe(true);
  });

  it('works without a length', async () => {
    const folder = scratch();
    const server = await serve((_request, response) => {
      response.writeHead(200);
      response.write(content.subarray(0, 1000));
      response.end(content.subarray(1000));
    });
    expect(await download([server.url], join(folder, 'f'), quick)).toMatchObject({
      ok: true,
      value: { bytes: content.length },
    });
  });

  it('takes the bytes as they are, whatever encoding the server claims', async () => {
    const folder = scratch();
    const server = await serve((request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(content);
    });
    expect(await download([server.url], join(folder, 'f'), { ...quick, checksums: [sha256] })).toMatchObject({
      ok: true,
    });
  });

  it('sends the name and password of a URL, and does not show the password', async () => {
    const folder = scratch();
    const server = await serve((request, response) => {
      if (request.headers.authorization === `Basic ${Buffer.from('me:se:cret').toString('base64')}`) {
        sendFile(request, response, content);
      } else response.writeHead(401).end();
    });
    const host = server.url.slice('http://'.length);
    const result = await download([`http://me:se%3Acret@${host}/`], join(folder, 'f'), quick);
    expect(result).toMatchObject({ ok: true, value: { url: `http://me:***@${host}/` } });
    expect(await failureOf([server.url], join(folder, 'g'))).toMatchObject({ kind: 'status', status: 401 });
  });
});

describe('checksums', () => {
  it('of all four algorithms are accepted', async () => {
    const folder = scratch();
    const server = await serve((request, response) => sendFile(request, response, content));
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
      const checksums = [sum(algorithm)];
      expect(await download([server.url], join(folder, 'f'), { ...quick, checksums })).toMatchObject({
        ok: true,
      });
    }
  });

  it('that do not match are told with what was expected and what came; nothing stays', async () => {
    const folder = scratch();
    const server = await serve((request, response) => sendFile(request, response, Buffer.from('tampered')));
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
      const expected = sum(algorithm);
      const failure = await failureOf([`${server.url}/f`], join(folder, 'f'), {
        ...quick,
        checksums: [expected],
      });
      const actual = sum(algorithm, Buffer.from('tampered')).digest;
      expect(describeDownloadFailure(failure).message).toBe(
        `the checksum of ${join(folder, 'f')} does not match: expected ${algorithm} ${expected.digest}, got ${actual} (8 bytes from ${server.url}/f)`,
      );
      expect(readdirSync(folder)).toEqual([]);
    }
    expect(server.requests).toHaveLength(4);
  });

  it('that do not match because of an error page are explained', async () => {
    const folder = scratch();
    const server = await serve((_request, response) =>
      response.end('<!DOCTYPE html>\n<html>Please log in</html>'),
    );
    const failure = await failureOf([server.url], join(folder, 'f'), { ...quick, checksums: [sha256] });
    expect(describeDownloadFailure(failure).hint).toMatch(/It is a web page/);
  });

  it('of one URL may fail where the next one is right', async () => {
    const folder = scratch();
    const bad = await serve((request, response) => sendFile(request, response, Buffer.from('tampered')));
    const good = await serve((request, response) => sendFile(request, response, content));
    const result = await download([bad.url, good.url], join(folder, 'f'), { ...quick, checksums: [sha256] });
    expect(result).toMatchObject({ ok: true, value: { url: `${good.url}/` } });
  });

  it('are read with or without the name of their algorithm', () => {
    const digest = 'A'.repeat(64);
    for (const text of [digest, `sha256:${digest}`, `SHA-256=${digest}`, ` ${digest} `]) {
      expect(parseChecksum(text)).toEqual({
        ok: true,
        value: { algorithm: 'sha256', digest: 'a'.repeat(64) },
      });
    }
    for (const text of ['', 'xyz', 'abc', 'sha256:abc', `md4:${'a'.repeat(32)}`, 'sha256:']) {
      expect(parseChecksum(text)).toMatchObject({ ok: false });
    }
  });
});

describe('a connection that breaks', () => {
  const half = content.subarray(0, 150_000);

  it('is taken up where it broke, if the server has the same file still', async () => {
    const folder = scratch();
    let first = true;
    const server = await serve((request, response) => {
      if (!first) return sendFile(request, response, content);
      first = false;
      cutAfter(response, { ETag: '"v1"', 'Content-Length': content.length }, half);
    });
    const events: DownloadEvent[] = [];
    const result = await download([`${server.url}/f`], join(folder, 'f'), {
      ...quick,
      onEvent: (event) => events.push(event),
    });
    expect(result).toMatchObject({ ok: true, value: { resumedAt: half.length, sha256: sha256.digest } });
    expect(server.requests).toEqual(['GET /f', `GET /f bytes=${half.length}-`]);
    expect(events.find(({ kind }) => kind === 'retry')).toMatchObject({
      reason: `cannot fetch ${server.url}/f: the connection was cut after ${half.length} bytes`,
    });
    expect(readdirSync(folder)).toEqual(['f']);
  });

  it('is taken up by a later call, too', async () => {
    const folder = scratch();
    let first = true;
    const server = await serve((request, response) => {
      if (!first) return sendFile(request, response, content);
      first = false;
      cutAfter(response, { ETag: '"v1"', 'Content-Length': content.length }, half);
    });
    await failureOf([server.url], join(folder, 'f'), { ...quick, retries: 0 });
    expect(readdirSync(folder).sort()).toEqual(['f.part', 'f.part.json']);
    const result = await download([server.url], join(folder, 'f'), quick);
    expect(result).toMatchObject({ ok: true, value: { resumedAt: half.length, sha256: sha256.digest } });
    expect(readdirSync(folder)).toEqual(['f']);
  });

  it('is taken up after the process was killed', async () => {
    const folder = scratch();
    // No process has this id: it is above the kernel's largest, 2^22.
    writeFileSync(join(folder, 'f.part-4194305-0a0b0c0d'), half);
    const server = await serve((request, response) => sendFile(request, response, content));
    writeFileSync(
      join(folder, 'f.part-4194305-0a0b0c0d.json'),
      JSON.stringify({ url: server.url, validator: '"v1"' }),
    );
    const result = await download([server.url], join(folder, 'f'), quick);
    expect(result).toMatchObject({ ok: true, value: { resumedAt: half.length, sha256: sha256.digest } });
    expect(readdirSync(folder)).toEqual(['f']);
  });

  it('begins anew when the file has changed meanwhile', async () => {
    const folder = scratch();
    const other = Buffer.from(content).reverse();
    let first = true;
    const server = await serve((request, response) => {
      if (!first) return sendFile(request, response, other, '"v2"');
      first = false;
      cutAfter(response, { ETag: '"v1"', 'Content-Length': content.length }, half);
    });
    const result = await download([server.url], join(folder, 'f'), quick);
    expect(result).toMatchObject({ ok: true, value: { resumedAt: 0 } });
    expect(readFileSync(join(folder, 'f')).equals(other)).toBe(true);
  });

  it('begins anew where nothing tells that the file is the same', async () => {
    const folder = scratch();
    let first = true;
    const server = await serve((request, response) => {
      if (!first) return sendFile(request, response, content, undefined);
      first = false;
      cutAfter(response, { ETag: 'W/"weak"', 'Content-Length': content.length }, half);
    });
    expect(await download([`${server.url}/f`], join(folder, 'f'), quick)).toMatchObject({
      ok: true,
      value: { resumedAt: 0 },
    });
    expect(server.requests).toEqual(['GET /f', 'GET /f']);
  });

  it('is taken up without a validator where a checksum decides, and repeated when the parts do not fit', async () => {
    const folder = scratch();
    const server = await serve((request, response) => sendFile(request, response, content, undefined));
    const options = { ...quick, checksums: [sha256] };
    writeFileSync(join(folder, 'f.part'), half);
    writeFileSync(join(folder, 'f.part.json'), JSON.stringify({ url: 'http://elsewhere/' }));
    expect(await download([server.url], join(folder, 'f'), options)).toMatchObject({
      value: { resumedAt: half.length },
    });
    writeFileSync(join(folder, 'g.part'), Buffer.alloc(1000));
    writeFileSync(join(folder, 'g.part.json'), JSON.stringify({ url: 'http://elsewhere/' }));
    expect(await download([server.url], join(folder, 'g'), options)).toMatchObject({
      ok: true,
      value: { resumedAt: 0 },
    });
    expect(readdirSync(folder).sort()).toEqual(['f', 'g']);
  });

  it('needs nothing more when everything had come', async () => {
    const folder = scratch();
    const server = await serve((request, response) => sendFile(request, response, content));
    writeFileSync(join(folder, 'f.part'), content);
    writeFileSync(join(folder, 'f.part.json'), JSON.stringify({ url: server.url, validator: '"v1"' }));
    expect(await download([server.url], join(folder, 'f'), quick)).toMatchObject({
      ok: true,
      value: { sha256: sha256.digest },
    });
  });

  it('begins anew with a server that answers the wrong range', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'f.part'), half);
    const server = await serve((request, response) => {
      if (request.headers.range === undefined) return sendFile(request, response, content);
      response.writeHead(206, { 'Content-Range': `bytes 0-9/${content.length}`, ETag: '"v1"' });
      response.end(content.subarray(0, 10));
    });
    writeFileSync(join(folder, 'f.part.json'), JSON.stringify({ url: server.url, validator: '"v1"' }));
    expect(await download([server.url], join(folder, 'f'), quick)).toMatchObject({
      value: { sha256: sha256.digest },
    });
  });

  it('is given up after some attempts that bring nothing', async () => {
    const folder = scratch();
    let attempts = 0;
    const server = await serve((_request, response) => {
      attempts++;
      cutAfter(response, { 'Content-Length': content.length }, half);
    });
    const failure = await failureOf([server.url], join(folder, 'f'), { ...quick, retries: 2 });
    expect(failure).toMatchObject({
      kind: 'network',
      reason: `the connection was cut after ${half.length} bytes`,
    });
    expect(attempts).toBe(3);
    expect(existsSync(join(folder, 'f'))).toBe(false);
  });

  it('is not given up as long as every attempt brings something', async () => {
    const folder = scratch();
    const server = await serve((request, response) => {
      const start = Number(/\d+/.exec(request.headers.range ?? '0')![0]);
      const part = content.subarray(start, start + 30_000);
      const headers = { ETag: '"v1"', 'Content-Length': content.length - start };
      if (start === 0) return cutAfter(response, headers, part);
      const range = `bytes ${start}-${content.length - 1}/${content.length}`;
      if (start + part.length < content.length)
        return cutAfter(response, { ...headers, 'Content-Range': range }, part, 206);
      response.writeHead(206, { ...headers, 'Content-Range': range });
      response.end(part);
    });
    expect(await download([server.url], join(folder, 'f'), { ...quick, retries: 1 })).toMatchObject({
      ok: true,
      value: { sha256: sha256.digest },
    });
    expect(server.requests).toHaveLength(10);
  });

  it('that falls silent is noticed', async () => {
    const folder = scratch();
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('some');
    });
    const failure = await failureOf([server.url], join(folder, 'f'), {
      ...quick,
      retries: 0,
      idleTimeout: 50,
    });
    expect(failure).toMatchObject({
      kind: 'network',
      code: 'ETIMEDOUT',
      reason: 'nothing more came after 4 bytes',
    });
    const port = await serveRaw(() => {});
    const mute = await failureOf([`http://127.0.0.1:${port}/`], join(folder, 'f'), {
      ...quick,
      retries: 0,
      idleTimeout: 50,
    });
    expect(mute).toMatchObject({ reason: `127.0.0.1:${port} does not answer` });
  });

  it('that is slow but steady is not', async () => {
    const folder = scratch();
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': 5 });
      let left = 5;
      const timer = setInterval(() => {
        response.write('x');
        if (--left === 0) {
          clearInterval(timer);
          response.end();
        }
      }, 60);
    });
    const options = { ...quick, retries: 0, idleTimeout: 200 };
    expect(await download([server.url], join(folder, 'f'), options)).toMatchObject({
      ok: true,
      value: { bytes: 5 },
    });
  });
});

describe('two downloads to one place', () => {
  it('do not write into the same partial file', async () => {
    const folder = scratch();
    const server = await serve((request, response) => sendFile(request, response, content));
    const results = await Promise.all([1, 2, 3].map(() => download([server.url], join(folder, 'f'), quick)));
    for (const result of results)
      expect(result).toMatchObject({ ok: true, value: { sha256: sha256.digest } });
    expect(readdirSync(folder)).toEqual(['f']);
  });
});

describe('an answer that is not the file', () => {
  it('503 is asked again, as late as the server wants', async () => {
    const folder = scratch();
    let asked = 0;
    const server = await serve((request, response) => {
      if (asked++ >= 2) return sendFile(request, response, content);
      response.writeHead(503, { 'Retry-After': '0' }).end();
    });
    const events: DownloadEvent[] = [];
    const options = { ...quick, retryDelay: 60_000, onEvent: (event: DownloadEvent) => events.push(event) };
    expect(await download([server.url], join(folder, 'f'), options)).toMatchObject({ ok: true });
    expect(events.filter(({ kind }) => kind === 'retry')).toMatchObject([{ delay: 0 }, { delay: 0 }]);
  });

  it('404 is not asked again; the next URL is', async () => {
    const folder = scratch();
    const server = await serve((request, response) => {
      if (request.url === '/good') return sendFile(request, response, content);
      response.writeHead(404).end('<html>');
    });
    const result = await download([`${server.url}/bad`, `${server.url}/good`], join(folder, 'f'), quick);
    expect(result).toMatchObject({ ok: true, value: { url: `${server.url}/good` } });
    expect(server.requests).toEqual(['GET /bad', 'GET /good']);
  });

  it('every URL is told when none works', async () => {
    const folder = scratch();
    const server = await serve((_request, response) => response.writeHead(404).end());
    const failure = await failureOf([`${server.url}/a`, 'ftp://example.org/b'], join(folder, 'f'));
    const { message, hint } = describeDownloadFailure(failure);
    expect(message).toBe(
      `cannot fetch ${join(folder, 'f')} from any of its 2 addresses:\n` +
        `  - cannot fetch ${server.url}/a: the server answers 404 Not Found\n` +
        `  - cannot fetch ftp://example.org/b: ftp is not supported`,
    );
    expect(hint).toBe('There is no such file on the server: is the version right?');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('redirects are followed, and a circle is noticed', async () => {
    const folder = scratch();
    const server = await serve((request, response) => {
      const path = request.url!;
      if (path === '/file') return sendFile(request, response, content);
      const to = { '/start': 'next', '/next': '/file', '/a': '/b', '/b': '/a', '/out': 'file:///etc/passwd' }[
        path
      ];
      const count = /^\/count(\d+)$/.exec(path);
      response.writeHead(302, { Location: count === null ? to! : `/count${Number(count[1]) + 1}` }).end();
    });
    expect(await download([`${server.url}/start`], join(folder, 'f'), quick)).toMatchObject({ ok: true });
    expect(await failureOf([`${server.url}/a`], join(folder, 'g'))).toMatchObject({
      kind: 'url',
      reason: `it redirects in a circle (${server.url}/a)`,
    });
    expect(await failureOf([`${server.url}/count0`], join(folder, 'g'))).toMatchObject({
      reason: 'it redirects more than 10 times',
    });
    expect(await failureOf([`${server.url}/out`], join(folder, 'g'))).toMatchObject({
      reason: 'it redirects to file:///etc/passwd, which is not http: or https:',
    });
  });

  it("the caller's headers are not sent to another host", async () => {
    const folder = scratch();
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      sendFile(request, response, content);
    });
    const first = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { Location: other.url }).end();
    });
    await download([first.url], join(folder, 'f'), { ...quick, headers: { Authorization: 'token x' } });
    expect(seen).toEqual(['token x', undefined]);
  });

  it('what is not HTTP at all is told', async () => {
    const folder = scratch();
    const port = await serveRaw((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    const failure = await failureOf([`http://127.0.0.1:${port}/`], join(folder, 'f'), {
      ...quick,
      retries: 0,
    });
    expect(failure).toMatchObject({ kind: 'network' });
    expect((failure as { reason: string }).reason).toMatch(/does not answer in HTTP/);
  });
});

describe('no way to the server', () => {
  it('is explained', async () => {
    const folder = scratch();
    const port = await serveRaw(() => {});
    const refused = await failureOf([`http://127.0.0.1:1/f`], join(folder, 'f'), { ...quick, retries: 1 });
    expect(refused).toMatchObject({
      kind: 'network',
      code: 'ECONNREFUSED',
      reason: '127.0.0.1:1 refuses the connection',
    });
    // RFC 6761: names below .invalid never exist.
    const unknown = await failureOf(['http://no-such-host.invalid/f'], join(folder, 'f'), {
      ...quick,
      retries: 0,
    });
    expect(describeDownloadFailure(unknown).message).toMatch(/host name|looked up/);
    expect(describeDownloadFailure(unknown).hint).toMatch(/Without a network/);
    expect(port).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a bad proxy is explained', async () => {
    const folder = scratch();
    const with_ = (proxy: string): DownloadOptions => ({
      ...quick,
      retries: 0,
      environment: { http_proxy: proxy },
    });
    expect(await failureOf(['http://a.invalid/'], join(folder, 'f'), with_('socks5://x:1'))).toMatchObject({
      kind: 'url',
      reason: 'the proxy socks5://x:1 is not an http: proxy, which is the only kind known',
    });
  });
});

describe('other addresses', () => {
  it('a path and a file: URL are copied and checked', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'source'), content);
    for (const url of [
      'source',
      join(folder, 'source'),
      `file://${folder}/source`,
      `file://localhost${folder}/source`,
    ]) {
      const result = await download([url], join(folder, 'out'), {
        ...quick,
        cwd: folder,
        checksums: [sha256],
      });
      expect(result).toMatchObject({ ok: true, value: { source: 'file', bytes: content.length } });
    }
    const failure = await failureOf(['source'], join(folder, 'out2'), {
      ...quick,
      cwd: folder,
      checksums: [sum('md5', Buffer.from(''))],
    });
    expect(failure).toMatchObject({ kind: 'checksum', url: join(folder, 'source') });
    expect(readdirSync(folder).sort()).toEqual(['out', 'source']);
  });

  it('that cannot be fetched are refused with a reason', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'dir'));
    const cases: readonly [string, RegExp][] = [
      ['ftp://example.org/x', /ftp is not supported/],
      ['git://example.org/x', /names a repository/],
      ['gopher://x/', /the scheme 'gopher:' is not known/],
      ['http://', /this is not a URL/],
      ['file://host/x', /another machine/],
      [join(folder, 'none'), /no such file/],
      [join(folder, 'dir'), /it is a folder/],
    ];
    for (const [url, says] of cases) {
      expect(describeDownloadFailure(await failureOf([url], join(folder, 'f'))).message).toMatch(says);
    }
    expect(readdirSync(folder)).toEqual(['dir']);
  });

  it('mirrors come before the address that they stand for', async () => {
    const mirrors = [
      { prefix: 'https://github.com/', replacement: 'http://mirror/gh/' },
      { prefix: 'https://', replacement: 'http://cache/' },
    ];
    expect(candidates(['https://github.com/a', 'http://b', 'https://github.com/a'], mirrors)).toEqual([
      'http://mirror/gh/a',
      'http://cache/github.com/a',
      'https://github.com/a',
      'http://b',
    ]);
    const folder = scratch();
    const server = await serve((request, response) => sendFile(request, response, content));
    const options = {
      ...quick,
      mirrors: [{ prefix: 'https://example.invalid/', replacement: `${server.url}/m/` }],
    };
    expect(await download(['https://example.invalid/x'], join(folder, 'f'), options)).toMatchObject({
      ok: true,
    });
    expect(server.requests).toEqual(['GET /m/x']);
  });
});

describe('an abort', () => {
  it('ends at once and keeps what came for the next time', async () => {
    const folder = scratch();
    const abort = new AbortController();
    const server = await serve((_request, response) => {
      response.writeHead(200, { ETag: '"v1"', 'Content-Length': content.length });
      response.write(content.subarray(0, 1000));
    });
    const options: DownloadOptions = {
      ...quick,
      signal: abort.signal,
      onEvent: ({ kind }) => kind === 'start' && setTimeout(() => abort.abort(), 20),
    };
    expect(await failureOf([server.url], join(folder, 'f'), options)).toMatchObject({ kind: 'aborted' });
    expect(readdirSync(folder).sort()).toEqual(['f.part', 'f.part.json']);
  });

  it('ends a wait between attempts', async () => {
    const folder = scratch();
    const abort = new AbortController();
    const server = await serve((_request, response) => response.writeHead(503).end());
    const options: DownloadOptions = {
      ...quick,
      retryDelay: 60_000,
      signal: abort.signal,
      onEvent: ({ kind }) => kind === 'retry' && abort.abort(),
    };
    expect(await failureOf([server.url], join(folder, 'f'), options)).toMatchObject({ kind: 'aborted' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a destination that cannot be written', () => {
  it('is told, and no other URL is tried', async () => {
    const folder = scratch();
    const server = await serve((request, response) => sendFile(request, response, content));
    writeFileSync(join(folder, 'file'), '');
    const below = await failureOf([server.url, server.url], join(folder, 'file/f'));
    expect(below).toMatchObject({ kind: 'destination', reason: 'a part of the path is not a folder' });
    mkdirSync(join(folder, 'dir'));
    expect(await failureOf([server.url], join(folder, 'dir'))).toMatchObject({
      kind: 'destination',
      reason: 'it is a folder',
    });
    if (process.getuid?.() !== 0) {
      chmodSync(join(folder, 'dir'), 0o555);
      expect(await failureOf([server.url], join(folder, 'dir/f'))).toMatchObject({
        reason: 'permission denied',
      });
    }
    expect(readdirSync(join(folder, 'dir'))).toEqual([]);
  });
});

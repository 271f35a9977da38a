import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Algorithm, Checksum } from '../../../engine/fetch/checksum.ts';
import { download, type DownloadOptions } from '../../../engine/fetch/download.ts';
import { scratch, sendFile, serve } from './servers.ts';

const content = Buffer.from('some content '.repeat(1000));
const sum = (algorithm: Algorithm): Checksum => ({
  algorithm,
  digest: createHash(algorithm).update(content).digest('hex'),
});

describe('the shared cache', () => {
  const setUp = async (): Promise<{
    folder: string;
    options: DownloadOptions;
    url: string;
    requests: string[];
    close: () => void;
  }> => {
    const folder = scratch();
    const server = await serve((request, response) => sendFile(request, response, content));
    const options = { environment: {}, retryDelay: 1, retries: 0, cache: join(folder, 'cache') };
    return {
      folder,
      options,
      url: `${server.url}/f`,
      requests: server.requests,
      close: () => {
        server.server.closeAllConnections();
        server.server.close();
      },
    };
  };

  it('serves a file by any of its checksums without asking the server', async () => {
    const { folder, options, url, requests } = await setUp();
    const algorithms = ['md5', 'sha1', 'sha256', 'sha512'] as const;
    const first = await download([url], join(folder, 'a'), { ...options, checksums: algorithms.map(sum) });
    expect(first).toMatchObject({ ok: true, value: { source: 'network' } });
    for (const algorithm of algorithms) {
      const again = await download(['http://elsewhere.invalid/'], join(folder, algorithm), {
        ...options,
        checksums: [sum(algorithm)],
      });
      expect(again).toMatchObject({
        ok: true,
        value: { source: 'cache', sha256: sum('sha256').digest, bytes: content.length },
      });
      expect(readFileSync(join(folder, algorithm)).equals(content)).toBe(true);
    }
    expect(requests).toHaveLength(1);
  });

  it('never serves a damaged file', async () => {
    const { folder, options, url, requests } = await setUp();
    const checksums = [sum('sha256')];
    await download([url], join(folder, 'a'), { ...options, checksums });
    const { digest } = sum('sha256');
    const kept = join(folder, 'cache/sha256', digest.slice(0, 2), digest.slice(2));
    expect(readFileSync(kept).equals(content)).toBe(true);
    writeFileSync(kept, 'damaged');
    expect(await download([url], join(folder, 'b'), { ...options, checksums })).toMatchObject({
      value: { source: 'network' },
    });
    expect(readFileSync(join(folder, 'b')).equals(content)).toBe(true);
    expect(readFileSync(kept).equals(content)).toBe(true);
    expect(requests).toHaveLength(2);
  });

  it('asks whether a file without checksum has changed, and does not fetch it again if not', async () => {
    const { folder, options, url, requests } = await setUp();
    await download([url], join(folder, 'a'), options);
    const again = await download([url], join(folder, 'b'), options);
    expect(again).toMatchObject({ ok: true, value: { source: 'cache', stale: false } });
    expect(readFileSync(join(folder, 'b')).equals(content)).toBe(true);
    expect(requests).toHaveLength(2);
  });

  it('fetches again when the file of an unchanged URL was lost from it', async () => {
    const { folder, options, url } = await setUp();
    await download([url], join(folder, 'a'), options);
    rmSync(join(folder, 'cache/sha256'), { recursive: true });
    const again = await download([url], join(folder, 'b'), { ...options, retries: 2 });
    expect(again).toMatchObject({ ok: true, value: { source: 'network' } });
  });

  it('helps out, and says so, when there is no network', async () => {
    const { folder, options, url, close } = await setUp();
    await download([url], join(folder, 'a'), options);
    close();
    expect(await download([url], join(folder, 'b'), options)).toMatchObject({
      ok: true,
      value: { source: 'cache', stale: true },
    });
    expect(readFileSync(join(folder, 'b')).equals(content)).toBe(true);
    // With another checksum it is not the file that is wanted.
    const other = { algorithm: 'md5', digest: '0'.repeat(32) } as const;
    expect(await download([url], join(folder, 'c'), { ...options, checksums: [other] })).toMatchObject({
      ok: false,
    });
  });

  it('may be unusable without harm', async () => {
    const { folder, options, url } = await setUp();
    writeFileSync(join(folder, 'not-a-folder'), '');
    const result = await download([url], join(folder, 'a'), {
      ...options,
      cache: join(folder, 'not-a-folder'),
    });
    expect(result).toMatchObject({ ok: true, value: { source: 'network' } });
  });

  it('leaves no strays', async () => {
    const { folder, options, url } = await setUp();
    await Promise.all([1, 2, 3, 4].map((index) => download([url], join(folder, `f${index}`), options)));
    const names = readdirSync(join(folder, 'cache'), { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => /\.\d+-/.test(name))).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['cache', 'f1', 'f2', 'f3', 'f4']);
    expect(existsSync(join(folder, 'cache/sha256'))).toBe(true);
  });
});

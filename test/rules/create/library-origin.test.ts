import { describe, expect, test } from 'vitest';
import { libraryName } from '../../../rules/create/library-name.ts';
import { libraryOrigin, versionIn, withPlaceholder } from '../../../rules/create/library-origin.ts';
import type { Reference } from '../../../rules/index/git.ts';

const tags = (...names: string[]): Reference[] => names.map((name) => ({ kind: 'tag', name, commit: name }));

async function origin(text: string, version?: string, references: Reference[] = []) {
  const asked: string[] = [];
  const result = await libraryOrigin(text, version, (url) => {
    asked.push(url);
    return Promise.resolve({ ok: true, value: { references, head: 'main' } });
  });
  return { result, asked };
}
async function resolved(text: string, version?: string, references: Reference[] = []) {
  const { result } = await origin(text, version, references);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('names', () => {
  test.each(['fortune', 'libfortune', 'lib-fortune', 'LibFortune'])('%s', (text) => {
    expect(libraryName(text)).toMatchObject({
      ok: true,
      value: { registered: 'libfortune', upper: 'LIBFORTUNE' },
    });
  });

  test.each([
    ['http-parser', 'libhttp_parser', 'LIBHTTP_PARSER'],
    ['c++utils', 'libc__utils', 'LIBC__UTILS'],
    ['7zip', 'lib7zip', 'LIB7ZIP'],
    ['lib', 'liblib', 'LIBLIB'],
  ])('%s becomes what make and Kconfig take', (text, registered, upper) => {
    expect(libraryName(text)).toMatchObject({ value: { registered, upper } });
  });

  test.each(['', 'a b', '../x', '-x', 'a\u001b[31m', 'a/b', '$(id)'])('%j is refused', (text) => {
    const name = libraryName(text);
    expect(name.ok).toBe(false);
    expect(!name.ok && /[\u0000-\u001f]/.test(name.error.message)).toBe(false);
  });
});

describe('an archive', () => {
  test('by a template', async () => {
    expect(await resolved('https://x.org/a-$VERSION/b-$VERSION.tar.xz', '1.2')).toEqual({
      kind: 'archive',
      version: '1.2',
      template: 'https://x.org/a-$VERSION/b-$VERSION.tar.xz',
      url: 'https://x.org/a-1.2/b-1.2.tar.xz',
    });
    expect(await resolved('https://x.org/${VERSION}.zip', '1')).toMatchObject({ url: 'https://x.org/1.zip' });
  });

  test("by its address alone: the version is found in it, and written as the Makefile's variable", async () => {
    expect(await resolved('https://github.com/a/b/archive/refs/tags/v0.1.0.zip')).toMatchObject({
      version: '0.1.0',
      template: 'https://github.com/a/b/archive/refs/tags/v$VERSION.zip',
    });
    expect(await resolved('https://x.org/1.2/x-1.2.10.tar.gz', '1.2')).toMatchObject({
      template: 'https://x.org/$VERSION/x-1.2.10.tar.gz',
    });
  });

  test.each([
    ['https://x/iperf-3.10.1.tar.gz', '3.10.1'],
    ['https://x/v0.1.0.zip', '0.1.0'],
    ['https://x/zlib_1.2.11.orig.tar.xz', '1.2.11'],
    ['https://x/openssl-1.1.1w.tgz', '1.1.1w'],
    ['https://x/thing-2.0-rc1.tar.bz2', '2.0-rc1'],
    ['https://x/files/lib-1.2.tar.gz/download', '1.2'],
    ['https://x/sqlite.zip', undefined],
    ['https://x/md5-tools.zip', undefined],
  ])('%s has version %s', (url, version) => {
    expect(versionIn(url)).toBe(version);
  });

  test('a version is no part of a longer number', () => {
    expect(withPlaceholder('a-1.2/b-1.2.3-11.2-1.2.tar', '1.2')).toBe('a-$VERSION/b-1.2.3-11.2-$VERSION.tar');
  });
});

describe('a repository', () => {
  test('GitHub: the archive of the tag that the version means', async () => {
    expect(await resolved('https://github.com/esnet/iperf', '3.10.1', tags('3.9', '3.10.1'))).toMatchObject({
      url: 'https://github.com/esnet/iperf/archive/refs/tags/3.10.1.tar.gz',
      template: 'https://github.com/esnet/iperf/archive/refs/tags/$VERSION.tar.gz',
    });
    expect(await resolved('https://github.com/a/b.git', '0.1.0', tags('v0.1.0'))).toMatchObject({
      version: '0.1.0',
      url: 'https://github.com/a/b/archive/refs/tags/v0.1.0.tar.gz',
    });
    expect(await resolved('https://github.com/a/b', '2.0', tags('release-2.0', 'b-2.0'))).toMatchObject({
      template: 'https://github.com/a/b/archive/refs/tags/release-$VERSION.tar.gz',
    });
  });

  test('without a version: the newest release, or the branch of one that has none', async () => {
    expect(
      await resolved('https://github.com/a/b', undefined, tags('v1.9', 'v1.10', 'nightly')),
    ).toMatchObject({ version: '1.10' });
    expect(
      await resolved('https://github.com/a/b', undefined, [{ kind: 'branch', name: 'main', commit: 'c' }]),
    ).toMatchObject({
      url: 'https://github.com/a/b/archive/refs/heads/main.tar.gz',
    });
  });

  test('GitLab has its own addresses; others are cloned', async () => {
    expect(await resolved('https://gitlab.com/a/b', '1.0', tags('v1.0'))).toMatchObject({
      url: 'https://gitlab.com/a/b/-/archive/v1.0/b-v1.0.tar.gz',
    });
    expect(await resolved('https://git.example.org/b.git', '1.0', tags('v1.0'))).toEqual({
      kind: 'git',
      url: 'https://git.example.org/b.git',
      version: '1.0',
      reference: 'v1.0',
      template: 'v$VERSION',
    });
  });
});

test.each([
  ['https://x/a-$VERSION.tar.gz', undefined, /version is missing/],
  ['https://x/a.tar.gz', undefined, /version is missing, and the address does not show it/],
  ['https://x/a-$(shell id).tar.gz', '1', /characters that no address has/],
  ['https://x/a-$NAME.tar.gz', '1', /only \$VERSION/],
  ['https://x/a b.tar.gz', '1', /characters that no address has/],
  ['https://x/$VERSION.tar.gz', '1;id', /is no version/],
  ['nonsense', '1', /no address of an archive or repository/],
  ['https://github.com/a/b', '9', /has no version '9'/],
])('%s at %s is refused', async (text, version, message) => {
  const { result } = await origin(text, version, tags('v1.0'));
  expect(!result.ok && result.error.message).toMatch(message);
});

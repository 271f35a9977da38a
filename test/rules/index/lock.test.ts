import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  archiveDifference,
  formatLock,
  lockDifferences,
  lockFile,
  readLock,
  writeLock,
  type Lock,
} from '../../../rules/index/lock.ts';
import { repositoryAt } from '../../../rules/index/find-repository.ts';
import { pull } from '../../../rules/index/pull.ts';
import { resolveWorkspace } from '../../../rules/workspace/resolve.ts';
import { checkFrozen, componentsOf } from '../../../rules/workspace/workspace-lock.ts';
import { GitFixture } from './git-fixture.ts';

let fixture: GitFixture;
beforeEach(() => {
  fixture = new GitFixture();
});
afterEach(() => {
  fixture.remove();
});

const a = 'a'.repeat(40);
const b = 'b'.repeat(40);
const sum = 'c'.repeat(64);
const lock: Lock = {
  components: {
    unikraft: { version: 'stable', source: 'https://x/unikraft', commit: a },
    'lib/musl': { commit: b },
  },
  archives: { 'https://x/musl.tar.gz': { library: 'libmusl', sha256: sum, size: 5 } },
};

describe('the file', () => {
  test('comes back as it was written, and is written only when it changes', () => {
    expect(readLock(fixture.root)).toEqual({ ok: true, value: undefined });
    expect(writeLock(fixture.root, lock)).toEqual({ ok: true, value: true });
    expect(writeLock(fixture.root, lock)).toEqual({ ok: true, value: false });
    expect(readLock(fixture.root)).toEqual({ ok: true, value: lock });
  });

  test('its text does not depend on the order of entries', () => {
    const { unikraft, ...rest } = lock.components;
    expect(formatLock({ ...lock, components: { ...rest, unikraft: unikraft! } })).toBe(formatLock(lock));
  });

  test('cut anywhere, it is an error that names the file, never half a lock', () => {
    writeLock(fixture.root, lock);
    const text = readFileSync(lockFile(fixture.root), 'utf8').trimEnd();
    for (let length = 0; length < text.length; length++) {
      fixture.file('unigraph.lock', text.slice(0, length));
      expect(readLock(fixture.root)).toMatchObject({
        ok: false,
        error: { location: { file: lockFile(fixture.root) } },
      });
    }
  });

  test.each([
    [{ version: 2 }, /version 1 only/],
    [{ components: { x: { commit: 'main' } } }, /components\.x\.commit: expected a commit/],
    [{ archives: { u: { library: 'x', sha256: '1', size: 1 } } }, /sha256: expected 64/],
  ])('%j is refused', (change, message) => {
    fixture.file('unigraph.lock', JSON.stringify({ version: 1, components: {}, archives: {}, ...change }));
    const read = readLock(fixture.root);
    expect(!read.ok && read.error.message).toMatch(message);
  });
});

describe('differences', () => {
  test('each in words', () => {
    const actual: Lock = {
      components: { unikraft: { version: 'staging', commit: a }, 'lib/lwip': { commit: a } },
      archives: { 'https://x/musl.tar.gz': { library: 'libmusl', sha256: 'd'.repeat(64), size: 5 } },
    };
    expect(lockDifferences(lock, actual)).toEqual([
      'unikraft is asked for at staging, but locked for stable',
      'lib/musl is locked, but not part of the project any more',
      'lib/lwip is not in the lock file',
      `https://x/musl.tar.gz has the SHA-256 ${'d'.repeat(64)}, but is locked with ${sum}`,
    ]);
    expect(lockDifferences(lock, lock)).toEqual([]);
    expect(archiveDifference(lock, 'https://x/other', sum)).toBe('https://x/other is not in the lock file');
  });
});

describe('a project', () => {
  async function workspace(pinned?: Record<string, string>) {
    const options = { readOnly: true, ...(pinned && { pinned }) };
    const result = await resolveWorkspace(options, fixture.path('project'), fixture.environment);
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  }

  test('is frozen to what was locked, and its locked commits can be pulled beside newer ones', async () => {
    const core = 'home/.unikraft/unikraft';
    for (const file of ['Makefile', 'Config.uk', 'support/build/Makefile.rules'])
      fixture.file(`remote/unikraft/${file}`, '');
    fixture.repository('remote/unikraft');
    fixture.repository('remote/lib-musl', 'libmusl');
    fixture.git('.', 'clone', '--quiet', fixture.path('remote/unikraft'), core);
    fixture.git('.', 'clone', '--quiet', fixture.path('remote/lib-musl'), 'home/.unikraft/libs/musl');
    fixture.file('project/Makefile.uk', '');
    fixture.file(
      'project/kraft.yaml',
      "specification: '0.5'\nunikraft: staging\nlibraries: { musl: staging }\n",
    );

    expect(checkFrozen(await workspace())).toMatchObject({
      error: { message: expect.stringMatching(/no lock file/) as string },
    });
    writeLock(fixture.path('project'), { components: componentsOf(await workspace()), archives: {} });
    expect(checkFrozen(await workspace()).ok).toBe(true);
    const locked = fixture.head('home/.unikraft/libs/musl');
    expect(readLock(fixture.path('project'))).toMatchObject({
      value: {
        components: {
          'lib/musl': { version: 'staging', commit: locked },
        },
      },
    });

    fixture.commit('home/.unikraft/libs/musl', 'newer');
    const frozen = checkFrozen(await workspace());
    expect(!frozen.ok && frozen.error.message).toMatch(
      new RegExp(`lib/musl is at [0-9a-f]{12}, but locked at ${locked.slice(0, 12)}`),
    );

    const repository = { ...repositoryAt(fixture.path('remote/lib-musl')), name: 'musl' };
    const pulled = await pull(repository, locked, fixture.path('home/.unikraft/libs/musl'), {
      mirrors: [],
      environment: fixture.environment,
    });
    expect(pulled).toMatchObject({
      ok: true,
      value: { folder: fixture.path(`home/.unikraft/libs/musl@${locked.slice(0, 12)}`) },
    });
    const pinned = await workspace({ 'lib/musl': locked });
    expect(pinned.libraries).toEqual([fixture.path(`home/.unikraft/libs/musl@${locked.slice(0, 12)}`)]);
    expect(checkFrozen(pinned).ok).toBe(true);
    expect((await workspace()).libraries).toEqual([fixture.path('home/.unikraft/libs/musl')]);
  });
});

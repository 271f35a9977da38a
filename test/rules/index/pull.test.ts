import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emptyCatalogue } from '../../../rules/index/catalogue.ts';
import { readCheckout } from '../../../rules/index/checkout.ts';
import { findRepository, repositoryAt } from '../../../rules/index/find-repository.ts';
import { installedComponents } from '../../../rules/index/installed.ts';
import { defaultOrigins } from '../../../rules/index/origin.ts';
import { folderFor, pull, type Pulled } from '../../../rules/index/pull.ts';
import { updateCatalogue } from '../../../rules/index/update.ts';
import { GitFixture } from './git-fixture.ts';

let fixture: GitFixture;
beforeEach(() => {
  fixture = new GitFixture();
  // A remote with staging, stable one commit behind, and two releases.
  fixture.repository('remote/lib-musl', 'libmusl');
  fixture.git('remote/lib-musl', 'tag', '-a', 'RELEASE-0.1', '-m', '0.1');
  fixture.git('remote/lib-musl', 'branch', 'stable');
  fixture.commit('remote/lib-musl', 'second');
  fixture.git('remote/lib-musl', 'tag', 'RELEASE-0.2');
});
afterEach(() => {
  fixture.remove();
});

const here = 'home/.unikraft/libs/musl';
const url = () => `file://${fixture.path('remote/lib-musl')}`;

async function attempt(version?: string, place = url(), folder = fixture.path(here)) {
  return pull(repositoryAt(place), version, folder, { mirrors: [], environment: fixture.environment });
}
async function pulled(version?: string): Promise<Pulled> {
  const result = await attempt(version);
  if (!result.ok) throw new Error(`${result.error.message}\n${result.error.hint}`);
  return result.value;
}
const state = (folder = here) => [
  fixture.git(folder, 'rev-parse', '--abbrev-ref', 'HEAD'),
  fixture.git(folder, 'rev-parse', 'HEAD'),
];
const commitOf = (name: string) => fixture.git('remote/lib-musl', 'rev-parse', `${name}^{commit}`);

describe('a component that is not there', () => {
  test('is cloned at stable, on the branch', async () => {
    expect(await pulled()).toMatchObject({
      outcome: 'cloned',
      version: 'stable',
      folder: fixture.path(here),
      commit: commitOf('stable'),
    });
    expect(state()).toEqual(['stable', commitOf('stable')]);
    expect(fixture.git(here, 'rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/stable');
  });

  test.each([
    ['staging', 'staging', 'staging'],
    ['0.1', 'RELEASE-0.1', 'HEAD'],
    ['RELEASE-0.2', 'RELEASE-0.2', 'HEAD'],
  ])('at version %s', async (version, commit, branch) => {
    await pulled(version);
    expect(state()).toEqual([branch, commitOf(commit)]);
  });

  test('at a commit, full or abbreviated', async () => {
    const commit = commitOf('stable');
    await pulled(commit.slice(0, 9));
    expect(state()).toEqual(['HEAD', commit]);
  });

  test('leaves nothing behind when it fails', async () => {
    for (const [version, place, message] of [
      ['9.9', url(), /has no version '9\.9' \(it has stable, staging, 0\.2, 0\.1\)/],
      [undefined, `file://${fixture.path('remote/none')}`, /no such repository/],
      ['0123456789', url(), /cannot check out 0123456789/],
    ] as const) {
      const result = await attempt(version, place);
      expect(!result.ok && result.error.message).toMatch(message);
    }
    expect(existsSync(fixture.path(here))).toBe(false);
    const libs = fixture.path('home/.unikraft/libs');
    expect(existsSync(libs) ? readdirSync(libs) : []).toEqual([]);
  });

  test('by way of a mirror, with the address that was meant as its origin', async () => {
    const place = 'https://example.invalid/unikraft/lib-musl';
    const mirrors = [
      { prefix: 'https://example.invalid/unikraft/', replacement: `${fixture.path('remote')}/` },
    ];
    const result = await pull(repositoryAt(place), undefined, fixture.path(here), {
      mirrors,
      environment: fixture.environment,
    });
    expect(result).toMatchObject({ ok: true, value: { outcome: 'cloned', source: place } });
    expect(fixture.git(here, 'config', 'remote.origin.url')).toBe(place);
  });

  test('an empty folder in its place does not disturb; a file does', async () => {
    fixture.file('file', '');
    fixture.git('.', 'init', '--quiet', here);
    const fresh = fixture.path('home/.unikraft/libs/fresh');
    expect(await attempt(undefined, url(), fixture.path('file/below'))).toMatchObject({
      error: { message: expect.stringMatching(/cannot/) as string },
    });
    expect(await attempt(undefined, url(), fresh)).toMatchObject({ ok: true });
  });
});

describe('a component that is there', () => {
  test('on a branch: brought up to date', async () => {
    await pulled('staging');
    expect((await pulled('staging')).outcome).toBe('current');
    const next = fixture.commit('remote/lib-musl', 'third');
    expect(await pulled()).toMatchObject({ outcome: 'updated', version: 'staging', commit: next });
    expect(state()).toEqual(['staging', next]);
  });

  test('at a release: moved to another one, forth and back, and onto a branch', async () => {
    await pulled('0.1');
    expect(await pulled()).toMatchObject({ outcome: 'current', version: '0.1' });
    expect((await pulled('0.1')).outcome).toBe('current');
    expect((await pulled('0.2')).outcome).toBe('updated');
    expect(state()).toEqual(['HEAD', commitOf('RELEASE-0.2')]);
    fixture.commit('remote/lib-musl', 'third');
    fixture.git('remote/lib-musl', 'tag', 'RELEASE-0.3');
    await pulled('0.3');
    expect(state()).toEqual(['HEAD', commitOf('RELEASE-0.3')]);
    await pulled('staging');
    expect(state()).toEqual(['staging', commitOf('staging')]);
  });

  test.each<[string, () => void, RegExp]>([
    ['a changed file', () => void fixture.file(`${here}/Makefile.uk`, 'mine'), /1 changed or new file$/],
    ['a new file', () => void fixture.file(`${here}/new.c`, 'mine'), /1 changed or new file$/],
    ['a commit', () => void fixture.commit(here, 'mine'), /1 commit of its own/],
    ['another branch', () => void fixture.git(here, 'switch', '-q', '-c', 'topic'), /on the branch topic/],
    ['an unfinished bisection', () => void fixture.git(here, 'bisect', 'start'), /a bisection is under way/],
  ])(
    'in which somebody works (%s): left exactly as it is, the other version beside it',
    async (_what, work, why) => {
      await pulled('staging');
      work();
      const before = [
        ...state(),
        fixture.git(here, 'status', '--porcelain'),
        readFileSync(fixture.path(here, '.git/index')).toString('hex'),
      ];
      const result = await pulled('0.1');
      expect(result).toMatchObject({
        outcome: 'cloned',
        folder: fixture.path(`${here}@0.1`),
        commit: commitOf('RELEASE-0.1'),
      });
      expect(result.notice).toMatch(why);
      expect([
        ...state(),
        fixture.git(here, 'status', '--porcelain'),
        readFileSync(fixture.path(here, '.git/index')).toString('hex'),
      ]).toEqual(before);
      expect(await pulled('0.1')).toMatchObject({ outcome: 'current', folder: fixture.path(`${here}@0.1`) });
    },
  );

  test('on the branch that is asked for, with work: not updated, and said', async () => {
    await pulled('staging');
    fixture.file(`${here}/new.c`, 'mine');
    fixture.commit('remote/lib-musl', 'third');
    const result = await pulled('staging');
    expect(result.outcome).toBe('kept');
    expect(result.notice).toMatch(/1 changed or new file; bring it up to date with git/);
    expect(existsSync(fixture.path(here, 'new.c'))).toBe(true);
  });

  test('a branch that has gone another way is left alone', async () => {
    await pulled('staging');
    const before = state();
    fixture.git('remote/lib-musl', 'reset', '--quiet', '--hard', 'RELEASE-0.1');
    fixture.commit('remote/lib-musl', 'rewritten');
    const result = await pulled('staging');
    expect([result.outcome, result.notice]).toEqual(['kept', expect.stringMatching(/another way/)]);
    expect(state()).toEqual(before);
  });

  test('a local branch with commits that HEAD has not is never reset', async () => {
    await pulled('staging');
    const mine = fixture.commit(here, 'mine');
    fixture.git(here, 'checkout', '--quiet', '--detach', 'RELEASE-0.1');
    const result = await attempt('staging');
    expect(result.ok && result.value.outcome).not.toBe('cloned');
    expect(fixture.git(here, 'rev-parse', 'staging')).toBe(mine);
  });

  test('a folder without git is used as it is', async () => {
    fixture.file(`${here}/Makefile.uk`, '');
    expect(await pulled('staging')).toMatchObject({
      outcome: 'kept',
      notice: expect.stringMatching(/no git working tree/) as string,
    });
  });

  test('another repository in the folder is used as it is, where that is wanted', async () => {
    fixture.repository('remote/other');
    fixture.git('.', 'clone', '--quiet', fixture.path('remote/other'), here);
    const before = state();
    const wanted = { mirrors: [], environment: fixture.environment, takeOther: true };
    expect(await pull(repositoryAt(url()), 'staging', fixture.path(here), wanted)).toMatchObject({
      ok: true,
      value: {
        outcome: 'kept',
        notice: expect.stringMatching(/a working tree of .*remote\/other/) as string,
      },
    });
    expect(state()).toEqual(before);
  });

  test('another repository in the folder is an error', async () => {
    fixture.repository('remote/other');
    fixture.git('.', 'clone', '--quiet', fixture.path('remote/other'), here);
    const result = await attempt();
    expect(!result.ok && [result.error.message, result.error.hint]).toEqual([
      expect.stringMatching(/holds another repository \(.*remote\/other\)/),
      expect.stringMatching(/--into DIR/),
    ]);
  });

  test('without a network, what is there is enough', async () => {
    const catalogue = (
      await updateCatalogue([url()], emptyCatalogue, {
        mirrors: [],
        environment: fixture.environment,
        now: '',
      })
    ).catalogue;
    const repository = findRepository({ name: 'musl' }, catalogue, []);
    if (!repository.ok) throw new Error();
    const context = { mirrors: [], environment: fixture.environment };
    await pull(repository.value, 'staging', fixture.path(here), context);
    fixture.git('.', 'config', '--global', 'url.https://127.0.0.1:1/.insteadOf', 'file:///');
    expect(await pull(repository.value, 'staging', fixture.path(here), context)).toMatchObject({
      ok: true,
      value: { outcome: 'current' },
    });
    expect(await pull(repository.value, undefined, fixture.path(here), context)).toMatchObject({ ok: true });
    expect(await pull(repository.value, '0.1', fixture.path(`${here}2`), context)).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/no connection/) as string },
    });
  });
});

describe('finding the repository', () => {
  test('before the first update, where the wildcards would have it', () => {
    expect(findRepository({ name: 'musl' }, emptyCatalogue, defaultOrigins)).toEqual({
      ok: true,
      value: { kind: 'library', name: 'musl', places: ['https://github.com/unikraft/lib-musl'] },
    });
    expect(
      findRepository({ kind: 'application', name: 'nginx' }, emptyCatalogue, defaultOrigins),
    ).toMatchObject({
      value: { places: ['https://github.com/unikraft/app-nginx'] },
    });
    expect(findRepository({ kind: 'core', name: 'unikraft' }, emptyCatalogue, defaultOrigins)).toMatchObject({
      value: { kind: 'core', places: ['https://github.com/unikraft/unikraft'] },
    });
  });

  test('a name that several kinds have is the library, or has to be told', () => {
    const offered = (kind: 'library' | 'application' | 'platform', name: string) => ({
      kind,
      name,
      origin: 'o',
      place: `p/${kind}`,
      local: false,
      references: [],
      checked: '',
    });
    const catalogue = {
      components: [
        offered('application', 'nginx'),
        offered('library', 'nginx'),
        offered('application', 'x'),
        offered('platform', 'x'),
      ],
      etags: {},
    };
    expect(findRepository({ name: 'nginx' }, catalogue, [])).toMatchObject({ value: { kind: 'library' } });
    expect(findRepository({ name: 'x' }, catalogue, [])).toMatchObject({
      error: { message: "'x' can be app/x or plat/x" },
    });
    expect(findRepository({ name: 'ngins' }, catalogue, [])).toMatchObject({
      error: { hint: expect.stringMatching(/Did you mean 'nginx'\?/) as string },
    });
  });
});

describe('what lies on this machine', () => {
  test('everything in the working folders, with the version that is checked out', async () => {
    await pulled('staging');
    fixture.file(`${here}/new.c`, 'mine');
    await pulled('0.1');
    for (const file of ['Makefile', 'Config.uk', 'support/build/Makefile.rules'])
      fixture.file(`home/.unikraft/unikraft/${file}`, '');
    fixture.file('home/.unikraft/apps/hello/Makefile.uk', '');
    fixture.file('project/.unikraft/libs/own/Makefile.uk', '$(eval $(call addlib,whatever))');
    const found = installedComponents(fixture.folders, fixture.path('project'));
    expect(
      found.map(({ kind, name, checkout }) => [kind, name, checkout?.branch ?? checkout?.names]),
    ).toEqual([
      ['library', 'own', undefined],
      ['core', 'unikraft', undefined],
      ['library', 'musl', 'staging'],
      ['library', 'musl', ['RELEASE-0.1', 'stable']],
      ['application', 'hello', undefined],
    ]);
  });

  test('reading a checkout agrees with git: branches, tags, packed references, linked worktrees', () => {
    const path = 'remote/lib-musl';
    const compare = (folder: string) => {
      const read = readCheckout(fixture.path(folder));
      const branch = fixture.git(folder, 'rev-parse', '--abbrev-ref', 'HEAD');
      expect(read?.commit).toBe(fixture.head(folder));
      expect(read?.branch).toBe(branch === 'HEAD' ? undefined : branch);
      const tags = fixture.git(folder, 'tag', '--points-at', 'HEAD').split('\n').filter(Boolean);
      expect(read?.names.filter((name) => name.startsWith('RELEASE'))).toEqual(tags);
    };
    compare(path);
    fixture.git(path, 'pack-refs', '--all');
    compare(path);
    fixture.git(path, 'worktree', 'add', '--quiet', fixture.path('linked'), 'stable');
    compare('linked');
    fixture.git(path, 'checkout', '--quiet', '--detach', 'RELEASE-0.1');
    compare(path);
    fixture.git('.', 'init', '--quiet', 'fresh');
    expect(readCheckout(fixture.path('fresh'))).toEqual({ branch: 'staging', names: [] });
    expect(readCheckout(fixture.path('home'))).toBeUndefined();
  });

  test('each kind has its folder', () => {
    expect(
      (['core', 'library', 'platform', 'architecture', 'application'] as const).map((kind) =>
        folderFor({ kind, name: 'x' }, fixture.folders).slice(fixture.path('home/.unikraft').length),
      ),
    ).toEqual(['/unikraft', '/libs/x', '/plats/x', '/archs/x', '/apps/x']);
  });
});

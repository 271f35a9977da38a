import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  emptyCatalogue,
  readCatalogue,
  writeCatalogue,
  catalogueFile,
} from '../../../rules/index/catalogue.ts';
import { formatName } from '../../../rules/index/component-name.ts';
import { updateCatalogue, type UpdateContext } from '../../../rules/index/update.ts';
import { readSettings, settingsFile, writeOrigins } from '../../../rules/index/settings.ts';
import { readFileSync } from 'node:fs';
import { GitFixture } from './git-fixture.ts';
import { GithubServer } from './github-server.ts';

let fixture: GitFixture;
let github: GithubServer;
beforeEach(async () => {
  fixture = new GitFixture();
  github = await GithubServer.start();
});
afterEach(async () => {
  await github.stop();
  fixture.remove();
});

const now = '2024-02-03T04:05:06.000Z';
function context(over: Partial<UpdateContext> = {}): UpdateContext {
  return { mirrors: [], environment: fixture.environment, now, ...over };
}
/** Makes git find github.com's repositories in a folder of the fixture. */
function redirectGithub(): void {
  fixture.git(
    '.',
    'config',
    '--global',
    `url.file://${fixture.path('remote')}/.insteadOf`,
    'https://github.com/unikraft/lib-x-unused/',
  );
}

describe('a folder on this machine', () => {
  test('a component, or a folder of components, with the versions that git has', async () => {
    fixture.repository('mine/libs/lib-fortune', 'libfortune');
    fixture.git('mine/libs/lib-fortune', 'tag', '-a', 'RELEASE-0.1.0', '-m', 'release');
    fixture.file('mine/libs/plain/Makefile.uk', '$(eval $(call addlib_s,libplain,y))');
    fixture.file('mine/libs/nothing/readme', '');
    const { catalogue, problems } = await updateCatalogue(
      [fixture.path('mine/libs')],
      emptyCatalogue,
      context(),
    );
    expect(problems).toEqual([]);
    expect(
      catalogue.components.map((each) => [formatName(each), each.local, each.references.length]),
    ).toEqual([
      ['lib/fortune', true, 2],
      ['lib/plain', true, 0],
    ]);
    const [fortune] = catalogue.components;
    // The tag counts as the commit that it stands for, not as the tag object.
    expect(fortune?.references.map(({ commit }) => commit)).toEqual(
      Array(2).fill(fixture.head('mine/libs/lib-fortune')),
    );
    expect([fortune?.head, fortune?.checked]).toEqual(['staging', now]);
  });

  test('a folder without components is a problem; what was known of it stays', async () => {
    const origin = fixture.repository('lib-a');
    const before = (await updateCatalogue([origin], emptyCatalogue, context())).catalogue;
    fixture.file('empty/x', '');
    const { catalogue, problems } = await updateCatalogue(
      [fixture.path('empty'), fixture.path('gone'), origin],
      {
        ...before,
        components: [
          ...before.components,
          { ...before.components[0]!, name: 'old', origin: fixture.path('gone') },
        ],
      },
      context(),
    );
    expect(problems.map(({ problem }) => problem.message)).toEqual([
      expect.stringMatching(/empty holds no core, library/),
      expect.stringMatching(/no folder .*gone/),
    ]);
    expect(catalogue.components.map(({ name }) => name)).toEqual(['a', 'old']);
  });
});

describe('a git repository', () => {
  test('branches are distributions, tags are releases', async () => {
    fixture.repository('remote/lib-musl');
    fixture.git('remote/lib-musl', 'branch', 'stable');
    fixture.git('remote/lib-musl', 'tag', 'RELEASE-0.16.3');
    const url = `file://${fixture.path('remote/lib-musl')}`;
    const { catalogue } = await updateCatalogue([url], emptyCatalogue, context());
    expect(catalogue.components).toMatchObject([
      {
        kind: 'library',
        name: 'musl',
        place: url,
        head: 'staging',
        references: [
          { kind: 'branch', name: 'stable' },
          { kind: 'branch', name: 'staging' },
          { kind: 'tag', name: 'RELEASE-0.16.3' },
        ],
      },
    ]);
  });

  test("git's insteadOf and a mirror both lead to it", async () => {
    fixture.repository('remote/lib-musl');
    const origin = 'https://example.invalid/a/lib-musl';
    const mirrored = await updateCatalogue(
      [origin],
      emptyCatalogue,
      context({
        mirrors: [{ prefix: 'https://example.invalid/a/', replacement: `${fixture.path('remote')}/` }],
      }),
    );
    fixture.git(
      '.',
      'config',
      '--global',
      `url.${fixture.path('remote')}/.insteadOf`,
      'https://example.invalid/a/',
    );
    const rewritten = await updateCatalogue([origin], emptyCatalogue, context());
    for (const { catalogue, problems } of [mirrored, rewritten]) {
      expect(problems).toEqual([]);
      expect(catalogue.components).toMatchObject([{ name: 'musl', place: origin }]);
    }
  });

  test('no network is told as such, and nothing is lost', async () => {
    const origin = 'https://127.0.0.1:1/a/lib-x';
    const known = {
      kind: 'library',
      name: 'x',
      origin,
      place: origin,
      local: false,
      references: [],
      checked: now,
    } as const;
    const before = { components: [known], etags: {} };
    const { catalogue, problems } = await updateCatalogue([origin], before, context());
    expect(problems[0]?.problem.message).toMatch(/there is no connection/);
    expect(problems[0]?.problem.hint).toMatch(/https_proxy/);
    expect(catalogue.components).toEqual([known]);
  });

  test('a machine without git', async () => {
    const { problems } = await updateCatalogue(
      ['https://example.invalid/lib-x'],
      emptyCatalogue,
      context({ environment: { ...fixture.environment, PATH: fixture.path('home') } }),
    );
    expect(problems[0]?.problem).toEqual({
      message: 'git is not installed',
      hint: 'Install it: sudo apt-get install git.',
    });
  });

  test("a repository's address is never taken for an option or a command", async () => {
    for (const origin of ['--upload-pack=touch hacked', 'ext::sh -c touch% hacked']) {
      const { problems } = await updateCatalogue([origin], emptyCatalogue, context());
      expect(problems).toHaveLength(1);
    }
  });
});

describe("an owner's repositories by a wildcard", () => {
  function serve(...names: string[]): void {
    for (const name of names) fixture.repository(`remote/${name}`);
    github.organisations.set(
      'unikraft',
      names.map((name) => ({ name, description: `about ${name}`, pushed_at: '2024-01-01T00:00:00Z' })),
    );
    redirectGithub();
    for (const name of names) {
      fixture.git(
        '.',
        'config',
        '--global',
        '--add',
        `url.${fixture.path('remote', name)}.insteadOf`,
        `https://github.com/unikraft/${name}`,
      );
    }
  }
  const lib = 'https://github.com/unikraft/lib-*';
  const environment = () => ({ ...fixture.environment, GITHUB_API_URL: github.url });

  test('matching names, over several pages, each with its versions', async () => {
    serve('lib-a', 'lib-b', 'app-c', 'unikraft', 'lib-d');
    github.pageSize = 2;
    const { catalogue, problems } = await updateCatalogue(
      [lib],
      emptyCatalogue,
      context({ environment: environment() }),
    );
    expect(problems).toEqual([]);
    expect(catalogue.components.map((each) => [formatName(each), each.description])).toEqual([
      ['lib/a', 'about lib-a'],
      ['lib/b', 'about lib-b'],
      ['lib/d', 'about lib-d'],
    ]);
    expect(github.requests).toHaveLength(3);
  });

  test('a second update costs nothing of the rate limit; a push is noticed', async () => {
    serve('lib-a', 'lib-b');
    const first = await updateCatalogue([lib], emptyCatalogue, context({ environment: environment() }));
    const steps: string[] = [];
    const onStep = (text: string) => steps.push(text);
    const second = await updateCatalogue(
      [lib],
      first.catalogue,
      context({ environment: environment(), onStep }),
    );
    expect(github.requests.map(({ status }) => status)).toEqual([200, 304]);
    expect(steps).toEqual([lib]);
    expect(second.catalogue).toEqual(first.catalogue);
    fixture.git('remote/lib-b', 'tag', 'v1');
    github.organisations.get('unikraft')![1] = { name: 'lib-b', pushed_at: '2024-01-02T00:00:00Z' };
    const third = await updateCatalogue([lib], second.catalogue, context({ environment: environment() }));
    expect(third.catalogue.components.map(({ references }) => references.length)).toEqual([1, 2]);
  });

  test('a person is an owner too', async () => {
    serve('lib-a');
    github.people.set('unikraft', github.organisations.get('unikraft')!);
    github.organisations.clear();
    const { catalogue } = await updateCatalogue(
      [lib],
      emptyCatalogue,
      context({ environment: environment() }),
    );
    expect(catalogue.components.map(({ name }) => name)).toEqual(['a']);
  });

  test('the rate limit is explained, with the time and what to do', async () => {
    serve('lib-a');
    github.remaining = 0;
    const report = await updateCatalogue([lib], emptyCatalogue, context({ environment: environment() }));
    expect(report.problems[0]?.problem).toEqual({
      message: 'GitHub answers no more requests until 14:30: its rate limit is used up',
      hint: expect.stringMatching(/Set GITHUB_TOKEN/) as string,
    });
  });

  test('the token goes to the API, and to no other server', async () => {
    serve('lib-a');
    github.token = 'secret';
    const withToken = { ...environment(), GITHUB_TOKEN: 'secret' };
    const good = await updateCatalogue([lib], emptyCatalogue, context({ environment: withToken }));
    expect(good.catalogue.components).toHaveLength(1);
    const wrong = await updateCatalogue(
      [lib],
      emptyCatalogue,
      context({ environment: { ...withToken, UK_KRAFT_GITHUB_TOKEN: 'old' } }),
    );
    expect(wrong.problems[0]?.problem.message).toMatch(/does not accept the token/);
    github.requests.length = 0;
    github.token = undefined;
    const elsewhere = `${github.url}/unikraft/lib-*`;
    await updateCatalogue(
      [elsewhere],
      emptyCatalogue,
      context({ environment: { ...fixture.environment, GITHUB_TOKEN: 'secret' } }),
    );
    expect(github.requests[0]?.url).toBe('/api/v3/orgs/unikraft/repos?per_page=100');
    expect(github.requests.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  test.each([
    ['<html>login</html>', /does not answer as GitHub does/],
    ['{"message": "hello"}', /does not answer as GitHub does/],
    ['[{"nom": "x"}]', /does not answer as GitHub does/],
  ])('an answer %s is refused', async (nonsense, message) => {
    github.nonsense = nonsense;
    const { problems } = await updateCatalogue(
      [lib],
      emptyCatalogue,
      context({ environment: environment() }),
    );
    expect(problems[0]?.problem.message).toMatch(message);
  });

  test('names and descriptions that would deceive a terminal or a path are cleaned or left out', async () => {
    serve('lib-a');
    github.organisations.set('unikraft', [
      { name: 'lib-a', description: 'a\u001b[31mred\u202e', pushed_at: '1' },
      { name: 'lib-..', description: null },
      { name: 'lib-../../x', description: null },
    ]);
    const { catalogue } = await updateCatalogue(
      [lib],
      emptyCatalogue,
      context({ environment: environment() }),
    );
    expect(catalogue.components.map(({ name, description }) => [name, description])).toEqual([
      ['a', 'a [31mred '],
    ]);
  });

  test('nobody of that name, and no network', async () => {
    const nobody = await updateCatalogue(
      ['https://github.com/nobody/lib-*'],
      emptyCatalogue,
      context({ environment: environment() }),
    );
    expect(nobody.problems[0]?.problem.message).toBe("GitHub has nobody called 'nobody'");
    const there = environment();
    await github.stop();
    const { problems } = await updateCatalogue([lib], emptyCatalogue, context({ environment: there }));
    expect(problems[0]?.problem.message).toMatch(/refuses the connection/);
    github = await GithubServer.start();
  });

  test('a mirror in a folder needs no API at all', async () => {
    serve('lib-a', 'app-b');
    const mirrors = [{ prefix: 'https://github.com/unikraft/', replacement: `${fixture.path('remote')}/` }];
    const { catalogue } = await updateCatalogue([lib], emptyCatalogue, context({ mirrors }));
    expect(catalogue.components.map(({ name, place }) => [name, place])).toEqual([
      ['a', 'https://github.com/unikraft/lib-a'],
    ]);
    expect(github.requests).toEqual([]);
  });
});

describe('what is kept', () => {
  test('the catalogue comes back as it was written; a damaged one counts as empty', async () => {
    fixture.repository('lib-a');
    const { catalogue } = await updateCatalogue([fixture.path('lib-a')], emptyCatalogue, context());
    expect(writeCatalogue(fixture.folders, catalogue).ok).toBe(true);
    expect(readCatalogue(fixture.folders)).toEqual(catalogue);
    const text = readFileSync(catalogueFile(fixture.folders), 'utf8');
    for (let cut = 0; cut < text.length - 1; cut += 7) {
      fixture.file('home/.unikraft/.cache/index.json', text.slice(0, cut));
      expect(readCatalogue(fixture.folders)).toEqual(emptyCatalogue);
    }
  });

  test("settings: one's own, then kraft's, then Unikraft's; unknown entries stay", () => {
    const read = () => {
      const settings = readSettings(fixture.folders, fixture.environment);
      if (!settings.ok) throw new Error(settings.error.message);
      return settings.value;
    };
    expect(read()).toMatchObject({ originsFrom: 'default', mirrors: [] });
    expect(read().origins).toContain('https://github.com/unikraft/lib-*');
    fixture.file('home/.kraftrc', '[list]\norigins = ["/x"]\n');
    expect(read()).toMatchObject({ originsFrom: 'kraft', origins: ['/x'] });
    fixture.file(
      'home/.unikraft/unigraph.json',
      '{"mine": 1, "mirrors": [{"prefix": "a", "replacement": "b"}]}',
    );
    expect(read()).toMatchObject({ originsFrom: 'kraft', mirrors: [{ prefix: 'a', replacement: 'b' }] });
    expect(writeOrigins(fixture.folders, ['/y']).ok).toBe(true);
    expect(read()).toMatchObject({ originsFrom: 'unigraph', origins: ['/y'] });
    expect(JSON.parse(readFileSync(settingsFile(fixture.folders), 'utf8'))).toMatchObject({ mine: 1 });
  });

  test.each(['[]', '{"origins": 1}', '{"mirrors": ["x"]}', '{'])('settings %s are refused', (text) => {
    fixture.file('home/.unikraft/unigraph.json', text);
    expect(readSettings(fixture.folders, fixture.environment)).toMatchObject({
      ok: false,
      error: { location: { file: settingsFile(fixture.folders) } },
    });
  });
});

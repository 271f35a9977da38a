import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GitFixture } from '../rules/index/git-fixture.ts';
import { GithubServer } from '../rules/index/github-server.ts';
import { runMain, type Ran } from './run-main.ts';

let fixture: GitFixture;
let github: GithubServer;
beforeEach(async () => {
  fixture = new GitFixture();
  github = await GithubServer.start();
  fixture.environment['GITHUB_API_URL'] = github.url;
});
afterEach(async () => {
  await github.stop();
  fixture.remove();
});

const list = (...argv: string[]): Promise<Ran> =>
  runMain(['list', ...argv], fixture.root, fixture.environment);
const listIn = (folder: string, ...argv: string[]): Promise<Ran> =>
  runMain(['list', ...argv], fixture.path(folder), fixture.environment);

/** GitHub with these repositories, cloned from the fixture; names as `lib-musl`. */
function serve(...names: string[]): void {
  for (const name of names) {
    const macro = name.startsWith('app') ? 'addlib' : 'addlib_s';
    if (name === 'unikraft')
      for (const file of ['Makefile', 'support/build/Makefile.rules'])
        fixture.file(`remote/unikraft/${file}`, '');
    fixture.repository(`remote/${name}`, name.replace('-', ''), macro);
    fixture.git(`remote/${name}`, 'branch', 'stable');
    fixture.git(`remote/${name}`, 'tag', 'RELEASE-0.16.3');
    fixture.git(
      '.',
      'config',
      '--global',
      '--add',
      `url.${fixture.path('remote', name)}.insteadOf`,
      `https://github.com/unikraft/${name}`,
    );
  }
  github.organisations.set(
    'unikraft',
    names.map((name) => ({ name, description: `The ${name}`, pushed_at: '2024' })),
  );
}

test('on a fresh machine: nothing is known, and what to do is said', async () => {
  const ran = await list();
  expect(ran).toMatchObject({ status: 0, stdout: '' });
  expect(ran.stderr).toMatch(/have not been asked yet \(https:\/\/github\.com\/unikraft\/unikraft,/);
  expect(ran.stderr).toMatch(/unigraph list update/);
});

test("from Unikraft's own origins to a component on this machine, and back to the newest", async () => {
  serve('unikraft', 'lib-musl', 'lib-lwip', 'app-nginx');
  expect(await list('update')).toEqual({
    status: 0,
    stdout: 'new: app/nginx, unikraft, lib/lwip, lib/musl\n4 components from 4 origins\n',
    stderr: '',
  });
  expect((await list('--libs')).stdout).toBe(
    'NAME      HERE  NEWEST  DESCRIPTION\nlib/lwip        0.16.3  The lib-lwip\nlib/musl        0.16.3  The lib-musl\n',
  );
  const pulled = await list('pull', 'musl', 'unikraft@staging');
  expect(pulled.status).toBe(0);
  expect(pulled.stdout).toMatch(
    /^lib\/musl stable \([0-9a-f]{7}\): got in .*\/home\/\.unikraft\/libs\/musl\nunikraft staging \([0-9a-f]{7}\): got in .*\.unikraft\/unikraft\n$/,
  );
  expect((await list('-i', '-d')).stdout.split('\n').slice(1)).toEqual([
    `unikraft  staging  0.16.3  ${fixture.path('home/.unikraft/unikraft')}`,
    `lib/musl  stable   0.16.3  ${fixture.path('home/.unikraft/libs/musl')}`,
    '',
  ]);
  const json = JSON.parse((await list('--core', '--json')).stdout) as unknown;
  expect(json).toMatchObject([
    {
      kind: 'core',
      name: 'unikraft',
      source: 'https://github.com/unikraft/unikraft',
      versions: ['stable', 'staging', '0.16.3'],
      installed: [{ folder: fixture.path('home/.unikraft/unikraft'), version: 'staging' }],
    },
  ]);
  const shown = (await list('show', 'musl')).stdout;
  expect(shown).toMatch(
    /^name {11}lib\/musl\nkind {11}library\ndescription {4}The lib-musl\ndistributions {2}stable, staging\nreleases {7}0\.16\.3\n/,
  );
  expect(shown).toMatch(/here {11}.*\/libs\/musl \(stable\)\n$/);
  fixture.commit('remote/lib-musl', 'second');
  fixture.git('remote/lib-musl', 'branch', '-f', 'stable');
  expect((await list('pull', 'musl')).stdout).toMatch(/^lib\/musl stable \([0-9a-f]{7}\): updated in/);
  expect((await list('pull', 'musl')).stdout).toMatch(/up to date in/);
});

describe('origins', () => {
  test('a library anywhere on this machine: listed, and found by the manifest of a project', async () => {
    fixture.repository('somewhere/else/libfortune', 'libfortune');
    expect(await list('add', 'somewhere/else/libfortune')).toEqual({
      status: 0,
      stdout: `added ${fixture.path('somewhere/else/libfortune')}: lib/fortune\n`,
      stderr: '',
    });
    expect((await list('--libs')).stdout).toMatch(/^lib\/fortune {2}staging {2}staging$/m);
    for (const file of ['Makefile', 'Config.uk', 'support/build/Makefile.rules'])
      fixture.file(`core/${file}`, '');
    fixture.file('app/Makefile.uk', '');
    fixture.file(
      'app/kraft.yaml',
      "specification: '0.5'\nunikraft: { source: ../core }\nlibraries: { fortune: staging }\n",
    );
    const { resolveWorkspace } = await import('../../rules/workspace/resolve.ts');
    const workspace = await resolveWorkspace({}, fixture.path('app'), fixture.environment);
    expect(workspace.ok && workspace.value.libraries).toEqual([fixture.path('somewhere/else/libfortune')]);
  });

  test('are added once in whatever spelling, kept beside those that count already, and removed by origin or name', async () => {
    fixture.repository('lib-a');
    fixture.file('home/.kraftrc', '[list]\norigins = ["http://github.com/me/lib-*"]\n');
    expect((await list('add', 'lib-a', 'https://github.com/me/lib-*', './lib-a/')).stderr).toMatch(
      /lib-\* is on the list already\nunigraph: .*lib-a is on the list already/,
    );
    const settings = () =>
      JSON.parse(readFileSync(fixture.path('home/.unikraft/unigraph.json'), 'utf8')) as unknown;
    expect(settings()).toEqual({ origins: ['http://github.com/me/lib-*', fixture.path('lib-a')] });
    const again = await list('add', '--update', 'lib-a');
    expect(again).toMatchObject({ status: 0, stdout: `asked ${fixture.path('lib-a')}: lib/a\n` });
    expect(await list('remove', 'https://github.com/me/lib-*')).toMatchObject({
      status: 0,
      stdout: 'removed http://github.com/me/lib-*\n',
    });
    expect(await list('remove', 'a')).toMatchObject({ status: 0 });
    expect(settings()).toEqual({ origins: [] });
    expect(existsSync(fixture.path('lib-a'))).toBe(true);
    expect((await list('remove', 'a')).stderr).toMatch(/'a' is not on the list/);
  });

  test('a folder that holds nothing is refused and not written down', async () => {
    fixture.file('empty/readme', '');
    expect(await list('add', 'empty')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/holds no core, library/) as string,
    });
    expect(existsSync(fixture.path('home/.unikraft/unigraph.json'))).toBe(false);
  });

  test('one origin that does not answer leaves the others in peace', async () => {
    serve('lib-musl');
    fixture.file(
      'home/.unikraft/unigraph.json',
      JSON.stringify({ origins: ['https://github.com/unikraft/lib-*', 'https://127.0.0.1:1/lib-x'] }),
    );
    const ran = await list('update');
    expect(ran).toMatchObject({ status: 1, stdout: 'new: lib/musl\n1 components from 2 origins\n' });
    expect(ran.stderr).toMatch(
      /^unigraph: https:\/\/127\.0\.0\.1:1\/lib-x: cannot ask .* there is no connection/,
    );
  });
});

describe('pulling', () => {
  const manifest =
    "specification: '0.5'\nunikraft: staging\nlibraries:\n  musl: 0.16.3\n  near: { source: ../near }\n  far: { source: https://example.invalid/git/lib-far, version: stable }\n";

  test("a project's parts, without asking for an update first; what has a folder of its own is left", async () => {
    serve('unikraft', 'lib-musl', 'lib-far');
    fixture.git(
      '.',
      'config',
      '--global',
      '--add',
      `url.${fixture.path('remote/lib-far')}.insteadOf`,
      'https://example.invalid/git/lib-far',
    );
    fixture.file('app/Makefile.uk', '');
    fixture.file('app/kraft.yaml', manifest);
    fixture.file('near/Makefile.uk', '');
    const ran = await listIn('app', 'pull');
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    expect(
      ran.stdout.split('\n').map((line) => line.replace(/ \(.*?\)/, '').replace(/in .*\.unikraft/, 'in')),
    ).toEqual([
      'unikraft staging: got in/unikraft',
      'lib/musl RELEASE-0.16.3: got in/libs/musl',
      'lib/far stable: got in/libs/far',
      '',
    ]);
    const { resolveWorkspace } = await import('../../rules/workspace/resolve.ts');
    const workspace = await resolveWorkspace({}, fixture.path('app'), fixture.environment);
    expect(workspace.ok && workspace.value.notices).toEqual([]);
  });

  test("an application comes with what its manifest names, on request into the project's own folder", async () => {
    serve('unikraft', 'lib-musl', 'app-hello');
    fixture.file(
      'remote/app-hello/kraft.yaml',
      "specification: '0.5'\nunikraft: stable\nlibraries: { musl: stable }\n",
    );
    fixture.commit('remote/app-hello', 'manifest');
    fixture.git('remote/app-hello', 'branch', '-f', 'stable');
    fixture.file('project/x', '');
    const ran = await listIn('project', 'pull', 'app-hello', '--local');
    expect(ran.status).toBe(0);
    for (const path of ['apps/hello', 'unikraft', 'libs/musl'])
      expect(existsSync(fixture.path('project/.unikraft', path, '.git'))).toBe(true);
    expect(existsSync(fixture.path('home/.unikraft/libs'))).toBe(false);
    expect(
      (await listIn('project', 'pull', 'app-hello', '--no-deps')).stdout.trim().split('\n'),
    ).toHaveLength(1);
  });

  test('a URL with a version, into a folder', async () => {
    serve('lib-musl');
    const ran = await list('pull', 'https://github.com/unikraft/lib-musl.git@staging', '--into', 'my/own');
    expect(ran.stdout).toMatch(/^lib\/musl staging \(.*\): got in .*\/my\/own\n$/);
    expect(fixture.git('my/own', 'config', 'remote.origin.url')).toBe('https://github.com/unikraft/lib-musl');
  });

  test.each([
    [['pull'], /no project in .* whose parts could be pulled/],
    [['pull', 'a', 'b', '--into', 'x'], /--into takes one component/],
    [['pull', 'no such'], /no origin offers 'no such'/],
    [['show', 'nothing'], /nothing is known of 'nothing'/],
  ])('%j is refused', async (argv, message) => {
    expect(await list(...argv)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(message) as string,
    });
  });
});

test.each([
  [['ad'], /'list' has no command 'ad'\. Did you mean 'add'\?/],
  [['--libz'], /Unknown argument: libz/],
  [['add'], /Not enough non-option arguments/],
  [['pull', '--into'], /Not enough arguments following: into/],
])('wrong usage: %j', async (argv, message) => {
  expect(await list(...argv)).toMatchObject({ status: 2, stderr: expect.stringMatching(message) as string });
});

test('help names the commands of the group', async () => {
  const { status, stdout } = await list('--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/--installed/);
  expect(stdout).toMatch(/update +Ask the origins/);
});

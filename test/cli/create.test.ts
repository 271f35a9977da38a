import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readManifest } from '../../rules/manifest/read.ts';
import { resolveWorkspace } from '../../rules/workspace/resolve.ts';
import { ArchiveFixture } from '../rules/create/archive-fixture.ts';
import { runMain, type Ran } from './run-main.ts';

let fixture: ArchiveFixture;
beforeEach(() => {
  fixture = new ArchiveFixture();
});
afterEach(async () => {
  await fixture.close();
});

const run = (argv: readonly string[], folder = '.'): Promise<Ran> =>
  runMain(argv, fixture.path(folder), fixture.environment);
const read = (path: string) => readFileSync(fixture.path(path), 'utf8');

/** Repositories that git finds under https://github.com/unikraft/. */
function remote(...names: string[]): void {
  for (const name of names) {
    if (name === 'unikraft')
      for (const file of ['Makefile', 'support/build/Makefile.rules'])
        fixture.file(`remote/unikraft/${file}`, '');
    fixture.repository(
      `remote/${name}`,
      name.replace('-', ''),
      name.startsWith('app') ? 'addlib' : 'addlib_s',
    );
    fixture.git(`remote/${name}`, 'branch', 'stable');
    fixture.git(`remote/${name}`, 'tag', 'RELEASE-0.16.3');
  }
  fixture.git(
    '.',
    'config',
    '--global',
    `url.${fixture.path('remote')}/.insteadOf`,
    'https://github.com/unikraft/',
  );
}

describe('init', () => {
  test('a new application is a valid project, with core and libraries that it names', async () => {
    remote('unikraft', 'lib-musl');
    const ran = await run(['init', 'hello', '--lib', 'musl@0.16.3', '-p', 'qemu']);
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toMatch(
      /unikraft stable \(.*\): got in[\s\S]*lib\/musl RELEASE-0\.16\.3[\s\S]*Next: cd hello && unigraph configure/,
    );
    expect(read('hello/kraft.yaml')).toBe(
      "specification: '0.5'\nname: hello\nunikraft: stable\ntargets:\n  - architecture: x86_64\n    platform: qemu\nlibraries:\n  musl: 0.16.3\n",
    );
    const workspace = await resolveWorkspace({}, fixture.path('hello'), fixture.environment);
    expect(workspace.ok && workspace.value.notices).toEqual([]);
    expect(workspace.ok && workspace.value.libraries).toEqual([fixture.path('home/.unikraft/libs/musl')]);
    expect(read('hello/Makefile.uk')).toContain(
      '$(eval $(call addlib,apphello))\n\nAPPHELLO_SRCS-y += $(APPHELLO_BASE)/main.c\n',
    );
  });

  test("kraft's settings for platform and architecture count", async () => {
    fixture.file('home/.kraftrc', '[configure]\nplatform = "xen"\narchitecture = "arm64"\n');
    await run(['init', 'my-App.2', '--no-pull']);
    expect(read('my-App.2/kraft.yaml')).toMatch(/architecture: arm64\n {4}platform: xen/);
    expect(read('my-App.2/Makefile.uk')).toContain('addlib,appmy_app_2');
  });

  test('with a library in a folder, whose main is the application', async () => {
    fixture.file('libs/thing/Makefile.uk', '$(eval $(call addlib_s,libthing,$(CONFIG_LIBTHING)))\n');
    const ran = await run(['init', 'user', '--no-pull', '--no-main', '--lib', './libs/thing']);
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    expect(read('user/kraft.yaml')).toMatch(/libraries:\n {2}thing:\n {4}source: \.\.\/libs\/thing\n$/);
    expect(existsSync(fixture.path('user/main.c'))).toBe(false);
    expect(read('user/Makefile.uk')).not.toContain('SRCS');
    expect((await run(['init', 'other', '--no-pull', '--lib', './user'])).stderr).toMatch(
      /user is no library/,
    );
  });

  test('a core in a folder is written relative to the application', async () => {
    fixture.file('work/unikraft/support/build/Makefile.rules', '');
    await run(['init', 'apps/hello', '--no-pull', '-w', 'apps/hello', '--unikraft', 'unikraft'], 'work');
    await run(['init', 'hello', '--no-pull', '-w', 'apps/hello', '--unikraft', './unikraft'], 'work');
    const manifest = readManifest(fixture.path('work/apps/hello/kraft.yaml'), {});
    expect(manifest.ok && manifest.value.core?.source).toBe('../../unikraft');
  });

  test('from a template by name: its repository, and what its manifest names', async () => {
    remote('unikraft', 'lib-lwip', 'app-nginx');
    fixture.file(
      'remote/app-nginx/kraft.yaml',
      "specification: '0.5'\nunikraft: stable\nlibraries: { lwip: stable }\n",
    );
    fixture.commit('remote/app-nginx', 'manifest');
    fixture.git('remote/app-nginx', 'branch', '-f', 'stable');
    const ran = await run(['init', '-t', 'nginx', 'web', '--local']);
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    for (const path of ['Makefile.uk', '.git', '.unikraft/unikraft/.git', '.unikraft/libs/lwip/.git']) {
      expect(existsSync(fixture.path('web', path))).toBe(true);
    }
  });

  test('from a template in a folder: a copy without its history and without what was built', async () => {
    fixture.repository('mine/app-x', 'appx', 'addlib');
    fixture.file('mine/app-x/build/image', '');
    fixture.file('mine/app-x/.config', '');
    fixture.file('mine/app-x/src/run.sh', '#!/bin/sh\n');
    expect((await run(['init', '-t', './mine/app-x', 'y'])).status).toBe(0);
    expect(
      ['Makefile.uk', 'src/run.sh', '.git', 'build', '.config'].map((path) =>
        existsSync(fixture.path('y', path)),
      ),
    ).toEqual([true, true, false, false, false]);
    await run(['list', 'add', 'mine/app-x']);
    expect((await run(['init', '-t', 'x', 'z'])).status).toBe(0);
    expect(statSync(fixture.path('z/src/run.sh')).isFile()).toBe(true);
  });

  test('parts that are beside it already are used from there', async () => {
    remote('unikraft', 'lib-musl');
    fixture.git('.', 'clone', '--quiet', fixture.path('remote/unikraft'), 'work/unikraft');
    fixture.file('work/libs/musl/Makefile.uk', '');
    const ran = await run(['init', 'hello', '-w', 'apps/hello', '--lib', 'musl'], 'work');
    expect(ran.stdout).toContain(
      `unikraft: used from ${fixture.path('work/unikraft')}\nlib/musl: used from ${fixture.path('work/libs/musl')}\n`,
    );
    expect(existsSync(fixture.path('home/.unikraft/unikraft'))).toBe(false);
  });

  test.each<[string[], RegExp]>([
    [['init', 'a b'], /no name for an application/],
    [['init', '../x'], /no name for an application/],
    [['init', 'x', '-m', 'x86_84'], /no architecture 'x86_84'[\s\S]*Did you mean 'x86_64'/],
    [['init', 'x', '-p', 'kwm'], /Did you mean 'kvm'/],
    [['init', 'full'], /full is not empty/],
    [['init', 'x', '-t', './full'], /no application: it has no Makefile\.uk/],
    [['init', 'x', '-t', 'https://127.0.0.1:1/app-x'], /no connection/],
    [['init'], /the name is missing/],
  ])('%j is refused, and nothing is left behind', async (argv, message) => {
    fixture.file('full/file', '');
    const ran = await run(argv);
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringMatching(message) as string });
    expect(existsSync(fixture.path('x'))).toBe(false);
  });

  test('without a network the application is there, and what is missing is said', async () => {
    fixture.git('.', 'config', '--global', 'url.https://127.0.0.1:1/.insteadOf', 'https://github.com/');
    const ran = await run(['init', 'hello']);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(/no connection[\s\S]*comes later with 'unigraph list pull'/);
    expect(existsSync(fixture.path('hello/kraft.yaml'))).toBe(true);
  });
});

describe('lib init', () => {
  test("the tutorial's flags; the author is git's where none is given", async () => {
    const server = await fixture.serve();
    fixture.archive('libthing-0.1.0.zip', {
      'libthing-0.1.0/include/thing.h': '',
      'libthing-0.1.0/src/thing.c': 'int x;\n',
    });
    const ran = await run([
      'lib',
      'init',
      'libthing',
      '--version',
      '0.1.0',
      '--origin',
      `${server}/libthing-$VERSION.zip`,
      '--initial-branch',
      'staging',
      '--with-main',
      '--no-prompt',
      '--description',
      'A thing.',
      '-S',
    ]);
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toMatch(
      /^libthing 0\.1\.0 in .*\n[\s\S]*SHA-256 [0-9a-f]{64}\n {2}1 source\n {2}first commit [0-9a-f]{7}\n[\s\S]*added .*libthing: lib\/thing\n$/,
    );
    expect(fixture.git('libthing', 'log', '--format=%an <%ae> %D')).toBe(
      'Ada <ada@example.org> HEAD -> staging',
    );
    expect(read('libthing/Config.uk')).toContain('bool "thing: A thing"');
    expect(
      (await run(['lib', 'init', '-q', '-w', 'other', '-s', `${server}/libthing-0.1.0.zip`])).status,
    ).toBe(0);
    expect(read('other/Makefile.uk')).toContain('addlib_s,libother,');
  });

  test('what is missing is said where nobody can be asked', async () => {
    expect((await run(['lib', 'init', 'libx', '-q'])).stderr).toMatch(/the origin is missing/);
    fixture.git('.', 'config', '--global', '--unset', 'user.email');
    expect((await run(['lib', 'init', 'libx', '-s', 'https://x/x-1.0.zip'])).stderr).toMatch(
      /the author is not known/,
    );
  });
});

describe('lib add and remove', () => {
  const manifest =
    "specification: '0.5' # s\nunikraft: staging # follow\nlibraries:\n  lwip: staging # keep\n";

  test('the manifest keeps everything else; staging stays staging', async () => {
    remote('lib-musl', 'lib-lwip');
    fixture.file('app/kraft.yaml', manifest);
    fixture.file('libs/lib-own/Makefile.uk', '$(eval $(call addlib_s,libown,y))');
    const added = await run(['lib', 'add', 'musl@staging', '../libs/lib-own', 'lib-lwip@0.16.3'], 'app');
    expect([added.status, added.stderr, added.stdout]).toEqual([
      0,
      '',
      'musl staging, own, lwip 0.16.3: wrote kraft.yaml\n',
    ]);
    expect(read('app/kraft.yaml')).toBe(
      "specification: '0.5' # s\nunikraft: staging # follow\nlibraries:\n  lwip: 0.16.3 # keep\n  musl: staging\n  own:\n    source: ../libs/lib-own\n",
    );
    expect(fixture.git('home/.unikraft/libs/musl', 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('staging');
    expect((await run(['lib', 'remove', 'lib-musl', 'own'], 'app')).status).toBe(0);
    expect(read('app/kraft.yaml')).toBe(manifest.replace('lwip: staging', 'lwip: 0.16.3'));
  });

  test('a library in which somebody works is not moved by adding it', async () => {
    remote('lib-musl');
    fixture.commit('remote/lib-musl', 'after the release');
    fixture.file('app/kraft.yaml', manifest);
    fixture.git(
      '.',
      'clone',
      '--quiet',
      '--branch',
      'staging',
      'https://github.com/unikraft/lib-musl',
      'home/.unikraft/libs/musl',
    );
    fixture.file('home/.unikraft/libs/musl/new.c', 'mine');
    const before = fixture.git('home/.unikraft/libs/musl', 'status', '--branch', '--porcelain');
    const added = await run(['lib', 'add', 'musl@0.16.3'], 'app');
    expect(added.stderr).toMatch(/note: .*libs\/musl stays as it is: it has 1 changed or new file/);
    expect(fixture.git('home/.unikraft/libs/musl', 'status', '--branch', '--porcelain')).toBe(before);
    expect(existsSync(fixture.path('home/.unikraft/libs/musl@0.16.3/Makefile.uk'))).toBe(true);
  });

  test('without a version: the one that was pulled is written; without pulling, none', async () => {
    remote('lib-musl');
    fixture.file('app/kraft.yaml', "specification: '0.5'\nunikraft: stable\n");
    await run(['lib', 'add', 'musl'], 'app');
    expect(read('app/kraft.yaml')).toBe(
      "specification: '0.5'\nunikraft: stable\nlibraries:\n  musl: stable\n",
    );
    await run(['lib', 'add', 'lwip', '--no-pull'], 'app');
    expect(read('app/kraft.yaml')).toContain('  musl: stable\n  lwip:\n');
    await run(['lib', 'add', 'https://github.com/unikraft/lib-musl@staging', '--no-pull'], 'app');
    expect(read('app/kraft.yaml')).toContain(
      '  musl:\n    version: staging\n    source: https://github.com/unikraft/lib-musl\n',
    );
  });

  test.each<[string[], RegExp]>([
    [['lib', 'add', 'musl@9.9'], /has no version '9\.9'/],
    [['lib', 'add', './nothing'], /nothing is no library/],
    [['lib', 'add', 'app-x'], /no library but app\/x/],
    [['lib', 'remove', 'none'], /no library 'none'[\s\S]*It has lwip/],
  ])('%j leaves the manifest as it is', async (argv, message) => {
    remote('lib-musl');
    fixture.file('app/kraft.yaml', manifest);
    expect(await run(argv, 'app')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(message) as string,
    });
    expect(read('app/kraft.yaml')).toBe(manifest);
  });

  test('without a manifest, and with a broken one', async () => {
    expect((await run(['lib', 'add', 'musl'])).stderr).toMatch(
      /no kraft\.yaml or Kraftfile[\s\S]*unigraph init/,
    );
    fixture.file('app/kraft.yaml', 'libraries: [\n');
    expect((await run(['lib', 'add', 'musl'], 'app')).stderr).toMatch(
      /kraft\.yaml:\d+:\d+: this is not valid YAML/,
    );
  });
});

describe('lib bump', () => {
  test('tells patch by patch, and writes nothing when one does not apply', async () => {
    const server = await fixture.serve();
    for (const version of ['1.0', '1.1'])
      fixture.archive(`thing-${version}.tar.gz`, { [`thing-${version}/src/a.c`]: `int v = ${version};\n` });
    await run(['lib', 'init', 'libthing', '-q', '-v', '1.0', '-s', `${server}/thing-$VERSION.tar.gz`]);
    expect((await run(['lib', 'bump', '-v', '1.1'], 'libthing')).stdout).toMatch(
      /^1\.0 -> 1\.1: http.*\n {2}SHA256 [0-9a-f]{64}\n$/,
    );
    fixture.file(
      'libthing/patches/1.patch',
      '--- a/src/a.c\n+++ b/src/a.c\n@@ -1 +1 @@\n-int v = 1.1;\n+int v = 2;\n',
    );
    const back = await run(['lib', 'bump', 'libthing', '-v', '1.0']);
    expect(back).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^1\.patch: does not apply any more \(.*FAILED/) as string,
      stderr: expect.stringMatching(/nothing is written/) as string,
    });
    expect((await run(['lib', 'bump', '-v', '1.1'], 'libthing')).stdout).toBe('1.1 is the newest version\n');
    expect((await run(['lib', 'bump'], 'libthing')).stderr).toMatch(/newest version cannot be told/);
  });
});

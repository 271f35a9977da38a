import { existsSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bumpLibrary } from '../../../rules/create/bump-library.ts';
import { createLibrary, type LibraryRequest } from '../../../rules/create/create-library.ts';
import { surveySources } from '../../../rules/create/source-survey.ts';
import { ArchiveFixture } from './archive-fixture.ts';

let fixture: ArchiveFixture;
let server: string;
beforeEach(async () => {
  fixture = new ArchiveFixture();
  server = await fixture.serve();
});
afterEach(async () => {
  await fixture.close();
});

const thing = {
  'thing-1.0/include/thing.h': 'int thing(void);\n',
  'thing-1.0/src/thing.c':
    '#include <thing.h>\n#include "deep/inner.h"\n#include <stdio.h>\nint thing(void) { return INNER; }\n',
  'thing-1.0/src/private/deep/inner.h': '#define INNER 1\n',
  'thing-1.0/src/main.c':
    '/* int main( */\nextern int thing(void);\nint\nmain(int argc, char **argv)\n{\n\treturn thing();\n}\n',
  'thing-1.0/tests/test.c': 'int main(void) { return 0; }\n',
};

async function create(over: Partial<LibraryRequest> = {}) {
  return createLibrary(
    {
      name: 'thing',
      folder: fixture.path('libthing'),
      origin: `${server}/thing-$VERSION.tar.gz`,
      version: '1.0',
      author: { name: 'Grace', email: 'grace@example.org' },
      branch: 'staging',
      withMain: false,
      force: false,
      year: 2024,
      ...over,
    },
    { environment: fixture.environment, mirrors: [] },
  );
}
const read = (path: string) => readFileSync(fixture.path('libthing', path), 'utf8');
const lines = () =>
  read('Makefile.uk')
    .split('\n')
    .filter((line) => /^[A-Z$]|^#.*_SRCS/.test(line));

describe('the files', () => {
  test('folder and checksum of the archive, sources, public and private headers are looked up', async () => {
    const sum = fixture.archive('thing-1.0.tar.gz', thing);
    expect((await create()).ok).toBe(true);
    expect(lines()).toEqual([
      '$(eval $(call addlib_s,libthing,$(CONFIG_LIBTHING)))',
      'LIBTHING_VERSION = 1.0',
      `LIBTHING_URL = ${server}/thing-$(LIBTHING_VERSION).tar.gz`,
      `LIBTHING_ORIGIN_SHA256 = ${sum}`,
      '$(eval $(call fetch,libthing,$(LIBTHING_URL)))',
      'LIBTHING_SUBDIR   = thing-$(LIBTHING_VERSION)',
      'LIBTHING_PATCHDIR = $(LIBTHING_BASE)/patches',
      '$(eval $(call patch,libthing,$(LIBTHING_PATCHDIR),$(LIBTHING_SUBDIR)))',
      'LIBTHING_SRC = $(LIBTHING_ORIGIN)/$(LIBTHING_SUBDIR)',
      'CINCLUDES-y   += -I$(LIBTHING_SRC)/include',
      'CXXINCLUDES-y += -I$(LIBTHING_SRC)/include',
      'LIBTHING_CINCLUDES-y   += -I$(LIBTHING_SRC)/src/private',
      'LIBTHING_CXXINCLUDES-y += -I$(LIBTHING_SRC)/src/private',
      'LIBTHING_CFLAGS-y   +=',
      'LIBTHING_CXXFLAGS-y +=',
      'LIBTHING_SRCS-y += $(LIBTHING_SRC)/src/thing.c',
      '# LIBTHING_SRCS-y += $(LIBTHING_SRC)/src/main.c',
    ]);
    expect(read('Config.uk')).toBe(
      'menuconfig LIBTHING\n\tbool "thing"\n\tdefault n\n\nif LIBTHING\n\nendif\n',
    );
  });

  test('the checksum stands before the call that uses it, and the source is not read unless the library is chosen', async () => {
    fixture.archive('thing-1.0.tar.gz', thing);
    await create();
    const text = read('Makefile.uk');
    expect(text.indexOf('ORIGIN_SHA256')).toBeLessThan(text.indexOf('$(call fetch,'));
    expect(text.indexOf('ifeq ($(CONFIG_LIBTHING),y)')).toBeLessThan(text.indexOf('$(call fetch,'));
    expect(text.trimEnd().endsWith('endif')).toBe(true);
  });

  test("with main: the program's own, renamed by a flag for its file", async () => {
    fixture.archive('thing-1.0.tar.gz', thing);
    await create({ withMain: true });
    expect(lines().slice(-3)).toEqual([
      'LIBTHING_SRCS-$(CONFIG_LIBTHING_MAIN_FUNCTION) += $(LIBTHING_BASE)/main.c|unikraft',
      'LIBTHING_SRCS-$(CONFIG_LIBTHING_MAIN_FUNCTION) += $(LIBTHING_SRC)/src/main.c',
      'LIBTHING_MAIN_FLAGS-y += -Dmain=libthing_main',
    ]);
    expect(read('main.c')).toContain('return libthing_main(argc, argv);');
    expect(read('Config.uk')).toContain('config LIBTHING_MAIN_FUNCTION');
  });

  test('sources that need a header of configure wait as comments, with what to do', async () => {
    fixture.archive('thing-1.0.tar.gz', {
      ...thing,
      'thing-1.0/configure.ac': '',
      'thing-1.0/src/config.h.in': '',
      'thing-1.0/src/more.c': '#include "config.h"\n',
    });
    await create({ withMain: true });
    expect(read('Makefile.uk')).toMatch(
      /# These sources include config\.h, which the project's own build makes\.\n/,
    );
    expect(lines().filter((line) => line.startsWith('LIBTHING_SRCS-y'))).toEqual([]);
    expect(lines()).toContain('LIBTHING_CINCLUDES-y   += -I$(LIBTHING_BASE)/include');
    expect(read('Makefile.uk')).toMatch(
      /^# LIBTHING_SRCS-\$\(CONFIG_LIBTHING_MAIN_FUNCTION\) \+= \$\(LIBTHING_SRC\)\/src\/main\.c\n# LIBTHING_MAIN_FLAGS-y \+= -Dmain=libthing_main$/m,
    );
    expect(read('include/.gitkeep')).toBe('');
    // Builds as it is, and says what is missing.
    expect(read('main.c')).toMatch(/libthing_main\(int argc, char \*argv\[\]\) __attribute__\(\(weak\)\);/);
  });

  test.each([
    ['zip', 'v1.0.zip', 'https'],
    ['tar.xz', 'thing-1.0.tar.xz', 'https'],
  ])('a %s archive whose folder is called otherwise than the file', async (_kind, name) => {
    fixture.archive(name, { 'other_name-1.0/a.c': 'int a;\n', 'other_name-1.0/a.h': 'extern int a;\n' });
    const created = await create({ origin: `${server}/${name}`, version: undefined as never });
    expect(created.ok).toBe(true);
    expect(lines()).toContain('LIBTHING_SUBDIR   = other_name-$(LIBTHING_VERSION)');
    expect(lines()).toContain('CINCLUDES-y   += -I$(LIBTHING_SRC)');
  });

  test('an archive without a folder of its own, and one behind an address that does not tell its format', async () => {
    fixture.archive('flat.tar.gz', { 'a.c': 'int a;\n', 'b/b.c': 'int b;\n' });
    await create({ origin: `${server}/flat.tar.gz`, version: '1' });
    expect(lines()).toContain('LIBTHING_SUBDIR   = .');
    expect(lines()).toContain('LIBTHING_SRC = $(LIBTHING_ORIGIN)');
    fixture.archive('thing-1.0.tar.gz/../download-1.0.tar.gz', thing);
    fixture.file('served/1.0/download', '');
    readFileSync(fixture.path('served/download-1.0.tar.gz'));
    const { copyFileSync } = await import('node:fs');
    copyFileSync(fixture.path('served/download-1.0.tar.gz'), fixture.path('served/1.0/download'));
    await create({ origin: `${server}/$VERSION/download`, force: true });
    expect(lines()).toContain('$(eval $(call fetchas,libthing,$(LIBTHING_URL),thing.tar.gz))');
  });

  test('a git repository is cloned by the Makefile', async () => {
    fixture.repository('remote/thing');
    fixture.file('remote/thing/src/x.c', 'int x;\n');
    fixture.commit('remote/thing', 'x');
    fixture.git('remote/thing', 'tag', 'v2.5');
    fixture.git(
      '.',
      'config',
      '--global',
      `url.${fixture.path('remote')}/.insteadOf`,
      'https://git.example.org/',
    );
    const created = await create({ origin: 'https://git.example.org/thing', version: '2.5' });
    if (!created.ok) throw new Error(created.error.message);
    expect(lines()).toContain('$(eval $(call clone,libthing,$(LIBTHING_URL),v$(LIBTHING_VERSION)))');
    expect(lines()).toContain('LIBTHING_SRCS-y += $(LIBTHING_SRC)/src/x.c');
  });
});

describe('the repository', () => {
  test('one commit on the branch, by the author, with nothing but the new files', async () => {
    fixture.archive('thing-1.0.tar.gz', thing);
    const created = await create({ branch: 'trunk' });
    expect(fixture.git('libthing', 'log', '--format=%an <%ae> %s %D')).toBe(
      'Grace <grace@example.org> Port thing 1.0 to Unikraft HEAD -> trunk',
    );
    expect(fixture.git('libthing', 'status', '--porcelain')).toBe('');
    expect(fixture.git('libthing', 'ls-files').split('\n').sort()).toEqual(
      created.ok ? [...created.value.files].sort() : [],
    );
    expect(readdirSync(fixture.path('libthing/patches'))).toEqual(['.gitkeep']);
  });

  test("the user's hooks and signing stay out of it", async () => {
    fixture.file('hooks/pre-commit', '#!/bin/sh\nexit 1\n');
    fixture.git('.', 'config', '--global', 'core.hooksPath', fixture.path('hooks'));
    fixture.git('.', 'config', '--global', 'commit.gpgSign', 'true');
    fixture.archive('thing-1.0.tar.gz', thing);
    expect((await create()).ok).toBe(true);
  });

  test('in a repository that is there, only the new files are committed', async () => {
    fixture.archive('thing-1.0.tar.gz', thing);
    fixture.git('.', 'init', '--quiet', 'libthing');
    fixture.file('libthing/mine', 'mine');
    fixture.git('libthing', 'add', 'mine');
    expect((await create({ force: true })).ok).toBe(true);
    expect(fixture.git('libthing', 'status', '--porcelain')).toBe('A  mine');
    expect(await create({ force: true })).toMatchObject({ ok: true, value: { commit: undefined } });
  });
});

describe('what is refused, before anything is written', () => {
  test.each<[string, Partial<LibraryRequest>, RegExp]>([
    ['an archive that is not there', { origin: 'SERVER/none-$VERSION.tar.gz' }, /404/],
    ['a file that is no archive', { origin: 'SERVER/text.tar.gz', version: '1' }, /archive/],
    ['an archive that leaves its folder', { origin: 'SERVER/evil.tar.gz', version: '1' }, /\.\./],
    [
      'an author with control characters',
      { author: { name: 'a\nb', email: 'x' } },
      /name has control characters/,
    ],
    ['a bad name', { name: 'a b' }, /no name for a library/],
  ])('%s', async (_what, over, message) => {
    fixture.file('served/text.tar.gz', 'hello\n');
    fixture.file('packing/evil/x', 'x');
    const { execFileSync } = await import('node:child_process');
    execFileSync(
      'tar',
      ['-czf', fixture.path('served/evil.tar.gz'), '--absolute-names', '--transform', 's,^,../../,', 'x'],
      { cwd: fixture.path('packing/evil') },
    );
    const origin = over.origin?.replace('SERVER', server);
    const created = await create({ ...over, ...(origin !== undefined && { origin }) });
    expect(!created.ok && created.error.message).toMatch(message);
    expect(existsSync(fixture.path('libthing'))).toBe(false);
    expect(existsSync(fixture.path('x'))).toBe(false);
  });

  test('a folder that is not empty, unless forced; a link in place of a file even then', async () => {
    fixture.archive('thing-1.0.tar.gz', thing);
    fixture.file('libthing/README.md', 'mine');
    const created = await create();
    expect(!created.ok && created.error.message).toMatch(/is not empty/);
    expect(read('README.md')).toBe('mine');
    fixture.file('precious', 'precious');
    symlinkSync(fixture.path('precious'), fixture.path('libthing/Makefile.uk'));
    const forced = await create({ force: true });
    expect(!forced.ok && forced.error.message).toMatch(/symbolic link/);
    expect(readFileSync(fixture.path('precious'), 'utf8')).toBe('precious');
  });
});

describe('looking through sources', () => {
  const survey = (files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) fixture.file(join('project', path), text);
    return surveySources(fixture.path('project'));
  };

  test("a header of the system's is not the project's, although a template has the same name", () => {
    const files = { 'a.c': '#include <linux/version.h>\n#include "version.h"\n', 'src/version.h.in': '' };
    expect(survey(files).missingHeaders).toEqual(['version.h']);
  });

  test('without src, everything is the library; examples, tests and other systems are not', () => {
    expect(
      survey({
        'a.c': '',
        'sub/b.cc': '',
        'examples/e.c': '',
        'test/t.c': '',
        'win32/w.c': '',
        'odd name.c': '',
        'x.S': '',
      }).sources,
    ).toEqual(['a.c', 'sub/b.cc', 'x.S']);
  });

  test.each([
    ['int main(void)\n{\n}\n', true],
    ['int\nmain(int c, char *v[]) {\n}\n', true],
    ['static void x(void) { main(); }\n', false],
    ['// int main(void) {\n', false],
    ['int main(void);\n', false],
    ['const char *s = "\\nint main(void) {";\n', false],
    ['int domain(void) { }\n', false],
  ])('%j defines main: %s', (text, expected) => {
    expect(survey({ 'a.c': text }).programs).toEqual(expected ? ['a.c'] : []);
  });

  test('a header is found where an include path makes it be found', () => {
    expect(
      survey({
        'src/a.c': '#include "b.h"\n#include <sys/x.h>\n#include <thing/api.h>\n',
        'src/b.h': '#include "../extra/e.h"\n',
        'extra/e.h': '',
        'compat/sys/x.h': '',
        'include/thing/api.h': '',
      }),
    ).toMatchObject({ publicIncludes: ['include'], privateIncludes: ['compat'], missingHeaders: [] });
  });

  test('a page-long hostile source is read in no time', () => {
    const started = Date.now();
    survey({
      'a.c': `int ${'a '.repeat(200_000)}main (${'('.repeat(200_000)}\n${'main (\n'.repeat(20_000)}${'/*'.repeat(100_000)}`,
    });
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});

describe('a newer version', () => {
  const patch =
    '--- a/src/thing.c\n+++ b/src/thing.c\n@@ -2,3 +2,3 @@\n #include "deep/inner.h"\n #include <stdio.h>\n-int thing(void) { return INNER; }\n+int thing(void) { return 2; }\n';
  const at = (version: string, files: Readonly<Record<string, string>> = thing) =>
    fixture.archive(
      `thing-${version}.tar.gz`,
      Object.fromEntries(
        Object.entries(files).map(([path, text]) => [path.replace('thing-1.0', `thing-${version}`), text]),
      ),
    );
  const bump = (version?: string, force = false) =>
    bumpLibrary(fixture.path('libthing'), version, force, { environment: fixture.environment, mirrors: [] });

  test('moves version and checksum, and tries the patches in their order', async () => {
    at('1.0');
    await create();
    fixture.file('libthing/patches/0001-two.patch', patch);
    fixture.file(
      'libthing/patches/0002-three.patch',
      patch
        .replace('-int thing(void) { return INNER; }', '-int thing(void) { return 2; }')
        .replace('+int thing(void) { return 2; }', '+int thing(void) { return 3; }'),
    );
    const sum = at('1.1');
    const before = read('Makefile.uk');
    const bumped = await bump('v1.1');
    expect(bumped).toMatchObject({
      ok: true,
      value: { from: '1.0', to: '1.1', written: true, patches: [{ applies: true }, { applies: true }] },
    });
    expect(read('Makefile.uk')).toBe(
      before.replace('VERSION = 1.0', 'VERSION = 1.1').replace(/SHA256 = \w+/, `SHA256 = ${sum}`),
    );
    expect(await bump('1.1')).toMatchObject({ ok: true, value: { written: false, from: '1.1', to: '1.1' } });
  });

  test('says which patches do not apply any more, and writes only when forced', async () => {
    at('1.0');
    await create();
    fixture.file('libthing/patches/0001-two.patch', patch);
    fixture.file(
      'libthing/patches/0002-other.patch',
      '--- a/src/main.c\n+++ b/src/main.c\n@@ -5,2 +5,2 @@\n {\n-\treturn thing();\n+\treturn 0;\n',
    );
    at('2.0', { ...thing, 'thing-1.0/src/thing.c': 'rewritten\n' });
    const before = read('Makefile.uk');
    expect(await bump('2.0')).toMatchObject({
      ok: true,
      value: {
        written: false,
        patches: [
          {
            patch: '0001-two.patch',
            applies: false,
            detail: expect.stringMatching(/Hunk #1 FAILED/) as string,
          },
          { patch: '0002-other.patch', applies: true },
        ],
      },
    });
    expect(read('Makefile.uk')).toBe(before);
    expect(await bump('2.0', true)).toMatchObject({ value: { written: true } });
    expect(read('Makefile.uk')).toContain('VERSION = 2.0');
  });

  test('the folder in the archive is looked up again', async () => {
    at('1.0');
    await create();
    fixture.archive('thing-3.0.tar.gz', { 'renamed/src/a.c': '' });
    expect(await bump('3.0')).toMatchObject({
      value: { written: true, also: [expect.stringMatching(/^SHA256/) as string, 'folder renamed'] },
    });
    expect(read('Makefile.uk')).toContain('LIBTHING_SUBDIR   = renamed\n');
  });

  test('the newest one is found in the repository of the archive', async () => {
    fixture.repository('remote/thing');
    for (const tag of ['v1.0', 'v1.2', 'v1.10', 'v2.0-rc1']) fixture.git('remote/thing', 'tag', tag);
    fixture.git(
      '.',
      'config',
      '--global',
      `url.${fixture.path('remote')}/.insteadOf`,
      'https://github.com/me/',
    );
    for (const version of ['1.0', '1.10'])
      fixture.archive(`me/thing/archive/refs/tags/v${version}.tar.gz`, { [`thing-${version}/src/a.c`]: '' });
    const context = {
      environment: fixture.environment,
      mirrors: [{ prefix: 'https://github.com/', replacement: `${server}/` }],
    };
    const request = {
      name: 'thing',
      folder: fixture.path('libthing'),
      origin: 'https://github.com/me/thing',
      version: '1.0',
      author: { name: 'a', email: 'b' },
      branch: 'staging',
      withMain: false,
      force: false,
      year: 2024,
    };
    const created = await createLibrary(request, context);
    if (!created.ok) throw new Error(created.error.message);
    expect(await bumpLibrary(fixture.path('libthing'), undefined, false, context)).toMatchObject({
      ok: true,
      value: { to: '1.10', written: true, url: 'https://github.com/me/thing/archive/refs/tags/v1.10.tar.gz' },
    });
  });

  test.each([
    ['no Makefile.uk', undefined, /no library: it has no Makefile\.uk/],
    ['no registration', 'X = 1\n', /no library is registered/],
    ['no version', '$(eval $(call addlib_s,libthing,y))\n', /not where they usually are/],
    [
      'a version set twice',
      '$(eval $(call addlib_s,libthing,y))\nLIBTHING_VERSION = 1\nLIBTHING_VERSION = 2\nLIBTHING_URL = http://x/$(LIBTHING_VERSION).zip\n',
      /not set exactly once/,
    ],
    [
      'an address without the version',
      '$(eval $(call addlib_s,libthing,y))\nLIBTHING_VERSION = 1\nLIBTHING_URL = http://x/y.zip\n',
      /does not depend on LIBTHING_VERSION/,
    ],
  ])('%s is said', async (_what, makefile, message) => {
    fixture.file('libthing/x', '');
    if (makefile !== undefined) fixture.file('libthing/Makefile.uk', makefile);
    const bumped = await bump('5');
    expect(!bumped.ok && bumped.error.message).toMatch(message);
  });
});

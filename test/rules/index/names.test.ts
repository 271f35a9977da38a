import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseToml, readKraftrc } from '../../../rules/index/kraftrc.ts';
import {
  formatName,
  isComponentName,
  nameFromFolder,
  nameFromPath,
  parseAsked,
} from '../../../rules/index/component-name.ts';
import { canonicalUrl, formatOrigin, matcher, parseOrigin } from '../../../rules/index/origin.ts';
import { chooseVersion, compareVersions, releases, versionNames } from '../../../rules/index/versions.ts';
import type { Reference } from '../../../rules/index/git.ts';
import { GitFixture } from './git-fixture.ts';

let fixture: GitFixture;
beforeEach(() => {
  fixture = new GitFixture();
});
afterEach(() => {
  fixture.remove();
});

describe('names', () => {
  test.each([
    ['https://github.com/unikraft/lib-musl.git', 'lib/musl'],
    ['https://github.com/unikraft/app-helloworld/', 'app/helloworld'],
    ['https://github.com/unikraft/plat-raspi', 'plat/raspi'],
    ['https://github.com/unikraft/unikraft', 'unikraft'],
    ['git@github.com:me/lib-x.git', 'lib/x'],
    ['/home/me/libs/libfortune', 'lib/fortune'],
    ['/home/me/libs/musl', 'lib/musl'],
    ['/home/me/apps/lib-user', 'lib/user'],
    ['/home/me/apps/hello', 'app/hello'],
    ['/home/me/libfortune', 'lib/fortune'],
  ])('%s is %s', (path, expected) => {
    const name = nameFromPath(path);
    expect(name && formatName(name)).toBe(expected);
  });

  test.each(['/home/me/something', 'https://example.org/tool.git', '/lib', '/libs'])(
    '%s tells nothing',
    (path) => {
      expect(nameFromPath(path)).toBeUndefined();
    },
  );

  test.each([
    ['work/fortune', '$(eval $(call addlib_s,libfortune,$(CONFIG_LIBFORTUNE)))\n', 'lib/fortune'],
    ['work/hello', '$(eval $(call addlib,apphello))\n', 'app/hello'],
    ['work/app-hello', '$(eval $(call addlib,apphello))\n', 'app/hello'],
    ['work/board', '$(eval $(call addplat_s,board,$(CONFIG_PLAT_BOARD)))\n', 'plat/board'],
    [
      'work/lib-musl',
      '$(eval $(call addlib_s,libmusl,y))\n$(eval $(call addlib_s,libmusl_x,y))\n',
      'lib/musl',
    ],
    ['work/empty', '', 'app/empty'],
  ])('the folder %s is told by its Makefile.uk', (path, makefile, expected) => {
    fixture.file(`${path}/Makefile.uk`, makefile);
    const name = nameFromFolder(fixture.path(path));
    expect(name && formatName(name)).toBe(expected);
  });

  test.each([
    ['musl', { name: 'musl' }],
    ['lib-musl@0.16', { kind: 'library', name: 'musl', version: '0.16' }],
    ['libs/musl', { kind: 'library', name: 'musl' }],
    ['app/nginx@feature/x', { kind: 'application', name: 'nginx', version: 'feature/x' }],
    ['unikraft==0.5', { kind: 'core', name: 'unikraft', version: '0.5' }],
    ['lwip>=1.0', { name: 'lwip', version: '1.0' }],
  ])('%s is asked for', (text, expected) => {
    expect(parseAsked(text)).toEqual(expected);
  });

  test('a name with a path in it is no name', () => {
    expect(['../x', 'a/b', '.hidden', '', 'a\nb', '-x', 'a..b'].filter(isComponentName)).toEqual([]);
  });
});

describe('origins', () => {
  test.each([
    ['http://github.com/unikraft/lib-*', 'https://github.com/unikraft/lib-*'],
    ['https://github.com/unikraft/lib-*.git', 'https://github.com/unikraft/lib-*'],
    ['https://github.com/me/lib-x.git', 'https://github.com/me/lib-x'],
    ['git@github.com:me/lib-x.git', 'git@github.com:me/lib-x.git'],
    ['ssh://git@example.org/x', 'ssh://git@example.org/x'],
  ])('%s is written down as %s', (text, expected) => {
    const origin = parseOrigin(text, '/');
    expect(origin.ok && formatOrigin(origin.value)).toBe(expected);
  });

  test('folders are made absolute, from the current folder or from home', () => {
    fixture.file('here/x', '');
    fixture.file('home/there/x', '');
    const at = (text: string) => {
      const origin = parseOrigin(text, fixture.root, fixture.path('home'));
      return origin.ok && formatOrigin(origin.value);
    };
    expect([at('here'), at('~/there'), at('.')]).toEqual([
      fixture.path('here'),
      fixture.path('home/there'),
      fixture.root,
    ]);
  });

  test.each([
    ['nowhere', /no folder .*\/nowhere/],
    ['ftp://example.org/x', /git cannot fetch/],
    ['ext::sh -c id', /no folder/],
    ['https://github.com/*/lib-x', /has a '\*' where none can be/],
    ['https://*/a/b', /where none can be/],
    ['', /no origin/],
    ['a\u001b[31m', /no origin/],
  ])('%s is refused', (text, message) => {
    const origin = parseOrigin(text, fixture.root);
    expect(!origin.ok && origin.error.message).toMatch(message);
  });

  test('a wildcard is no regular expression', () => {
    expect(['lib-musl', 'lib-', 'xlib-a', 'libXa'].map((name) => matcher('lib-*').test(name))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(matcher('a.b*').test('axb')).toBe(false);
  });

  test('one repository has one spelling', () => {
    expect(canonicalUrl('http://github.com/a/b.git/')).toBe('https://github.com/a/b');
  });
});

describe('versions', () => {
  const reference = (kind: 'branch' | 'tag', name: string, commit = name): Reference => ({
    kind,
    name,
    commit,
  });
  const all = [
    reference('branch', 'staging'),
    reference('branch', 'stable'),
    reference('branch', 'topic'),
    reference('tag', 'RELEASE-0.9.0'),
    reference('tag', 'RELEASE-0.16.3', 'abcdef0123456789'),
    reference('tag', 'v2.0'),
    reference('tag', 'RELEASE-0.16.0'),
  ];
  const chosen = (asked: string | undefined, references = all, head?: string) => {
    const result = chooseVersion(references, head, asked, 'lib/x');
    return result.ok ? `${result.value.kind} ${result.value.name}` : result.error;
  };

  test.each([
    [undefined, 'branch stable'],
    ['staging', 'branch staging'],
    ['0.16.3', 'tag RELEASE-0.16.3'],
    ['RELEASE-0.16.3', 'tag RELEASE-0.16.3'],
    ['v0.16.3', 'tag RELEASE-0.16.3'],
    ['2.0', 'tag v2.0'],
    ['abcdef0', 'commit abcdef0'],
  ])('%s is %s', (asked, expected) => {
    expect(chosen(asked)).toBe(expected);
  });

  test('without stable: the branch that the repository prefers, main, master, any', () => {
    expect(chosen(undefined, [reference('branch', 'a'), reference('branch', 'b')], 'b')).toBe('branch b');
    expect(chosen(undefined, [reference('branch', 'a'), reference('branch', 'main')])).toBe('branch main');
    expect(chosen('stable', [reference('branch', 'master')])).toBe('branch master');
    expect(chosen(undefined, [])).toMatchObject({ message: expect.stringMatching(/empty/) as string });
  });

  test('an unknown version names those that there are, and the one that was likely meant', () => {
    expect(chosen('0.16.4')).toEqual({
      message: "lib/x has no version '0.16.4' (it has stable, staging, 2.0, 0.16.3, 0.16.0, 0.9.0, topic)",
      hint: "Did you mean '0.16.3'?",
    });
  });

  test('releases are ordered by their numbers', () => {
    expect(releases(all)).toEqual(['2.0', '0.16.3', '0.16.0', '0.9.0']);
    expect(versionNames(all).slice(0, 3)).toEqual(['stable', 'staging', '2.0']);
    const ordered = ['0.9', '0.10-rc1', '0.10', '0.10.1', '1.0-beta', '1.0', '1.0.1', '10.0'];
    const shuffled = [...ordered].reverse();
    expect(shuffled.sort(compareVersions)).toEqual(ordered);
  });

  test('the order is one: antisymmetric and transitive', () => {
    const version = fc.stringMatching(/^[0-9a-z.+-]{1,8}$/);
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("kraft's settings", () => {
  test('origins over several lines, with comments, and the chosen platform', () => {
    const file = fixture.file(
      '.kraftrc',
      '# kraft\n[configure]\nplatform = "kvm"\narchitecture = \'x86_64\'\n\n[list]\norigins = [\n  "http://github.com/unikraft/lib-*", # all\n  "/home/me/lib-x",\n]\n[fetch]\nprioritize_origin = false\nmirrors = []\n',
    );
    expect(readKraftrc(file)).toEqual({
      ok: true,
      value: {
        origins: ['http://github.com/unikraft/lib-*', '/home/me/lib-x'],
        mirrors: [],
        platform: 'kvm',
        architecture: 'x86_64',
      },
    });
  });

  test.each([
    ['a = 1\nb = [1, "x", [true], 1_000, -2.5]\n', { a: 1, b: [1, 'x', [true], 1000, -2.5] }],
    ['"a b".c = "\\u0041\\n\\"\\\\"\n', { 'a b.c': 'A\n"\\' }],
    ["[a.'b']\nc = '''x\ny'''\n", { 'a.b.c': 'x\ny' }],
    ['a = """one \\\n   two"""\n', { a: 'one two' }],
    ['', {}],
  ])('%j', (text, expected) => {
    const parsed = parseToml(text, 'f');
    expect(parsed.ok && Object.fromEntries(parsed.value)).toEqual(expected);
  });

  test.each([
    ['a = \n', 1],
    ['a = 1 2\n', 1],
    ['x\n', 1],
    ['a = 1\nb = [1, 2\n', 3],
    ['a = "x\n', 1],
    ['a = 1979-05-27\n', 1],
  ])('%j is refused with its line', (text, line) => {
    const parsed = parseToml(text, 'f');
    expect(!parsed.ok && parsed.error.location?.line).toBe(line);
  });
});

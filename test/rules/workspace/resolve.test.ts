import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveWorkspace } from '../../../rules/workspace/resolve.ts';
import { makeVariables, type Workspace, type WorkspaceOptions } from '../../../rules/workspace/workspace.ts';
import { TreeFixture } from './tree-fixture.ts';

let tree: TreeFixture;
let root: string;

beforeEach(() => {
  tree = new TreeFixture();
  root = tree.root;
});
afterEach(() => {
  tree.remove();
});

const file = (path: string, text?: string) => tree.file(path, text);
const core = (path: string) => tree.core(path);
const component = (path: string) => tree.component(path);
async function resolved(
  options: WorkspaceOptions,
  cwd = root,
  environment: Record<string, string> = {},
): Promise<Workspace> {
  const result = await resolveWorkspace(options, cwd, { HOME: join(root, 'home'), ...environment });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
async function refused(options: WorkspaceOptions, cwd = root, environment: Record<string, string> = {}) {
  const result = await resolveWorkspace(options, cwd, { HOME: join(root, 'home'), ...environment });
  if (result.ok) throw new Error(`resolved to ${JSON.stringify(result.value)}`);
  return result.error;
}

describe('where the parts come from', () => {
  test('options name everything; relative paths start at the current folder', async () => {
    core('u');
    component('a');
    component('l1');
    component('l2');
    component('p');
    mkdirSync(join(root, 'x'));
    const workspace = await resolved({
      core: 'u',
      app: 'a',
      libraries: ['l2', './l1/', 'l2'],
      platforms: ['p'],
      exclude: ['x'],
      build: 'out/deep',
      config: 'cfg/my.config',
      name: 'image',
    });
    expect(makeVariables(workspace).map(({ name, value }) => `${name}=${value}`)).toEqual([
      `A=${root}/a`,
      `L=${root}/l2:${root}/l1`,
      `P=${root}/p`,
      `E=${root}/x`,
      `O=${root}/out/deep`,
      `C=${root}/cfg/my.config`,
      'N=image',
    ]);
    expect(workspace.core).toBe(`${root}/u`);
  });

  test('build folder and configuration default to build and .config in the application', async () => {
    core('u');
    component('a');
    const workspace = await resolved({ core: 'u', app: 'a' });
    expect([workspace.build, workspace.config]).toEqual([`${root}/a/build`, `${root}/a/.config`]);
  });

  test('the application is found upwards from a folder inside it', async () => {
    core('u');
    component('a');
    mkdirSync(join(root, 'a/src/deep'), { recursive: true });
    expect((await resolved({ core: join(root, 'u') }, join(root, 'a/src/deep'))).app).toBe(`${root}/a`);
  });

  test('symbolic links are resolved, except the last part of the configuration file', async () => {
    core('u');
    component('a');
    symlinkSync(join(root, 'a'), join(root, 'link'));
    file('shared.config');
    symlinkSync(join(root, 'shared.config'), join(root, 'a/.config'));
    const workspace = await resolved({ core: 'u', app: 'link', build: 'link/build' });
    expect([workspace.app, workspace.build, workspace.config]).toEqual([
      `${root}/a`,
      `${root}/a/build`,
      `${root}/a/.config`,
    ]);
  });

  test('in a core itself, the core is the application, as with make', async () => {
    core('u');
    file('u/Makefile.uk');
    const workspace = await resolved({}, join(root, 'u'));
    expect([workspace.core, workspace.app]).toEqual([`${root}/u`, `${root}/u`]);
  });

  test.each([
    ['in the application, .unikraft', 'w/apps/a/.unikraft/unikraft', {}],
    ['UK_ROOT', 'elsewhere/core', { UK_ROOT: 'elsewhere/core' }],
    ['UK_WORKDIR', 'wd/unikraft', { UK_WORKDIR: 'wd' }],
    ['beside the application', 'w/apps/unikraft', {}],
    ['beside its parent, the usual layout', 'w/unikraft', {}],
    ['the default ~/.unikraft', 'home/.unikraft/unikraft', {}],
  ])('the core is found: %s', async (_where, path, environment: Record<string, string>) => {
    core(path);
    core('home/.unikraft/unikraft');
    component('w/apps/a');
    const absolute = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, join(root, value)]),
    );
    expect((await resolved({}, join(root, 'w/apps/a'), absolute)).core).toBe(join(root, path));
  });

  test('~ is the home folder in options and in UK_ROOT', async () => {
    core('home/u');
    component('home/l');
    component('a');
    const workspace = await resolved({ app: 'a', libraries: ['~/l'] }, root, { UK_ROOT: '~/u' });
    expect([workspace.core, workspace.libraries]).toEqual([`${root}/home/u`, [`${root}/home/l`]]);
  });
});

describe('what is refused, with one clear message and what to do', () => {
  test.each<[string, WorkspaceOptions, RegExp, RegExp]>([
    ['a core that is not there', { core: 'none', app: 'a' }, /no Unikraft core at .*\/none/, /list pull/],
    [
      'a folder that is no core',
      { core: 'a', app: 'a' },
      /not a Unikraft tree: it has no Makefile, Config.uk, support\/build\/Makefile.rules/,
      /--core/,
    ],
    ['a core that is a file', { core: 'f', app: 'a' }, /core .*\/f is not a folder/, /--core/],
    ['an application that is not there', { core: 'u', app: 'none' }, /no application at/, /--app/],
    ['an application without Makefile.uk', { core: 'u', app: 'empty' }, /empty has no Makefile\.uk/, /--app/],
    ['a library that is not there', { core: 'u', app: 'a', libraries: ['no'] }, /no library at/, /--lib/],
    [
      'a library without Makefile.uk',
      { core: 'u', app: 'a', libraries: ['empty'] },
      /library .*Makefile\.uk/,
      /--lib/,
    ],
    [
      'a platform without Makefile.uk',
      { core: 'u', app: 'a', platforms: ['empty'] },
      /platform .*Makefile\.uk/,
      /--plat/,
    ],
    [
      'a build folder that is a file',
      { core: 'u', app: 'a', build: 'f' },
      /build folder .* is a file/,
      /--output/,
    ],
    [
      'a build folder below a file',
      { core: 'u', app: 'a', build: 'f/build' },
      /f is not a folder/,
      /--output/,
    ],
    [
      'a build folder that holds the sources',
      { core: 'u', app: 'a', build: '.' },
      /holds the sources/,
      /--output/,
    ],
    [
      'a path with a space',
      { core: 'u', app: 'a', build: 'my build' },
      /"\/.*my build" has a space/,
      /Move it/,
    ],
    [
      'a library path with a colon',
      { core: 'u', app: 'a', libraries: ['l:x'] },
      /library .* a ':'/,
      /Move it/,
    ],
  ])('%s', async (_what, options, message, hint) => {
    core('u');
    component('a');
    component('l:x');
    mkdirSync(join(root, 'empty'));
    file('f');
    const error = await refused(options);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  test('no application anywhere upwards', async () => {
    mkdirSync(join(root, 'plain'));
    expect((await refused({}, join(root, 'plain'))).message).toMatch(/no application in .*plain or above/);
  });

  test('no core anywhere: every place that was looked at is named', async () => {
    component('w/apps/a');
    const { message } = await refused({}, join(root, 'w/apps/a'));
    expect(message).toContain(`${root}/w/unikraft`);
    expect(message).toContain(`${root}/home/.unikraft/unikraft`);
  });

  test('UK_ROOT that names no core is an error, not passed over', async () => {
    core('w/unikraft');
    component('w/apps/a');
    const error = await refused({}, join(root, 'w/apps/a'), { UK_ROOT: join(root, 'gone') });
    expect(error.message).toMatch(/gone/);
    expect(error.hint).toMatch(/UK_ROOT/);
  });

  test.skipIf(process.getuid?.() === 0)('a build folder where one may not write', async () => {
    core('u');
    component('a');
    chmodSync(join(root, 'a'), 0o555);
    expect((await refused({ core: 'u', app: 'a' })).message).toMatch(/may not write in/);
    expect((await resolved({ core: 'u', app: 'a', readOnly: true })).build).toBe(`${root}/a/build`);
    chmodSync(join(root, 'a'), 0o755);
  });
});

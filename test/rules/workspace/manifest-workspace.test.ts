import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../../engine/location.ts';
import { resolveWorkspace } from '../../../rules/workspace/resolve.ts';
import type { Workspace, WorkspaceOptions } from '../../../rules/workspace/workspace.ts';
import { TreeFixture } from './tree-fixture.ts';

let tree: TreeFixture;

beforeEach(() => {
  tree = new TreeFixture();
});
afterEach(() => {
  tree.remove();
});

async function resolve(options: WorkspaceOptions, folder: string, environment: Record<string, string> = {}) {
  return resolveWorkspace(options, tree.path(folder), { HOME: tree.path('home'), ...environment });
}
async function resolved(
  options: WorkspaceOptions = {},
  folder = 'app',
  environment: Record<string, string> = {},
): Promise<Workspace> {
  const result = await resolve(options, folder, environment);
  if (!result.ok) throw new Error(`${result.error.message}\n${result.error.hint}`);
  return result.value;
}
async function refused(options: WorkspaceOptions = {}, folder = 'app'): Promise<Diagnostic> {
  const result = await resolve(options, folder);
  if (result.ok) throw new Error('resolved');
  return result.error;
}
const settings = (workspace: Workspace) => workspace.kconfig.map(({ name, value }) => `${name}=${value}`);

function manifest(text: string, name = 'kraft.yaml', app = 'app'): void {
  tree.component(app);
  tree.file(join(app, name), text);
}

describe('a project with a manifest', () => {
  test('its parts come from sources relative to the manifest, whatever the current folder', async () => {
    tree.core('u');
    tree.component('libs/a', 'config LIBA\n\tbool "a"\n');
    tree.component('app/deep/lib-b', 'menuconfig LIBB_OTHER\n\tbool "b"\n');
    manifest(
      "specification: '0.5'\nname: image\nunikraft:\n  source: ../u\n  kconfig: [CONFIG_C=1]\nlibraries:\n" +
        '  b: { source: deep/lib-b, kconfig: { CONFIG_LIBB_X: n } }\n  a: { source: ../libs/a }\n',
    );
    tree.file('app/src/x/y');
    const workspace = await resolved({}, 'app/src/x');
    expect(workspace.core).toBe(tree.path('u'));
    expect(workspace.libraries).toEqual([tree.path('app/deep/lib-b'), tree.path('libs/a')]);
    expect(settings(workspace)).toEqual(['UK_NAME=image', 'C=1', 'LIBB_OTHER=y', 'LIBB_X=n', 'LIBA=y']);
    expect(workspace.name).toBeUndefined();
    expect(workspace.read).toEqual(
      expect.arrayContaining([tree.path('app/kraft.yaml'), tree.path('app/.env'), tree.path('app/src')]),
    );
  });

  test('versions are found in the working folders, in each of the names that a library can have', async () => {
    tree.core('home/.unikraft/unikraft');
    for (const name of ['musl', 'lib-lwip', 'libnewlib']) tree.component(`home/.unikraft/libs/${name}`);
    manifest(
      "specification: '0.5'\nunikraft: stable\nlibraries: { lwip: staging, musl: stable, newlib: , lib-musl: }\n",
    );
    expect((await resolved()).libraries).toEqual(
      ['lib-lwip', 'musl', 'libnewlib'].map((name) => tree.path('home/.unikraft/libs', name)),
    );
  });

  test('.unikraft in the project wins over UK_LIBS, which wins over what is beside', async () => {
    tree.core('w/unikraft');
    for (const place of ['w/apps/a/.unikraft/libs/one', 'uk/one', 'uk/two', 'w/libs/two', 'w/libs/three']) {
      tree.component(place);
    }
    manifest(
      "specification: '0.5'\nunikraft: '*'\nlibraries: { one: , two: , three: }\n",
      'kraft.yml',
      'w/apps/a',
    );
    const workspace = await resolved({}, 'w/apps/a', { UK_LIBS: tree.path('uk') });
    expect(workspace.libraries).toEqual(
      ['w/apps/a/.unikraft/libs/one', 'uk/two', 'w/libs/three'].map((path) => tree.path(path)),
    );
  });

  test('a folder NAME@VERSION is preferred for that version', async () => {
    tree.core('home/.unikraft/unikraft', [0, 17, 0]);
    tree.core('home/.unikraft/unikraft@0.16.3', [0, 16, 3]);
    manifest("specification: '0.5'\nunikraft: 0.16.3\n");
    const workspace = await resolved();
    expect(workspace.core).toBe(tree.path('home/.unikraft/unikraft@0.16.3'));
    expect(workspace.notices).toEqual([]);
  });

  test('another version is used as it is, and said', async () => {
    tree.core('home/.unikraft/unikraft', [0, 17, 0]);
    manifest("specification: '0.5'\nunikraft: RELEASE-0.16.3\n");
    const [notice] = (await resolved()).notices;
    expect(notice?.message).toMatch(/asked for at version RELEASE-0\.16\.3, but .*unikraft has 0\.17\.0/);
    expect(notice?.hint).toMatch(/list pull unikraft@RELEASE-0\.16\.3/);
  });

  test('what is not on this machine is named, with the command that gets it', async () => {
    tree.core('home/.unikraft/unikraft');
    manifest(
      "specification: '0.5'\nunikraft: stable\nlibraries:\n  mine: { version: '1', source: https://example.org/lib-mine }\n",
    );
    const error = await refused();
    expect(error.message).toMatch(/library mine is not on this machine \(looked for .*\.unikraft\/libs/);
    expect(error.hint).toContain(
      'unigraph list add https://example.org/lib-mine && unigraph list pull mine@1',
    );
    expect(error.location).toEqual({ file: tree.path('app/kraft.yaml'), line: 4, column: 9 });
  });

  test('a missing core and a wrong source each have the place in the manifest', async () => {
    manifest("specification: '0.5'\nunikraft: staging\n");
    const missing = await refused();
    expect(missing.message).toMatch(/Unikraft core unikraft is not on this machine/);
    expect(missing.hint).toContain('unigraph list pull unikraft@staging');
    manifest("specification: '0.5'\nunikraft: { source: ./nowhere }\n");
    expect(await refused()).toMatchObject({
      message: expect.stringMatching(/no Unikraft core at .*nowhere/) as string,
      location: { line: 2 },
    });
  });

  test('several problems of a manifest come together', async () => {
    manifest("specification: '0.5'\nunikraft: stable\ntargets: [kvm/x86_84, kvn/arm64]\n");
    const error = await refused();
    expect(error.message).toMatch(/x86_84/);
    expect(error.hint).toMatch(/Did you mean 'x86_64'\?\n.*kraft\.yaml:3:23: there is no platform 'kvn'/);
  });

  test('the nearest project wins: an application without a manifest is not part of one above', async () => {
    tree.core('u');
    manifest("specification: '0.5'\nunikraft: { source: ./u }\n", 'kraft.yaml', '.');
    tree.component('app');
    expect((await resolved({ core: tree.path('u') })).project).toBeUndefined();
    expect((await resolved({}, '.')).project?.file).toBe(tree.path('kraft.yaml'));
  });

  test.each(['.kraft.yaml', 'Kraftfile', 'Kraftfile.yml', 'Kraftfile.yaml'])(
    '%s is a manifest',
    async (name) => {
      tree.core('u');
      manifest("spec: '0.6'\nunikraft: { source: ../u }\noutdir: out\n", name);
      const workspace = await resolved();
      expect([workspace.core, workspace.build]).toEqual([tree.path('u'), tree.path('app/out')]);
    },
  );

  test('a second manifest in the folder is said, not silently passed over', async () => {
    tree.core('u');
    manifest("specification: '0.5'\nunikraft: { source: ../u }\n");
    tree.file('app/Kraftfile', 'nonsense');
    expect((await resolved()).notices[0]?.message).toMatch(/kraft\.yaml is used, not Kraftfile/);
  });

  test('a template stands in for the application; a runtime cannot be built', async () => {
    tree.core('home/.unikraft/unikraft');
    tree.component('home/.unikraft/apps/elfloader');
    tree.file('p/Kraftfile', 'spec: v0.6\nunikraft: stable\ntemplate: app-elfloader\n');
    tree.file('q/Kraftfile', 'spec: v0.6\nruntime: base:latest\n');
    const workspace = await resolved({}, 'p');
    expect(workspace.app).toBe(tree.path('home/.unikraft/apps/elfloader'));
    expect([workspace.build, workspace.config]).toEqual([tree.path('p/build'), tree.path('p/.config')]);
    expect((await refused({}, 'q')).message).toMatch(/prebuilt image \(runtime\): there is nothing to build/);
  });
});

describe('options and a manifest', () => {
  beforeEach(() => {
    tree.core('u');
    for (const name of ['musl', 'lwip', 'dev/lib-musl', 'dev/extra']) tree.component(name);
    manifest(
      "specification: '0.5'\nunikraft: { source: ../u }\nlibraries: { musl: { source: ../musl }, lwip: { source: ../lwip } }\n" +
        'targets:\n  - { name: big, platform: kvm, architecture: x86_64, kconfig: [A=b] }\n  - qemu/arm64\n  - xen/x86_64\n',
    );
  });

  test('--lib takes the place of the library of the same name, or follows', async () => {
    const moreLibraries = [tree.path('dev/extra'), tree.path('dev/lib-musl')];
    expect((await resolved({ moreLibraries })).libraries).toEqual(
      ['dev/lib-musl', 'lwip', 'dev/extra'].map((path) => tree.path(path)),
    );
  });

  test('L= is the whole list', async () => {
    expect((await resolved({ libraries: [tree.path('dev/extra')] })).libraries).toEqual([
      tree.path('dev/extra'),
    ]);
  });

  test.each([
    ['big', ['ARCH_X86_64=y', 'PLAT_KVM=y', 'A=b']],
    ['kvm/x86_64', ['ARCH_X86_64=y', 'PLAT_KVM=y', 'A=b']],
    ['qemu/x86_64', ['ARCH_X86_64=y', 'PLAT_KVM=y', 'A=b']],
    ['arm64', ['ARCH_ARM_64=y', 'PLAT_KVM=y']],
    ['xen', ['ARCH_X86_64=y', 'PLAT_XEN=y']],
    ['linuxu/x86_64', ['ARCH_X86_64=y', 'PLAT_LINUXU=y']],
  ])('--target %s', async (target, expected) => {
    expect(settings(await resolved({ target }))).toEqual(expected);
  });

  test.each([
    ['x86_64', /more than one target is meant by 'x86_64': big, xen\/x86_64/, /--target/],
    ['bog', /no target 'bog' \(the manifest has big, qemu\/arm64, xen\/x86_64\)/, /Did you mean 'big'/],
    ['kvm/x86_84', /no architecture 'x86_84'/, /x86_64/],
  ])('--target %s is refused', async (target, message, hint) => {
    expect(await refused({ target })).toMatchObject({
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(hint) as string,
    });
  });

  test('without --target, several targets leave it open', async () => {
    expect((await resolved()).target).toBeUndefined();
  });

  test('the monitor is chosen where the core knows monitors', async () => {
    tree.file('u/plat/kvm/Config.uk', 'config KVM_VMM_QEMU\nconfig KVM_VMM_FIRECRACKER\n');
    expect(settings(await resolved({ target: 'big' }))).toContain('KVM_VMM_QEMU=y');
    expect(settings(await resolved({ target: 'fc/x86_64' }))).toEqual([
      'ARCH_X86_64=y',
      'PLAT_KVM=y',
      'KVM_VMM_FIRECRACKER=y',
    ]);
  });

  test("KraftKit's configuration for one target is used while there is no .config", async () => {
    tree.file('app/.config.big_kvm-x86_64');
    expect((await resolved({ target: 'big' })).config).toBe(tree.path('app/.config.big_kvm-x86_64'));
    tree.file('app/.config');
    expect((await resolved({ target: 'big' })).config).toBe(tree.path('app/.config'));
  });
});

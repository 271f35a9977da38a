import { chmodSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { examine, isWell, type Finding, type Machine } from '../../../rules/doctor/examine.ts';
import { installCommand, packageOf, systemOf } from '../../../rules/doctor/packages.ts';
import { isTooOld, probeProgram, versionIn } from '../../../rules/doctor/programs.ts';
import { resolveWorkspace } from '../../../rules/workspace/resolve.ts';
import type { WorkspaceOptions } from '../../../rules/workspace/workspace.ts';
import { TreeFixture } from '../workspace/tree-fixture.ts';

let tree: TreeFixture;
beforeEach(() => {
  tree = new TreeFixture();
  tree.core('core');
  tree.component('app');
  tree.file('bin/placeholder');
  tree.file('kvm');
  tree.file('cpuinfo', 'flags\t\t: fpu vmx sse\n');
});
afterEach(() => {
  tree.remove();
});

/** Programs that answer --version so. */
function install(programs: Readonly<Record<string, string>>): void {
  for (const [name, version] of Object.entries(programs)) {
    chmodSync(tree.file(`bin/${name}`, `#!/bin/sh\necho "${version}"\n`), 0o755);
  }
}
const usual = {
  git: 'git version 2.39.5',
  gcc: 'gcc (Debian 12.2.0-14+deb12u1) 12.2.0',
  ld: 'GNU ld (GNU Binutils for Debian) 2.40',
  objcopy: 'GNU objcopy (GNU Binutils for Debian) 2.40',
  strip: 'GNU strip (GNU Binutils for Debian) 2.40',
  awk: 'GNU Awk 5.2.1, API 3.2',
  sed: 'sed (GNU sed) 4.9',
  'qemu-system-x86_64': 'QEMU emulator version 7.2.9 (Debian 1:7.2+dfsg-7)',
  gdb: 'GNU gdb (Debian 13.1-3) 13.1',
};
function machine(over: Partial<Machine> = {}): Machine {
  return {
    environment: { PATH: tree.path('bin'), HOME: tree.path('home') },
    system: 'debian',
    architecture: 'x64',
    node: 'v20.19.0',
    kvm: tree.path('kvm'),
    cpuinfo: tree.path('cpuinfo'),
    ...over,
  };
}
async function findings(options: WorkspaceOptions = {}, over: Partial<Machine> = {}): Promise<Finding[]> {
  const workspace = await resolveWorkspace({ core: 'core', app: 'app', ...options }, tree.root, {
    HOME: tree.path('home'),
  });
  return examine(workspace, machine(over));
}
const about = (all: readonly Finding[], subject: string) => all.find((each) => each.subject === subject);
const bad = (all: readonly Finding[]) =>
  all.filter(({ state }) => state !== 'good').map(({ subject }) => subject);

describe('programs', () => {
  test('a machine with everything is well', async () => {
    install(usual);
    tree.file('app/.config', 'CONFIG_PLAT_KVM=y\nCONFIG_ARCH_X86_64=y\n');
    const all = await findings();
    expect(bad(all)).toEqual([]);
    expect(isWell(all)).toBe(true);
    expect(about(all, 'gcc')?.text).toBe('gcc 12.2.0');
  });

  test('what is missing comes with the command that installs it', async () => {
    const all = await findings();
    expect(isWell(all)).toBe(false);
    expect(about(all, 'gcc')).toEqual({
      state: 'missing',
      subject: 'gcc',
      text: 'gcc is not installed (needed to compile)',
      command: 'sudo apt-get install gcc',
    });
    expect(about(all, 'qemu-system-x86_64')?.command).toBe('sudo apt-get install qemu-system-x86');
  });

  test('gdb can be done without, and has a substitute', async () => {
    const { gdb: _, ...rest } = usual;
    install(rest);
    const without = await findings();
    expect(about(without, 'gdb')).toMatchObject({ state: 'missing', optional: true });
    expect(isWell(without)).toBe(true);
    install({ 'gdb-multiarch': 'GNU gdb 13.1' });
    expect(about(await findings(), 'gdb-multiarch')).toMatchObject({ state: 'good' });
  });

  test('too old is told with what is needed', async () => {
    install({ ...usual, gcc: 'gcc (GCC) 5.4.0', git: 'git version 1.8.3' });
    const all = await findings();
    expect(about(all, 'gcc')).toMatchObject({
      state: 'old',
      text: 'gcc 5.4.0 is too old to compile: 7.1 or newer is needed',
    });
    expect(about(all, 'git')?.state).toBe('old');
    expect(isWell(all)).toBe(false);
    expect(about(await findings({}, { node: 'v18.20.0' }), 'node')?.text).toMatch(
      /Node 18\.20\.0 is too old/,
    );
  });

  test('a program that cannot be started is not there', async () => {
    install(usual);
    chmodSync(tree.file('bin/ld', '#!/nonexistent/interpreter\n'), 0o755);
    expect(about(await findings(), 'ld')).toMatchObject({ state: 'broken' });
  });

  test('a folder or a file that is not executable is no program', async () => {
    tree.file('bin/gcc/x');
    tree.file('bin/ld');
    const environment = { PATH: `${tree.path('bin')}:${tree.path('other')}` };
    expect((await probeProgram('gcc', environment)).path).toBeUndefined();
    expect((await probeProgram('ld', environment)).path).toBeUndefined();
  });
});

describe('what a project needs', () => {
  test.each<[string, string, string]>([
    ['app/Makefile.uk', 'APP_SRCS-y += $(APP_BASE)/x.cc\n', 'g++'],
    ['app/Makefile.uk', 'APP_SRCS-y += $(APP_BASE)/x.m4>.c\n', 'm4'],
    ['app/Makefile.uk', 'URL = https://x/y.tar.xz\n', 'xz'],
    ['app/Makefile.uk', 'URL = https://x/y.tar.bz2\n', 'bzip2'],
    ['app/Makefile.uk', '$(eval $(call patch,liba,x,y))\n', 'patch'],
    ['core/plat/kvm/Linker.uk', 'x:\n\t$(SCRIPTS_DIR)/mkbootinfo.py\n', 'python3'],
    ['core/lib/ukreloc/Makefile.rules', '\t$(SCRIPTS_DIR)/mkukreloc.py $(1)\n', 'python3'],
  ])('%s with %j needs %s', async (file, text, program) => {
    install(usual);
    expect(about(await findings(), program)).toBeUndefined();
    tree.file(file, text);
    expect(about(await findings(), program)?.state).toBe('missing');
  });

  test('a comment needs nothing', async () => {
    tree.file('app/Makefile.uk', '# APP_SRCS-y += x.cc y.m4>.c\n');
    const all = await findings();
    expect([about(all, 'g++'), about(all, 'm4')]).toEqual([undefined, undefined]);
  });

  test('another architecture needs its compiler and emulator, by configuration, target or variable', async () => {
    tree.file('app/.config', 'CONFIG_ARCH_ARM_64=y\nCONFIG_PLAT_KVM=y\n');
    const byConfig = await findings();
    expect(about(byConfig, 'aarch64-linux-gnu-gcc')?.command).toBe(
      'sudo apt-get install gcc-aarch64-linux-gnu',
    );
    expect(about(byConfig, 'qemu-system-aarch64')?.command).toBe('sudo apt-get install qemu-system-arm');
    expect(about(byConfig, 'kvm')?.text).toMatch(/the image is for arm64/);
    tree.file('app/.config', '');
    expect(about(await findings({ target: 'qemu/arm64' }), 'aarch64-linux-gnu-gcc')).toBeDefined();
    const variables = [
      { name: 'CROSS_COMPILE', operator: '=', value: 'my-' },
      { name: 'COMPILER', operator: '=', value: 'clang' },
    ] as const;
    expect(about(await findings({ variables }), 'my-clang')).toBeDefined();
    expect(about(await findings({}, { architecture: 'arm64' }), 'x86_64-linux-gnu-gcc')).toBeDefined();
  });

  test('Xen and linuxu need no QEMU', async () => {
    tree.file('app/.config', 'CONFIG_PLAT_XEN=y\nCONFIG_ARCH_X86_64=y\n');
    const all = await findings();
    expect([about(all, 'qemu-system-x86_64'), about(all, 'kvm')]).toEqual([undefined, undefined]);
  });

  test('a core that is missing is told with what gets it', async () => {
    install(usual);
    const workspace = await resolveWorkspace({ app: 'app' }, tree.root, { HOME: tree.path('home') });
    const all = await examine(workspace, machine());
    expect(about(all, 'project')).toMatchObject({
      state: 'missing',
      command: expect.stringMatching(/unigraph list pull unikraft/) as string,
    });
    expect(isWell(all)).toBe(false);
  });

  test('without a project the machine alone is looked at', async () => {
    install({ ...usual, patch: 'GNU patch 2.7.6' });
    expect(bad(await examine(undefined, machine()))).toEqual([]);
  });
});

describe('KVM', () => {
  test('missing, forbidden or without the processor’s support: advice, no obstacle', async () => {
    install(usual);
    expect(about(await findings({}, { kvm: tree.path('none') }), 'kvm')).toMatchObject({
      state: 'advice',
      optional: true,
    });
    const unable = await findings({}, { cpuinfo: tree.path('none') });
    expect(about(unable, 'kvm')?.text).toMatch(/neither vmx nor svm/);
    expect(isWell(unable)).toBe(true);
    if (process.getuid?.() !== 0) {
      chmodSync(tree.path('kvm'), 0);
      expect(about(await findings(), 'kvm')?.command).toMatch(/usermod -aG kvm/);
    }
  });
});

describe('packages', () => {
  test.each([
    ['ID=debian\n', 'debian'],
    ['ID=ubuntu\nID_LIKE=debian\n', 'debian'],
    ['ID="linuxmint"\nID_LIKE="ubuntu debian"\n', 'debian'],
    ['NAME=x\nID=rocky\nID_LIKE="rhel centos fedora"\n', 'fedora'],
    ['ID=arch\n', 'arch'],
    ['ID=alpine\n', 'alpine'],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'suse'],
    ['ID=plan9\n', 'unknown'],
  ])('%j is %s', (text, expected) => {
    expect(systemOf('linux', tree.file('os-release', text))).toBe(expected);
  });

  test('one command for all that is missing, each package once', () => {
    expect(installCommand(['ld', 'objcopy', 'g++', 'qemu-system-x86_64'], 'debian')).toBe(
      'sudo apt-get install binutils g++ qemu-system-x86',
    );
    expect(installCommand(['g++', 'xz'], 'fedora')).toBe('sudo dnf install gcc-c++ xz');
    expect(installCommand(['gcc'], 'unknown')).toBeUndefined();
    expect(packageOf('my-own-gcc', 'debian')).toBeUndefined();
  });

  test.each([
    ['git version 2.39.5', '2.39.5'],
    ['gcc (Ubuntu 9.4.0-1ubuntu1~20.04.2) 9.4.0', '9.4.0'],
    ['Python 3.11.7', '3.11.7'],
    ['mawk 1.3.4 20200120', '1.3.4'],
    ['no version at all', undefined],
  ])('%j tells %s', (text, expected) => {
    expect(versionIn(text)).toBe(expected);
  });

  test('an unknown version is new enough', () => {
    expect([
      isTooOld(undefined, '1.0'),
      isTooOld('0.9', '1.0'),
      isTooOld('1.10', '1.9'),
      isTooOld('1.0', undefined),
    ]).toEqual([false, true, false, false]);
  });
});

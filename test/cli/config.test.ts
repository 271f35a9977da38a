import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TinyCore } from '../rules/configure/tiny-core.ts';
import { runMain, type Ran } from './run-main.ts';

let tiny: TinyCore;
beforeEach(() => {
  tiny = new TinyCore();
});
afterEach(() => tiny.remove());

const environment = { PATH: process.env['PATH'], HOME: '/nonexistent' };
const unigraph = (command: string, ...argv: string[]): Promise<Ran> =>
  runMain([...command.split(' '), ...argv, '--core', tiny.core, '--app', tiny.app], tiny.app, environment);
const configPath = (): string => join(tiny.app, '.config');
const config = (): string => readFileSync(configPath(), 'utf8');

describe('configure', () => {
  test('makes a configuration for a platform, an architecture and a monitor', async () => {
    const ran = await unigraph(
      'configure -p kvm --arch arm64 --vmm firecracker --set LIBSOCKET=y --set LIBNET=y',
    );
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    for (const line of [
      'PLAT_KVM=y',
      'ARCH_ARM_64=y',
      'KVM_VMM_FIRECRACKER=y',
      'LIBSOCKET=y',
      'LIBALLOC=y',
    ]) {
      expect(config()).toContain(`CONFIG_${line}\n`);
    }
    expect(config()).toContain('CONFIG_UK_NAME="app"\n');
  });

  test('keeps what there is, and says what changes', async () => {
    await unigraph('configure -p kvm --set LIBNET=y');
    const ran = await unigraph('configure --set LIBSOCKET=y');
    expect(ran.stdout).toContain('LIBSOCKET: n -> y');
    expect(config()).toContain('CONFIG_LIBNET=y');
    expect((await unigraph('configure')).stdout).toContain('nothing changes');
    expect((await unigraph('configure -F')).stdout).toContain('LIBNET: y -> n');
  });

  test('another platform takes the place of the present one', async () => {
    await unigraph('configure -p kvm');
    await unigraph('configure -p xen');
    expect(config()).toContain('CONFIG_PLAT_XEN=y\n');
    expect(config()).toContain('# CONFIG_PLAT_KVM is not set\n');
  });

  test('a setting that would be dropped is an error that says why and what is missing', async () => {
    const ran = await unigraph('configure --set LIBSOCKET=y --set LIBSOKCET_MAX=3 --set LIBALLOC=maybe');
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('LIBSOCKET (socket: Sockets) is set to y but stays n');
    expect(ran.stderr).toContain('it needs LIBNET [=n]  at Config.uk:');
    expect(ran.stderr).toContain('PLAT_KVM (KVM guest): n -> y');
    expect(ran.stderr).toContain('there is no option LIBSOKCET_MAX; did you mean LIBSOCKET_MAX?');
    expect(ran.stderr).toContain('LIBALLOC (alloc: Memory) is a bool: it cannot be maybe');
    expect(existsSync(configPath())).toBe(false);
  });

  test('an option of the project file that the tree would drop is an error with its place', async () => {
    tiny.write(
      'app/kraft.yaml',
      "specification: '0.5'\nname: app\nunikraft:\n  version: staging\n  kconfig:\n    - CONFIG_LIBSOCKET=y\ntargets:\n  - architecture: x86_64\n    platform: kvm\n",
    );
    const ran = await unigraph('configure');
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(/kraft\.yaml:6.*LIBSOCKET .* is set to y but stays n/);
  });

  test('starts from a saved configuration', async () => {
    tiny.write('app/saved', 'CONFIG_PLAT_KVM=y\nCONFIG_LIBNET=y\n');
    expect((await unigraph('configure --defconfig saved')).status).toBe(0);
    expect(config()).toContain('CONFIG_LIBNET=y\n');
  });

  test.each([
    ['configure --arch vax', "there is no architecture 'vax'"],
    ['configure --set LIBNET', "--set takes NAME=VALUE, not 'LIBNET'"],
    ['configure --defconfig nowhere', 'cannot read'],
    ['configure extra', "configure does not take 'extra'"],
  ])('%s is refused', async (command, message) => {
    const ran = await unigraph(command);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain(message);
  });
});

describe('config set', () => {
  beforeEach(async () => {
    await unigraph('configure -p kvm');
  });

  test('sets an option and says what changes with it', async () => {
    const ran = await unigraph('config set LIBNET y');
    expect(ran.status).toBe(0);
    expect(ran.stdout.split('\n').filter(Boolean).sort()).toEqual(['LIBALLOC: n -> y', 'LIBNET: n -> y']);
    expect(config()).toContain('CONFIG_LIBNET=y\n');
  });

  test('offers what else must change as one step, and does it only when agreed', async () => {
    const before = config();
    const refused = await unigraph('config set LIBSOCKET y');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('LIBNET (net: Network): n -> y');
    expect(config()).toBe(before);
    expect((await unigraph('config set LIBSOCKET_MAX=5 --yes')).status).toBe(0);
    expect(config()).toContain('CONFIG_LIBSOCKET=y\nCONFIG_LIBSOCKET_MAX=5\n');
  });

  test('takes several at once, in either form', async () => {
    expect((await unigraph('config set CONFIG_LIBNET=y LIBSOCKET=y')).status).toBe(0);
    expect((await unigraph('config set LIBSOCKET_MAX 12 UK_NAME other')).status).toBe(0);
    expect(config()).toContain('CONFIG_LIBSOCKET_MAX=12\n');
    expect(config()).toContain('CONFIG_UK_NAME="other"\n');
  });

  test('of a choice, the others go off by themselves', async () => {
    expect((await unigraph('config set KVM_VMM_FIRECRACKER y')).status).toBe(0);
    expect(config()).toContain('# CONFIG_KVM_VMM_QEMU is not set\nCONFIG_KVM_VMM_FIRECRACKER=y\n');
  });

  test('unset turns off, with what needs it, and gives numbers and texts their default', async () => {
    await unigraph('config set LIBNET=y LIBSOCKET=y LIBSOCKET_MAX=3');
    expect((await unigraph('config unset LIBSOCKET_MAX')).stdout).toBe('LIBSOCKET_MAX: 3 -> 8\n');
    const refused = await unigraph('config unset LIBALLOC');
    expect(refused.stderr).toContain('LIBNET (net: Network): y -> n');
    expect((await unigraph('config unset LIBALLOC -y')).status).toBe(0);
    expect(config()).toContain('# CONFIG_LIBNET is not set\n');
  });

  test.each([
    ['config set NOWHERE y', 'there is no option NOWHERE'],
    ['config set LIBNTE y', 'did you mean LIBNET?'],
    ['config set LIBNET perhaps', "takes y or n, not 'perhaps'"],
    ['config set LIBSOCKET_MAX=99', 'must be from 1 to 64, not 99'],
    ['config set LIBSOCKET_MAX=abc', "takes a number, not 'abc'"],
    ['config set', 'which option?'],
  ])('%s is refused', async (command, message) => {
    const before = config();
    const ran = await unigraph(command);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain(message);
    expect(config()).toBe(before);
  });
});

describe('questions', () => {
  beforeEach(async () => {
    await unigraph('configure -p kvm --set LIBNET=y');
  });

  test('config get', async () => {
    expect((await unigraph('config get LIBNET')).stdout).toBe('y\n');
    expect((await unigraph('config get CONFIG_LIBNET UK_NAME LIBSOCKET')).stdout).toBe(
      'LIBNET=y\nUK_NAME=app\nLIBSOCKET=n\n',
    );
    expect(JSON.parse((await unigraph('config get LIBNET --json')).stdout)).toEqual({ LIBNET: 'y' });
    expect((await unigraph('config get NOWHERE')).status).toBe(1);
  });

  test('config why', async () => {
    const { stdout } = await unigraph('config why LIBALLOC LIBSOCKET_MAX');
    expect(stdout).toContain(
      'LIBALLOC (alloc: Memory) is y\n  selected by:\n    LIBNET [=y] && PLAT_KVM [=y]  at Config.uk:',
    );
    expect(stdout).toContain('its prompt needs:\n    LIBSOCKET [=n]');
    const [answer] = JSON.parse((await unigraph('config why LIBALLOC --json')).stdout) as {
      origin: string;
    }[];
    expect(answer!.origin).toBe('selected');
  });

  test('config search', async () => {
    const { stdout } = await unigraph('config search packets');
    expect(stdout).toBe('LIBNET=y  net: Network\n    in Library Configuration\n');
    expect((await unigraph('config search zebra')).status).toBe(1);
  });

  test('config diff', async () => {
    await unigraph('config set LIBSOCKET y');
    const ran = await unigraph('config diff');
    expect(ran).toMatchObject({ status: 1, stdout: 'LIBSOCKET: n -> y\nLIBSOCKET_MAX: n -> 8\n' });
    // Two files are compared wherever one is.
    const alone = await runMain(['config', 'diff', configPath(), configPath()], '/', environment);
    expect(alone).toEqual({ status: 0, stdout: '', stderr: '' });
    expect((await unigraph('config diff nowhere .config')).status).toBe(2);
  });

  test('config check', async () => {
    expect(await unigraph('config check')).toMatchObject({ status: 0, stdout: '' });
    writeFileSync(configPath(), `${config()}CONFIG_LIBSOCKTE=y\nCONFIG_LIBSOCKET_MAX=3\n`);
    const ran = await unigraph('config check');
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(/\.config:\d+: there is no option LIBSOCKTE; did you mean LIBSOCKET\?/);
    expect(ran.stdout).toMatch(/LIBSOCKET_MAX \(Most sockets\) is set to 3 but stays/);
  });

  test('questions write nothing', async () => {
    const before = readdirSync(tiny.app).sort();
    for (const command of ['get LIBNET', 'why LIBNET', 'search net', 'check', 'diff']) {
      await unigraph(`config ${command} -o ${tiny.top}/elsewhere`);
    }
    expect(readdirSync(tiny.app).sort()).toEqual(before);
    expect(existsSync(join(tiny.top, 'elsewhere'))).toBe(false);
  });
});

describe('the targets of the Makefile', () => {
  test('olddefconfig, syncconfig and savedefconfig', async () => {
    const first = await unigraph('olddefconfig');
    expect(first.stdout).toBe(`#\n# configuration written to ${configPath()}\n#\n`);
    expect((await unigraph('olddefconfig')).stdout).toBe(`#\n# No change to ${configPath()}\n#\n`);
    await unigraph('config set PLAT_KVM y');
    expect((await unigraph('syncconfig')).status).toBe(0);
    expect(readFileSync(join(tiny.app, 'build/include/uk/bits/config.h'), 'utf8')).toContain(
      '#define CONFIG_PLAT_KVM 1\n',
    );
    expect((await unigraph('savedefconfig')).status).toBe(0);
    const saved = readFileSync(join(tiny.app, 'defconfig'), 'utf8');
    expect(saved).toContain('CONFIG_PLAT_KVM=y\n');
    expect(saved).toMatch(/CONFIG_UK_NAME="app"\n$/);
  });

  test('defconfig takes a file, and the saved one without', async () => {
    tiny.write('app/mine', 'CONFIG_PLAT_XEN=y\n');
    expect((await unigraph('defconfig mine')).status).toBe(0);
    expect(config()).toContain('CONFIG_PLAT_XEN=y\n');
    tiny.write('app/defconfig', 'CONFIG_PLAT_KVM=y\n');
    expect((await unigraph('defconfig')).status).toBe(0);
    expect(config()).toContain('CONFIG_PLAT_KVM=y\n');
    expect((await unigraph('defconfig UK_DEFCONFIG=mine')).status).toBe(0);
    expect(config()).toContain('CONFIG_PLAT_XEN=y\n');
    expect((await unigraph('defconfig none')).stderr).toContain("Can't find default configuration");
  });

  test('randconfig repeats a seed', async () => {
    await unigraph('randconfig --seed 42');
    const first = config();
    await unigraph('allnoconfig');
    expect(config()).not.toBe(first);
    const again = await unigraph('randconfig --seed 42');
    expect(again.stderr).toContain('KCONFIG_SEED=0x2A\n');
    expect(config()).toBe(first);
  });

  test('listnewconfig and helpnewconfig', async () => {
    tiny.write('app/.config', '# CONFIG_PLAT_KVM is not set\n');
    expect((await unigraph('listnewconfig')).stdout).toContain('CONFIG_LIBALLOC=n\n');
    const help = await unigraph('helpnewconfig');
    expect(help.stdout).toMatch(/-----\n\n(?:.*\n)*?Symbol: LIBALLOC \[=n\]/);
  });

  test('a change of the architecture is told', async () => {
    await unigraph('configure --arch x86_64');
    tiny.write('app/build/config', config());
    const changed = config()
      .replace('CONFIG_ARCH_X86_64=y', '')
      .replace('# CONFIG_ARCH_ARM_64 is not set', 'CONFIG_ARCH_ARM_64=y');
    writeFileSync(configPath(), changed);
    expect((await unigraph('olddefconfig')).stdout).toContain('*** - CPU architecture changed\n');
  });

  test('what cannot be is told, without a trace', async () => {
    tiny.write('core/Config.uk', 'nonsense here\n');
    const ran = await unigraph('olddefconfig');
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('syntax error');
    expect(ran.stderr).not.toContain('    at ');
    const asked = await unigraph('config get LIBNET');
    expect(asked.stderr).toContain(`the options of ${tiny.core} cannot be read`);
  });
});

describe('conf', () => {
  test("is the tree's own program", async () => {
    const ran = await runMain(['conf', '--olddefconfig', 'Kconfig'], tiny.app, {
      ...environment,
      CONFIG_: 'CONFIG_',
    });
    expect(ran).toMatchObject({ status: 1, stderr: "can't find file Kconfig\n" });
    tiny.write('app/Kconfig', 'config A\n\tbool "a"\n\tdefault y\n');
    await runMain(['conf', '--olddefconfig', 'Kconfig'], tiny.app, { ...environment, CONFIG_: 'CONFIG_' });
    expect(config()).toContain('CONFIG_A=y\n');
  });
});

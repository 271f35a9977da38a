import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  parseMemory,
  parsePortForward,
  parseVolume,
  type GuestOptions,
} from '../../../rules/run/guest-options.ts';
import type { Image } from '../../../rules/run/image.ts';
import {
  appendText,
  derivedParameters,
  knownParameters,
  quoteKernelArgument,
} from '../../../rules/run/kernel-arguments.ts';
import { qemuArguments, shellText } from '../../../rules/run/qemu-command.ts';

const options: GuestOptions = {
  memoryMiB: 64,
  cpus: 1,
  network: false,
  forwards: [],
  volumes: [],
  paused: false,
  kernelParameters: [],
  arguments: [],
  environment: [],
  extra: [],
};
const image: Image = {
  path: '/b/a_qemu-x86_64',
  name: 'a',
  architecture: 'x86_64',
  protocol: 'multiboot',
  debugImage: undefined,
};
const facts = { binary: '/usr/bin/qemu-system-x86_64', hasPc70: true };

describe('option values', () => {
  it('port forwardings', () => {
    const read = (text: string): unknown => {
      const result = parsePortForward(text);
      return result.ok ? result.value : result.error.message;
    };
    expect(read('5201:5201')).toEqual({ protocol: 'tcp', address: '127.0.0.1', host: 5201, guest: 5201 });
    expect(read('0.0.0.0:80:8080/tcp')).toEqual({
      protocol: 'tcp',
      address: '0.0.0.0',
      host: 80,
      guest: 8080,
    });
    expect(read('53:53/udp')).toMatchObject({ protocol: 'udp' });
    expect(read('[::1]:1:2')).toMatchObject({ address: '[::1]' });
    for (const wrong of ['80', '80:', ':80', 'a:b', '0:80', '80:65536', '80:80/icmp', '99999999:1', '']) {
      expect(read(wrong)).toBe(`'${wrong}' is not a port forwarding`);
    }
  });

  it('volumes', () => {
    expect(parseVolume('./a:/b')).toEqual({
      ok: true,
      value: { source: './a', destination: '/b', readOnly: false },
    });
    expect(parseVolume('a:/:ro')).toMatchObject({ value: { readOnly: true } });
    for (const wrong of ['a', 'a:b', ':/b', 'a:/b:x', 'a:/b:ro:more', ''])
      expect(parseVolume(wrong)).toMatchObject({ ok: false });
  });

  it('memory', () => {
    const sizes: Record<string, number> = {
      '64': 64,
      '64M': 64,
      '64Mi': 64,
      '64MiB': 64,
      '1G': 1024,
      '0.5g': 512,
      '4096k': 4,
    };
    for (const [text, size] of Object.entries(sizes))
      expect(parseMemory(text)).toEqual({ ok: true, value: size });
    for (const wrong of ['', '0', 'much', '-1', '10k', '1P'])
      expect(parseMemory(wrong)).toMatchObject({ ok: false });
  });
});

/** What lib/ukargparse makes of a command line: written after its rules, not after the quoting. */
function splitAsGuest(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    const next = line[at + 1];
    if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === undefined && (character === '"' || character === "'")) quote = character;
    else if (quote === character) quote = undefined;
    else if (character === '\\' && quote === '"' && (next === '"' || next === '\\'))
      word = (word ?? '') + line[++at]!;
    else word = (word ?? '') + character;
  }
  return word === undefined ? words : [...words, word];
}

describe('kernel arguments', () => {
  it('come back whole from the guest, whatever is in them', () => {
    const argument = fc.stringMatching(/^[ -~\t]+$/);
    fc.assert(
      fc.property(fc.array(argument), (args) => {
        expect(splitAsGuest(args.map(quoteKernelArgument).join(' '))).toEqual(args);
      }),
    );
  });

  it('stand behind -- only where parameters stand before it', () => {
    expect(appendText(image, [], [])).toBe('');
    expect(appendText(image, [], ['-c', 'a b'])).toBe('-c "a b"');
    expect(appendText(image, ['netdev.ip=x'], [])).toBe('netdev.ip=x --');
    expect(appendText(image, ['netdev.ip=x'], ['-c'])).toBe('netdev.ip=x -- -c');
  });

  it('begin with a name where QEMU does not put the path there itself', () => {
    const linux: Image = { ...image, protocol: 'linux' };
    expect(appendText(linux, [], ['x'])).toBe('a x');
    expect(appendText(linux, ['p=1'], ['x'])).toBe('a p=1 -- x');
  });

  const known = { fstab: false, rootfs: false, splitAddress: false, address: false, environment: false };
  const volumes = [
    { source: '/x', destination: '/', readOnly: false },
    { source: '/y', destination: '/data', readOnly: true },
  ];

  it('mount volumes and the initrd as the image knows it', () => {
    const derive = (given: Partial<GuestOptions>, image = {}): unknown =>
      derivedParameters({ ...options, ...given }, { ...known, ...image });
    expect(derive({ volumes }, { fstab: true })).toEqual({
      parameters: ['vfs.fstab=[ "fs0:/:9pfs" "fs1:/data:9pfs:::mkmp" ]'],
      notes: [],
    });
    expect(derive({ initrd: '/i' }, { fstab: true })).toMatchObject({
      parameters: ['vfs.fstab=[ "initrd0:/:extract::ramfs=2" ]'],
    });
    expect(derive({ volumes }, { rootfs: true })).toEqual({
      parameters: ['vfs.rootfs=9pfs', 'vfs.rootdev=fs0'],
      notes: ["this image mounts only '/' by itself; the application must mount fs1:/data:9pfs"],
    });
    expect(derive({ initrd: '/i' }, { rootfs: true })).toMatchObject({ parameters: ['vfs.rootfs=initrd'] });
    expect(derive({ volumes })).toMatchObject({ parameters: [] });
    expect(derive({ volumes, kernelParameters: ['vfs.fstab=[ ]'] }, { fstab: true })).toEqual({
      parameters: [],
      notes: [],
    });
    expect(derive({}, { fstab: true, rootfs: true })).toEqual({ parameters: [], notes: [] });
  });

  it('set the address as the image knows it', () => {
    const ip = '10.0.2.15/20:10.0.2.2:10.0.2.3';
    expect(derivedParameters({ ...options, ip }, known).parameters).toEqual([`netdev.ip=${ip}`]);
    expect(derivedParameters({ ...options, ip }, { ...known, splitAddress: true }).parameters).toEqual([
      'netdev.ipv4_addr=10.0.2.15',
      'netdev.ipv4_subnet_mask=255.255.240.0',
      'netdev.ipv4_gw_addr=10.0.2.2',
    ]);
  });

  it('say when the image takes no address', () => {
    const given = { ...options, ip: '10.0.2.15/24' };
    expect(derivedParameters(given, known).notes).toEqual([
      expect.stringMatching(/LIBUKNETDEV_EINFO_LIBPARAM is off/),
    ]);
    expect(derivedParameters(given, { ...known, address: true }).notes).toEqual([]);
  });

  it('give a guest with forwarded ports the address that QEMU forwards to, unless something else is said', () => {
    const forwards = [{ protocol: 'tcp', address: '127.0.0.1', host: 1, guest: 2 } as const];
    const takes = { ...known, address: true };
    const address = 'netdev.ip=10.0.2.15/24:10.0.2.2:10.0.2.3';
    expect(derivedParameters({ ...options, forwards }, takes).parameters).toEqual([address]);
    expect(derivedParameters({ ...options, forwards }, { ...known, splitAddress: true }).parameters).toEqual([
      'netdev.ipv4_addr=10.0.2.15',
      'netdev.ipv4_subnet_mask=255.255.255.0',
      'netdev.ipv4_gw_addr=10.0.2.2',
    ]);
    expect(derivedParameters({ ...options, forwards, ip: '10.0.2.9/24' }, takes).parameters).toEqual([
      'netdev.ip=10.0.2.9/24',
    ]);
    const own = { ...options, forwards, kernelParameters: ['netdev.ip=10.0.2.20/24'] };
    expect(derivedParameters(own, takes)).toEqual({ parameters: [], notes: [] });
    expect(derivedParameters({ ...options, forwards }, known)).toEqual({ parameters: [], notes: [] });
    expect(derivedParameters(options, takes).parameters).toEqual([]);
  });

  it('hand over the environment, or say that they cannot', () => {
    const environment = ['A=1', 'B=x y'];
    expect(derivedParameters({ ...options, environment }, { ...known, environment: true })).toEqual({
      parameters: ['env.vars=[ A=1 "B=x y" ]'],
      notes: [],
    });
    expect(derivedParameters({ ...options, environment }, known).notes).toHaveLength(1);
  });

  it('know an image by the names in it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'unigraph-image-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'new'), 'x\0fstab\0IPv4 einfo: cidr[:gw]\0env\0vars\0');
    // A protocol's name, in every C library.
    writeFileSync(join(folder, 'plain'), 'x\0ip\0icmp\0');
    writeFileSync(join(folder, 'old'), 'x\0rootdev\0ipv4_gw_addr\0');
    expect(knownParameters(join(folder, 'new'))).toEqual({
      fstab: true,
      rootfs: false,
      splitAddress: false,
      address: true,
      environment: true,
    });
    expect(knownParameters(join(folder, 'plain')).address).toBe(false);
    expect(knownParameters(join(folder, 'old'))).toEqual({
      fstab: false,
      rootfs: true,
      splitAddress: true,
      address: false,
      environment: false,
    });
  });
});

describe("QEMU's command", () => {
  const words = (
    given: Partial<GuestOptions> = {},
    accelerator: 'kvm' | 'tcg' = 'tcg',
    of: Image = image,
  ): string => qemuArguments(of, { ...options, ...given }, facts, accelerator, '', false).join(' ');

  it('has the machine, the processor and nothing that was not asked for', () => {
    expect(words()).toBe(
      '-machine pc-i440fx-7.0,accel=tcg -cpu max -m 64 -smp cpus=1 -nodefaults -no-user-config -display none -rtc base=utc ' +
        '-no-reboot -serial stdio -monitor none -device isa-debug-exit,iobase=0xf4,iosize=0x04 -kernel /b/a_qemu-x86_64',
    );
    expect(words({}, 'kvm')).toContain('-machine pc-i440fx-7.0,accel=kvm -cpu host,+x2apic,-pmu ');
    const arm = words({}, 'tcg', { ...image, architecture: 'arm64', protocol: 'linux' });
    expect(arm).toMatch(/^-machine virt,accel=tcg -cpu max /);
    expect(arm).not.toContain('isa-debug-exit');
    expect(qemuArguments(image, options, { ...facts, hasPc70: false }, 'tcg', '', false)[1]).toBe(
      'pc,accel=tcg',
    );
    expect(words({ machine: 'q35', cpu: 'qemu64' })).toMatch(/^-machine q35,accel=tcg -cpu qemu64 /);
  });

  it('has what was asked for', () => {
    const forwards = [{ protocol: 'tcp', address: '127.0.0.1', host: 1, guest: 2 } as const];
    expect(words({ forwards })).toContain(
      '-netdev user,id=net0,hostfwd=tcp:127.0.0.1:1-:2 -device virtio-net-pci,netdev=net0',
    );
    expect(words({ network: true })).toContain('-netdev user,id=net0 -device virtio-net-pci,netdev=net0');
    expect(words({ volumes: [{ source: '/a,b', destination: '/', readOnly: true }] })).toContain(
      '-fsdev local,security_model=none,id=volume0,path=/a,,b,readonly=on -device virtio-9p-pci,fsdev=volume0,mount_tag=fs0',
    );
    expect(words({ initrd: '/a,b' })).toContain('-initrd /a,,b');
    expect(words({ gdbPort: 1234, paused: true })).toContain('-gdb tcp:127.0.0.1:1234 -S');
    expect(words({ memoryMiB: 256, cpus: 4, extra: ['-d', 'int'] })).toMatch(/-m 256 -smp cpus=4 .* -d int$/);
  });

  it('can be pasted into a shell', () => {
    expect(shellText(['a', 'b c', "it's", '', '$x', 'k=v,w'])).toBe("a 'b c' 'it'\\''s' '' '$x' k=v,w");
  });
});

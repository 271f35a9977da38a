import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findImage } from '../../../rules/run/find-image.ts';
import { inspectImage, parseImageName } from '../../../rules/run/image.ts';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-image-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The beginning of an ELF file; with a multiboot header at `multiboot`. */
function elf(bits: 32 | 64, machine: number, multiboot?: number): Buffer {
  const bytes = Buffer.alloc(8192);
  bytes.write('\x7fELF', 0, 'latin1');
  bytes[4] = bits === 32 ? 1 : 2;
  bytes.writeUInt16LE(machine, 18);
  if (multiboot !== undefined) {
    bytes.writeUInt32LE(0x1badb002, multiboot);
    bytes.writeUInt32LE(-0x1badb002 >>> 0, multiboot + 8);
  }
  return bytes;
}

const multiboot = elf(32, 3, 4096);
const linuxArm = Buffer.concat([Buffer.alloc(56), Buffer.from('ARM\x64'), Buffer.alloc(100)]);
const bzImage = Buffer.concat([Buffer.alloc(0x202), Buffer.from('HdrS'), Buffer.alloc(100)]);

describe('inspectImage', () => {
  const inspect = (name: string, content: Buffer): unknown => {
    const folder = scratch();
    writeFileSync(join(folder, name), content);
    const result = inspectImage(join(folder, name));
    return result.ok ? { ...result.value, path: undefined } : result.error.message.slice(folder.length + 1);
  };
  const image = (name: string, architecture: string, protocol: string): unknown => ({
    path: undefined,
    name,
    architecture,
    protocol,
    debugImage: undefined,
  });

  it('tells by the content how an image boots', () => {
    expect(inspect('hello_qemu-x86_64', multiboot)).toEqual(image('hello', 'x86_64', 'multiboot'));
    expect(inspect('hello_kvm-x86_64', bzImage)).toEqual(image('hello', 'x86_64', 'linux'));
    expect(inspect('hello_qemu-arm64', linuxArm)).toEqual(image('hello', 'arm64', 'linux'));
    expect(inspect('hello_kvm-arm64', Buffer.alloc(100, 1))).toEqual(image('hello', 'arm64', 'linux'));
    expect(inspect('own-name', multiboot)).toEqual(image('own-name', 'x86_64', 'multiboot'));
  });

  it('says what QEMU cannot boot, and why', () => {
    expect(inspect('hello_qemu-x86_64', elf(64, 62, 4096))).toMatch(/is a 64-bit ELF file/);
    expect(inspect('hello_qemu-x86_64', elf(32, 3))).toMatch(/has no multiboot header/);
    expect(inspect('hello_xen-x86_64', multiboot)).toMatch(/is an image for Xen/);
    expect(inspect('hello_fc-x86_64', multiboot)).toMatch(/is an image for Firecracker/);
    expect(inspect('hello_linuxu-x86_64', elf(64, 62))).toMatch(/is a Linux program/);
    expect(inspect('hello_qemu-x86_64', Buffer.from('MZ\x90'))).toMatch(/is an EFI program/);
    expect(inspect('hello', Buffer.from('text'))).toMatch(/is not a kernel image/);
    expect(inspect('hello', Buffer.alloc(0))).toMatch(/is not a kernel image/);
    expect(inspect('hello', elf(32, 8))).toMatch(/machine that is not known \(ELF machine 8\)/);
    expect(inspectImage('/no/such')).toMatchObject({
      error: { message: 'cannot read the image /no/such: no such file' },
    });
    expect(inspectImage('/')).toMatchObject({ error: { message: '/ is not a file' } });
  });

  it('sends one from the unstripped image to the stripped one', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a_qemu-x86_64'), multiboot);
    writeFileSync(join(folder, 'a_qemu-x86_64.dbg'), elf(64, 62));
    expect(inspectImage(join(folder, 'a_qemu-x86_64.dbg'))).toMatchObject({
      error: { hint: `Boot ${join(folder, 'a_qemu-x86_64')} instead; this one is for gdb.` },
    });
    expect(inspectImage(join(folder, 'a_qemu-x86_64'))).toMatchObject({
      value: { debugImage: join(folder, 'a_qemu-x86_64.dbg') },
    });
  });

  it('splits names at their last underscore', () => {
    expect(parseImageName('/b/my_app_qemu-x86_64')).toEqual({
      name: 'my_app',
      platform: 'qemu',
      architecture: 'x86_64',
    });
    expect(parseImageName('my_app_qemu-x86_64.dbg')).toBeUndefined();
  });
});

describe('findImage', () => {
  const folderWith = (files: Readonly<Record<string, number>>): string => {
    const folder = scratch();
    for (const [name, time] of Object.entries(files)) {
      writeFileSync(join(folder, name), multiboot);
      utimesSync(join(folder, name), time, time);
    }
    return folder;
  };
  const find = (folder: string, wanted = {}): string => {
    const result = findImage(folder, wanted);
    return result.ok ? result.value.path.slice(folder.length + 1) : result.error.message;
  };

  it('takes the newest that QEMU boots, of either naming', () => {
    const folder = folderWith({
      'a_kvm-x86_64': 100,
      'a_qemu-x86_64': 200,
      'a_qemu-x86_64.dbg': 300,
      'a_fc-x86_64': 400,
      'a_qemu-x86_64.bootinfo': 500,
    });
    mkdirSync(join(folder, 'dir_qemu-x86_64'));
    expect(find(folder)).toBe('a_qemu-x86_64');
    expect(find(folder, { name: 'a', platform: 'kvm', architecture: 'x86_64' })).toBe('a_qemu-x86_64');
  });

  it('follows the name, the platform and the architecture', () => {
    const folder = folderWith({ 'a_qemu-x86_64': 100, 'b_qemu-x86_64': 200 });
    expect(find(folder, { name: 'a' })).toBe('a_qemu-x86_64');
    expect(find(folder, { name: 'c' })).toBe(`there is no image of 'c' in ${folder}`);
    expect(find(folder, { architecture: 'arm64' })).toBe(`there is no image for arm64 in ${folder}`);
    expect(find(folder, { platform: 'xen', architecture: 'x86_64' })).toBe(
      `there is no image for xen/x86_64 in ${folder}`,
    );
  });

  it('finds an image with a name of its own by the unstripped one beside it', () => {
    expect(find(folderWith({ kernel: 100, 'kernel.dbg': 100, other: 300 }))).toBe('kernel');
  });

  it('says what to do where there is none', () => {
    expect(findImage('/no/such/build')).toMatchObject({ error: { hint: "Build first: 'unigraph build'." } });
    expect(findImage(folderWith({}))).toMatchObject({ error: { hint: "Build first: 'unigraph build'." } });
  });
});

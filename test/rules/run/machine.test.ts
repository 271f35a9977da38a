import { arch } from 'node:os';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chooseAccelerator, kvmFailure, rememberKvmFailure } from '../../../rules/run/accelerator.ts';
import { GuestRegistry, processStart, type GuestRecord } from '../../../rules/run/guest-registry.ts';
import { MachineCache } from '../../../rules/run/machine-cache.ts';
import { findQemu } from '../../../rules/run/qemu-binary.ts';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-machine-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const own = arch() === 'arm64' ? 'arm64' : 'x86_64';
const other = own === 'arm64' ? 'x86_64' : 'arm64';

describe('the accelerator', () => {
  it('is KVM where its device can be opened, until it fails', () => {
    const folder = scratch();
    const cache = new MachineCache({ XDG_CACHE_HOME: folder });
    const device = join(folder, 'kvm');
    expect(chooseAccelerator(own, 'auto', cache, device)).toMatchObject({
      accelerator: 'tcg',
      note: `there is no KVM here (no ${device}): the guest runs emulated (TCG), which is slower`,
    });
    writeFileSync(device, '');
    expect(chooseAccelerator(own, 'auto', cache, device)).toEqual({
      accelerator: 'kvm',
      mayFallBack: true,
      note: undefined,
    });
    rememberKvmFailure(cache, 'it cannot emulate an instruction');
    expect(chooseAccelerator(own, 'auto', cache, device)).toMatchObject({
      accelerator: 'tcg',
      note: 'KVM does not run guests on this machine (it cannot emulate an instruction): the guest runs emulated (TCG)',
    });
  });

  it('is tried again after the next boot', () => {
    const folder = scratch();
    const cache = new MachineCache({ XDG_CACHE_HOME: folder });
    cache.write({ kvmFailure: { boot: 'another', reason: 'x' } });
    writeFileSync(join(folder, 'kvm'), '');
    expect(chooseAccelerator(own, 'auto', cache, join(folder, 'kvm'))).toMatchObject({ accelerator: 'kvm' });
  });

  it('is TCG for another architecture, and what was asked for otherwise', () => {
    const cache = new MachineCache({ XDG_CACHE_HOME: scratch() });
    expect(chooseAccelerator(other, 'auto', cache)).toMatchObject({ accelerator: 'tcg', mayFallBack: false });
    expect(chooseAccelerator(own, 'kvm', cache, '/none')).toEqual({
      accelerator: 'kvm',
      mayFallBack: false,
      note: undefined,
    });
    expect(chooseAccelerator(own, 'tcg', cache)).toEqual({
      accelerator: 'tcg',
      mayFallBack: false,
      note: undefined,
    });
  });

  it("is known to have failed by QEMU's words", () => {
    expect(kvmFailure('KVM internal error. Suberror: 1')).toBeDefined();
    expect(kvmFailure('emulation failure')).toBeDefined();
    expect(kvmFailure('qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69')).toBeDefined();
    expect(kvmFailure('qemu-system-x86_64: failed to initialize kvm: Permission denied')).toBeDefined();
    expect(kvmFailure("qemu-system-x86_64: warning: host doesn't support requested feature")).toBeUndefined();
    expect(kvmFailure('qemu-system-x86_64: could not load kernel')).toBeUndefined();
  });
});

describe('what is known about the machine', () => {
  it('survives a cache that is damaged or cannot be written', () => {
    const folder = scratch();
    mkdirSync(join(folder, 'unigraph'));
    writeFileSync(join(folder, 'unigraph/machine.json'), '{half');
    expect(new MachineCache({ XDG_CACHE_HOME: folder }).read()).toEqual({});
    writeFileSync(join(folder, 'file'), '');
    const unwritable = new MachineCache({ XDG_CACHE_HOME: join(folder, 'file') });
    unwritable.write({ kvmFailure: { boot: 'x', reason: 'y' } });
    expect(unwritable.read()).toEqual({});
  });

  it('includes the machines of a QEMU, asked once', async () => {
    const folder = scratch();
    const program = join(folder, 'qemu-system-x86_64');
    writeFileSync(
      program,
      `#!/bin/sh\necho asked >> ${folder}/log\necho 'pc-i440fx-7.0        Standard PC'\n`,
    );
    chmodSync(program, 0o755);
    const environment = { PATH: folder, XDG_CACHE_HOME: folder };
    const cache = new MachineCache(environment);
    for (let time = 0; time < 2; time++) {
      expect(await findQemu('x86_64', environment, folder, cache)).toEqual({
        ok: true,
        value: { binary: program, hasPc70: true },
      });
    }
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('asked\n');
  });

  it('includes what is missing, with the package', async () => {
    const folder = scratch();
    const environment = { PATH: folder, XDG_CACHE_HOME: folder };
    const result = await findQemu('arm64', environment, folder, new MachineCache(environment));
    expect(result).toMatchObject({ ok: false, error: { hint: 'apt-get install qemu-system-arm' } });
  });
});

describe('the list of guests', () => {
  const record = (name: string, fields: Partial<GuestRecord> = {}): GuestRecord => ({
    name,
    pid: process.pid,
    pidStart: processStart(process.pid)!,
    image: '/b/x',
    debugImage: undefined,
    architecture: 'x86_64',
    gdbPort: undefined,
    ports: [],
    background: true,
    started: 1,
    ...fields,
  });

  it('gives a running guest a name of its own, and the name of an ended one anew', () => {
    const registry = new GuestRegistry({ XDG_STATE_HOME: scratch() });
    expect(registry.reserve('my app!')).toBe('my-app-');
    const name = registry.reserve('fortune');
    registry.write(record(name));
    expect(registry.reserve('fortune')).toBe('fortune-2');
    registry.write(record(name, { ended: 2, status: 0 }));
    expect(registry.reserve('fortune')).toBe('fortune');
    expect(registry.reserve('../..')).not.toContain('/');
  });

  it('knows a guest whose process is gone, even if the number is used again', () => {
    const registry = new GuestRegistry({ XDG_STATE_HOME: scratch() });
    for (const name of ['alive', 'reused', 'gone']) registry.reserve(name);
    registry.write(record('alive', { started: 3 }));
    registry.write(record('reused', { started: 2, pidStart: '1' }));
    registry.write(record('gone', { started: 1, pid: 4_194_305 }));
    expect(registry.list().map(({ name, running }) => [name, running])).toEqual([
      ['alive', true],
      ['reused', false],
      ['gone', false],
    ]);
    registry.remove('alive');
    expect(registry.find('alive')).toBeUndefined();
  });

  it('is empty where nothing has run', () => {
    expect(new GuestRegistry({ XDG_STATE_HOME: join(scratch(), 'none') }).list()).toEqual([]);
  });
});

import { accessSync, constants } from 'node:fs';
import { arch } from 'node:os';
import type { GuestArchitecture } from './image.ts';
import { bootId, type MachineCache } from './machine-cache.ts';
import type { Accelerator } from './qemu-command.ts';

export interface AcceleratorChoice {
  readonly accelerator: Accelerator;
  /** TCG may take over if KVM turns out not to run the guest. */
  readonly mayFallBack: boolean;
  /** Why it is not KVM, as one line for the user. */
  readonly note: string | undefined;
}

const DEVICE = '/dev/kvm';

/**
 * KVM where there is hope for it, TCG otherwise.
 *
 * That /dev/kvm can be opened does not say that it runs a guest: on some hosted machines without svm/vmx it begins
 * one and stops at the first instruction that it cannot emulate. That can only be seen by running; see {@link kvmFailure}.
 */
export function chooseAccelerator(
  architecture: GuestArchitecture,
  wanted: 'auto' | Accelerator,
  cache: MachineCache,
  device = DEVICE,
): AcceleratorChoice {
  if (wanted !== 'auto') return { accelerator: wanted, mayFallBack: false, note: undefined };
  const tcg = (note: string | undefined): AcceleratorChoice => ({
    accelerator: 'tcg',
    mayFallBack: false,
    note,
  });
  const host = { x64: 'x86_64', arm64: 'arm64' }[arch() as 'x64' | 'arm64'];
  if (host !== architecture) {
    return tcg(`this machine is not ${architecture}: the guest runs emulated (TCG), which is slower`);
  }
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === 'EACCES';
    return tcg(
      denied
        ? `there is no permission for ${device}: the guest runs emulated (TCG), which is slower (mend it: sudo usermod -aG kvm $USER, then log in again)`
        : `there is no KVM here (no ${device}): the guest runs emulated (TCG), which is slower`,
    );
  }
  const failure = cache.read().kvmFailure;
  if (failure !== undefined && failure.boot === bootId()) {
    return tcg(`KVM does not run guests on this machine (${failure.reason}): the guest runs emulated (TCG)`);
  }
  return { accelerator: 'kvm', mayFallBack: true, note: undefined };
}

/** Remembers, until the machine is booted again, that KVM failed. */
export function rememberKvmFailure(cache: MachineCache, reason: string): void {
  const boot = bootId();
  if (boot !== undefined) cache.write({ kvmFailure: { boot, reason } });
}

/**
 * Does this line of QEMU's say that KVM cannot run the guest?
 * @returns the reason in few words
 */
export function kvmFailure(line: string): string | undefined {
  if (/KVM internal error/.test(line)) return 'it stops with an internal error';
  if (/emulation failure/.test(line)) return 'it cannot emulate an instruction';
  if (/KVM: entry failed|kvm run failed/i.test(line)) return 'it cannot enter the guest';
  if (/failed to set MSR|kvm_buf_set_msrs/.test(line)) return 'it cannot set up the processor';
  if (/Could not access KVM|failed to initialize kvm|ioctl\(KVM_/i.test(line))
    return 'it cannot be initialised';
  return undefined;
}

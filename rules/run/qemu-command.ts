import type { GuestOptions, PortForward } from './guest-options.ts';
import type { Image } from './image.ts';

export type Accelerator = 'kvm' | 'tcg';

/** What was found out about the QEMU of this machine. */
export interface QemuFacts {
  /** Absolute path. */
  readonly binary: string;
  /** Whether it has the machine `pc-i440fx-7.0`; undefined for other architectures. */
  readonly hasPc70: boolean;
}

/** File descriptor on which {@link qemuArguments} puts QEMU's control protocol, when asked to. */
export const CONTROL_FD = 3;

/** The device with which a guest ends QEMU with a status: writing `v` to the port gives `(v << 1) | 1`. */
const DEBUG_EXIT = 'isa-debug-exit,iobase=0xf4,iosize=0x04';

/**
 * QEMU's arguments for a guest with its console on standard input and output.
 * @param append the kernel's command line, from `appendText`
 * @param control whether QEMU shall talk QMP on {@link CONTROL_FD}
 */
export function qemuArguments(
  image: Image,
  options: GuestOptions,
  facts: QemuFacts,
  accelerator: Accelerator,
  append: string,
  control: boolean,
): string[] {
  const isX86 = image.architecture === 'x86_64';
  const words: string[] = [
    ...['-machine', `${options.machine ?? defaultMachine(image, facts)},accel=${accelerator}`],
    ...['-cpu', options.cpu ?? defaultCpu(image, accelerator)],
    ...['-m', String(options.memoryMiB)],
    ...['-smp', `cpus=${options.cpus}`],
    // Nothing that was not asked for: no network card, no disks, no screen.
    '-nodefaults',
    '-no-user-config',
    ...['-display', 'none'],
    ...['-rtc', 'base=utc'],
    // A guest that resets itself has crashed: it would start again for ever.
    '-no-reboot',
    ...['-serial', 'stdio'],
    ...['-monitor', 'none'],
    ...(isX86 ? ['-device', DEBUG_EXIT] : []),
    ...networkArguments(options),
    ...options.volumes.flatMap(({ source, readOnly }, index) => [
      '-fsdev',
      // `none` is `passthrough` for an ordinary user: it does not fail when owners cannot be changed.
      `local,security_model=none,id=volume${index},path=${escapeComma(source)}${readOnly ? ',readonly=on' : ''}`,
      '-device',
      `virtio-9p-pci,fsdev=volume${index},mount_tag=fs${index}`,
    ]),
    ...['-kernel', image.path],
    ...(options.initrd === undefined ? [] : ['-initrd', initrdArgument(image, options.initrd)]),
    ...(append === '' ? [] : ['-append', append]),
    ...(options.gdbPort === undefined ? [] : ['-gdb', `tcp:127.0.0.1:${options.gdbPort}`]),
    ...(options.paused ? ['-S'] : []),
    ...(control
      ? ['-chardev', `socket,id=control,fd=${CONTROL_FD}`, '-mon', 'chardev=control,mode=control']
      : []),
    ...options.extra,
  ];
  return words;
}

/**
 * For x86 the machine that Unikraft's own qemu-guest takes: `pc-i440fx-7.0`, since images up to 0.14 do not boot on later
 * versions of the model (unikraft issue 1040).
 */
function defaultMachine(image: Image, facts: QemuFacts): string {
  if (image.architecture === 'arm64') return 'virt';
  return facts.hasPc70 ? 'pc-i440fx-7.0' : 'pc';
}

function defaultCpu(image: Image, accelerator: Accelerator): string {
  if (accelerator === 'tcg') return 'max';
  return image.architecture === 'arm64' ? 'host' : 'host,+x2apic,-pmu';
}

function networkArguments({ network, forwards }: GuestOptions): string[] {
  if (!network && forwards.length === 0) return [];
  const forwarded = forwards.map((forward) => `,hostfwd=${forwardText(forward)}`).join('');
  return ['-netdev', `user,id=net0${forwarded}`, '-device', 'virtio-net-pci,netdev=net0'];
}

const forwardText = ({ protocol, address, host, guest }: PortForward): string =>
  `${protocol}:${address}:${host}-:${guest}`;

/** QEMU's option lists end at a comma; two of them are one that does not. */
function escapeComma(text: string): string {
  return text.replaceAll(',', ',,');
}

/** With multiboot, commas separate modules (and are doubled); the rest of each word is the module's own command line. */
function initrdArgument(image: Image, initrd: string): string {
  return image.protocol === 'multiboot' ? escapeComma(initrd) : initrd;
}

/** A command as one can paste it into a shell. */
export function shellText(words: readonly string[]): string {
  return words
    .map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}

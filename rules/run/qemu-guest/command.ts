import { randomBytes, randomUUID } from 'node:crypto';
import type { Attachment, QemuGuestOptions } from './options.ts';
import { vncDisplay } from './options.ts';

/** Where a guest's sockets and files are, and what else differs from call to call. */
export interface QemuGuestPlaces {
  readonly monitor: string;
  readonly serial: string;
  readonly pidFile: string;
  /** The scripts that a tap device runs: `ifup0.sh`, `ifdown0.sh`, … */
  readonly scripts: string;
  /** The first three bytes of the first card's address are 52:54:00; these are the others. */
  readonly addressBase: number;
  readonly name: string;
}

/** What is decided once for a call. */
export function choosePlaces(
  folder: string,
  id: string | number,
  options: QemuGuestOptions,
): QemuGuestPlaces {
  const prefix = `${folder}/qemu-guest-${id}`;
  return {
    monitor: `${prefix}_monitor.socket`,
    serial: `${prefix}_serial.socket`,
    pidFile: `${prefix}_qemu.pid`,
    scripts: prefix,
    addressBase: randomBytes(3).readUIntBE(0, 3),
    name: options.name ?? randomUUID(),
  };
}

/**
 * QEMU's words as Unikraft's script puts them together, in its order (support/scripts/qemu-guest).
 * @param daemonize the script's way: QEMU leaves the terminal; without it, it stays our child
 * @param pciDriver which driver holds the PCI devices
 */
export function qemuGuestArguments(
  options: QemuGuestOptions,
  places: QemuGuestPlaces,
  hasPc70: boolean,
  daemonize: boolean,
  pciDriver: 'vfio-pci' | 'pci-assign' = 'vfio-pci',
): string[] {
  const { kernel, initrd } = options;
  // Without arguments of its own a kernel is told where its console is.
  const append = kernel === undefined ? undefined : (options.append ?? 'console=ttyS0');
  const words = [
    ...machineArguments(options, hasPc70),
    ...(daemonize ? ['-daemonize', '-pidfile', places.pidFile] : []),
    '-nographic',
    ...['-name', places.name],
    ...['-monitor', `unix:${places.monitor},server,nowait`],
    // The processors start when everything else is in place.
    '-S',
    ...(options.traceFile === undefined
      ? []
      : ['-d', 'in_asm,cpu_reset,int,pcall,mmu,unimp,guest_errors', '-D', options.traceFile]),
    ...['-m', options.memory],
    ...['-smp', `sockets=${options.sockets},cores=${options.cores},threads=${options.hyperthreads ? 2 : 1}`],
    ...['-rtc', 'base=utc'],
    ...['-parallel', 'none'],
    ...(options.gdbPort === undefined ? [] : ['-gdb', `tcp::${options.gdbPort}`, '-no-shutdown']),
    ...attachmentArguments(options.attachments, places),
    ...(options.balloon ? ['-device', 'virtio-balloon-pci,id=balloon0'] : []),
    ...(options.random
      ? ['-object', 'rng-random,id=hostrng0,filename=/dev/random', '-device', 'virtio-rng-pci,rng=hostrng0']
      : []),
    ...(hasNetwork(options) ? [] : ['-net', 'none']),
    ...(kernel === undefined ? ['-boot', 'reboot-timeout=1000'] : ['-kernel', kernel]),
    ...(initrd === undefined ? [] : ['-initrd', initrd]),
    ...(append === undefined ? [] : ['-append', append]),
    ...(options.vncPort === undefined
      ? ['-vga', 'none']
      : ['-vga', 'cirrus', '-display', `vnc=${vncDisplay(options.vncPort)}`]),
    ...options.pciDevices.flatMap((device) => ['-device', `${pciDriver},host=${device}`]),
    ...['-serial', `unix:${places.serial},server,nowait`],
    ...(!options.background || options.gdbPort !== undefined ? ['-no-reboot'] : []),
  ];
  return [...words, ...options.extra];
}

export function hasNetwork({ attachments }: QemuGuestOptions): boolean {
  return attachments.some(({ kind }) => kind === 'user-network' || kind === 'bridge' || kind === 'interface');
}

function machineArguments({ machine, emulated }: QemuGuestOptions, hasPc70: boolean): string[] {
  const accelerator = emulated ? 'tcg' : 'kvm';
  const type = { x86pc: hasPc70 ? 'pc-i440fx-7.0' : 'pc', x86q35: 'q35', arm64v: 'virt' }[machine];
  return [
    ...(emulated ? [] : ['-enable-kvm']),
    ...['-machine', `${type},accel=${accelerator}`],
    ...['-cpu', machine === 'arm64v' ? armCpu(emulated) : x86Cpu(emulated)],
  ];
}

const armCpu = (emulated: boolean): string => (emulated ? 'cortex-a53' : 'host');

/** rdrand and rdseed are the script's since 0.18; images that do not use them do not mind. */
const x86Cpu = (emulated: boolean): string =>
  emulated ? 'qemu64,-vmx,-svm,+x2apic,+pdpe1gb,+rdrand,+rdseed' : 'host,+x2apic,-pmu';

function attachmentArguments(attachments: readonly Attachment[], places: QemuGuestPlaces): string[] {
  // As in the script: disks and folders share a count, folders have one more for their tags.
  let network = 0;
  let storage = 0;
  let cdrom = 0;
  let serial = 0;
  let folder = 0;
  return attachments.flatMap((attachment) => {
    switch (attachment.kind) {
      case 'user-network': {
        const id = network++;
        const forward = attachment.sshPort === undefined ? '' : `,hostfwd=tcp::${attachment.sshPort}-:22`;
        return ['-netdev', `user,id=hostnet${id}${forward}`, '-device', card(id, `hostnet${id}`, places)];
      }
      case 'bridge':
      case 'interface': {
        const id = network++;
        const scripts = `script=${places.scripts}/ifup${id}.sh,downscript=${places.scripts}/ifdown${id}.sh`;
        return ['-netdev', `tap,id=hnet${id},vhost=off,${scripts}`, '-device', card(id, `hnet${id}`, places)];
      }
      case 'disk': {
        const id = storage++;
        return [
          ...['-drive', `file=${attachment.file},if=none,id=hvirtio${id},format=${attachment.format}`],
          ...['-device', `virtio-blk-pci,scsi=off,drive=hvirtio${id},id=virtio${id}`],
        ];
      }
      case 'cdrom': {
        const id = cdrom++;
        return [
          ...['-drive', `file=${attachment.file},if=none,id=hide${id},format=raw,readonly=on`],
          ...['-device', `ide-cd,bus=ide.${id},unit=0,drive=hide${id},id=ide${id}`],
        ];
      }
      case 'folder': {
        const id = storage++;
        return [
          ...['-fsdev', `local,security_model=passthrough,id=hvirtio${id},path=${attachment.path}`],
          ...['-device', `virtio-9p-pci,fsdev=hvirtio${id},mount_tag=fs${folder++}`],
        ];
      }
      case 'serial': {
        const id = serial++;
        return [
          ...['-chardev', `socket,path=${attachment.socket},server,nowait,id=vserial${id}`],
          ...['-device', 'virtio-serial', '-device', `virtconsole,chardev=vserial${id}`],
        ];
      }
    }
  });
}

function card(id: number, netdev: string, { addressBase }: QemuGuestPlaces): string {
  const bytes = (addressBase + id) & 0xff_ffff;
  const address = [bytes >> 16, (bytes >> 8) & 0xff, bytes & 0xff]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(':');
  return `virtio-net-pci,mac=52:54:00:${address},netdev=${netdev},id=net${id}`;
}

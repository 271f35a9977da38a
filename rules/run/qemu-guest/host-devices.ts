import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import type { Diagnostic } from '../../../engine/location.ts';
import { fail, ok, type Result } from '../../../engine/result.ts';
import type { QemuGuestOptions } from './options.ts';

/** A name that may stand in a shell script. */
const SAFE_NAME = /^[A-Za-z0-9_.:@-]+$/;

/**
 * Writes the scripts with which QEMU's tap devices join a bridge (-b) or a network device of the host (-V).
 * ip(8) of iproute2 does what brctl and ifconfig do in Unikraft's script.
 */
export function writeTapScripts(options: QemuGuestOptions, folder: string): Result<void, Diagnostic> {
  const networks = options.attachments.filter(
    ({ kind }) => kind === 'user-network' || kind === 'bridge' || kind === 'interface',
  );
  for (const [id, network] of networks.entries()) {
    if (network.kind !== 'bridge' && network.kind !== 'interface') continue;
    const name = network.kind === 'bridge' ? network.bridge : network.interface;
    if (!SAFE_NAME.test(name)) return fail({ message: `'${name}' is not the name of a network device` });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { up, down } = network.kind === 'bridge' ? bridgeScripts(name) : interfaceScripts(name);
    for (const [script, lines] of [
      [`${folder}/ifup${id}.sh`, up],
      [`${folder}/ifdown${id}.sh`, down],
    ] as const) {
      writeFileSync(script, `#!/bin/sh -e\n${lines.join('\n')}\n`);
      chmodSync(script, 0o700);
    }
  }
  return ok(undefined);
}

interface Scripts {
  readonly up: readonly string[];
  readonly down: readonly string[];
}

function bridgeScripts(bridge: string): Scripts {
  return {
    up: ['ip link set "$1" promisc on up', `ip link set "$1" master ${bridge}`],
    down: ['ip link set "$1" nomaster || true', 'ip link set "$1" down || true'],
  };
}

function interfaceScripts(device: string): Scripts {
  // Device names have at most 15 characters.
  const bridge = `swire-${device}`.slice(0, 15);
  return {
    up: [
      `ip link set ${device} promisc on up`,
      'ip link set "$1" promisc on up',
      `ip link add ${bridge} type bridge`,
      `ip link set ${device} master ${bridge}`,
      `ip link set "$1" master ${bridge}`,
      `ip link set ${bridge} up`,
    ],
    down: [
      `ip link set ${bridge} down || true`,
      `ip link del ${bridge} || true`,
      'ip link set "$1" down || true',
    ],
  };
}

const DRIVERS = '/sys/bus/pci/drivers';

/**
 * Takes PCI devices from the host and gives them to vfio-pci, or to pci-stub where the kernel has no vfio.
 * @returns the name of QEMU's device for them
 */
export async function releasePciDevices(
  devices: readonly string[],
  note: (text: string) => void,
): Promise<Result<'vfio-pci' | 'pci-assign', Diagnostic>> {
  const driver = await loadDriver();
  if (driver === undefined)
    return fail({ message: "neither of the kernel modules 'vfio-pci' and 'pci-stub' can be loaded" });
  for (const device of devices) {
    const folder = `/sys/bus/pci/devices/${device}`;
    if (!existsSync(`${folder}/vendor`)) {
      return fail({
        message: `there is no PCI device '${device}'`,
        hint: 'Write it as lspci -D does: 0000:00:00.0.',
      });
    }
    try {
      const [vendor, product] = ['vendor', 'device'].map((file) =>
        readFileSync(`${folder}/${file}`, 'utf8').trim().slice(2),
      );
      writeFileSync(`${DRIVERS}/${driver}/new_id`, `${vendor} ${product}`);
      if (existsSync(`${folder}/driver/unbind`)) writeFileSync(`${folder}/driver/unbind`, device);
      writeFileSync(`${DRIVERS}/${driver}/bind`, device);
    } catch (error) {
      return fail({
        message: `the PCI device '${device}' cannot be given to ${driver}: ${(error as Error).message}`,
      });
    }
    note(`the PCI device ${device} is bound to ${driver}`);
  }
  return ok(driver === 'vfio-pci' ? 'vfio-pci' : 'pci-assign');
}

async function loadDriver(): Promise<'vfio-pci' | 'pci-stub' | undefined> {
  for (const driver of ['vfio-pci', 'pci-stub'] as const) {
    if (existsSync(`${DRIVERS}/${driver}`)) return driver;
    await execa('modprobe', [driver.replace('-', '_')], { reject: false, stdin: 'ignore' });
    if (existsSync(`${DRIVERS}/${driver}`)) return driver;
  }
  return undefined;
}

import { readFileSync } from 'node:fs';
import type { GuestOptions } from './guest-options.ts';
import type { Image } from './image.ts';

/**
 * One argument so that Unikraft's ukargparse gives it back whole. There, blanks separate, both quotes keep blanks, and in
 * double quotes only `\"` and `\\` are special (lib/ukargparse/argparse.c).
 */
export function quoteKernelArgument(text: string): string {
  if (text !== '' && !/[\s"'\\]/.test(text)) return text;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** What an image understands, told by the names of its parameters, which stand in it as texts. */
export interface KnownParameters {
  /** `vfs.fstab=[ … ]` (0.15 and later). */
  readonly fstab: boolean;
  /** `vfs.rootfs=`, `vfs.rootdev=` (up to 0.14): one file system, at `/`. */
  readonly rootfs: boolean;
  /** `netdev.ipv4_addr=` and its kin (up to 0.14) instead of `netdev.ip=`. */
  readonly splitAddress: boolean;
  /** `netdev.ip=` (later than 0.14), with CONFIG_LIBUKNETDEV_EINFO_LIBPARAM. */
  readonly address: boolean;
  /** `env.vars=[ … ]` of posix-environ (0.12 and later). */
  readonly environment: boolean;
}

/** QEMU's user network: the first address that it gives away, its gateway and its name server. */
export const USER_NETWORK = '10.0.2.15/24:10.0.2.2:10.0.2.3';

export function knownParameters(imagePath: string): KnownParameters {
  const bytes = readFileSync(imagePath);
  const has = (name: string): boolean => bytes.includes(`${name}\0`, 0, 'latin1');
  return {
    fstab: has('fstab'),
    rootfs: has('rootdev'),
    splitAddress: has('ipv4_gw_addr'),
    // The parameter's description (lib/uknetdev/netdev.c): the name alone is also a protocol's, in C libraries.
    address: bytes.includes('IPv4 einfo: cidr[', 0, 'latin1'),
    environment: has('env') && has('vars'),
  };
}

/** The parameters that tell the guest about its volumes, its initrd and its address. */
export function derivedParameters(
  options: GuestOptions,
  known: KnownParameters,
): { readonly parameters: readonly string[]; readonly notes: readonly string[] } {
  const parameters: string[] = [];
  const notes: string[] = [];
  const given = (name: string): boolean =>
    options.kernelParameters.some((parameter) => parameter.startsWith(`${name}=`));

  const mounts = options.volumes.map(({ destination }, index) => `fs${index}:${destination}:9pfs`);
  if (known.fstab && !given('vfs.fstab')) {
    const all = [
      // Since 0.16 nothing is mounted for an archive to be unpacked into: `ramfs=2` does it unless something else is there.
      ...(options.initrd === undefined ? [] : ['initrd0:/:extract::ramfs=2']),
      // `mkmp` makes the folder to mount at.
      ...mounts.map((mount, index) =>
        options.volumes[index]!.destination === '/' ? mount : `${mount}:::mkmp`,
      ),
    ];
    if (all.length > 0) parameters.push(`vfs.fstab=[ ${all.map((mount) => `"${mount}"`).join(' ')} ]`);
  } else if (known.rootfs && !given('vfs.rootfs')) {
    if (options.initrd !== undefined) parameters.push('vfs.rootfs=initrd');
    else if (options.volumes[0]?.destination === '/') parameters.push('vfs.rootfs=9pfs', 'vfs.rootdev=fs0');
    const rest = mounts.slice(
      options.initrd === undefined && options.volumes[0]?.destination === '/' ? 1 : 0,
    );
    if (rest.length > 0)
      notes.push(`this image mounts only '/' by itself; the application must mount ${rest.join(', ')}`);
  } else if (mounts.length > 0 && !given('vfs.fstab')) {
    notes.push(`this image has no vfs.fstab parameter; the application must mount ${mounts.join(', ')}`);
  }

  const ip = options.ip ?? (isReachable(options, known) ? USER_NETWORK : undefined);
  if (ip !== undefined) {
    if (known.splitAddress) {
      const [cidr = '', gateway] = ip.split(':');
      const [address, bits] = cidr.split('/');
      parameters.push(
        `netdev.ipv4_addr=${address}`,
        `netdev.ipv4_subnet_mask=${netmask(Number(bits ?? 24))}`,
      );
      if (gateway !== undefined) parameters.push(`netdev.ipv4_gw_addr=${gateway}`);
    } else {
      parameters.push(`netdev.ip=${ip}`);
      if (!known.address)
        notes.push('this image takes no address from outside: CONFIG_LIBUKNETDEV_EINFO_LIBPARAM is off');
    }
  }
  if (options.environment.length > 0) {
    const variables = options.environment.map(quoteKernelArgument).join(' ');
    if (known.environment) parameters.push(`env.vars=[ ${variables} ]`);
    else notes.push(`this image takes no environment (posix-environ is not in it); left out: ${variables}`);
  }
  return { parameters, notes };
}

/** A forwarded port leads nowhere unless the guest has the address that QEMU forwards to. */
function isReachable(options: GuestOptions, known: KnownParameters): boolean {
  const isSet = options.kernelParameters.some((parameter) => parameter.startsWith('netdev.'));
  return options.forwards.length > 0 && !isSet && (known.address || known.splitAddress);
}

function netmask(bits: number): string {
  const mask = bits === 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 0xff).join('.');
}

/**
 * QEMU's `-append`: parameters, `--`, arguments.
 *
 * With parameters there must be a `--`: the core (lib/ukboot) takes everything for the application's when it finds none.
 * Without parameters there is none, so that an application that was built without uklibparam does not see it.
 * What multiboot does by itself - the image's path as argv[0] - is done here for the other protocols.
 */
export function appendText(image: Image, parameters: readonly string[], args: readonly string[]): string {
  const words = args.map(quoteKernelArgument);
  const program = image.protocol === 'multiboot' ? [] : [quoteKernelArgument(image.name)];
  // Parameters are in the core's own syntax, with brackets and quotes: they are passed as they are.
  return [...program, ...(parameters.length > 0 ? [...parameters, '--'] : []), ...words].join(' ');
}

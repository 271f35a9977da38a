import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

/** A port of the host that leads to one of the guest. */
export interface PortForward {
  readonly protocol: 'tcp' | 'udp';
  /** Where the host listens. */
  readonly address: string;
  readonly host: number;
  readonly guest: number;
}

/** A folder of the host that the guest sees through 9pfs. */
export interface GuestVolume {
  readonly source: string;
  /** Where the guest mounts it. */
  readonly destination: string;
  readonly readOnly: boolean;
}

/** How a guest is to run. */
export interface GuestOptions {
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Of QEMU; undefined: what fits the image. */
  readonly machine?: string;
  readonly cpu?: string;
  /** The user network of QEMU; forwards switch it on by themselves. */
  readonly network: boolean;
  readonly forwards: readonly PortForward[];
  readonly volumes: readonly GuestVolume[];
  /** Path of the initial RAM disk. */
  readonly initrd?: string;
  /** Port of the gdb server on 127.0.0.1. */
  readonly gdbPort?: number;
  /** Do not start the processors: gdb does. */
  readonly paused: boolean;
  /** For the core and its libraries; they come before `--`. */
  readonly kernelParameters: readonly string[];
  /** The application's. */
  readonly arguments: readonly string[];
  /** `NAME=VALUE`, for the application's environment. */
  readonly environment: readonly string[];
  /** The guest's address: `ADDRESS/BITS[:GATEWAY[:DNS]]`. */
  readonly ip?: string;
  /** Further words for QEMU. */
  readonly extra: readonly string[];
}

/** Loopback: what runs for trying out should not be seen by the whole network. */
const DEFAULT_ADDRESS = '127.0.0.1';

/** Reads `[ADDRESS:]HOST:GUEST[/tcp|/udp]`. */
export function parsePortForward(text: string): Result<PortForward, Diagnostic> {
  const match = /^(?:(\[[0-9a-f:]+\]|[^:[\]]*):)?(\d+):(\d+)(?:\/(tcp|udp))?$/i.exec(text);
  const port = (digits: string): number => (/^\d{1,5}$/.test(digits) ? Number(digits) : 0);
  const host = port(match?.[2] ?? '');
  const guest = port(match?.[3] ?? '');
  if (match === null || ![host, guest].every((number) => number >= 1 && number <= 65_535)) {
    return fail({
      message: `'${text}' is not a port forwarding`,
      hint: 'Write HOST:GUEST, e.g. 8080:80; with an address 0.0.0.0:8080:80; for UDP 53:53/udp.',
    });
  }
  const protocol = match[4]?.toLowerCase() === 'udp' ? 'udp' : 'tcp';
  return ok({
    protocol,
    address: match[1] === undefined || match[1] === '' ? DEFAULT_ADDRESS : match[1],
    host,
    guest,
  });
}

/** Reads `HOST:GUEST[:ro]`; the host's folder may not hold a colon. */
export function parseVolume(text: string): Result<GuestVolume, Diagnostic> {
  const [source, destination, mode, ...more] = text.split(':');
  const valid =
    source !== undefined && source !== '' && destination?.startsWith('/') === true && more.length === 0;
  if (!valid || (mode !== undefined && mode !== 'ro' && mode !== 'rw')) {
    return fail({
      message: `'${text}' is not a volume`,
      hint: "Write HOST:GUEST, e.g. ./data:/data, where GUEST is an absolute path; ':ro' at the end forbids writing.",
    });
  }
  return ok({ source, destination, readOnly: mode === 'ro' });
}

/** Reads a size: `64` and `64M` are mebibytes; also K, G, with `i` or `B` as one likes. */
export function parseMemory(text: string): Result<number, Diagnostic> {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b?)$/i.exec(text.trim());
  const factors: Record<string, number> = { k: 1 / 1024, '': 1, m: 1, g: 1024, t: 1024 * 1024 };
  const size = match === null ? 0 : Number(match[1]) * factors[match[2]!.toLowerCase()]!;
  if (size < 1)
    return fail({ message: `'${text}' is not an amount of memory`, hint: 'Write e.g. 64, 64M or 1G.' });
  return ok(Math.ceil(size));
}

import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

export type GuestArchitecture = 'x86_64' | 'arm64';

/** A kernel image that QEMU can boot. */
export interface Image {
  readonly path: string;
  /** The application's name: the file's without `_PLATFORM-ARCHITECTURE`. */
  readonly name: string;
  readonly architecture: GuestArchitecture;
  /**
   * How QEMU hands over: `multiboot` (x86, ELF32) puts the image's path in front of the kernel arguments, `linux` (x86 bzImage,
   * arm64 Image or raw) does not.
   */
  readonly protocol: 'multiboot' | 'linux';
  /** The unstripped image beside it, as far as it is there. */
  readonly debugImage: string | undefined;
}

/** Unikraft's names: `helloworld_kvm-x86_64` (up to 0.14), `helloworld_qemu-x86_64`, `helloworld_fc-x86_64`, … */
const imageName = /^(.+)_([a-z]+)-(x86_64|arm64|arm)$/;

/** Splits an image's file name. */
export function parseImageName(
  file: string,
): { readonly name: string; readonly platform: string; readonly architecture: string } | undefined {
  const match = imageName.exec(basename(file));
  return match === null ? undefined : { name: match[1]!, platform: match[2]!, architecture: match[3]! };
}

/** Multiboot (specification 0.6.96, 3.1): the magic is in the first 8 KiB, at a multiple of 4. */
const MULTIBOOT_MAGIC = 0x1badb002;
const MULTIBOOT_SEARCH = 8192;
/** Linux/x86 boot protocol: "HdrS" at 0x202. */
const BZIMAGE_OFFSET = 0x202;
/** Linux/arm64 Image header: "ARM\x64" at 56. */
const ARM64_OFFSET = 56;

const EM_386 = 3;
const EM_X86_64 = 62;
const EM_AARCH64 = 183;

/**
 * Looks at a file and tells how QEMU is to boot it.
 * @returns what is wrong, in the user's words, when QEMU could not
 */
export function inspectImage(path: string): Result<Image, Diagnostic> {
  const head = readHead(path);
  if (!head.ok) return head;
  const bytes = head.value;
  const named = parseImageName(path);
  const debugImage = existsSync(`${path}.dbg`) ? `${path}.dbg` : undefined;
  const image = (architecture: GuestArchitecture, protocol: Image['protocol']): Result<Image, Diagnostic> =>
    ok({ path, name: named?.name ?? basename(path), architecture, protocol, debugImage });
  const refuse = (message: string, hint?: string): Result<Image, Diagnostic> =>
    fail(hint === undefined ? { message: `${path} ${message}` } : { message: `${path} ${message}`, hint });

  if (named?.platform === 'linuxu')
    return refuse('is a Linux program, not a guest', `Run it itself: ${path}`);
  if (named?.platform === 'xen') return refuse('is an image for Xen, which QEMU cannot boot');
  if (named?.platform === 'fc') return refuse('is an image for Firecracker, which QEMU cannot boot');

  if (bytes.toString('latin1', 0, 4) === '\x7fELF') return inspectElf(path, bytes, image, refuse);
  if (bytes.toString('latin1', BZIMAGE_OFFSET, BZIMAGE_OFFSET + 4) === 'HdrS')
    return image('x86_64', 'linux');
  if (bytes.toString('latin1', ARM64_OFFSET, ARM64_OFFSET + 4) === 'ARM\x64') return image('arm64', 'linux');
  if (bytes.toString('latin1', 0, 2) === 'MZ') {
    return refuse(
      'is an EFI program, which needs a firmware',
      'Give QEMU a firmware and a disk with the image, or build for multiboot (CONFIG_KVM_BOOT_PROTO_MULTIBOOT).',
    );
  }
  // Up to 0.14, arm64 images are raw code.
  if (named?.architecture === 'arm64') return image('arm64', 'linux');
  return refuse(
    'is not a kernel image',
    'Expected is an ELF file or a Linux boot image, as a build leaves it.',
  );
}

function inspectElf(
  path: string,
  bytes: Buffer,
  image: (architecture: GuestArchitecture, protocol: Image['protocol']) => Result<Image, Diagnostic>,
  refuse: (message: string, hint?: string) => Result<Image, Diagnostic>,
): Result<Image, Diagnostic> {
  const is32 = bytes[4] === 1;
  const machine = bytes.readUInt16LE(18);
  if (machine === EM_AARCH64) return image('arm64', 'linux');
  if (machine !== EM_386 && machine !== EM_X86_64)
    return refuse(`is for a machine that is not known (ELF machine ${machine})`);
  const header = multibootFlags(bytes);
  // With addresses in the header (bit 16, the "a.out kludge"; Unikraft up to 0.13) the loader looks at no ELF header.
  if (!is32 && (header === undefined || (header & MULTIBOOT_ADDRESSES) === 0)) {
    const stripped = path.endsWith('.dbg') ? path.slice(0, -'.dbg'.length) : undefined;
    return refuse(
      "is a 64-bit ELF file, which QEMU's multiboot loader does not take",
      stripped !== undefined && existsSync(stripped)
        ? `Boot ${stripped} instead; this one is for gdb.`
        : undefined,
    );
  }
  if (header !== undefined) return image('x86_64', 'multiboot');
  return refuse('has no multiboot header, so that QEMU cannot boot it');
}

/** The flags of the multiboot header (Multiboot Specification 0.6.96, 3.1.1); undefined when there is none. */
function multibootFlags(bytes: Buffer): number | undefined {
  for (let at = 0; at + 12 <= Math.min(bytes.length, MULTIBOOT_SEARCH); at += 4) {
    if (bytes.readUInt32LE(at) !== MULTIBOOT_MAGIC) continue;
    const flags = bytes.readUInt32LE(at + 4);
    if ((MULTIBOOT_MAGIC + flags + bytes.readUInt32LE(at + 8)) >>> 0 === 0) return flags;
  }
  return undefined;
}

const MULTIBOOT_ADDRESSES = 1 << 16;

function readHead(path: string): Result<Buffer, Diagnostic> {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return fail({ message: `${path} is not a file` });
    const descriptor = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(MULTIBOOT_SEARCH + 512);
      readSync(descriptor, bytes, 0, bytes.length, 0);
      return ok(bytes);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = { ENOENT: 'no such file', EACCES: 'permission denied', ENOTDIR: 'no such file' }[
      code ?? ''
    ];
    return fail({ message: `cannot read the image ${path}: ${reason ?? message}` });
  }
}

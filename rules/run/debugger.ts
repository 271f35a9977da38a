import { closeSync, openSync, readSync } from 'node:fs';
import { createServer } from 'node:net';
import { which } from '../../engine/exec/which.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { Environment } from '../workspace/working-folders.ts';

export interface DebuggerRequest {
  /** The unstripped image. */
  readonly debugImage: string;
  readonly architecture: string;
  readonly port: number;
  /** Run to the image's first instruction: before it the memory does not hold the image yet. */
  readonly toEntry: boolean;
  /** gdb's commands, after the connection stands. */
  readonly commands: readonly string[];
  readonly batch: boolean;
}

/** The words that start gdb on a guest. */
export function debuggerCommand(
  request: DebuggerRequest,
  environment: Environment,
  cwd: string,
): Result<readonly string[], Diagnostic> {
  const programs =
    request.architecture === 'arm64'
      ? ['gdb-multiarch', 'aarch64-linux-gnu-gdb', 'gdb']
      : ['gdb', 'gdb-multiarch'];
  const gdb = programs
    .map((program) => which(program, environment['PATH'] ?? '', cwd))
    .find((path) => path !== undefined);
  if (gdb === undefined)
    return fail({ message: 'gdb is not installed', hint: `apt-get install ${programs[0]}` });
  const elf = elfHead(request.debugImage);
  const entry = request.toEntry ? elf?.entry : undefined;
  const commands = [
    // QEMU describes a 64-bit processor, which gdb refuses for a 32-bit file.
    ...(elf?.bits === 32 && request.architecture === 'x86_64' ? ['set architecture i386:x86-64'] : []),
    `target remote 127.0.0.1:${request.port}`,
    // A hardware breakpoint: one that is written into the memory would be overwritten by the loader.
    ...(entry === undefined ? [] : [`thbreak *0x${entry.toString(16)}`, 'continue']),
    ...request.commands,
  ];
  return ok([
    gdb,
    '-q',
    ...(request.batch ? ['-batch'] : []),
    ...commands.flatMap((command) => ['-ex', command]),
    request.debugImage,
  ]);
}

/** Of an ELF file: its width, and where it begins to run; undefined for anything else. */
export function elfHead(path: string): { readonly bits: 32 | 64; readonly entry: bigint } | undefined {
  const head = Buffer.alloc(32);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (head.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  return head[4] === 2
    ? { bits: 64, entry: head.readBigUInt64LE(24) }
    : { bits: 32, entry: BigInt(head.readUInt32LE(24)) };
}

/** A port of this machine on which nobody listens now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

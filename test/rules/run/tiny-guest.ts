import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** Is the program there? Tests that need it are skipped otherwise. */
export function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const canRunGuests = has('qemu-system-x86_64') && has('gcc') && has('strip');

/**
 * Compiles the guest of tiny-guest.c into a fresh folder, which is removed after the tests of the file.
 * @returns the path of `tiny_qemu-x86_64`; the unstripped image is beside it
 */
export function buildTinyGuest(name = 'tiny_qemu-x86_64'): string {
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-guest-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const image = join(folder, name);
  const source = fileURLToPath(new URL('tiny-guest.c', import.meta.url));
  const freestanding = [
    '-m32',
    '-ffreestanding',
    '-fno-pie',
    '-fno-stack-protector',
    '-nostdlib',
    '-static',
    '-no-pie',
  ];
  const layout = [
    '-Wl,-Ttext=0x100000',
    '-Wl,--section-start=.multiboot=0xff000',
    '-Wl,--build-id=none',
    '-Wl,-z,noexecstack',
  ];
  execFileSync('gcc', [...freestanding, '-mno-sse', '-O1', '-g', ...layout, '-o', `${image}.dbg`, source], {
    stdio: 'pipe',
  });
  copyFileSync(`${image}.dbg`, image);
  execFileSync('strip', ['-s', image]);
  return image;
}

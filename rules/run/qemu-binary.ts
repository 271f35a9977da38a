import { statSync } from 'node:fs';
import { which } from '../../engine/exec/which.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { Environment } from '../workspace/working-folders.ts';
import type { GuestArchitecture } from './image.ts';
import type { MachineCache } from './machine-cache.ts';
import type { QemuFacts } from './qemu-command.ts';

const programs: Readonly<
  Record<GuestArchitecture, { readonly program: string; readonly debianPackage: string }>
> = {
  x86_64: { program: 'qemu-system-x86_64', debianPackage: 'qemu-system-x86' },
  arm64: { program: 'qemu-system-aarch64', debianPackage: 'qemu-system-arm' },
};

/** Finds QEMU and asks it what matters; the answer is remembered as long as the program stays the same. */
export async function findQemu(
  architecture: GuestArchitecture,
  environment: Environment,
  cwd: string,
  cache: MachineCache,
  given?: string,
): Promise<Result<QemuFacts, Diagnostic>> {
  const { program, debianPackage } = programs[architecture];
  const binary = which(given ?? program, environment['PATH'] ?? '', cwd);
  if (binary === undefined) {
    return given === undefined
      ? fail({
          message: `${program} is needed to run this image and is not installed`,
          hint: `apt-get install ${debianPackage}`,
        })
      : fail({ message: `there is no program ${given}` });
  }
  if (architecture !== 'x86_64') return ok({ binary, hasPc70: false });
  const { size, mtimeMs } = statSync(binary);
  const stamp = `${size}:${mtimeMs}`;
  const known = cache.read().qemu ?? {};
  if (known[binary]?.stamp === stamp) return ok({ binary, hasPc70: known[binary].hasPc70 });
  const { execa } = await import('execa');
  const asked = await execa(binary, ['-machine', 'help'], { reject: false, stdin: 'ignore' });
  if (asked.failed) {
    const said = asked.stderr.split('\n')[0] ?? '';
    return fail({
      message: `${binary} does not run: ${said === '' ? (asked.shortMessage ?? 'no reason given') : said}`,
    });
  }
  const hasPc70 = /^pc-i440fx-7\.0\s/m.test(asked.stdout);
  cache.write({ qemu: { ...known, [binary]: { stamp, hasPc70 } } });
  return ok({ binary, hasPc70 });
}

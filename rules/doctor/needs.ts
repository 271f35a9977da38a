import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../workspace/workspace.ts';

/** A program that something needs. */
export interface Need {
  readonly program: string;
  /** What for, e.g. `to compile`. */
  readonly purpose: string;
  /** The oldest version that will do. */
  readonly atLeast?: string;
  /** Another program that will do as well. */
  readonly or?: string;
  /** Without it everything else still works. */
  readonly optional?: boolean;
}

/** What unigraph itself needs, whatever the project. */
export const ownNeeds: readonly Need[] = [
  // `clone --reference-if-able` is of 2.11.
  { program: 'git', purpose: 'to get cores, libraries and applications', atLeast: '2.11' },
];

/** What a project is built for, as far as its configuration or manifest tells. */
export interface Purpose {
  readonly architecture: 'x86_64' | 'arm64' | 'arm';
  readonly platform: string;
  /** The prefix of the compiler's programs: `aarch64-linux-gnu-`. */
  readonly prefix: string;
  /** `gcc`, or what COMPILER= or the configuration says. */
  readonly compiler: string;
}

/** Reads architecture, platform and compiler from `.config`, the chosen target and the command line's variables. */
export function purposeOf(workspace: Workspace, host: string): Purpose {
  const config = read(workspace.config);
  const isSet = (option: string) => new RegExp(`^CONFIG_${option}=y$`, 'm').test(config);
  const text = (option: string) => new RegExp(`^CONFIG_${option}="(.*)"$`, 'm').exec(config)?.[1];
  const variable = (name: string) => workspace.variables.findLast((each) => each.name === name)?.value;
  const target = workspace.target;
  const architecture = isSet('ARCH_ARM_64')
    ? 'arm64'
    : isSet('ARCH_ARM_32')
      ? 'arm'
      : isSet('ARCH_X86_64')
        ? 'x86_64'
        : target?.architecture === 'arm64' || target?.architecture === 'arm'
          ? target.architecture
          : 'x86_64';
  const platform = isSet('PLAT_XEN')
    ? 'xen'
    : isSet('PLAT_LINUXU')
      ? 'linuxu'
      : isSet('PLAT_KVM')
        ? 'kvm'
        : (target?.platform ?? 'kvm');
  const native = { x64: 'x86_64', arm64: 'arm64', arm: 'arm' }[host] === architecture;
  const crosses = { x86_64: 'x86_64-linux-gnu-', arm64: 'aarch64-linux-gnu-', arm: 'arm-linux-gnueabihf-' };
  const given = variable('CROSS_COMPILE') ?? text('CROSS_COMPILE');
  return {
    architecture,
    platform,
    prefix: given !== undefined && given !== '' ? given : native ? '' : crosses[architecture],
    compiler: variable('COMPILER') ?? text('COMPILER') ?? 'gcc',
  };
}

/**
 * The programs that building and running a workspace needs. Told from what its files mention; a program that is needed
 * only by a library that is not chosen is left out, but a mention may count too much.
 */
export function workspaceNeeds(workspace: Workspace, purpose: Purpose): Need[] {
  const { prefix, compiler } = purpose;
  const makefiles = [workspace.app, ...workspace.libraries].map((folder) => makefileTexts(folder));
  const mention = (pattern: RegExp) => makefiles.some((text) => pattern.test(text));
  const needs: Need[] = [
    // x86: interrupt handlers need -mgeneral-regs-only, of gcc 7 (arch/x86/x86_64/Makefile.uk).
    {
      program: prefix + compiler,
      purpose: 'to compile',
      ...(compiler.startsWith('gcc') && { atLeast: '7.1' }),
    },
    { program: `${prefix}ld`, purpose: 'to link' },
    { program: `${prefix}objcopy`, purpose: 'to link' },
    { program: `${prefix}strip`, purpose: 'to make the image' },
    { program: 'awk', purpose: 'to generate sources' },
    { program: 'sed', purpose: 'to generate sources' },
  ];
  if (mention(/\.(cc|cpp|cxx)\b/)) {
    needs.push({
      program: `${prefix}${compiler.replace(/gcc/, 'g++').replace(/^clang$/, 'clang++')}`,
      purpose: 'to compile C++',
    });
  }
  if (mention(/\.m4[>|\s]/)) needs.push({ program: 'm4', purpose: 'to generate sources' });
  if (mention(/\.tar\.xz\b|\.txz\b/)) needs.push({ program: 'xz', purpose: 'to unpack a library' });
  if (mention(/\.tar\.bz2\b|\.tbz2\b/)) needs.push({ program: 'bzip2', purpose: 'to unpack a library' });
  if (mention(/\$\(call\s+patch\s*,/)) needs.push({ program: 'patch', purpose: 'to patch a library' });
  if (scriptsInPython(workspace.core) || mention(/\$\(PYTHON\)|\bpython3\b/)) {
    needs.push({ program: 'python3', purpose: "to run the core's scripts", atLeast: '3.6' });
  }
  if (purpose.platform === 'kvm' || purpose.platform === 'qemu') {
    const emulator = { x86_64: 'x86_64', arm64: 'aarch64', arm: 'arm' }[purpose.architecture];
    // `-cpu max` is of 2.10.
    needs.push({ program: `qemu-system-${emulator}`, purpose: 'to run the image', atLeast: '2.10' });
    if (purpose.architecture !== 'x86_64')
      needs.push({ program: 'dtc', purpose: 'to make device trees', optional: true });
  }
  needs.push({ program: 'gdb', purpose: 'to debug the image', or: 'gdb-multiarch', optional: true });
  return needs;
}

/** A folder's makefiles: Makefile.uk and what goes with it, in one text. */
function makefileTexts(folder: string): string {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return '';
  }
  return names
    .filter((name) => /^(Makefile|Linker)\b/.test(name))
    .map((name) => read(join(folder, name)))
    .join('\n')
    .replace(/^\s*#.*$/gm, '');
}

/** Cores from 0.12 on make boot information and relocations with Python scripts. */
function scriptsInPython(core: string): boolean {
  const folders = [join(core, 'support/build'), join(core, 'plat/common'), join(core, 'plat/kvm')];
  const libraries = join(core, 'lib');
  if (existsSync(libraries)) folders.push(...readdirSync(libraries).map((name) => join(libraries, name)));
  return folders.some((folder) => /SCRIPTS_DIR\)\/\w+\.py\b/.test(makefileTexts(folder)));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

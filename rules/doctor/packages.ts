import { readFileSync } from 'node:fs';

/** A family of systems with one package manager. */
export type System = 'debian' | 'fedora' | 'arch' | 'alpine' | 'suse' | 'macos' | 'unknown';

/** Tells the family from `/etc/os-release` (freedesktop.org's os-release: ID and ID_LIKE). */
export function systemOf(platform: NodeJS.Platform, osRelease = '/etc/os-release'): System {
  if (platform === 'darwin') return 'macos';
  let text: string;
  try {
    text = readFileSync(osRelease, 'utf8');
  } catch {
    return 'unknown';
  }
  const value = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  const names = `${value('ID')} ${value('ID_LIKE')}`.split(/\s+/);
  const families: readonly [System, readonly string[]][] = [
    ['debian', ['debian', 'ubuntu']],
    ['fedora', ['fedora', 'rhel', 'centos']],
    ['arch', ['arch']],
    ['alpine', ['alpine']],
    ['suse', ['suse', 'opensuse', 'sles']],
  ];
  return families.find(([, members]) => members.some((member) => names.includes(member)))?.[0] ?? 'unknown';
}

const installers: Readonly<Record<Exclude<System, 'unknown'>, string>> = {
  debian: 'sudo apt-get install',
  fedora: 'sudo dnf install',
  arch: 'sudo pacman -S',
  alpine: 'sudo apk add',
  suse: 'sudo zypper install',
  macos: 'brew install',
};

/** Packages by program: Debian's name, then others where they differ. */
const packages: Readonly<Record<string, readonly [string, Partial<Record<System, string>>?]>> = {
  git: ['git'],
  gcc: ['gcc'],
  clang: ['clang'],
  'g++': ['g++', { fedora: 'gcc-c++', arch: 'gcc', suse: 'gcc-c++', macos: 'gcc' }],
  ld: ['binutils'],
  objcopy: ['binutils'],
  strip: ['binutils'],
  nm: ['binutils'],
  readelf: ['binutils'],
  'aarch64-linux-gnu-gcc': [
    'gcc-aarch64-linux-gnu',
    { arch: 'aarch64-linux-gnu-gcc', suse: 'cross-aarch64-gcc13' },
  ],
  'aarch64-linux-gnu-objcopy': [
    'binutils-aarch64-linux-gnu',
    { arch: 'aarch64-linux-gnu-binutils', suse: 'cross-aarch64-binutils' },
  ],
  'aarch64-linux-gnu-g++': [
    'g++-aarch64-linux-gnu',
    { fedora: 'gcc-c++-aarch64-linux-gnu', arch: 'aarch64-linux-gnu-gcc' },
  ],
  patch: ['patch'],
  awk: ['gawk'],
  m4: ['m4'],
  sed: ['sed'],
  bash: ['bash'],
  python3: ['python3', { arch: 'python', macos: 'python' }],
  xz: ['xz-utils', { fedora: 'xz', arch: 'xz', alpine: 'xz', suse: 'xz', macos: 'xz' }],
  bzip2: ['bzip2'],
  dtc: ['device-tree-compiler', { fedora: 'dtc', arch: 'dtc', alpine: 'dtc', suse: 'dtc', macos: 'dtc' }],
  gdb: ['gdb'],
  'qemu-system-x86_64': [
    'qemu-system-x86',
    {
      fedora: 'qemu-system-x86',
      arch: 'qemu-system-x86',
      alpine: 'qemu-system-x86_64',
      suse: 'qemu-x86',
      macos: 'qemu',
    },
  ],
  'qemu-system-aarch64': [
    'qemu-system-arm',
    {
      fedora: 'qemu-system-aarch64',
      arch: 'qemu-system-aarch64',
      alpine: 'qemu-system-aarch64',
      suse: 'qemu-arm',
      macos: 'qemu',
    },
  ],
  'qemu-system-arm': [
    'qemu-system-arm',
    {
      fedora: 'qemu-system-arm',
      arch: 'qemu-system-arm',
      alpine: 'qemu-system-arm',
      suse: 'qemu-arm',
      macos: 'qemu',
    },
  ],
};

/** The package that brings a program; undefined where it is not known. */
export function packageOf(program: string, system: System): string | undefined {
  const [debian, others] = packages[program] ?? [];
  return debian === undefined ? undefined : (others?.[system] ?? debian);
}

/** The command that installs programs, e.g. `sudo apt-get install gcc patch`; undefined where it is not known. */
export function installCommand(programs: readonly string[], system: System): string | undefined {
  if (system === 'unknown') return undefined;
  const names = programs.map((program) => packageOf(program, system)).filter((name) => name !== undefined);
  if (names.length === 0) return undefined;
  return `${installers[system]} ${[...new Set(names)].sort().join(' ')}`;
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { nearest } from '../../engine/nearest.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { Component, KconfigSetting, Manifest, Target } from '../manifest/manifest.ts';
import { architectureProblem, platformProblem } from '../manifest/targets.ts';
import { bareName } from './components.ts';

/** How a target is called: by its name, or as `platform/architecture`. */
export function targetLabel(target: Target): string {
  return target.name ?? `${target.platform}/${target.architecture}`;
}

/**
 * The target that `asked` names: a name, `platform/architecture`, or either alone if that leaves one.
 * Without `asked`, the manifest's only target. Without a manifest's targets, `platform/architecture` makes one.
 */
export function chooseTarget(
  asked: string | undefined,
  manifest: Manifest | undefined,
): Result<Target | undefined, Diagnostic> {
  const targets = manifest?.targets ?? [];
  if (asked === undefined) return ok(targets.length === 1 ? targets[0] : undefined);
  const matching = [
    targets.filter(({ name }) => name === asked),
    targets.filter((target) => sameTarget(target, asked)),
    targets.filter(({ platform, architecture }) => platform === asked || architecture === asked),
  ].find((found) => found.length > 0);
  if (matching?.length === 1) return ok(matching[0]);
  const labels = targets.map(targetLabel);
  if (matching !== undefined) {
    return fail({
      message: `more than one target is meant by '${asked}': ${matching.map(targetLabel).join(', ')}`,
      hint: 'Name one of them with --target.',
    });
  }
  const [platform, architecture, ...more] = asked.split('/');
  if (platform && architecture && more.length === 0) {
    const problem = platformProblem(platform) ?? architectureProblem(architecture);
    if (problem !== undefined) return fail(problem);
    return ok({ platform, architecture, kconfig: [], location: { file: '--target', line: 0, column: 0 } });
  }
  const meant = nearest(asked, labels);
  const hint =
    meant !== undefined
      ? `Did you mean '${meant}'?`
      : 'Give its name, or platform/architecture such as qemu/x86_64.';
  const known = labels.length > 0 ? ` (the manifest has ${labels.join(', ')})` : '';
  return fail({ message: `there is no target '${asked}'${known}`, hint });
}

const monitors: Readonly<Record<string, readonly [string, string?]>> = {
  kvm: ['PLAT_KVM', 'KVM_VMM_QEMU'],
  qemu: ['PLAT_KVM', 'KVM_VMM_QEMU'],
  fc: ['PLAT_KVM', 'KVM_VMM_FIRECRACKER'],
  firecracker: ['PLAT_KVM', 'KVM_VMM_FIRECRACKER'],
};

function sameTarget(target: Target, asked: string): boolean {
  const [platform, architecture] = asked.split('/');
  const monitor = (name: string): string => monitors[name]?.join() ?? name;
  return architecture === target.architecture && monitor(platform ?? '') === monitor(target.platform);
}

const architectureOptions: Readonly<Record<string, string>> = {
  x86_64: 'ARCH_X86_64',
  arm64: 'ARCH_ARM_64',
  arm: 'ARCH_ARM_32',
};

/** The options that select a target's architecture and platform in the Kconfig of `core`, then its own. */
export function targetKconfig(target: Target, core: string): KconfigSetting[] {
  const { location } = target;
  const yes = (name: string): KconfigSetting => ({ name, value: 'y', location });
  const architecture = architectureOptions[target.architecture];
  const [platform, monitor] = monitors[target.platform] ?? [
    `PLAT_${target.platform.toUpperCase().replaceAll('-', '_')}`,
  ];
  // Releases before 0.11 know no monitors.
  const knowsMonitor = monitor !== undefined && mentions(join(core, 'plat/kvm/Config.uk'), monitor);
  return [
    ...(architecture === undefined ? [] : [yes(architecture)]),
    yes(platform),
    ...(knowsMonitor ? [yes(monitor)] : []),
    ...target.kconfig,
  ];
}

/**
 * The options that a library of the manifest sets: the one that enables it, then its own. The enabling option is
 * `LIBNAME` where the library's Config.uk has it, else the first option there.
 */
export function libraryKconfig(library: Component, folder: string): KconfigSetting[] {
  const wanted = `LIB${bareName('library', library.name)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '_')}`;
  const options = [...read(join(folder, 'Config.uk')).matchAll(/^[ \t]*(?:menu)?config[ \t]+(\w+)/gm)].map(
    (match) => match[1]!,
  );
  const name = options.includes(wanted) ? wanted : options[0];
  const enabling = name === undefined ? [] : [{ name, value: 'y', location: library.location }];
  return [...enabling, ...library.kconfig];
}

function mentions(file: string, word: string): boolean {
  return new RegExp(`\\b${word}\\b`).test(read(file));
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

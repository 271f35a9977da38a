import type { Diagnostic, Location } from '../../engine/location.ts';
import { nearest } from '../../engine/nearest.ts';
import type { ParsedDocument } from './document.ts';
import type { KconfigSetting, Target } from './manifest.ts';
import { formatPath } from './problems.ts';
import type { ManifestData, PartData, TargetData } from './schema.ts';
import { readKconfig } from './settings.ts';

type Path = readonly PropertyKey[];

/** The architectures that Unikraft has had. */
export const architectures = ['x86_64', 'arm64', 'arm'] as const;

/** The platforms of the core, and the monitors that KraftKit counts as platforms; others can come from outside. */
export const platforms = [
  'kvm',
  'qemu',
  'fc',
  'firecracker',
  'xen',
  'linuxu',
  'hyperv',
  'vmware',
  'raspi',
  'solo5',
] as const;

/** Names that other tools use for the same architecture. */
const otherNames: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  x64: 'x86_64',
  x86: 'x86_64',
  i386: 'x86_64',
  aarch64: 'arm64',
  armv8: 'arm64',
  arm32: 'arm',
  armv7: 'arm',
};

/** What is wrong with an architecture's name; undefined when it is one. */
export function architectureProblem(name: string): { message: string; hint: string } | undefined {
  if ((architectures as readonly string[]).includes(name)) return undefined;
  const meant = otherNames[name.toLowerCase()] ?? nearest(name, architectures);
  return {
    message: `there is no architecture '${name}' (expected one of ${architectures.join(', ')})`,
    hint:
      meant === undefined
        ? 'Write the architecture as Unikraft does, e.g. x86_64.'
        : `Did you mean '${meant}'?`,
  };
}

/** A platform that is a misspelled one of the core's; an unknown one may be external. */
export function platformProblem(name: string): { message: string; hint: string } | undefined {
  if ((platforms as readonly string[]).includes(name)) return undefined;
  const meant = /^[A-Za-z0-9_-]+$/.test(name) ? nearest(name, platforms) : '';
  if (meant === undefined) return undefined;
  return {
    message: `there is no platform '${name}'`,
    hint: meant === '' ? 'Write its name alone, e.g. kvm.' : `Did you mean '${meant}'?`,
  };
}

/**
 * The targets of a manifest: those it lists, or, with specification 0.4, each of its platforms on each of its
 * architectures.
 */
export function readTargets(data: ManifestData, parsed: ParsedDocument, problems: Diagnostic[]): Target[] {
  const listed = (data.targets ?? []).flatMap((item, index) => readTarget(item, index, parsed, problems));
  if (data.targets !== undefined && data.targets !== null) {
    const seen = new Map<string, Target>();
    for (const target of listed) {
      const key = target.name ?? `${target.platform}/${target.architecture}`;
      if (seen.has(key)) {
        problems.push({
          message: `there are two targets '${key}'`,
          location: target.location,
          hint: 'Give each a name of its own: name: …',
        });
      }
      seen.set(key, target);
    }
    return listed;
  }
  const part = (kind: 'architectures' | 'platforms') =>
    Object.entries(data[kind] ?? {}).flatMap(([name, value]) => {
      if (value === false) return [];
      const location = parsed.locateKey([kind, name]);
      const problem = (kind === 'architectures' ? architectureProblem : platformProblem)(name);
      if (problem !== undefined) problems.push({ ...problem, location });
      return [{ name, location, kconfig: partKconfig(value, [kind, name], parsed, problems) }];
    });
  const onArchitectures = part('architectures');
  return part('platforms').flatMap((platform) =>
    onArchitectures.map((architecture) => ({
      platform: platform.name,
      architecture: architecture.name,
      kconfig: [...architecture.kconfig, ...platform.kconfig],
      location: platform.location,
    })),
  );
}

function partKconfig(
  value: PartData | undefined,
  path: Path,
  parsed: ParsedDocument,
  problems: Diagnostic[],
): KconfigSetting[] {
  if (value === null || typeof value !== 'object') return [];
  return readKconfig(value.kconfig, [...path, 'kconfig'], parsed, problems);
}

function readTarget(
  data: TargetData,
  index: number,
  parsed: ParsedDocument,
  problems: Diagnostic[],
): Target[] {
  const path: Path = ['targets', index];
  const location = parsed.locate(path);
  if (typeof data === 'string') {
    const [platform, architecture, ...more] = data.split('/');
    if (!platform || !architecture || more.length > 0) {
      problems.push({
        message: `${formatPath(path)}: expected platform/architecture, found '${data}'`,
        location,
        hint: 'Write e.g. qemu/x86_64.',
      });
      return [];
    }
    const place = { platform: location, architecture: location };
    return checked({ platform, architecture, kconfig: [], location }, place, problems);
  }
  const pick = (long: 'platform' | 'architecture', short: 'plat' | 'arch') => {
    const key = data[long] !== undefined ? long : short;
    const value = data[key];
    const at: Path = [...path, key];
    if (value === undefined) return undefined;
    if (typeof value === 'string') return { name: value, kconfig: [], location: parsed.locate(at) };
    return {
      name: value.name,
      kconfig: readKconfig(value.kconfig, [...at, 'kconfig'], parsed, problems),
      location: parsed.locate(at),
    };
  };
  let platform = pick('platform', 'plat');
  let architecture = pick('architecture', 'arch');
  const slash = platform?.name.indexOf('/') ?? -1;
  if (platform !== undefined && slash >= 0) {
    const { name, location: where } = platform;
    architecture ??= { name: name.slice(slash + 1), kconfig: [], location: where };
    platform = { ...platform, name: name.slice(0, slash) };
  }
  for (const [what, value] of [
    ['platform', platform],
    ['architecture', architecture],
  ] as const) {
    if (value === undefined) {
      const hint = what === 'platform' ? 'Add platform: qemu.' : 'Add architecture: x86_64.';
      problems.push({ message: `${formatPath(path)}: a target must have its ${what}`, location, hint });
    }
  }
  if (platform === undefined || architecture === undefined) return [];
  const target: Target = {
    ...(data.name !== undefined && { name: data.name }),
    platform: platform.name,
    architecture: architecture.name,
    kconfig: [
      ...architecture.kconfig,
      ...platform.kconfig,
      ...readKconfig(data.kconfig, [...path, 'kconfig'], parsed, problems),
    ],
    location,
  };
  return checked(target, { platform: platform.location, architecture: architecture.location }, problems);
}

function checked(
  target: Target,
  place: { platform: Location; architecture: Location },
  problems: Diagnostic[],
): Target[] {
  const platform = platformProblem(target.platform);
  const architecture = architectureProblem(target.architecture);
  if (platform) problems.push({ ...platform, location: place.platform });
  if (architecture) problems.push({ ...architecture, location: place.architecture });
  return platform || architecture ? [] : [target];
}

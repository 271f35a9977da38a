import { z } from 'zod';

/*
 * What the three specifications allow, as one schema: a file of specification 0.5 with a key of 0.6 is read as it was
 * meant. Scalars arrive as text (numbers too, as written), booleans and null; see document.ts.
 */

const text = z.string({ error: 'expected a text' });
const name = z
  .string({ error: 'expected a name' })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, { error: 'expected a name of letters, digits and . _ - +' });

/** A list of `NAME=value`, or a map. */
const settings = z.union(
  [z.array(z.union([text, z.boolean()], { error: 'expected NAME=value' })), z.record(text, z.unknown())],
  { error: 'expected a list of NAME=value, or a map of NAME: value' },
);

/** A command: one text that is split as a shell would, or a list of words. */
const command = z.union([text, z.array(text)], { error: 'expected a text, or a list of texts' });

const componentMap = z.looseObject({
  version: text.optional(),
  source: text.optional(),
  kconfig: settings.nullish(),
});

const component = z.union([text, z.boolean(), z.null(), componentMap], {
  error: 'expected a version, or a map with version, source and kconfig',
});

const hooks = { pre_up: command.nullish(), post_down: command.nullish() };

/** Specification 0.4 enables a platform or architecture by mentioning it; `false` turns it off. */
const part = z.union([text, z.boolean(), z.null(), componentMap.extend(hooks)], {
  error: 'expected true, or a map with version, source and kconfig',
});

const partName = z.union([text, z.looseObject({ name: text, kconfig: settings.nullish() })], {
  error: 'expected a name',
});

const targetMap = z.looseObject({
  name: name.optional(),
  architecture: partName.optional(),
  arch: partName.optional(),
  platform: partName.optional(),
  plat: partName.optional(),
  kernel: text.optional(),
  initrd: z.unknown().optional(),
  command: command.nullish(),
  kconfig: settings.nullish(),
});

const target = z.union([text, targetMap], {
  error: "expected 'platform/architecture', or a map with platform, architecture and name",
});

const flag = z.boolean({ error: 'expected true or false' });

const volumeMap = z.looseObject({
  type: text.optional(),
  driver: text.optional(),
  source: text.optional(),
  destination: text.optional(),
  mode: text.optional(),
  readonly: flag.optional(),
  readOnly: flag.optional(),
});

const volume = z.union([text, volumeMap], {
  error: "expected 'source:destination', or a map with source, destination and driver",
});

const volumes = z.union([text, z.array(volume), z.record(text, volume)], {
  error: 'expected a list of volumes',
});

const networkMap = z.looseObject({
  ...hooks,
  ip: text.optional(),
  gateway: text.optional(),
  netmask: text.optional(),
  interface: text.optional(),
  driver: text.optional(),
  type: text.optional(),
  bridge_name: text.optional(),
});

const networks = z.record(
  text,
  z.union([z.boolean(), z.null(), networkMap], { error: 'expected a map with ip, gateway, netmask, …' }),
  { error: 'expected a map of networks' },
);

const rootfs = z.union([text, z.looseObject({ source: text, type: text.optional() })], {
  error: 'expected a folder, a cpio archive or a Dockerfile, or a map with source and type',
});

const run = z.looseObject(
  {
    arguments: command.nullish(),
    ...hooks,
    networks: networks.nullish(),
    volumes: volumes.nullish(),
    memory: text.optional(),
    cpus: text.optional(),
    initrd: text.nullish(),
  },
  { error: 'expected a map with arguments, volumes and networks' },
);

/** A map; kraft also takes one name, or a list of names. */
const named = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? { [value]: null }
      : Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? Object.fromEntries(value.map((item) => [item, null]))
        : value,
  z.record(name, part, { error: 'expected a map of names' }),
);

export const manifestSchema = z.looseObject(
  {
    specification: text.optional(),
    spec: text.optional(),
    name: name.optional(),
    outdir: text.optional(),
    unikraft: component.optional(),
    template: component.optional(),
    runtime: component.optional(),
    libraries: z.record(name, component, { error: 'expected a map of library names' }).nullish(),
    targets: z.array(target, { error: 'expected a list of targets' }).nullish(),
    architectures: named.nullish(),
    platforms: named.nullish(),
    arguments: command.nullish(),
    cmd: command.nullish(),
    env: settings.nullish(),
    labels: settings.nullish(),
    rootfs: rootfs.nullish(),
    volumes: volumes.nullish(),
    networks: networks.nullish(),
    run: run.nullish(),
    extensions: z.unknown().optional(),
  },
  { error: 'expected a map with specification, unikraft, libraries and targets' },
);

export type ManifestData = z.infer<typeof manifestSchema>;
export type ComponentData = z.infer<typeof component>;
export type PartData = z.infer<typeof part>;
export type TargetData = z.infer<typeof target>;
export type VolumesData = z.infer<typeof volumes>;
export type NetworksData = z.infer<typeof networks>;
export type SettingsData = z.infer<typeof settings>;
export type CommandData = z.infer<typeof command>;

const keysOf = (shape: { readonly shape: object }): readonly string[] => Object.keys(shape.shape);

/** The keys that a map at `path` may have; undefined where keys are names of the user's own. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] | undefined {
  const [first, second, third, ...rest] = path.map((key) => (typeof key === 'number' ? '#' : String(key)));
  if (first === undefined) return keysOf(manifestSchema);
  if (second === undefined) {
    if (['unikraft', 'template', 'runtime'].includes(first)) return keysOf(componentMap);
    if (first === 'run') return keysOf(run);
    if (first === 'rootfs') return ['source', 'type'];
    return undefined;
  }
  if (first === 'run') return third === undefined ? undefined : knownKeys([second, third, ...rest]);
  if (third !== undefined) return undefined;
  switch (first) {
    case 'libraries':
      return keysOf(componentMap);
    case 'platforms':
      return [...keysOf(componentMap), ...Object.keys(hooks), 'cpus', 'memory'];
    case 'architectures':
      return keysOf(componentMap);
    case 'targets':
      return keysOf(targetMap);
    case 'volumes':
      return keysOf(volumeMap);
    case 'networks':
      return keysOf(networkMap);
    default:
      return undefined;
  }
}

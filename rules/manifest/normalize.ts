import type { Diagnostic } from '../../engine/location.ts';
import type { ParsedDocument } from './document.ts';
import type { Component, Manifest, Network, Volume } from './manifest.ts';
import { formatPath } from './problems.ts';
import { readKconfig, readTexts } from './settings.ts';
import { readTargets } from './targets.ts';
import type {
  CommandData,
  ComponentData,
  ManifestData,
  NetworksData,
  PartData,
  VolumesData,
} from './schema.ts';
import { shellWords } from './shell-words.ts';

type Path = readonly PropertyKey[];

/** Turns validated data into a manifest; what is still wrong goes to `problems`. */
export class Normalizer {
  readonly problems: Diagnostic[] = [];
  private readonly parsed: ParsedDocument;

  constructor(parsed: ParsedDocument) {
    this.parsed = parsed;
  }

  manifest(data: ManifestData): Omit<Manifest, 'file' | 'folder' | 'read' | 'specification' | 'notices'> {
    const run = data.run ?? {};
    const command = data.cmd ?? data.arguments ?? run.arguments;
    const commandPath: Path = given(data.cmd)
      ? ['cmd']
      : given(data.arguments)
        ? ['arguments']
        : ['run', 'arguments'];
    const rootfs =
      typeof data.rootfs === 'string' ? data.rootfs : (data.rootfs?.source ?? run.initrd ?? undefined);
    const core = this.component('unikraft', data.unikraft, ['unikraft']);
    const template = this.component('template', data.template, ['template']);
    const runtime = this.component('runtime', data.runtime, ['runtime']);
    return {
      ...(data.name !== undefined && { name: data.name }),
      ...(data.outdir !== undefined && { outputFolder: data.outdir }),
      ...(core && { core }),
      ...(template && { template }),
      ...(runtime && { runtime }),
      libraries: Object.entries(data.libraries ?? {}).flatMap(
        ([name, value]) => this.component(name, value, ['libraries', name]) ?? [],
      ),
      targets: readTargets(data, this.parsed, this.problems),
      command: this.command(command, commandPath),
      environment: readTexts(data.env, ['env'], this.parsed, this.problems),
      volumes: given(data.volumes)
        ? this.volumes(data.volumes, ['volumes'])
        : this.volumes(run.volumes, ['run', 'volumes']),
      networks: given(data.networks)
        ? this.networks(data.networks, ['networks'])
        : this.networks(run.networks, ['run', 'networks']),
      ...(rootfs !== undefined && { rootfs }),
      labels: readTexts(data.labels, ['labels'], this.parsed, this.problems),
    };
  }

  /** A version, a source (what is an URL, or looks like a path), or a map; `false` leaves the component out. */
  private component(
    name: string,
    data: ComponentData | PartData | undefined,
    path: Path,
  ): Component | undefined {
    if (data === undefined || data === false) return undefined;
    const location = this.parsed.locate(path);
    if (data === null || data === true) return { name, kconfig: [], location };
    if (typeof data === 'string') return { name, ...versionOrSource(data), kconfig: [], location };
    const source: { version?: string; source?: string } =
      data.source === undefined ? {} : splitSource(data.source);
    const version = data.version ?? source.version;
    return {
      name,
      ...(version !== undefined && version !== '' && { version }),
      ...(source.source !== undefined && source.source !== '' && { source: source.source }),
      kconfig: readKconfig(data.kconfig, [...path, 'kconfig'], this.parsed, this.problems),
      location,
    };
  }

  private command(data: CommandData | null | undefined, path: Path): string[] {
    if (data === null || data === undefined) return [];
    if (Array.isArray(data)) return data;
    const words = shellWords(data);
    if (words.ok) return words.value;
    this.problems.push({
      message: `${formatPath(path)}: ${words.error}`,
      location: this.parsed.locate(path),
    });
    return [];
  }

  private volumes(data: VolumesData | null | undefined, path: Path): Volume[] {
    if (data === null || data === undefined) return [];
    const list: [PropertyKey | undefined, Exclude<VolumesData, unknown[]> | string][] =
      typeof data === 'string'
        ? [[undefined, data]]
        : Array.isArray(data)
          ? data.map((item, index) => [index, item as string])
          : Object.entries(data).map(([name, item]) => [name, item as string]);
    return list.flatMap(([key, item]): Volume[] => {
      const at = key === undefined ? path : [...path, key];
      const location = this.parsed.locate(at);
      const name = typeof key === 'string' ? { name: key } : {};
      if (typeof item === 'string') {
        const [source, destination, ...more] = item.split(':');
        if (more.length > 0 || !source) {
          this.problems.push({
            message: `${formatPath(at)}: expected source:destination, found '${item}'`,
            location,
          });
          return [];
        }
        return [{ ...name, source, destination: destination || '/', readOnly: false, location }];
      }
      const map = item as Partial<Record<string, string | boolean>>;
      const text = (field: string): string | undefined => map[field] as string | undefined;
      const driver = text('driver') ?? text('type');
      const source = text('source');
      if (source === undefined) {
        this.problems.push({
          message: `${formatPath(at)}: expected a source, found none`,
          location,
          hint: 'Add the folder on the host: source: ./rootfs.',
        });
        return [];
      }
      return [
        {
          ...name,
          source,
          destination: text('destination') ?? '/',
          ...(driver !== undefined && { driver }),
          readOnly: map['readonly'] === true || map['readOnly'] === true || text('mode') === 'ro',
          location,
        },
      ];
    });
  }

  private networks(data: NetworksData | null | undefined, path: Path): Network[] {
    return Object.entries(data ?? {}).flatMap(([name, value]): Network[] => {
      if (value === false) return [];
      const location = this.parsed.locateKey([...path, name]);
      if (value === null || value === true) return [{ name, before: [], after: [], location }];
      const driver = value.driver ?? value.type;
      return [
        {
          name,
          ...(driver !== undefined && { driver }),
          ...(value.ip !== undefined && { ip: value.ip }),
          ...(value.gateway !== undefined && { gateway: value.gateway }),
          ...(value.netmask !== undefined && { netmask: value.netmask }),
          ...(value.interface !== undefined && { interface: value.interface }),
          ...(value.bridge_name !== undefined && { bridge: value.bridge_name }),
          before: [value.pre_up ?? []].flat(),
          after: [value.post_down ?? []].flat(),
          location,
        },
      ];
    });
  }
}

/** True for a key that is there with a value. */
function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** In the short form a text is a source when it is an URL or is written as a path, else a version. */
export function versionOrSource(text: string): { version?: string; source?: string } {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^[\w.-]+@[\w.-]+:/.test(text)) return splitSource(text);
  if (/^(\.{0,2}\/|~\/|\.{1,2}$)/.test(text)) return { source: text };
  return text === '' ? {} : { version: text };
}

/** `https://…?branch=NAME` (also `tag`, `version`) and `https://…@NAME` carry a version in the source. */
export function splitSource(text: string): { version?: string; source: string } {
  const query = /^([^?]+)\?(?:branch|tag|version)=([^&]+)$/.exec(text);
  if (query) return { source: query[1]!, version: query[2]! };
  const suffix = /^([a-z][a-z0-9+.-]*:\/\/[^/]+\/.+)@([^@/:]+)$/i.exec(text);
  return suffix ? { source: suffix[1]!, version: suffix[2]! } : { source: text };
}

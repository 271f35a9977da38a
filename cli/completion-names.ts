import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComponentName } from '../rules/index/component-name.ts';
import { GuestRegistry } from '../rules/run/guest-registry.ts';
import { findProject } from '../rules/workspace/find-project.ts';
import { workingFolders } from '../rules/workspace/working-folders.ts';
import type { Surroundings } from './command.ts';
import type { NameKind } from './completion-table.ts';

/** Targets of Unikraft's Makefile that people ask for. */
const stages = ['all', 'fetch', 'prepare', 'preprocess', 'objs', 'libs', 'images'];

/**
 * The names of a kind, as they are here and now. A key was pressed: what cannot be read at once is left out, and nothing
 * goes over the network.
 */
export async function completionNames(kind: NameKind, surroundings: Surroundings): Promise<string[]> {
  const { environment, cwd } = surroundings;
  switch (kind) {
    case 'commands': {
      const { commands } = await import('./commands.ts');
      return commands.map(({ name }) => name);
    }
    case 'shells':
      return ['bash', 'zsh', 'fish'];
    case 'goals':
      return [...stages, ...builtLibraries(cwd)];
    case 'options':
      return configuredOptions(cwd);
    case 'guests':
      return new GuestRegistry(environment).list().map(({ name }) => name);
    case 'targets': {
      const manifest = await readHere(surroundings);
      return (
        manifest?.targets.map(({ name, platform, architecture }) => name ?? `${platform}/${architecture}`) ??
        []
      );
    }
    case 'used-libraries':
      return (await readHere(surroundings))?.libraries.map(({ name }) => name) ?? [];
    case 'origins': {
      const { readSettings } = await import('../rules/index/settings.ts');
      const settings = readSettings(workingFolders(environment, cwd), environment);
      return settings.ok ? [...settings.value.origins] : [];
    }
    case 'components':
    case 'libraries':
      return componentNames(surroundings, kind === 'libraries');
  }
}

/** Every library that is built has a folder in the build folder. */
function builtLibraries(cwd: string): string[] {
  const project = findProject(cwd);
  const build = project && join(project.folder, 'build');
  if (build === undefined || !existsSync(build)) return [];
  const own = new Set(['include', 'kconfig']);
  return readdirSync(build, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !own.has(entry.name))
    .map(({ name }) => name);
}

/** The options in `.config`, those that are off included. */
function configuredOptions(cwd: string): string[] {
  const project = findProject(cwd);
  const file = project && join(project.folder, '.config');
  if (file === undefined || !existsSync(file)) return [];
  const matches = readFileSync(file, 'utf8').matchAll(/^(?:# )?CONFIG_(\w+)(?:=| is not set)/gm);
  return [...matches].map((match) => match[1]!);
}

async function readHere({ cwd, environment }: Surroundings) {
  const project = findProject(cwd);
  if (project?.kind !== 'manifest') return undefined;
  const { readManifest } = await import('../rules/manifest/read.ts');
  const manifest = readManifest(project.file, environment);
  return manifest.ok ? manifest.value : undefined;
}

/** What is on the list and what is on this machine: `musl`, and `app/nginx` where it is no library. */
async function componentNames({ cwd, environment }: Surroundings, onlyLibraries: boolean): Promise<string[]> {
  const folders = workingFolders(environment, cwd);
  const [{ installedComponents }, { formatName }] = await Promise.all([
    import('../rules/index/installed.ts'),
    import('../rules/index/component-name.ts'),
  ]);
  const installed = installedComponents(folders, findProject(cwd)?.folder);
  const all: ComponentName[] = [...offeredNames(join(folders.cache, 'index.json')), ...installed];
  const names = all
    .filter(({ kind }) => !onlyLibraries || kind === 'library')
    .map((component) => (component.kind === 'library' ? component.name : formatName(component)));
  return [...new Set(names)].sort();
}

/** The names in the catalogue, read without checking the rest: loading the schema takes longer than everything else. */
function offeredNames(file: string): ComponentName[] {
  try {
    const { components } = JSON.parse(readFileSync(file, 'utf8')) as { components: ComponentName[] };
    return components.filter(({ kind, name }) => typeof kind === 'string' && typeof name === 'string');
  } catch {
    return [];
  }
}

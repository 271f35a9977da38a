import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isCore } from './tree.ts';

/** Names of a project's manifest, in order of preference. */
export const manifestNames = [
  'kraft.yaml',
  'kraft.yml',
  '.kraft.yaml',
  'Kraftfile',
  'Kraftfile.yml',
  'Kraftfile.yaml',
] as const;

/** What a folder is to a build: a project with a manifest, an application without one, or a core. */
export type Project =
  | {
      readonly kind: 'manifest';
      readonly folder: string;
      readonly file: string;
      readonly also: readonly string[];
    }
  | { readonly kind: 'application'; readonly folder: string }
  | { readonly kind: 'core'; readonly folder: string };

/** What `folder` itself is; undefined when it is nothing that can be built. */
export function projectAt(folder: string): Project | undefined {
  const found = manifestNames.map((name) => join(folder, name)).filter((path) => existsSync(path));
  const [file, ...also] = found;
  if (file !== undefined) return { kind: 'manifest', folder, file, also };
  if (isCore(folder)) return { kind: 'core', folder };
  if (existsSync(join(folder, 'Makefile.uk'))) return { kind: 'application', folder };
  return undefined;
}

/**
 * The nearest folder from `start` upwards that can be built. `looked` gets every folder that was asked, since a file
 * that appears there changes the answer.
 */
export function findProject(start: string, looked: string[] = []): Project | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    looked.push(folder);
    const project = projectAt(folder);
    if (project !== undefined) return project;
    if (dirname(folder) === folder) return undefined;
  }
}

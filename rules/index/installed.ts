import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { WorkingFolders } from '../workspace/working-folders.ts';
import { readCheckout, type Checkout } from './checkout.ts';
import { nameFromFolder, type ComponentName, type Kind } from './component-name.ts';

/** A component that lies on this machine, ready to be built. */
export interface Installed extends ComponentName {
  readonly folder: string;
  /** Undefined where the folder is no git working tree. */
  readonly checkout?: Checkout;
}

/** The folder beside `folder` that holds another version: `libs/musl@0.16.3`; of a commit the first digits. */
export function versionedFolder(folder: string, version: string): string {
  const short = /^[0-9a-f]{40,64}$/.test(version) ? version.slice(0, 12) : version;
  return `${folder}@${short.replaceAll('/', '-')}`;
}

/** How a folder's content is called for people: the branch, else a tag, else the commit's first digits. */
export function checkoutLabel(checkout: Checkout | undefined): string | undefined {
  if (checkout?.commit === undefined) return checkout?.branch;
  const tag = checkout.names.find((name) => /\d/.test(name)) ?? checkout.names[0];
  return checkout.branch ?? tag?.replace(/^RELEASE-/, '') ?? checkout.commit.slice(0, 7);
}

/**
 * The components in the working folders, in a project's own `.unikraft`, and in `further` folders.
 * @param project the project's folder, if there is one
 */
export function installedComponents(
  folders: WorkingFolders,
  project?: string,
  further: readonly string[] = [],
): Installed[] {
  const found = new Map<string, Installed>();
  const look = (folder: string, kind?: Kind) => {
    if (!existsSync(folder)) return;
    const told = nameFromFolder(folder);
    if (told === undefined) return;
    const real = realpathSync.native(folder);
    if (found.has(real)) return;
    // In libs/ everything is a library, whatever its Makefile.uk looks like.
    const bare = basename(folder).replace(/@.*$/, '');
    const name = kind === undefined || kind === told.kind ? told.name : bare;
    const checkout = readCheckout(real);
    const version = told.kind === 'core' ? told.name : name.replace(/@.*$/, '');
    found.set(real, {
      kind: kind ?? told.kind,
      name: version,
      folder: real,
      ...(checkout !== undefined && { checkout }),
    });
  };
  const inside = (folder: string, kind: Kind) => {
    for (const name of entries(folder)) look(join(folder, name), kind);
  };
  const roots: [string, string, string, string][] = [
    [folders.core, folders.libraries, folders.platforms, folders.apps],
  ];
  if (project !== undefined) {
    const own = join(project, '.unikraft');
    roots.unshift([join(own, 'unikraft'), join(own, 'libs'), join(own, 'plats'), join(own, 'apps')]);
  }
  for (const [core, libraries, platforms, apps] of roots) {
    look(core, 'core');
    const beside = join(core, '..');
    for (const name of entries(beside)) {
      if (name.startsWith(`${basename(core)}@`)) look(join(beside, name), 'core');
    }
    inside(libraries, 'library');
    inside(platforms, 'platform');
    inside(apps, 'application');
  }
  for (const folder of further) look(folder);
  return [...found.values()];
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

import type { Offered } from '../rules/index/catalogue.ts';
import { formatName, type Kind } from '../rules/index/component-name.ts';
import { checkoutLabel, installedComponents, type Installed } from '../rules/index/installed.ts';
import { versionNames } from '../rules/index/versions.ts';
import { findProject } from '../rules/workspace/find-project.ts';
import type { Surroundings } from './command.ts';
import type { IndexContext } from './index-context.ts';

/** A component, offered or on this machine or both. */
export interface Listed {
  readonly kind: Kind;
  readonly name: string;
  readonly offered: Offered | undefined;
  readonly installed: readonly Installed[];
}

/** Brings together what the origins offer and what lies on this machine, in the order of kind and name. */
export function listed(index: IndexContext, surroundings: Surroundings): Listed[] {
  const project = findProject(surroundings.cwd);
  const local = index.catalogue.components.filter((component) => component.local).map(({ place }) => place);
  const installed = installedComponents(index.folders, project?.folder, local);
  const all = new Map<string, Listed>();
  for (const offered of index.catalogue.components) {
    all.set(formatName(offered), { kind: offered.kind, name: offered.name, offered, installed: [] });
  }
  for (const component of installed) {
    const key = formatName(component);
    const { kind, name } = component;
    const present = all.get(key) ?? { kind, name, offered: undefined, installed: [] };
    all.set(key, { ...present, installed: [...present.installed, component] });
  }
  const order: readonly Kind[] = ['core', 'architecture', 'platform', 'library', 'application'];
  return [...all.values()].sort(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.name < b.name ? -1 : 1),
  );
}

/** A component as `--json` prints it. */
export function asJson({ kind, name, offered, installed }: Listed): object {
  return {
    kind,
    name,
    description: offered?.description ?? null,
    origin: offered?.origin ?? null,
    source: offered?.place ?? null,
    checked: offered?.checked ?? null,
    versions: offered === undefined ? [] : versionNames(offered.references),
    installed: installed.map(({ folder, checkout }) => ({
      folder,
      version: checkoutLabel(checkout) ?? null,
      commit: checkout?.commit ?? null,
    })),
  };
}

import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { componentPlaces, firstPresent, locateComponent, type Surrounding } from './components.ts';
import type { Component } from '../manifest/manifest.ts';
import { coreFolder } from './tree.ts';

const unnamed: Component = { name: 'unikraft', kconfig: [], location: { file: '', line: 0, column: 0 } };

/**
 * The core where no option names it: what the manifest says, or else the first place that has one
 * (see `componentPlaces`). `UK_ROOT` that names no core is an error, not passed over.
 */
export function findCore(
  component: Component | undefined,
  base: string,
  around: Surrounding,
): Result<string, Diagnostic> {
  if (component?.source === undefined && around.environment['UK_ROOT']) {
    const inside = componentPlaces('core', 'unikraft', component?.version, around).filter((place) =>
      place.startsWith(`${around.app}/`),
    );
    const inApp = firstPresent('core', inside, around);
    if (inApp === undefined) {
      const hint = 'The environment variable UK_ROOT names it: correct it, or give --core DIR.';
      return coreFolder(around.folders.core, hint);
    }
  }
  if (component !== undefined) return locateComponent('core', component, base, around);
  const places = componentPlaces('core', unnamed.name, undefined, around);
  const found = firstPresent('core', places, around);
  if (found !== undefined) return ok(found);
  return fail({
    message: `no Unikraft core was found (looked for ${places.join(', ')})`,
    hint: "Name it with --core DIR, set UK_ROOT, or get one with 'unigraph list pull unikraft'.",
  });
}

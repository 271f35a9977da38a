import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, type Result } from '../../engine/result.ts';
import { coreFolder, isCore } from './tree.ts';
import type { Environment, WorkingFolders } from './working-folders.ts';

/**
 * The core where nothing names it: `.unikraft/unikraft` or `workdir/unikraft` in the application, `UK_ROOT`,
 * `UK_WORKDIR`, a folder `unikraft` beside the application or its parent (the layout `unikraft libs apps`), and last
 * the default `~/.unikraft/unikraft`.
 */
export function findCore(
  app: string,
  folders: WorkingFolders,
  environment: Environment,
): Result<string, Diagnostic> {
  const inApp = [join(app, '.unikraft/unikraft'), join(app, 'workdir/unikraft')];
  const inside = inApp.find(isCore);
  if (inside !== undefined) return coreFolder(inside, '');
  if (environment['UK_ROOT']) {
    return coreFolder(
      folders.core,
      'The environment variable UK_ROOT names it: correct it, or give --core DIR.',
    );
  }
  const beside = [join(dirname(app), 'unikraft'), join(dirname(dirname(app)), 'unikraft')];
  const candidates = environment['UK_WORKDIR'] ? [folders.core, ...beside] : [...beside, folders.core];
  const found = candidates.find(isCore);
  if (found !== undefined) return coreFolder(found, '');
  return fail({
    message: `no Unikraft core was found (looked for ${[...inApp, ...candidates].join(', ')})`,
    hint: "Name it with --core DIR, set UK_ROOT, or get one with 'unigraph list pull unikraft'.",
  });
}

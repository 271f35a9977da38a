import type { Diagnostic } from '../../engine/location.ts';
import { formatDiagnostic } from '../../engine/location.ts';
import { fail, type Result } from '../../engine/result.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Environment } from './working-folders.ts';

/**
 * Reads a manifest. The reader, with the YAML parser and the schema, is loaded only here: a project without a
 * manifest does not pay for it. Several problems become one diagnostic that shows them all.
 */
export async function loadManifest(
  file: string,
  environment: Environment,
): Promise<Result<Manifest, Diagnostic>> {
  const { readManifest } = await import('../manifest/read.ts');
  const manifest = readManifest(file, environment);
  if (manifest.ok) return manifest;
  const [first, ...others] = manifest.error;
  if (first === undefined || others.length === 0)
    return fail(first ?? { message: 'the manifest cannot be read' });
  const hint = [...(first.hint ? [first.hint] : []), ...others.map(formatDiagnostic)].join('\n');
  return fail({ ...first, hint });
}

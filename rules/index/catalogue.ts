import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { writeWhole } from '../manifest/write-whole.ts';
import type { WorkingFolders } from '../workspace/working-folders.ts';
import type { ComponentName, Kind } from './component-name.ts';
import type { Reference } from './git.ts';

/** A component that some origin offers. */
export interface Offered extends ComponentName {
  /** The origin that it was found through, as it is written in the settings. */
  readonly origin: string;
  /** The git repository, or the folder of a local component. */
  readonly place: string;
  readonly local: boolean;
  readonly description?: string;
  readonly references: readonly Reference[];
  /** The branch that the repository itself prefers. */
  readonly head?: string;
  /** When the origin last reported a push; what has not changed since needs no new look. */
  readonly pushedAt?: string;
  /** When the versions were read; ISO 8601. */
  readonly checked: string;
}

/** What `list update` has found: kept in the cache, so that everything else works without a network. */
export interface Catalogue {
  readonly components: readonly Offered[];
  /** For each wildcard the tag of its last listing. */
  readonly etags: Readonly<Record<string, string>>;
}

export const emptyCatalogue: Catalogue = { components: [], etags: {} };

const kinds = [
  'core',
  'library',
  'platform',
  'architecture',
  'application',
] as const satisfies readonly Kind[];

const schema = z.object({
  version: z.literal(1),
  etags: z.record(z.string(), z.string()),
  components: z.array(
    z.object({
      kind: z.enum(kinds),
      name: z.string(),
      origin: z.string(),
      place: z.string(),
      local: z.boolean(),
      description: z.string().exactOptional(),
      references: z.array(
        z.object({ kind: z.enum(['branch', 'tag']), name: z.string(), commit: z.string() }),
      ),
      head: z.string().exactOptional(),
      pushedAt: z.string().exactOptional(),
      checked: z.string(),
    }),
  ),
});

export function catalogueFile(folders: WorkingFolders): string {
  return join(folders.cache, 'index.json');
}

/** Reads the catalogue. One that is missing or damaged counts as empty: `list update` makes it anew. */
export function readCatalogue(folders: WorkingFolders): Catalogue {
  const file = catalogueFile(folders);
  if (!existsSync(file)) return emptyCatalogue;
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!parsed.success) return emptyCatalogue;
    const { components, etags } = parsed.data;
    return { components, etags };
  } catch {
    return emptyCatalogue;
  }
}

/** Writes the catalogue, complete or not at all. */
export function writeCatalogue(folders: WorkingFolders, catalogue: Catalogue): Result<void, Diagnostic> {
  const file = catalogueFile(folders);
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return fail({ message: `cannot make the folder ${dirname(file)} (${code})` });
  }
  const written = writeWhole(file, `${JSON.stringify({ version: 1, ...catalogue })}\n`);
  return written.ok ? ok(undefined) : written;
}

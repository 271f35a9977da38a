import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Mirror } from '../../engine/fetch/download.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { writeWhole } from '../manifest/write-whole.ts';
import { expandHome, home, type Environment, type WorkingFolders } from '../workspace/working-folders.ts';
import { readKraftrc } from './kraftrc.ts';
import { defaultOrigins } from './origin.ts';

/** The user's settings: `unigraph.json` in the working folder, over kraft's own. */
export interface Settings {
  /** As written; in the order in which they are looked at. */
  readonly origins: readonly string[];
  /** Where the origins are from: the user's own list, kraft's, or nobody has said anything. */
  readonly originsFrom: 'unigraph' | 'kraft' | 'default';
  /** Prefix replacements for everything that is fetched. */
  readonly mirrors: readonly Mirror[];
}

/** The file that holds the settings; the user may edit it. */
export function settingsFile(folders: WorkingFolders): string {
  return join(folders.root, 'unigraph.json');
}

/**
 * Reads the settings. `unigraph.json` is
 * `{ "origins": ["…"], "mirrors": [{ "prefix": "https://github.com/", "replacement": "https://mirror/" }] }`; without
 * origins of its own, those of `$KRAFTRC` (`~/.kraftrc`) count, and without these Unikraft's own on GitHub.
 */
export function readSettings(
  folders: WorkingFolders,
  environment: Environment,
): Result<Settings, Diagnostic> {
  const file = settingsFile(folders);
  const own = readOwn(file);
  if (!own.ok) return own;
  const kraftrc = environment['KRAFTRC'] ?? join(home(environment), '.kraftrc');
  const kraft = readKraftrc(expandHome(kraftrc, environment));
  if (!kraft.ok) return kraft;
  const { mirrors } = own.value;
  if (own.value.origins !== undefined)
    return ok({ origins: own.value.origins, originsFrom: 'unigraph', mirrors });
  if (kraft.value.origins.length > 0)
    return ok({ origins: kraft.value.origins, originsFrom: 'kraft', mirrors });
  return ok({ origins: defaultOrigins, originsFrom: 'default', mirrors });
}

interface OwnSettings {
  readonly origins: readonly string[] | undefined;
  readonly mirrors: readonly Mirror[];
  /** Everything in the file, so that writing keeps what this version does not know. */
  readonly all: Readonly<Record<string, unknown>>;
}

function readOwn(file: string): Result<OwnSettings, Diagnostic> {
  if (!existsSync(file)) return ok({ origins: undefined, mirrors: [], all: {} });
  const problem = (message: string, hint?: string) =>
    fail({ message, location: { file, line: 0, column: 0 }, ...(hint !== undefined && { hint }) });
  let all: unknown;
  try {
    all = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return problem(`the settings cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (all === null || typeof all !== 'object' || Array.isArray(all))
    return problem('the settings are no JSON object');
  const record = all as Record<string, unknown>;
  const origins = record['origins'];
  if (
    origins !== undefined &&
    !(Array.isArray(origins) && origins.every((item) => typeof item === 'string'))
  ) {
    return problem("'origins' must be a list of texts");
  }
  const mirrors = record['mirrors'] ?? [];
  const isMirror = (item: unknown): item is Mirror =>
    item !== null &&
    typeof item === 'object' &&
    typeof (item as Partial<Mirror>).prefix === 'string' &&
    typeof (item as Partial<Mirror>).replacement === 'string';
  if (!Array.isArray(mirrors) || !mirrors.every(isMirror)) {
    return problem(
      "'mirrors' must be a list of replacements",
      'Write { "prefix": "https://github.com/", "replacement": "https://mirror.example.org/" }.',
    );
  }
  return ok({ origins: origins, mirrors, all: record });
}

/** Writes the list of origins into the user's settings; everything else in the file stays. */
export function writeOrigins(folders: WorkingFolders, origins: readonly string[]): Result<void, Diagnostic> {
  const file = settingsFile(folders);
  const own = readOwn(file);
  if (!own.ok) return own;
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return fail({ message: `cannot make the folder ${dirname(file)} (${code})` });
  }
  return writeWhole(file, `${JSON.stringify({ ...own.value.all, origins }, null, 2)}\n`);
}

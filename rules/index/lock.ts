import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { writeWhole } from '../manifest/write-whole.ts';

/** What a component was when the project was last locked. */
export interface LockedComponent {
  /** As the manifest asks for it: `staging`, `0.16.3`. */
  readonly version?: string;
  /** Where it was cloned from; nothing for a folder without git. */
  readonly source?: string;
  readonly commit?: string;
}

/** A file that a library fetches. */
export interface LockedArchive {
  readonly library: string;
  /** Hexadecimal, small letters. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** The content of `unigraph.lock`. */
export interface Lock {
  /** By `unikraft` or `lib/NAME`. */
  readonly components: Readonly<Record<string, LockedComponent>>;
  /** By URL. */
  readonly archives: Readonly<Record<string, LockedArchive>>;
}

export const emptyLock: Lock = { components: {}, archives: {} };

const commit = z
  .string()
  .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, { error: 'expected a commit of 40 hexadecimal digits' });

const schema = z.object({
  version: z.literal(1, { error: 'this version of unigraph knows lock files of version 1 only' }),
  components: z.record(
    z.string(),
    z.object({
      version: z.string().exactOptional(),
      source: z.string().exactOptional(),
      commit: commit.exactOptional(),
    }),
  ),
  archives: z.record(
    z.string(),
    z.object({
      library: z.string(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'expected 64 hexadecimal digits' }),
      size: z.number().int().nonnegative(),
    }),
  ),
});

/** The lock file of the project in `folder`. */
export function lockFile(folder: string): string {
  return join(folder, 'unigraph.lock');
}

/** Reads `unigraph.lock`; undefined where there is none. A damaged one is an error: it is there to be relied on. */
export function readLock(folder: string): Result<Lock | undefined, Diagnostic> {
  const file = lockFile(folder);
  if (!existsSync(file)) return ok(undefined);
  const location = { file, line: 0, column: 0 };
  const hint = "Get it back from version control, or make it anew with 'unigraph lock'.";
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const message = `the lock file cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return fail({ message, location, hint });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return ok({ components: parsed.data.components, archives: parsed.data.archives });
  const issue = parsed.error.issues[0]!;
  return fail({
    message: `the lock file is not valid: ${issue.path.join('.')}: ${issue.message}`,
    location,
    hint,
  });
}

/** The text of a lock file: entries in the order of their names, so that it changes only where something did. */
export function formatLock(lock: Lock): string {
  const sorted = <T extends object>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      Object.keys(record)
        .sort()
        .map((key) => [key, record[key]!]),
    );
  return `${JSON.stringify({ version: 1, components: sorted(lock.components), archives: sorted(lock.archives) }, null, 2)}\n`;
}

/**
 * Writes `unigraph.lock` if it would change.
 * @returns whether it did
 */
export function writeLock(folder: string, lock: Lock): Result<boolean, Diagnostic> {
  const file = lockFile(folder);
  const text = formatLock(lock);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return ok(false);
  const written = writeWhole(file, text);
  return written.ok ? ok(true) : written;
}

/** A difference between the lock file and what is there, in words. */
export function lockDifferences(locked: Lock, actual: Lock): string[] {
  const differences: string[] = [];
  const show = (component: LockedComponent | undefined): string =>
    component?.commit?.slice(0, 12) ?? 'no commit';
  for (const [name, component] of Object.entries(locked.components)) {
    const now = actual.components[name];
    if (now === undefined) differences.push(`${name} is locked, but not part of the project any more`);
    else if (now.commit !== component.commit) {
      differences.push(`${name} is at ${show(now)}, but locked at ${show(component)}`);
    } else if (now.version !== component.version) {
      differences.push(
        `${name} is asked for at ${now.version ?? 'any version'}, but locked for ${component.version ?? 'any version'}`,
      );
    }
  }
  for (const name of Object.keys(actual.components)) {
    if (locked.components[name] === undefined) differences.push(`${name} is not in the lock file`);
  }
  for (const [url, archive] of Object.entries(actual.archives)) {
    const problem = archiveDifference(locked, url, archive.sha256);
    if (problem !== undefined) differences.push(problem);
  }
  return differences;
}

/** What `--frozen` has against a file that was fetched; undefined when it is the locked one. */
export function archiveDifference(locked: Lock, url: string, sha256: string): string | undefined {
  const archive = locked.archives[url];
  if (archive === undefined) return `${url} is not in the lock file`;
  return archive.sha256 === sha256
    ? undefined
    : `${url} has the SHA-256 ${sha256}, but is locked with ${archive.sha256}`;
}

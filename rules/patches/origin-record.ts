import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, formatDigest } from '../../engine/digest/hash.ts';

/** What an origin was last made from, as rules/stages/origin-tree.ts keeps it beside the journal. */
export interface OriginRecord {
  /** Digest of the archive. */
  readonly archive: string;
  readonly patches: readonly { readonly name: string; readonly digest: string }[];
}

/** @returns undefined where nothing is known: make filled the origin, or the record is gone or torn */
export function readOriginRecord(stateFolder: string, origin: string): OriginRecord | undefined {
  let state: unknown;
  try {
    state = JSON.parse(readFileSync(join(stateFolder, `${encodeURIComponent(origin)}.json`), 'utf8'));
  } catch {
    return undefined;
  }
  if (state === null || typeof state !== 'object') return undefined;
  const { archive, patches } = state as Readonly<Record<string, unknown>>;
  if (typeof archive !== 'string' || !Array.isArray(patches)) return undefined;
  return {
    archive,
    patches: patches.map((line) => {
      const [digest = '', ...name] = String(line).split(' ');
      return { name: name.join(' '), digest };
    }),
  };
}

/** A file's digest as the record has it; undefined when it cannot be read. */
export function recordedDigest(file: string): string | undefined {
  try {
    return formatDigest(digestOf(readFileSync(file)));
  } catch {
    return undefined;
  }
}

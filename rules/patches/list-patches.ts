import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { OriginRecordFile } from '../stages/origin-record.ts';
import { recordedDigest } from '../stages/origin-tree.ts';
import { patchFiles } from './base-tree.ts';
import type { PatchableLibrary } from './patchable-library.ts';

/** A patch and whether the origin has it. */
export interface ListedPatch {
  readonly name: string;
  readonly state: 'applied' | 'not applied' | 'changed since' | 'removed since';
  /** Of its message; empty for a bare difference. */
  readonly subject: string;
}

export interface PatchList {
  readonly patches: readonly ListedPatch[];
  /** Files of the origin that were edited since it was made. */
  readonly edited: readonly string[];
}

/** Lists a library's patches in the order in which they are applied; one that only the origin has still comes last. */
export function listPatches(library: PatchableLibrary): PatchList {
  const record = new OriginRecordFile(library.origin, library.stateFolder).record();
  const files = patchFiles(library.patches);
  const isPatched = existsSync(`${library.origin}/../.patched`);
  const patches = files.map((file): ListedPatch => {
    const name = basename(file);
    const applied = record?.patches.find((each) => each.name === name);
    const subject = subjectOf(file);
    if (record === undefined) return { name, state: isPatched ? 'applied' : 'not applied', subject };
    if (applied === undefined) return { name, state: 'not applied', subject };
    return { name, state: applied.digest === recordedDigest(file) ? 'applied' : 'changed since', subject };
  });
  const removed = (record?.patches ?? [])
    .filter(({ name }) => !files.some((file) => basename(file) === name))
    .map(({ name }): ListedPatch => ({ name, state: 'removed since', subject: '' }));
  const edits = new OriginRecordFile(library.origin, library.stateFolder).edits();
  return { patches: [...patches, ...removed], edited: edits?.changed ?? [] };
}

function subjectOf(file: string): string {
  const head = readFileSync(file, 'utf8').split(/^(?:---|diff )/m, 1)[0]!;
  const subject = /^Subject: ([^\n]*(?:\n[ \t][^\n]*)*)/m.exec(head)?.[1] ?? '';
  return subject
    .replace(/\n[ \t]+/g, ' ')
    .replace(/^\[PATCH[^\]]*\] */, '')
    .trim();
}

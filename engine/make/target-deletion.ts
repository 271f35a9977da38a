import { splitMember } from './archive.ts';
import { isRegularFile, unlinkFile } from './disk.ts';
import type { Run } from './run.ts';
import { describeError } from './system-errors.ts';
import { Mtime, type Target } from './target.ts';

/** Deletes the targets of a recipe that did not end well, if it has begun to write them (manual, "Interrupts"). */
export function deleteTargets(run: Run, target: Target): void {
  deleteTarget(run, target, undefined);
  for (const other of target.alsoMakes) deleteTarget(run, other, target.name);
}

function deleteTarget(run: Run, target: Target, onBehalfOf: string | undefined): void {
  if (target.precious || target.phony) return;
  const parts = splitMember(target.name);
  if (parts !== undefined) {
    const before = target.mtime === Mtime.missing ? undefined : target.mtime;
    if (run.archives.date(parts.archive, parts.member) !== before) {
      const whose = onBehalfOf === undefined ? '' : `[${onBehalfOf}] `;
      run.messages.warn(`*** ${whose}Archive member '${target.name}' may be bogus; not deleted`, undefined);
    }
    return;
  }
  const path = run.directories.path(target.name);
  if (!isRegularFile(path)) return;
  const stat = run.host.stat(path);
  if (stat === undefined || Math.max(0, stat.mtimeMs) === target.mtime) return;
  const who = onBehalfOf === undefined ? '' : `[${onBehalfOf}] `;
  run.messages.warn(`*** ${who}Deleting file '${target.name}'`, undefined);
  const problem = unlinkFile(path);
  if (problem !== undefined && problem !== 'ENOENT') {
    run.messages.warn(`unlink: ${target.name}: ${describeError(problem)}`, undefined);
  }
}

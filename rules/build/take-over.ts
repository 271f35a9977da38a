import fs from 'node:fs';
import path from 'node:path';
import { readDepfile } from '../../engine/digest/depfile.ts';
import type { Action } from '../../engine/graph/action.ts';
import { isFileName } from '../../engine/graph/freshness.ts';

/**
 * Judges what GNU make has left in a build folder: whether an action's outputs are what the action would make now. They
 * are, where the command that made each is kept beside it and is the present one (`X.cmd`, from core 0.8 on), and no
 * file that was read is younger than an output, which is make's own measure.
 * @returns a function that gives, for such an action, the files that its commands read beyond the declared ones
 */
export function worksOfMake(): (action: Action) => readonly string[] | undefined {
  const times = new Map<string, number | undefined>();
  /** Modification time of a regular file; undefined when there is none. */
  const timeOf = (file: string): number | undefined => {
    if (!times.has(file)) {
      const stat = fs.statSync(file, { throwIfNoEntry: false });
      times.set(file, stat?.isFile() === true ? stat.mtimeMs : undefined);
    }
    return times.get(file);
  };
  return (action) => {
    if (!isMadeByPresentCommands(action)) return undefined;
    const discovered = filesRead(action);
    if (discovered === undefined) return undefined;
    let oldest = Infinity;
    for (const output of action.outputs) oldest = Math.min(oldest, timeOf(output) ?? -Infinity);
    const read = [...action.inputs, ...action.implicit, ...discovered].filter(isFileName);
    const isOlder = (file: string): boolean => (timeOf(file) ?? Infinity) <= oldest;
    return oldest > 0 && read.every(isOlder) ? discovered : undefined;
  };
}

function isMadeByPresentCommands(action: Action): boolean {
  if (action.outputs.length === 0) return false;
  return (
    action.steps.some((step) => step.kind === 'script') &&
    action.steps.every((step) => {
      if (step.kind === 'folder') return true;
      return step.kind === 'script' && readText(step.file) === `${step.text}\n`;
    })
  );
}

/** From the file that fixdep wrote, or from the compiler's own; undefined when there should be one and is none. */
function filesRead(action: Action): string[] | undefined {
  if (action.depfile === undefined) return [];
  const { path: own, keepAs } = action.depfile;
  const kept = keepAs === undefined ? undefined : readText(keepAs);
  if (kept !== undefined) return readFixdepFile(kept, action.cwd);
  const text = readText(own);
  return text === undefined
    ? undefined
    : readDepfile(text, action.cwd).filter((name) => !action.outputs.includes(name));
}

/**
 * Reads what the tree's `fixdep` makes of a compiler's dependency file (support/kconfig/fixdep.c): `source_TARGET := FILE`
 * and `deps_TARGET := \` with a file or a `$(wildcard include/config/…)` a line.
 * @returns the files, absolute
 */
export function readFixdepFile(text: string, cwd: string): string[] {
  const found = new Set<string>();
  for (const [, words] of text.replace(/\\\r?\n/g, ' ').matchAll(/^(?:source|deps)_\S+ :=(.*)$/gm)) {
    for (const word of words!.replace(/\$\(wildcard [^)]*\)/g, '').match(/\S+/g) ?? [])
      found.add(path.resolve(cwd, word.replaceAll('$$', '$')));
  }
  return [...found];
}

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

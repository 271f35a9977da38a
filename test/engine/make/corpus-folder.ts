/** The folder in which a case happens: made from its steps with fixed modification times, and looked at afterwards. */
import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Step } from './corpus-case.ts';

/**
 * The base of all times in the corpus, in seconds since the epoch. It lies years back, so that whatever a
 * recipe makes during the test is newer than whatever the case has laid out, without any sleeping.
 */
export const BASE_TIME = 1_600_000_000;

/** Times within this many seconds of the base were set by a case; all others are those of the test's run. */
const LAID_OUT = 10_000_000;

/** One entry of the tree: `file`, `folder` or `link`, its content, and the time if the case had set it. */
export type Entry = string;

/** Does one step of a case, other than running make, in `folder`. */
export function apply(step: Exclude<Step, { kind: 'run' } | { kind: 'stdin' }>, folder: string): void {
  const at = (path: string): string => join(folder, path);
  switch (step.kind) {
    case 'file':
      makeFolders(folder, dirname(step.path));
      writeFileSync(at(step.path), step.text.replaceAll('$DIR', folder));
      setTime(at(step.path), BASE_TIME + step.time);
      return;
    case 'touch':
    case 'touch-now':
      for (const path of step.paths) {
        makeFolders(folder, dirname(path));
        if (!lstatSync(at(path), { throwIfNoEntry: false })) writeFileSync(at(path), '');
        setTime(
          at(path),
          step.kind === 'touch' ? BASE_TIME + step.time : Math.floor(Date.now() / 1000) + step.after,
        );
      }
      return;
    case 'remove':
      for (const path of step.paths) rmSync(at(path), { recursive: true, force: true });
      return;
    case 'mkdir':
      for (const path of step.paths) makeFolders(folder, path);
      return;
    case 'mode':
      for (const path of step.paths) chmodSync(at(path), step.mode);
      return;
    case 'link':
      makeFolders(folder, dirname(step.path));
      symlinkSync(step.target, at(step.path));
      lutimesSync(at(step.path), BASE_TIME, BASE_TIME);
      return;
  }
}

function setTime(path: string, time: number): void {
  utimesSync(path, time, time);
}

function makeFolders(root: string, path: string): void {
  if (path === '.') return;
  makeFolders(root, dirname(path));
  mkdirSync(join(root, path), { recursive: true });
}

/** Gives every folder of the tree the base time: adding files has changed it, and folders can be prerequisites. */
export function settleFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) settleFolders(join(folder, entry.name));
  }
  setTime(folder, BASE_TIME);
}

/** The tree below `folder`: path to entry, with the folder's own path in contents written as `$DIR`. */
export function snapshot(folder: string): Map<string, Entry> {
  const found = new Map<string, Entry>();
  const walk = (relative: string): void => {
    for (const name of readdirSync(join(folder, relative)).sort()) {
      const path = relative === '' ? name : `${relative}/${name}`;
      const status = lstatSync(join(folder, path));
      if (status.isDirectory()) {
        found.set(path, 'folder');
        walk(path);
      } else if (status.isSymbolicLink()) {
        found.set(path, `link to ${readlinkSync(join(folder, path))}`);
      } else {
        const text = readFileSync(join(folder, path), 'utf8').replaceAll(folder, '$DIR');
        const offset = Math.round(status.mtimeMs / 1000) - BASE_TIME;
        const time = Math.abs(offset) < LAID_OUT ? `as laid out (${offset})` : 'new';
        found.set(path, `file, ${time}: ${JSON.stringify(text)}`);
      }
    }
  };
  walk('');
  return found;
}

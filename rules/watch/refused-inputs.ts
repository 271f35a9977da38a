import fs from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Makefiles, Kconfig files and what else the trees call their parts. */
const PART = /^(?:Makefile|Config|Kraftfile|kraft\.ya?ml)|\.(?:uk|mk|rules|build)$/;

/** The files of a workspace that its evaluation may read, as far as their names tell, and the folders in which more may appear. */
export function makefilesOf(workspace: Workspace): string[] {
  const folders = [workspace.app, ...workspace.libraries, ...workspace.platforms, workspace.core];
  return folders.flatMap((folder) => {
    let names: string[] = [];
    try {
      names = fs.readdirSync(folder).filter((name) => PART.test(name));
    } catch {
      // It will be seen when it is there again.
    }
    return [folder, ...names.map((name) => path.join(folder, name))];
  });
}

/** The files that a diagnostic points at, in its location and in the stack of its hint. */
export function filesNamedBy({ location, hint }: Diagnostic): string[] {
  const stack = [...(hint ?? '').matchAll(/ at (\/[^:\n]+):\d+/g)].map(([, file]) => file!);
  return [...(location === undefined ? [] : [location.file]), ...stack]
    .filter((file) => path.isAbsolute(file))
    .map((file) => path.resolve(file));
}

import fs from 'node:fs';
import path from 'node:path';
import { toBytes } from '../../engine/make/bytes.ts';
import type { EvaluatedWorkspace } from '../variables/evaluated-workspace.ts';

/**
 * Whether the unpacked sources that a file lies in are all there (`BUILD/LIB/origin`, Makefile.rules, unarchive and
 * patch): before that, nothing can be said about what is missing.
 * @returns undefined for a file that is in no such folder
 */
export function originState(
  file: string,
  evaluated: EvaluatedWorkspace,
): 'complete' | 'incomplete' | undefined {
  const [library, origin] = path.relative(evaluated.cwd, file).split('/');
  if (library === undefined || library === '..' || origin !== 'origin') return undefined;
  const at = (name: string): string => `${evaluated.cwd}/${library}/${name}`;
  const isPatched = evaluated.database.resolve(toBytes(at('.patched')))?.recipe !== undefined;
  const stamps = isPatched ? ['.origin', '.patched'] : ['.origin'];
  return stamps.every((name) => fs.existsSync(at(name))) ? 'complete' : 'incomplete';
}

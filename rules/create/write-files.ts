import { existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { NewFile } from './library-files.ts';

/**
 * Writes a new project's files into a folder.
 * @param force write over files that are there; without it, a folder that is not empty is an error
 * @returns the paths that were written
 */
export function writeFiles(
  folder: string,
  files: readonly NewFile[],
  force: boolean,
): Result<string[], Diagnostic> {
  const problem = folderProblem(folder, force);
  if (problem !== undefined) return fail(problem);
  // A link would lead the new text somewhere else.
  const linked = files.find(({ path }) =>
    lstatSync(join(folder, path), { throwIfNoEntry: false })?.isSymbolicLink(),
  );
  if (linked !== undefined) {
    return fail({
      message: `${join(folder, linked.path)} is a symbolic link, and is not written over`,
      hint: 'Remove it.',
    });
  }
  const written: string[] = [];
  for (const { path, text } of files) {
    const file = join(folder, path);
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    } catch (error) {
      return fail({
        message: `cannot write ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      });
    }
    written.push(path);
  }
  return ok(written);
}

/** What stands against writing a new project into a folder. */
export function folderProblem(folder: string, force: boolean): Diagnostic | undefined {
  if (!existsSync(folder)) return undefined;
  if (!lstatSync(folder).isDirectory())
    return { message: `${folder} is not a folder`, hint: 'Take another name.' };
  const present = readdirSync(folder).filter((name) => name !== '.git');
  if (force || present.length === 0) return undefined;
  return {
    message: `the folder ${folder} is not empty`,
    hint: 'Take another name, or write over files of the same names with --force.',
  };
}

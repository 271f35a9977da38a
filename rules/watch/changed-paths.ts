import fs from 'node:fs';

/** Whether a path is a folder or lies in it. */
export const isBelow = (name: string, folder: string): boolean =>
  name === folder || name.startsWith(`${folder}/`);

export function isFolder(name: string): boolean {
  try {
    return fs.statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}

/**
 * Of changed paths those that a person changed: files rather than the folders they are in, and nothing that builds write.
 * @param build the build folder
 */
export function tellable(changed: ReadonlySet<string>, build: string): string[] {
  const outside = [...changed].filter((name) => !isBelow(name, build) && !isFolder(name));
  // A path that was looked for and is missing may be reported because something else came to its folder.
  const present = outside.filter((name) => fs.existsSync(name));
  return present.length > 0 ? present : outside;
}

import fs from 'node:fs';
import path from 'node:path';

/**
 * Creates a folder and its parents. Unlike `mkdirSync` with `recursive`, it ends where a file system says ENOENT for
 * a folder that cannot be (seen with Node 20 below /proc: it tries for ever).
 * @throws the file system's error
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  let above = path.resolve(folder);
  while (fs.statSync(above, { throwIfNoEntry: false }) === undefined) {
    missing.push(above);
    const next = path.dirname(above);
    if (next === above) break;
    above = next;
  }
  for (const each of missing.reverse()) {
    try {
      fs.mkdirSync(each);
    } catch (error) {
      // Another process was faster; a dangling link or a file in its place is an error still.
      if (fs.statSync(each, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
    }
  }
  if (!fs.statSync(folder).isDirectory()) fs.mkdirSync(folder); // a file: ENOTDIR or EEXIST tells it
}

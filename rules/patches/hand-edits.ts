import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join, relative } from 'node:path';

/** What differs between an origin and what it was made from; names are relative to the origin, sorted. */
export interface HandEdits {
  readonly changed: readonly string[];
  /** In the origin only. Builds generate files there too, so that these alone are no edits. */
  readonly added: readonly string[];
  /** In the base only. A library's rules may have removed them. */
  readonly deleted: readonly string[];
}

/** What patch(1) and editors leave beside files. */
const leftBeside = /(\.orig|\.rej|~|\.swp|\.o|\.d)$/;

/** Compares an origin with its base, by content. */
export function handEdits(base: string, origin: string): HandEdits {
  const before = new Set(filesBelow(base));
  const now = new Set(filesBelow(origin));
  const inBoth = [...before].filter((name) => now.has(name));
  return {
    changed: inBoth.filter((name) => !isSame(join(base, name), join(origin, name))),
    added: [...now].filter((name) => !before.has(name) && !leftBeside.test(name)),
    deleted: [...before].filter((name) => !now.has(name)),
  };
}

/** Files and links below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((name) => !/(^|\/)\.git\//.test(name))
    .sort();
}

/** Whether two paths hold the same: two files of the same bytes, or two links to the same place. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [lstatSync(one, { throwIfNoEntry: false }), lstatSync(other, { throwIfNoEntry: false })];
  if (a === undefined || b === undefined) return a === b;
  if (a.isSymbolicLink() || b.isSymbolicLink()) {
    return a.isSymbolicLink() && b.isSymbolicLink() && readlinkSync(one) === readlinkSync(other);
  }
  return isPlain(a) && isPlain(b) && a.size === b.size && readFileSync(one).equals(readFileSync(other));
}

const isPlain = (stat: Stats): boolean => stat.isFile();

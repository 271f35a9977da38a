import fs from 'node:fs';
import path from 'node:path';
import type { StringTable } from '../../engine/journal/string-table.ts';

/**
 * Finds out what came to a folder and what left it, because the system only tells that something did. Compilers, editors and
 * other programs come and go with files of which nobody has ever heard; those must cost nothing.
 */
export class FolderContents {
  readonly #listings = new Map<string, ReadonlySet<string>>();
  /** Every part of every recorded path and included name, up to a position in the string table. */
  readonly #parts = new Set<string>();
  #position = 0;

  /**
   * Lists a folder anew.
   * @returns the entries that came or left since the last time; undefined when it was never listed
   */
  differences(folder: string): string[] | undefined {
    const now = new Set(list(folder));
    const before = this.#listings.get(folder);
    this.#listings.set(folder, now);
    if (before === undefined) return undefined;
    return [...now].filter((name) => !before.has(name)).concat([...before].filter((name) => !now.has(name)));
  }

  /** Whether any recorded path has a part of this name, or anything that is included. */
  isKnown(name: string, strings: StringTable): boolean {
    for (; this.#position < strings.size; this.#position++) {
      const text = strings.text(this.#position);
      // Environments and sets of folders have no part that is a name of a file.
      if (text.includes('\n')) continue;
      for (const part of path.posix.normalize(text.replace(/^[^"</]*["<]/, '')).split('/'))
        this.#parts.add(part);
    }
    return this.#parts.has(name);
  }
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

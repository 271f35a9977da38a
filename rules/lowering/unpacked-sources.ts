import fs from 'node:fs';
import path from 'node:path';
import type { Action } from '../../engine/graph/action.ts';

/** The folders that actions fill with sources, and what can be told of them before that has happened. */
export class UnpackedSources {
  readonly #trees: readonly string[];
  /** Folders in them, as far as the graph names files below those. */
  readonly #folders = new Set<string>();

  constructor(actions: readonly Action[]) {
    this.#trees = actions.flatMap((action) => action.tree ?? []);
    for (const { inputs, outputs } of actions) {
      for (const name of [...inputs, ...outputs]) {
        if (!this.#contain(name)) continue;
        for (
          let folder = path.dirname(name);
          !this.#folders.has(folder) && this.#contain(folder);
          folder = path.dirname(folder)
        )
          this.#folders.add(folder);
      }
    }
  }

  #contain(name: string): boolean {
    return this.#trees.some((tree) => name.startsWith(`${tree}/`));
  }

  /**
   * Whether a name is a file of unpacked sources. Before they are there, what looks like one is taken for one, so that the
   * graph is the same before and after.
   * @returns undefined for names elsewhere
   */
  hasFile(written: string): boolean | undefined {
    const name = path.normalize(written);
    if (!this.#contain(name)) return undefined;
    if (name.endsWith('/') || this.#folders.has(name)) return false;
    return fs.statSync(name, { throwIfNoEntry: false })?.isFile() ?? path.basename(name).includes('.');
  }
}

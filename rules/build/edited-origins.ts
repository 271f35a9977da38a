import path from 'node:path';
import { isGroup } from '../../engine/graph/action.ts';
import type { BuildGraph } from '../../engine/graph/build-graph.ts';
import type { EventSink } from '../../engine/report/event.ts';
import { OriginTree, describeEdits } from '../stages/origin-tree.ts';

/** Files of unpacked sources that somebody edited, as a build meets them: they are used, and never overwritten. */
export class EditedOrigins {
  readonly #graph: BuildGraph;
  /** The library by its origin's folder. */
  readonly #origins = new Map<string, string>();
  /** Origins that the build itself fills. */
  readonly #filled = new Set<string>();
  /** Names below each origin. */
  readonly #edited = new Map<string, Set<string>>();
  readonly #stateFolder: string;

  /** @param stateFolder where states of origins are kept */
  constructor(graph: BuildGraph, stateFolder: string) {
    this.#graph = graph;
    this.#stateFolder = stateFolder;
    for (const { tree, library } of graph.actions) if (tree !== undefined) this.#origins.set(tree, library);
  }

  /** To be told every event of the build. */
  readonly watch: EventSink = (event) => {
    if (event.kind !== 'started') return;
    if (event.action.tree !== undefined) this.#filled.add(event.action.tree);
    for (const reason of event.reasons) {
      if (reason.kind !== 'input-changed' || this.#isMade(reason.path)) continue;
      const origin = this.#originOf(reason.path);
      if (origin === undefined) continue;
      const names = this.#edited.get(origin) ?? new Set();
      this.#edited.set(origin, names.add(path.relative(origin, reason.path)));
    }
  };

  /** What to tell at the end, a text for each edited origin. */
  notes(): string[] {
    const notes: string[] = [];
    for (const [origin, names] of this.#edited) {
      // A patch inside the folder fills it as well.
      if ([...this.#filled].some((tree) => tree === origin || tree.startsWith(`${origin}/`))) continue;
      const library = this.#origins.get(origin)!;
      // None where an edit was taken back, and where nobody knows what was unpacked.
      const changed = new OriginTree(origin, this.#stateFolder).edits(names)?.changed ?? [];
      if (changed.length > 0) notes.push(describeEdits(origin, changed, library));
    }
    return notes;
  }

  /** Whether a command makes the file; a rule without one may only say that it comes with the origin. */
  #isMade(file: string): boolean {
    const producer = this.#graph.producer(file);
    return producer !== undefined && !isGroup(this.#graph.actions[producer]!);
  }

  /** The outermost origin that a file lies in. */
  #originOf(file: string): string | undefined {
    let found: string | undefined;
    for (const origin of this.#origins.keys()) {
      if (file.startsWith(`${origin}/`) && (found === undefined || origin.length < found.length))
        found = origin;
    }
    return found;
  }
}

import path from 'node:path';
import { isGroup } from '../../engine/graph/action.ts';
import type { BuildGraph } from '../../engine/graph/build-graph.ts';
import type { EventSink } from '../../engine/report/event.ts';
import { OriginRecordFile, describeEdits } from '../stages/origin-record.ts';

/** Folders that a graph's actions unpack sources to, with their libraries. */
export function originsOf({ actions }: BuildGraph): Map<string, string> {
  return new Map(actions.flatMap(({ tree, library }) => (tree === undefined ? [] : [[tree, library]])));
}

/** Files of unpacked sources that somebody edited, as a build meets them: they are used, and never overwritten. */
export class EditedOrigins {
  readonly #graph: BuildGraph;
  readonly #origins: ReadonlyMap<string, string>;
  /** Origins that the build itself fills. */
  readonly #filled = new Set<string>();
  /** Names below each origin. */
  readonly #edited = new Map<string, Set<string>>();
  readonly #stateFolder: string;

  /**
   * @param graph the actions of the build
   * @param origins folders of unpacked sources, with their libraries
   * @param stateFolder where states of origins are kept
   */
  constructor(graph: BuildGraph, origins: ReadonlyMap<string, string>, stateFolder: string) {
    this.#graph = graph;
    this.#origins = origins;
    this.#stateFolder = stateFolder;
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
      const changed = new OriginRecordFile(origin, this.#stateFolder).edits(names)?.changed ?? [];
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

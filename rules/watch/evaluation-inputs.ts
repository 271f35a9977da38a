import path from 'node:path';
import { gitFiles } from '../build/remember.ts';
import type { EvaluationRecord } from '../evaluation/evaluation-record.ts';
import type { RecordedShell } from '../evaluation/recording-host.ts';

/**
 * Which paths an evaluation rests on, and what of its record each of them could make untrue: when a source is saved that the
 * makefiles never looked at, nothing of the record has to be checked.
 */
export class EvaluationInputs {
  readonly #record: EvaluationRecord;
  /** For each kind of entry: paths, and the positions of the entries that rest on them. */
  readonly #entries = {
    contents: new Map<string, number[]>(),
    listings: new Map<string, number[]>(),
    seen: new Map<string, number[]>(),
    realpaths: new Map<string, number[]>(),
    written: new Map<string, number[]>(),
    programs: new Map<string, number[]>(),
    shells: new Map<string, number[]>(),
  };
  /** Commands of which nothing is known: whoever asks whether the evaluation holds must run them again. */
  readonly #unknown: readonly RecordedShell[];

  constructor(record: EvaluationRecord) {
    this.#record = record;
    const entries = this.#entries;
    record.contents.forEach(([file], at) => add(entries.contents, file, at));
    record.listings.forEach((each, at) => add(entries.listings, each.path, at));
    record.seen.forEach(([file], at) => add(entries.seen, file, at));
    record.realpaths.forEach(([file], at) => add(entries.realpaths, file, at));
    record.written.forEach(([file], at) => add(entries.written, file, at));
    record.programs.forEach(({ program, path: search, file }, at) => {
      for (const folder of search.split(':')) {
        const candidate = path.join(folder, program);
        add(entries.programs, candidate, at);
        if (candidate === file) break;
      }
    });
    const trees = new Map<string, readonly string[]>();
    record.shells.forEach((shell, at) => {
      for (const file of filesOfShell(shell, trees)) add(entries.shells, file, at);
    });
    this.#unknown = record.shells.filter(({ trust }) => trust.kind === 'unknown');
  }

  /** Every path, normalised, whose change could make the evaluation stale. */
  paths(): Set<string> {
    return new Set(Object.values(this.#entries).flatMap((entries) => [...entries.keys()]));
  }

  /** The folders that were listed. */
  listed(): Iterable<string> {
    return this.#entries.listings.keys();
  }

  /**
   * The part of the record that the given changes could make untrue, for `staleness`; undefined when there is none.
   * @param withUnknown whether commands of which nothing is known belong to it
   */
  affectedBy(changed: ReadonlySet<string>, withUnknown: boolean): EvaluationRecord | undefined {
    const entries = this.#entries;
    const record = this.#record;
    const pick = <T>(from: readonly T[], byPath: ReadonlyMap<string, readonly number[]>): T[] => {
      const found = new Set<number>();
      for (const name of changed) for (const at of byPath.get(name) ?? []) found.add(at);
      return Array.from(found, (at) => from[at]!);
    };
    const part: EvaluationRecord = {
      ...record,
      contents: pick(record.contents, entries.contents),
      listings: pick(record.listings, entries.listings),
      seen: pick(record.seen, entries.seen),
      realpaths: pick(record.realpaths, entries.realpaths),
      written: pick(record.written, entries.written),
      programs: pick(record.programs, entries.programs),
      shells: [...pick(record.shells, entries.shells), ...(withUnknown ? this.#unknown : [])],
    };
    const lists = [part.contents, part.listings, part.seen, part.realpaths, part.written, part.programs];
    return [...lists, part.shells].some((list) => list.length > 0) ? part : undefined;
  }
}

function add(to: Map<string, number[]>, file: string, at: number): void {
  const name = path.resolve(file);
  const known = to.get(name);
  if (known === undefined) to.set(name, [at]);
  else known.push(at);
}

/** @param trees the files of git work trees that were asked for already */
function filesOfShell(shell: RecordedShell, trees: Map<string, readonly string[]>): readonly string[] {
  const { trust } = shell;
  if (trust.kind === 'files') return trust.files;
  if (trust.kind === 'program') return [trust.found];
  if (trust.kind !== 'git') return [];
  let files = trees.get(trust.folder);
  if (files === undefined) {
    files = gitFiles(trust.folder);
    trees.set(trust.folder, files);
  }
  return files;
}

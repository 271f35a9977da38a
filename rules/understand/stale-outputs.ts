import fs from 'node:fs';
import path from 'node:path';
import { LINK_PREFIX } from '../../engine/digest/file-states.ts';
import { Journal } from '../../engine/journal/journal.ts';
import { takeLock } from '../../engine/journal/lock.ts';
import { VERSION_STRIDE } from '../../engine/journal/manifest.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { describeSystemError, isSystemError } from '../../engine/graph/perform.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { stateFolder } from '../build/state-folder.ts';
import type { KnownBuild } from './known-build.ts';

/** What is left of actions that the default goal's graph no longer has. */
export interface StaleOutputs {
  /** Files that exist. */
  readonly files: readonly string[];
  /** The actions, as the journal has them. */
  readonly actions: readonly string[];
}

/** What make and unigraph leave beside an output. */
const BESIDE = ['.cmd', '.d', '.dep'];

/** Finds files in the build folder that were made once and that nothing makes any more. */
export function staleOutputs({
  graph,
  around,
  workspace,
}: Pick<KnownBuild, 'graph' | 'around' | 'workspace'>): StaleOutputs {
  const { journal } = around;
  const made = new Set<string>();
  const read = new Set<string>();
  for (const action of graph.actions) {
    made.add(action.id);
    for (const name of action.outputs) made.add(name);
    for (const name of [...action.inputs, ...action.implicit]) read.add(name);
    for (const step of action.steps) if (step.kind === 'script') made.add(step.file);
    if (action.depfile !== undefined) made.add(action.depfile.path).add(action.depfile.keepAs ?? '');
  }
  // Unpacked sources and the like: whatever is below a folder that an action fills is its own.
  const trees = graph.actions.flatMap((action) => (action.tree === undefined ? [] : [`${action.tree}/`]));
  const actions = journal.actionIds().filter((id) => !made.has(id));
  const files = new Set<string>();
  for (const id of actions) {
    const outputs = journal.manifest(id)?.outputs ?? new Uint32Array();
    for (let at = 0; at < outputs.length; at += VERSION_STRIDE) {
      const output = journal.strings.text(outputs[at]!).replace(LINK_PREFIX, '');
      const stem = output.replace(/\.[^./]*$/, '');
      for (const name of [output, ...BESIDE.flatMap((end) => [output + end, stem + end])]) {
        if (made.has(name) || read.has(name) || !name.startsWith(`${workspace.build}/`)) continue;
        if (trees.some((tree) => name.startsWith(tree))) continue;
        const stat = fs.lstatSync(name, { throwIfNoEntry: false });
        if (stat !== undefined && !stat.isDirectory()) files.add(name);
      }
    }
  }
  return { files: [...files].sort(), actions };
}

/**
 * Removes objects whose sources left their library, with what lies beside them. Other files may be of goals that were named
 * once; they stay until somebody asks (`clean --stale`).
 * @param known of a build folder whose lock the caller holds, with the default goal's graph and the open journal
 * @returns the objects that were removed
 */
export function removeStaleObjects(known: Pick<KnownBuild, 'graph' | 'around' | 'workspace'>): string[] {
  const { files } = staleOutputs(known);
  const objects = files.filter((name) => name.endsWith('.o'));
  for (const object of objects) {
    const stem = object.slice(0, -2);
    for (const name of [object, ...BESIDE.flatMap((end) => [object + end, stem + end])])
      if (files.includes(name)) fs.rmSync(name, { force: true });
    known.around.journal.forget(object);
    known.around.files.invalidateOutput(object);
  }
  return objects;
}

/** Removes them and forgets the actions; nobody else may be at work in the build folder. */
export function removeStale(known: KnownBuild, stale: StaleOutputs): Result<number, Diagnostic> {
  const { build } = known.workspace;
  const state = stateFolder(build);
  try {
    const lock = takeLock(path.join(state, 'lock'));
    if (!lock.ok) return fail({ message: `a build (process ${lock.error.pid}) is at work in ${build}` });
    try {
      for (const file of stale.files) fs.rmSync(file, { force: true });
      const journal = Journal.open(path.join(state, 'journal'));
      for (const id of stale.actions) journal.forget(id);
      journal.close();
    } finally {
      lock.value.release();
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return fail({ message: `cannot clean ${build}: ${describeSystemError(error)}` });
  }
  return ok(stale.files.length);
}

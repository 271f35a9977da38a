import fs from 'node:fs';
import path from 'node:path';
import type { Action } from '../../engine/graph/action.ts';
import { describeSystemError, isSystemError } from '../../engine/graph/perform.ts';
import { takeLock } from '../../engine/journal/lock.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { nearest } from '../../engine/nearest.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { stateFolder } from './state-folder.ts';

/** Rules whose outputs are sources: `clean` keeps them, as with make. */
const KEPT = new Set(['Fetch', 'Verify', 'Unpack', 'Patch', 'Group']);

/** What cleaning did. */
export interface Cleaned {
  readonly removed: number;
}

/**
 * Removes what actions made, except fetched archives and unpacked origins.
 * @param libraries only these; all and the images when empty
 */
export function clean(
  workspace: Workspace,
  actions: readonly Action[],
  libraries: readonly string[],
): Result<Cleaned, Diagnostic> {
  const known = new Set(actions.map((action) => action.library).filter((name) => name !== ''));
  const chosen: string[] = [];
  for (const name of libraries) {
    const full = [name, `lib${name}`, `app${name}`].find((each) => known.has(each));
    if (full !== undefined) {
      chosen.push(full);
      continue;
    }
    const meant = nearest(name, known);
    return fail({
      message: `there is no library '${name}' in this configuration`,
      hint: meant === undefined ? `Libraries: ${[...known].sort().join(' ')}` : `Did you mean '${meant}'?`,
    });
  }
  return locked(workspace, () => {
    let removed = 0;
    for (const action of actions) {
      if (KEPT.has(action.rule)) continue;
      if (chosen.length > 0 && !chosen.some((name) => belongsTo(action, name, workspace.build))) continue;
      for (const file of filesOf(action)) {
        // Only inside the build folder: a rule may name a file of somebody else as its target.
        if (!file.startsWith(`${workspace.build}/`)) continue;
        if (fs.lstatSync(file, { throwIfNoEntry: false }) === undefined) continue;
        fs.rmSync(file, { recursive: true, force: true });
        removed++;
      }
    }
    return { removed };
  });
}

function belongsTo(action: Action, library: string, build: string): boolean {
  if (action.library === library) return true;
  const own = [`${build}/${library}.o`, `${build}/${library}.ld.o`];
  return action.outputs.some((output) => own.includes(output) || output.startsWith(`${build}/${library}/`));
}

/** Outputs, command files, dependency files, and what an action leaves beside its output (`X.bootinfo`). */
function* filesOf(action: Action): Iterable<string> {
  yield* action.outputs;
  if (action.depfile !== undefined) {
    yield action.depfile.path;
    if (action.depfile.keepAs !== undefined) yield action.depfile.keepAs;
  }
  for (const step of action.steps) {
    if (step.kind === 'script') yield step.file;
    if (step.kind === 'script') yield step.file.replace(/\.cmd$/, '');
  }
}

/** Removes the build folder. */
export function properClean(workspace: Workspace): Result<Cleaned, Diagnostic> {
  const { build, app, core } = workspace;
  if (!fs.existsSync(build)) return ok({ removed: 0 });
  for (const folder of [app, core, ...workspace.libraries, process.env['HOME'] ?? '/']) {
    if (folder === build || folder.startsWith(`${build}/`)) {
      return fail({
        message: `${build} is not removed: ${folder} is in it`,
        hint: 'Give the build folder with --output.',
      });
    }
  }
  const marks = ['.unigraph', 'kconfig', 'Makefile', 'config'];
  if (fs.readdirSync(build).length > 0 && !marks.some((name) => fs.existsSync(path.join(build, name)))) {
    return fail({
      message: `${build} is not removed: it does not look like a build folder`,
      hint: `It has none of ${marks.join(', ')}.`,
    });
  }
  return locked(workspace, () => {
    fs.rmSync(build, { recursive: true, force: true });
    return { removed: 1 };
  });
}

/** Removes the build folder and the configuration. */
export function distClean(workspace: Workspace): Result<Cleaned, Diagnostic> {
  const cleaned = properClean(workspace);
  if (!cleaned.ok) return cleaned;
  const { config } = workspace;
  const folder = path.dirname(config);
  const files = [
    config,
    `${config}.old`,
    path.join(folder, `.${path.basename(config)}.tmp`),
    path.join(folder, '.auto.deps'),
  ];
  let { removed } = cleaned.value;
  for (const file of files) {
    if (!fs.existsSync(file)) continue;
    fs.rmSync(file);
    removed++;
  }
  return ok({ removed });
}

/** Does something that no build may see half done. */
function locked(workspace: Workspace, work: () => Cleaned): Result<Cleaned, Diagnostic> {
  try {
    const lock = takeLock(path.join(stateFolder(workspace.build), 'lock'));
    if (!lock.ok)
      return fail({ message: `a build (process ${lock.error.pid}) is at work in ${workspace.build}` });
    try {
      return ok(work());
    } finally {
      lock.value.release();
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return fail({ message: `cannot clean ${workspace.build}: ${describeSystemError(error)}` });
  }
}

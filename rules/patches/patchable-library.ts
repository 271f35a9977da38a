import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Action } from '../../engine/graph/action.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { toBytes, toText } from '../../engine/make/bytes.ts';
import type { MakeDatabase } from '../../engine/make/database.ts';
import { MakeFailureError } from '../../engine/make/evaluate.ts';
import { nodeHost } from '../../engine/make/node-host.ts';
import { nearest } from '../../engine/nearest.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { stateFolder } from '../build/state-folder.ts';
import { diagnose, makeProgram } from '../build/load.ts';
import { evaluateTree } from '../evaluation/evaluate-tree.ts';
import { RecordingHost } from '../evaluation/recording-host.ts';
import { CaptureHost } from '../lowering/capture-host.ts';
import { lower } from '../lowering/lower.ts';
import { Toolchain } from '../lowering/toolchain.ts';
import type { PatchArgument, UnpackArgument } from '../stages/sources.ts';
import { makeVariables, type Workspace } from '../workspace/workspace.ts';
import { findPatchCall } from './patch-call.ts';

/** A library whose origin is unpacked from an archive and patched. */
export interface PatchableLibrary {
  /** `libfortune`. */
  readonly name: string;
  /** Its folder, with Makefile.uk. */
  readonly folder: string;
  readonly archive: string;
  /** `O/LIB/origin`. */
  readonly origin: string;
  /** The folder inside the origin, absolute, in which patches are applied. */
  readonly patched: string;
  /** The folder with the patches; it need not exist. */
  readonly patches: string;
  /** Where the state of origins is kept. */
  readonly stateFolder: string;
}

/** The umask that Unikraft's Makefile insists on. */
const UMASK = 0o022;

/**
 * Finds a library of a workspace by its name, with or without `lib`, and where its sources are. The tree's Makefile is
 * evaluated for it; nothing is built or fetched.
 */
export function findPatchable(
  workspace: Workspace,
  environment: Readonly<Record<string, string>>,
  asked: string,
): Result<PatchableLibrary, Diagnostic> {
  if (!existsSync(workspace.config)) {
    return fail({
      message: `there is no configuration: ${workspace.config} does not exist`,
      hint: 'Configure and build first; patches are made from the origin in the build folder.',
    });
  }
  process.umask(UMASK);
  const recording = new RecordingHost(nodeHost(), new Map());
  const host = new CaptureHost(recording);
  const state = stateFolder(workspace.build);
  const evaluated = evaluateTree({
    host,
    core: workspace.core,
    makeCommand: makeProgram(state),
    assignments: makeVariables(workspace).map(({ name, operator, value }) => `${name}${operator}${value}`),
    goals: [],
    environment,
  });
  if (!evaluated.ok) return fail(diagnose(evaluated.error));
  const { database, cwd } = evaluated.value;
  try {
    const expand = (text: string): string => toText(database.expand(toBytes(text)));
    const chosen = chooseLibrary(asked, expand('$(UK_LIBS)').split(/\s+/), workspace);
    if (!chosen.ok) return chosen;
    const name = chosen.value;
    const built = expand(`$(${variable(name, 'BUILD')})`) || path.join(workspace.build, name);
    const stamps = ['.origin', '.patched'].map((stamp) => path.join(built, stamp));
    const goals = stamps.filter((stamp) => database.resolve(toBytes(stamp))?.hasRule === true);
    const { actions } = lower({ database, host, cwd, goals, toolchain: new Toolchain(), environment });
    return describe(name, actions, database, state);
  } catch (error) {
    if (error instanceof MakeFailureError) return fail(diagnose(error.failure));
    throw error;
  }
}

/** A library's variable, such as LIBFORTUNE_BASE (Makefile.rules, `vprefix_lib`). */
const variable = (library: string, name: string): string =>
  `${library.toUpperCase().replace(/[-.]/g, '_')}_${name}`;

function chooseLibrary(
  asked: string,
  registered: readonly string[],
  workspace: Workspace,
): Result<string, Diagnostic> {
  const names = registered.filter((name) => name !== '');
  const found = [asked, `lib${asked}`, `app${asked}`].find((name) => names.includes(name));
  if (found !== undefined) return ok(found);
  const meant = nearest(asked, names) ?? nearest(`lib${asked}`, names);
  const hint =
    meant !== undefined
      ? `Did you mean '${meant}'?`
      : `A library counts when its option is on in ${workspace.config} and it is given with --lib or in the project file.`;
  return fail({ message: `there is no library '${asked}' in this build`, hint });
}

function describe(
  name: string,
  actions: readonly Action[],
  database: MakeDatabase,
  state: string,
): Result<PatchableLibrary, Diagnostic> {
  const expand = (text: string): string => toText(database.expand(toBytes(text)));
  const folder = expand(`$(${variable(name, 'BASE')})`);
  const makefile = { file: path.join(folder, 'Makefile.uk'), line: 0, column: 0 };
  const unpack = nativeArgument<UnpackArgument>(actions, 'unpack');
  if (unpack === undefined) {
    const origin = expand(`$(${variable(name, 'ORIGIN')})`);
    if (origin === '')
      return fail({ message: `${name} has no origin: its sources are its own`, location: makefile });
    return fail({
      message: `the origin of ${name} is not unpacked from an archive`,
      location: makefile,
      hint: `Make the patch with git: git -C ${origin} diff > PATCH`,
    });
  }
  const origin = path.normalize(unpack.folder).replace(/\/$/, '');
  const applied = nativeArgument<PatchArgument>(actions, 'patch');
  const call = findPatchCall(folder, name, expand);
  const patches = call?.patches ?? (applied?.patches[0] && path.dirname(applied.patches[0]));
  if (patches === undefined || patches === '') return fail(missingCall(name, makefile, origin, database));
  const patched =
    applied === undefined ? path.join(origin, call?.subfolder ?? '') : path.normalize(applied.folder);
  const library: PatchableLibrary = {
    name,
    folder,
    archive: unpack.archive,
    origin,
    patched: patched.replace(/\/$/, ''),
    patches: path.normalize(patches).replace(/\/$/, ''),
    stateFolder: path.join(state, 'origins'),
  };
  return originProblem(library, makefile) ?? ok(library);
}

function missingCall(
  name: string,
  location: NonNullable<Diagnostic['location']>,
  origin: string,
  database: MakeDatabase,
): Diagnostic {
  const folder = variable(name, 'PATCHDIR');
  const isSet = database.variables.has(toBytes(folder));
  const [only, ...others] = foldersIn(origin);
  const subfolder = only === undefined || others.length > 0 ? '.' : only;
  const lines = [
    ...(isSet ? [] : [`  ${folder} = $(${variable(name, 'BASE')})/patches`]),
    `  $(eval $(call patch,${name},$(${folder}),${subfolder}))`,
  ];
  return {
    message: `${name} applies no patches${isSet ? ` (${folder} alone does nothing)` : ''}`,
    location,
    hint: `Add, after the line that fetches:\n  ${lines.join('\n  ')}`,
  };
}

/** The origin must be there, and hold the folder that the patches are for. */
function originProblem(
  { name, origin, patched, archive }: PatchableLibrary,
  makefile: NonNullable<Diagnostic['location']>,
): { readonly ok: false; readonly error: Diagnostic } | undefined {
  if (!existsSync(archive) || foldersIn(origin, true).length === 0) {
    return fail({
      message: `the origin of ${name} is not there: ${origin}`,
      hint: 'Get and unpack it: unigraph build prepare.',
    });
  }
  if (existsSync(patched)) return undefined;
  return fail({
    message: `patches of ${name} are applied in ${path.relative(origin, patched)}, which its archive does not have`,
    location: makefile,
    hint: `It has: ${foldersIn(origin).join(', ')}. Correct the last argument of $(call patch,…).`,
  });
}

function foldersIn(folder: string, all = false): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => all || entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

function nativeArgument<T>(actions: readonly Action[], performer: string): T | undefined {
  for (const action of actions) {
    for (const step of action.steps) {
      if (step.kind === 'native' && step.performer === performer) return JSON.parse(step.argument) as T;
    }
  }
  return undefined;
}

import fs from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { toBytes, toText } from '../../engine/make/bytes.ts';
import type { MakeDatabase } from '../../engine/make/database.ts';
import { MakeFailureError } from '../../engine/make/evaluate.ts';
import { nodeHost } from '../../engine/make/node-host.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { stateFolder } from '../build/state-folder.ts';
import { diagnose, makeProgram } from '../build/load.ts';
import { evaluateTree } from '../evaluation/evaluate-tree.ts';
import { CaptureHost } from '../lowering/capture-host.ts';
import { makeVariables, type Workspace } from '../workspace/workspace.ts';
import { ProbingHost, type Probed } from './probing-host.ts';
import { readWrittenMakefile, type WrittenMakefile } from './written-makefile.ts';

/** A workspace's tree, evaluated, with its makefiles as they are written. */
export class EvaluatedWorkspace {
  readonly workspace: Workspace;
  readonly database: MakeDatabase;
  /** The folder in which the recipes run. */
  readonly cwd: string;
  /** Names that were looked up while reading and not defined. */
  readonly undefinedNames: ReadonlySet<string>;
  /** Each run through an assignment to the variable that was to be followed, in order. */
  readonly probed: readonly Probed[];
  readonly #texts: ReadonlyMap<string, string>;
  readonly #capture: CaptureHost;
  #written: readonly WrittenMakefile[] | undefined;

  constructor(parts: {
    workspace: Workspace;
    database: MakeDatabase;
    cwd: string;
    undefinedNames: ReadonlySet<string>;
    host: ProbingHost;
    capture: CaptureHost;
  }) {
    this.workspace = parts.workspace;
    this.database = parts.database;
    this.cwd = parts.cwd;
    this.undefinedNames = parts.undefinedNames;
    this.probed = parts.host.probed;
    this.#texts = parts.host.texts;
    this.#capture = parts.capture;
  }

  /** The makefiles that were read, as they are written; `.config` is none of them. */
  get written(): readonly WrittenMakefile[] {
    if (this.#written !== undefined) return this.#written;
    const config = toBytes(this.workspace.config);
    const found = new Map<string, WrittenMakefile>();
    for (const { name, found: exists } of this.database.makefiles) {
      if (!exists || found.has(name)) continue;
      const file = path.resolve(this.cwd, name);
      const text = this.#texts.get(file) ?? this.#texts.get(name);
      if (text === undefined || file === config) continue;
      found.set(name, readWrittenMakefile(name, text));
    }
    return (this.#written = [...found.values()]);
  }

  /** The text of a makefile that was read, by the name that locations give. */
  text(file: string): string | undefined {
    return this.#texts.get(file) ?? this.#texts.get(path.resolve(this.cwd, file));
  }

  /**
   * Expands a text; files that it would write are not written.
   * @returns undefined for what make would stop at
   */
  expand(text: string): string | undefined {
    return this.expandWithWrites(text)?.result;
  }

  /** As `expand`, with the texts of the files that would have been written. */
  expandWithWrites(
    text: string,
  ): { readonly result: string; readonly writes: readonly string[] } | undefined {
    try {
      const { result, effects } = this.#capture.capture(() => this.database.expand(toBytes(text)));
      const writes = effects.flatMap((effect) => (effect.kind === 'write' ? [effect.content] : []));
      return { result: toText(result), writes };
    } catch (error) {
      if (error instanceof MakeFailureError) return undefined;
      throw error;
    }
  }

  /** The words of a variable's expanded value; none when it is not defined. */
  words(name: string): string[] {
    if (!this.database.variables.has(toBytes(name))) return [];
    return splitText(this.expand(`$(${name})`) ?? '');
  }
}

/** Words of a text: what lies between blanks. */
export function splitText(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/**
 * Evaluates a workspace's tree afresh, every assignment recorded. Writes nothing but the folders that the tree's
 * Makefile makes itself while it is read.
 * @param follow a variable whose every assignment is to be watched
 */
export function evaluateWorkspace(
  workspace: Workspace,
  environment: Readonly<Record<string, string>>,
  follow?: string,
): Result<EvaluatedWorkspace, Diagnostic> {
  if (!fs.existsSync(workspace.config)) {
    return fail({
      message: `there is no configuration: ${workspace.config} does not exist`,
      hint: "Make one with 'unigraph configure' or 'unigraph menuconfig'.",
    });
  }
  // As for a build: the Makefile starts itself anew under any other umask.
  process.umask(0o022);
  const host = new ProbingHost(nodeHost(), follow === undefined ? undefined : toBytes(follow));
  const capture = new CaptureHost(host);
  const undefinedNames = new Set<string>();
  const evaluated = evaluateTree({
    host: capture,
    core: workspace.core,
    makeCommand: makeProgram(stateFolder(workspace.build)),
    assignments: makeVariables(workspace).map(({ name, operator, value }) => `${name}${operator}${value}`),
    goals: [],
    environment,
    recordAssignments: true,
    onInfo: (text) => host.told(text),
    observer: {
      environmentVariable: () => {},
      undefinedVariable: (name) => undefinedNames.add(name),
    },
  });
  // What is wrong is told in the makefile's own words, without the probes.
  if (!evaluated.ok && follow !== undefined) return evaluateWorkspace(workspace, environment);
  if (!evaluated.ok) return fail(diagnose(evaluated.error));
  const { database, cwd } = evaluated.value;
  return ok(new EvaluatedWorkspace({ workspace, database, cwd, undefinedNames, host, capture }));
}

import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SpawnOutcome, Spawner, SpawnRequest } from '../../engine/exec/spawner.ts';
import type { Action } from '../../engine/graph/action.ts';
import type { Journal } from '../../engine/journal/journal.ts';
import { VERSION_STRIDE } from '../../engine/journal/manifest.ts';
import { TRACE_OPTIONS, readTrace } from './trace.ts';

/** A file that an action used although nobody was told. */
export interface UndeclaredUse {
  readonly action: Action;
  readonly file: string;
  readonly use: 'reads' | 'writes';
}

/** Places of the system: what is there is the tools' own. */
const SYSTEM = /^\/(?:usr|lib\w*|bin|sbin|etc|proc|sys|dev|run|nix|opt)\//;

/** Tools that a person installed for themselves, and what they cache: hidden folders. */
const HIDDEN = /\/\.[^/]+\//;

/**
 * Runs commands under strace and compares the files that they use with those that their actions declare or were found to
 * read. Without this a missing edge shows only when a file changes and nothing is built.
 */
export class InputLint {
  readonly #folder = fs.mkdtempSync(path.join(tmpdir(), 'unigraph-trace-'));
  readonly #strace: string;
  readonly #used = new Map<Action, { read: Map<string, string>; written: Map<string, string> }>();
  #count = 0;
  #foundAny = false;

  /** Whether the last `findings` were any. */
  get foundAny(): boolean {
    return this.#foundAny;
  }

  /** @param strace the program's path */
  constructor(strace: string) {
    this.#strace = strace;
  }

  /** A spawner that traces the commands of one action. */
  spawnerFor(action: Action, inner: Spawner): Spawner {
    return {
      run: (request, signal) => this.#run(action, inner, request, signal),
      close: () => inner.close(),
    };
  }

  async #run(
    action: Action,
    inner: Spawner,
    request: SpawnRequest,
    signal?: AbortSignal,
  ): Promise<SpawnOutcome> {
    const trace = path.join(this.#folder, String(this.#count++));
    const argv = [this.#strace, ...TRACE_OPTIONS, '-o', trace, '--', ...request.argv];
    const outcome = await inner.run({ ...request, argv }, signal);
    let text = '';
    try {
      text = fs.readFileSync(trace, 'utf8');
      fs.unlinkSync(trace);
    } catch {
      // It did not start.
    }
    const { read, written } = readTrace(text, request.cwd);
    const used = this.#used.get(action) ?? {
      read: new Map<string, string>(),
      written: new Map<string, string>(),
    };
    this.#used.set(action, used);
    for (const [file, real] of read) used.read.set(file, real);
    for (const [file, real] of written) used.written.set(file, real);
    return outcome;
  }

  /**
   * What the traced actions used besides what they declare; call it after the build, while the journal is open. Temporary
   * files that are gone do not count, nor does what a command wrote itself before it read it.
   * @param own the folders of the workspace, in which hidden folders count too
   */
  findings(journal: Journal, own: readonly string[]): UndeclaredUse[] {
    const isOwn = (file: string): boolean => own.some((folder) => file.startsWith(`${folder}/`));
    const found: UndeclaredUse[] = [];
    for (const [action, { read, written }] of this.#used) {
      const declared = declaredNames(action, journal);
      const isDeclared = (file: string, real: string): boolean =>
        [file, real].some(
          (name) => declared.has(name) || (action.tree !== undefined && name.startsWith(`${action.tree}/`)),
        );
      const isReal = (file: string): boolean =>
        !SYSTEM.test(file) &&
        !(HIDDEN.test(file) && !isOwn(file)) &&
        fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
      for (const [file, real] of read) {
        if (isDeclared(file, real) || written.has(file) || !isReal(real)) continue;
        found.push({ action, file, use: 'reads' });
      }
      for (const [file, real] of written) {
        if (!isDeclared(file, real) && isReal(real)) found.push({ action, file, use: 'writes' });
      }
    }
    this.#foundAny = found.length > 0;
    return found;
  }

  close(): void {
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

function declaredNames(action: Action, journal: Journal): Set<string> {
  const names = [
    ...action.inputs,
    ...action.implicit,
    ...action.orderOnly,
    ...action.outputs,
    ...action.tools,
  ];
  for (const step of action.steps)
    if (step.kind === 'script') names.push(step.file, step.file.replace(/\.cmd$/, ''));
  if (action.depfile !== undefined)
    names.push(action.depfile.path, action.depfile.keepAs ?? action.depfile.path);
  if (action.symbolHeader !== undefined) names.push(action.symbolHeader);
  const inputs = journal.manifest(action.id)?.inputs ?? new Uint32Array();
  for (let at = 0; at < inputs.length; at += VERSION_STRIDE) names.push(journal.strings.text(inputs[at]!));
  const all = new Set(names);
  for (const name of names) {
    try {
      if (name.startsWith('/')) all.add(fs.realpathSync(name));
    } catch {
      // Not there any more.
    }
  }
  return all;
}

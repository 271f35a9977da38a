import type { Action } from '../../../engine/graph/action.ts';
import { execute, preprocess, type Files } from './fake-toolchain.ts';
import { diskFiles } from './fake-spawner.ts';
import { modelFiles, type Project } from './model-project.ts';

/** Everything that an action's result depends on, in the model's words. */
interface Basis {
  readonly command: string;
  readonly environment: string;
  /** Texts of the files that were read, and what `__has_include` found. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Values of the symbols that those files mention. */
  readonly symbols: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
}

/** What the model says of one build. */
export interface Prediction {
  /** Ids of the actions that have to run: no fewer give the right result. */
  readonly runs: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
  /** What each action that can succeed makes, in a build from nothing. */
  readonly made: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/**
 * A build system of a few lines: it remembers, for each action, all that its last success was made from, and runs it
 * when any of that differs. It knows neither stats nor digests, journals or time.
 */
export class ModelBuilder {
  readonly #project: Project;
  readonly #records = new Map<string, Basis>();

  constructor(project: Project) {
    this.#project = project;
  }

  /** @param injected ids of actions that fail whatever they are made from */
  predict(injected: ReadonlySet<string> = new Set()): Prediction {
    const runs = new Set<string>();
    const failed = new Set<string>();
    const made = new Map<string, ReadonlyMap<string, string>>();
    for (const { action, record } of this.#walk()) {
      if (record === 'unreachable') {
        failed.add(action.id);
        continue;
      }
      const dirty = record === 'error' || this.#isDirty(action, record);
      if (dirty) runs.add(action.id);
      if (record === 'error' || (dirty && injected.has(action.id))) {
        failed.add(action.id);
      } else {
        made.set(action.id, record.outputs);
      }
    }
    // What needs a failed action is not tried.
    const lost = new Set(failed);
    for (const action of this.#project.actions()) {
      if (![...action.inputs, ...action.orderOnly].some((name) => lost.has(name))) continue;
      for (const name of [action.id, ...action.outputs]) lost.add(name);
      runs.delete(action.id);
      failed.delete(action.id);
      made.delete(action.id);
    }
    return { runs, failed, made };
  }

  /** Remembers the success of these actions as of now. */
  remember(ids: ReadonlySet<string>): void {
    for (const { action, record } of this.#walk()) {
      if (ids.has(action.id) && typeof record === 'object') this.#records.set(action.id, record);
    }
  }

  /** The actions in order, each with what a success now would be made from. */
  *#walk(): Iterable<{ action: Action; record: Basis | 'error' | 'unreachable' }> {
    const generated = new Map<string, string>();
    const files = modelFiles(generated, this.#project.files);
    for (const action of this.#project.actions()) {
      if (action.steps.length === 0) continue;
      const record = recordOf(action, files);
      if (typeof record === 'object') for (const [file, text] of record.outputs) generated.set(file, text);
      yield { action, record };
    }
  }

  #isDirty(action: Action, now: Basis): boolean {
    const before = this.#records.get(action.id);
    return (
      before === undefined ||
      before.command !== now.command ||
      before.environment !== now.environment ||
      !sameMap(before.inputs, now.inputs) ||
      !sameMap(before.symbols, now.symbols) ||
      [...before.outputs].some(([file, text]) => diskFiles.read(file) !== text)
    );
  }
}

function recordOf(action: Action, files: Files): Basis | 'error' | 'unreachable' {
  const step = action.steps[0]!;
  if (step.kind !== 'shell') throw new Error('the model knows only shell steps');
  const made = execute(step.text.split(' '), action.environment['SALT'] ?? '', files);
  // A declared input that nothing made.
  const absent = [...action.inputs, ...action.tools].some((name) => files.read(name) === undefined);
  if ('error' in made) return absent ? 'unreachable' : 'error';
  const inputs = new Map<string, string>();
  const symbols = new Map<string, string>();
  for (const name of [...action.tools, ...action.inputs, ...action.implicit]) {
    if (name !== action.symbolHeader) inputs.set(name, files.read(name)!);
  }
  if (action.includePath !== undefined) {
    const source = action.inputs[0]!;
    const text = preprocess(source, action.includePath, files);
    if (typeof text === 'string') return 'error';
    for (const [file, content] of text.reads) if (file !== action.symbolHeader) inputs.set(file, content);
    for (const [test, found] of text.tested) {
      inputs.set(test, found ?? '');
      if (found !== undefined && found !== action.symbolHeader) inputs.set(found, files.read(found)!);
    }
    const header = text.reads.get(action.symbolHeader!);
    const values = new Map(
      [...(header ?? '').matchAll(/^#define (\w+) (.*)$/gm)].map(([, name, value]) => [name!, value!]),
    );
    if (header !== undefined) {
      for (const [file, content] of text.reads) {
        if (file === action.symbolHeader) continue;
        for (const [name] of content.matchAll(/\bCONFIG_\w+/g)) symbols.set(name, values.get(name) ?? '');
      }
    }
  }
  return {
    command: step.text,
    environment: JSON.stringify(action.environment),
    inputs,
    symbols,
    outputs: made.files,
  };
}

function sameMap(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

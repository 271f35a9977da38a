import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../../engine/digest/hash.ts';
import {
  commandDigest,
  rememberCommandDigest,
  type Action,
  type IncludePath,
  type Step,
} from '../../engine/graph/action.ts';
import type { EvaluationRecord } from '../evaluation/evaluation-record.ts';
import { makeFolder } from '../../engine/folders.ts';

/** A graph kept beside the journal, with what its evaluation depended on. */
export interface StoredGraph {
  /** What was asked for: core, command line, goals, program version. */
  readonly key: string;
  readonly record: EvaluationRecord;
  readonly actions: readonly Action[];
  /** Ids of the goals' actions. */
  readonly roots: readonly string[];
}

/** Raised when the form of the file changes; another version's file is not read. */
const FORMAT = 3;

/** Objects that many actions share are stored once. */
interface Packed {
  readonly format: number;
  readonly key: string;
  readonly record: EvaluationRecord;
  readonly roots: readonly string[];
  readonly environments: readonly Readonly<Record<string, string>>[];
  readonly includePaths: readonly IncludePath[];
  readonly toolLists: readonly (readonly string[])[];
  /** Words of commands: most are shared by hundreds. */
  readonly words: readonly string[];
  readonly actions: readonly PackedAction[];
}

type PackedAction = Omit<Action, 'environment' | 'includePath' | 'tools' | 'steps'> & {
  readonly environment: number;
  readonly tools: number;
  readonly command: Digest;
  readonly steps: readonly PackedStep[];
  readonly includePath?: number;
};

/** A step whose `text`, if it has one, is a list of words. */
type PackedStep =
  | { readonly step: Step }
  | { readonly step: Omit<Step & { text: string }, 'text'>; readonly words: readonly number[] };

/** Puts the text of a stored command together when it is asked for: a build with little to do asks for few. */
function withLazyText(step: object, words: readonly number[], table: readonly string[]): Step {
  let text: string | undefined;
  return Object.defineProperty({ ...step }, 'text', {
    enumerable: true,
    get: () => (text ??= words.map((word) => table[word]!).join(' ')),
  }) as Step;
}

/** Gives equal values one number. */
class Pool<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<string, number>();

  number(value: T): number {
    const key = typeof value === 'string' ? value : JSON.stringify(value);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}

/** Writes a graph through a temporary file: a reader sees the old one or the new one. */
export function saveGraph(file: string, graph: StoredGraph): void {
  const environments = new Pool<Action['environment']>();
  const includePaths = new Pool<IncludePath>();
  const toolLists = new Pool<readonly string[]>();
  const words = new Pool<string>();
  const packStep = (step: Step): PackedStep => {
    if (!('text' in step)) return { step };
    const { text, ...rest } = step;
    return { step: rest, words: text.split(' ').map((word) => words.number(word)) };
  };
  const actions = graph.actions.map((action): PackedAction => {
    const { environment, includePath, tools, steps, ...rest } = action;
    return {
      ...rest,
      command: commandDigest(action),
      steps: steps.map(packStep),
      environment: environments.number(environment),
      tools: toolLists.number(tools),
      ...(includePath !== undefined && { includePath: includePaths.number(includePath) }),
    };
  });
  const packed: Packed = {
    format: FORMAT,
    key: graph.key,
    record: graph.record,
    roots: graph.roots,
    environments: environments.values,
    includePaths: includePaths.values,
    toolLists: toolLists.values,
    words: words.values,
    actions,
  };
  makeFolder(path.dirname(file));
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, JSON.stringify(packed));
  fs.renameSync(temporary, file);
}

/** Reads a graph; undefined when there is none, it was made for something else, or it is damaged. */
export function loadStoredGraph(file: string, key: string): StoredGraph | undefined {
  let packed: Packed;
  try {
    packed = JSON.parse(fs.readFileSync(file, 'utf8')) as Packed;
  } catch {
    return undefined;
  }
  if (packed.format !== FORMAT || packed.key !== key) return undefined;
  const actions = packed.actions.map(
    ({ environment, includePath, tools, command, steps, ...rest }): Action => {
      const action: Action = {
        ...rest,
        steps: steps.map((each) =>
          'words' in each ? withLazyText(each.step, each.words, packed.words) : each.step,
        ),
        environment: packed.environments[environment]!,
        tools: packed.toolLists[tools]!,
        ...(includePath !== undefined && { includePath: packed.includePaths[includePath]! }),
      };
      rememberCommandDigest(action, command);
      return action;
    },
  );
  return { key, record: packed.record, actions, roots: packed.roots };
}

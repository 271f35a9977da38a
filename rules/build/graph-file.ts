import fs from 'node:fs';
import path from 'node:path';
import { digestOf, type Digest } from '../../engine/digest/hash.ts';
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
const MAGIC = 0x75676734;

/** The parts of the file, in order. In front of them stand the magic number, and length and checksum of each, 32 bits each. */
const PARTS = ['header', 'includePaths', 'words', 'record', 'index', 'actions'] as const;
type Part = (typeof PARTS)[number];

const HEADER_BYTES = 4 + 8 * PARTS.length;

/** Objects that many actions share are stored once. */
interface Header {
  readonly key: string;
  readonly roots: readonly string[];
  readonly environments: readonly Readonly<Record<string, string>>[];
  readonly toolLists: readonly (readonly string[])[];
}

/** Of each action: where it begins in `actions`, its length, its checksum. */
const INDEX_WORDS = 3;

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
  /** Most values are shared, so that one need not look into them. */
  readonly #same = new Map<T, number>();
  readonly #equal = new Map<string, number>();

  number(value: T): number {
    const known = this.#same.get(value);
    if (known !== undefined) return known;
    let number: number | undefined;
    if (typeof value !== 'string') {
      const key = JSON.stringify(value);
      number = this.#equal.get(key);
      if (number === undefined) this.#equal.set(key, this.values.length);
    }
    number ??= this.values.push(value) - 1;
    this.#same.set(value, number);
    return number;
  }
}

const checksum = (bytes: Uint8Array): number => digestOf(bytes).low;

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
  const pack = (action: Action): PackedAction => {
    const { environment, includePath, tools, steps, ...rest } = action;
    return {
      ...rest,
      command: commandDigest(action),
      steps: steps.map(packStep),
      environment: environments.number(environment),
      tools: toolLists.number(tools),
      ...(includePath !== undefined && { includePath: includePaths.number(includePath) }),
    };
  };
  const index = new Uint32Array(graph.actions.length * INDEX_WORDS);
  const pieces: Buffer[] = [];
  let length = 1;
  for (const [at, action] of graph.actions.entries()) {
    const piece = Buffer.from(JSON.stringify(pack(action)));
    index.set([length, piece.length, checksum(piece)], at * INDEX_WORDS);
    pieces.push(at === 0 ? Buffer.from('[') : Buffer.from(','), piece);
    length += piece.length + 1;
  }
  pieces.push(Buffer.from(pieces.length === 0 ? '[]' : ']'));
  const header: Header = {
    key: graph.key,
    roots: graph.roots,
    environments: environments.values,
    toolLists: toolLists.values,
  };
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const parts: Readonly<Record<Part, Buffer>> = {
    header: json(header),
    includePaths: json(includePaths.values),
    words: json(words.values),
    record: json(graph.record),
    index: Buffer.from(index.buffer),
    actions: Buffer.concat(pieces),
  };
  const front = Buffer.alloc(HEADER_BYTES);
  front.writeUInt32LE(MAGIC, 0);
  for (const [at, name] of PARTS.entries()) {
    front.writeUInt32LE(parts[name].length, 4 + 8 * at);
    front.writeUInt32LE(checksum(parts[name]), 8 + 8 * at);
  }
  makeFolder(path.dirname(file));
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, Buffer.concat([front, ...PARTS.map((name) => parts[name])]));
  fs.renameSync(temporary, file);
}

/** A stored graph, of which a small build reads little. Whatever is damaged throws a GraphFileError when it is asked for. */
export class GraphFile {
  readonly #descriptor: number;
  readonly #front = Buffer.alloc(HEADER_BYTES);
  readonly #header: Header;
  #words: readonly string[] | undefined;
  #includePaths: readonly IncludePath[] | undefined;
  #index: Uint32Array | undefined;

  /** @throws GraphFileError when there is none, or it is of another version */
  constructor(file: string) {
    try {
      this.#descriptor = fs.openSync(file, 'r');
    } catch (error) {
      throw new GraphFileError('no graph', { cause: error });
    }
    try {
      fs.readSync(this.#descriptor, this.#front, 0, HEADER_BYTES, 0);
      if (this.#front.readUInt32LE(0) !== MAGIC) throw new GraphFileError('a graph of another version');
      this.#header = this.#json('header');
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get key(): string {
    return this.#header.key;
  }

  get roots(): readonly string[] {
    return this.#header.roots;
  }

  record(): EvaluationRecord {
    return this.#json('record');
  }

  actions(): Action[] {
    return this.#json<PackedAction[]>('actions').map((packed) => this.#unpack(packed));
  }

  /** One action, by its place among all. */
  action(place: number): Action {
    this.#index ??= this.#readIndex();
    const [start, length, sum] = this.#index.subarray(place * INDEX_WORDS, (place + 1) * INDEX_WORDS);
    if (start === undefined) throw new GraphFileError('no such action');
    const bytes = this.#read(this.#offset('actions') + start, length!, sum!);
    return this.#unpack(JSON.parse(bytes.toString('utf8')) as PackedAction);
  }

  close(): void {
    fs.closeSync(this.#descriptor);
  }

  #readIndex(): Uint32Array {
    const bytes = this.#part('index');
    const index = new Uint32Array(bytes.length / Uint32Array.BYTES_PER_ELEMENT);
    new Uint8Array(index.buffer).set(bytes);
    return index;
  }

  #offset(part: Part): number {
    let offset = HEADER_BYTES;
    for (let at = 0; PARTS[at] !== part; at++) offset += this.#front.readUInt32LE(4 + 8 * at);
    return offset;
  }

  #part(part: Part): Buffer {
    const at = 4 + 8 * PARTS.indexOf(part);
    return this.#read(this.#offset(part), this.#front.readUInt32LE(at), this.#front.readUInt32LE(at + 4));
  }

  /** What this program wrote itself: with the right checksum it has the right form. */
  #json<T>(part: Part): T {
    return JSON.parse(this.#part(part).toString('utf8')) as T;
  }

  #read(offset: number, length: number, sum: number): Buffer {
    if (length > fs.fstatSync(this.#descriptor).size) throw new GraphFileError('a damaged graph');
    const bytes = Buffer.allocUnsafe(length);
    const size = fs.readSync(this.#descriptor, bytes, 0, length, offset);
    if (size < length || checksum(bytes) !== sum) throw new GraphFileError('a damaged graph');
    return bytes;
  }

  #unpack({ environment, includePath, tools, command, steps, ...rest }: PackedAction): Action {
    this.#words ??= this.#json<string[]>('words');
    const words = this.#words;
    if (includePath !== undefined) this.#includePaths ??= this.#json<IncludePath[]>('includePaths');
    const action: Action = {
      ...rest,
      steps: steps.map((each) => ('words' in each ? withLazyText(each.step, each.words, words) : each.step)),
      environment: this.#header.environments[environment]!,
      tools: this.#header.toolLists[tools]!,
      ...(includePath !== undefined && { includePath: this.#includePaths![includePath]! }),
    };
    rememberCommandDigest(action, command);
    return action;
  }
}

/** A graph that cannot be used: the tree is evaluated again. */
export class GraphFileError extends Error {}

/** Reads a graph; undefined when there is none, it was made for something else, or it is damaged. */
export function loadStoredGraph(file: string, key: string): StoredGraph | undefined {
  let graph: GraphFile | undefined;
  try {
    graph = new GraphFile(file);
    if (graph.key !== key) return undefined;
    return { key, record: graph.record(), actions: graph.actions(), roots: graph.roots };
  } catch (error) {
    if (error instanceof GraphFileError) return undefined;
    throw error;
  } finally {
    graph?.close();
  }
}

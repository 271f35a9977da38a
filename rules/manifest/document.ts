import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  Scalar,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Diagnostic, Location } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { interpolate } from './interpolate.ts';
import { codePoint, forbiddenCharacter } from './text.ts';

/** Plain data out of a manifest. Numbers stay as they are written: `0.10` is no `0.1`. */
export type Data = string | boolean | null | Data[] | { [key: string]: Data };

/** A parsed manifest: its values, and where each of them is written. */
export interface ParsedDocument {
  readonly document: Document;
  readonly data: Data;
  /** The place of the value at a path, or of the nearest part of the path that is written. */
  locate(path: readonly PropertyKey[]): Location;
  /** The place of the last key of the path. */
  locateKey(path: readonly PropertyKey[]): Location;
}

/** Values, each alias counted as often as it is used, and levels: no manifest comes near. */
const valueLimit = 20_000;
const depthLimit = 50;

/**
 * Parses one YAML document into data, with `${VAR}` replaced in its values.
 * @param file for messages only
 * @param notices gets what is odd but no error
 */
export function parseDocument(
  text: string,
  file: string,
  lookUp: (name: string) => string | undefined,
  notices: Diagnostic[],
): Result<ParsedDocument, Diagnostic[]> {
  const lines = new LineCounter();
  const at = (offset: number): Location => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  let documents: Document[];
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      schema: 'failsafe',
      merge: true,
      uniqueKeys: true,
      strict: true,
      logLevel: 'silent',
    });
    documents = Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    // The composer recurses; a file made of ten thousand '[' ends here.
    if (error instanceof RangeError)
      return fail([{ message: 'the values are nested too deeply', location: at(0) }]);
    throw error;
  }
  const document = documents[0];
  if (document === undefined || document.contents === null) {
    return fail([{ message: 'this manifest is empty', location: { file, line: 1, column: 1 } }]);
  }
  const second = documents[1];
  if (second !== undefined) {
    const message = 'a second document begins here; a manifest is one document';
    return fail([{ message, location: at(second.range?.[0] ?? 0), hint: "Remove the '---'." }]);
  }
  if (document.errors.length > 0) {
    return fail(document.errors.map((error) => ({ ...explain(error, text), location: at(error.pos[0]) })));
  }
  const reader = new Reader(document, at, lookUp, notices);
  const data = reader.read(document.contents, [], 0);
  if (reader.problems.length > 0) return fail(reader.problems);
  const top: Location = { file, line: 1, column: 1 };
  const locateIn = (places: ReadonlyMap<string, Location>) => (path: readonly PropertyKey[]) => {
    const whole = places.get(pathKey(path));
    if (whole !== undefined) return whole;
    for (let length = path.length; length >= 0; length--) {
      const place = reader.values.get(pathKey(path.slice(0, length)));
      if (place !== undefined) return place;
    }
    return top;
  };
  return ok({ document, data, locate: locateIn(reader.values), locateKey: locateIn(reader.keys) });
}

function pathKey(path: readonly PropertyKey[]): string {
  return path.map(String).join('\u0000');
}

/** Walks the nodes; one for each document. */
class Reader {
  readonly problems: Diagnostic[] = [];
  readonly values = new Map<string, Location>();
  readonly keys = new Map<string, Location>();
  private readonly document: Document;
  private readonly at: (offset: number) => Location;
  private readonly lookUp: (name: string) => string | undefined;
  private readonly notices: Diagnostic[];
  private count = 0;

  constructor(
    document: Document,
    at: (offset: number) => Location,
    lookUp: (name: string) => string | undefined,
    notices: Diagnostic[],
  ) {
    this.document = document;
    this.at = at;
    this.lookUp = lookUp;
    this.notices = notices;
  }

  private place(node: Node | null | undefined): Location {
    return this.at(node?.range?.[0] ?? 0);
  }

  private complain(message: string, node: Node | null, hint?: string): null {
    this.problems.push({ message, location: this.place(node), ...(hint !== undefined && { hint }) });
    return null;
  }

  read(node: Node | null, path: readonly PropertyKey[], depth: number): Data {
    if (this.count > valueLimit) return null;
    if (++this.count > valueLimit) {
      return this.complain(
        `there are more than ${valueLimit} values when every alias is written out`,
        node,
        'Use fewer aliases (*name).',
      );
    }
    if (depth > depthLimit) return this.complain('the values are nested too deeply', node);
    if (!this.values.has(pathKey(path))) this.values.set(pathKey(path), this.place(node));
    if (node === null) return null;
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      if (target === undefined)
        return this.complain(`there is no anchor &${node.source} before this alias`, node);
      return this.read(target, path, depth + 1);
    }
    if (node.tag !== undefined && !/^tag:yaml\.org,2002:(str|map|seq)$/.test(node.tag)) {
      return this.complain(`the tag ${node.tag} means nothing in a manifest`, node, 'Remove it.');
    }
    if (isScalar(node)) return this.scalar(node);
    if (isSeq(node)) {
      return node.items.map((item, index) => this.read(item as Node | null, [...path, index], depth + 1));
    }
    if (isMap(node)) return this.map(node, path, depth);
    return this.complain('this is no value that a manifest can have', node);
  }

  private map(node: YAMLMap, path: readonly PropertyKey[], depth: number): Data {
    const result: Record<string, Data> = Object.create(null) as Record<string, Data>;
    const merged: Data[] = [];
    for (const item of node.items as Pair<Node | null, Node | null>[]) {
      if (!isScalar(item.key)) {
        this.complain('a key must be a text', item.key ?? node);
        continue;
      }
      // The merge key's value is a symbol.
      const key = typeof item.key.value === 'symbol' ? '<<' : String(item.key.value);
      if (key === '' || key === '__proto__') {
        this.complain(key === '' ? 'a key is empty' : `no key can be called ${key}`, item.key);
        continue;
      }
      const odd = forbiddenCharacter(key) ?? (/[\n\t]/.test(key) ? { character: '\n' } : undefined);
      if (odd !== undefined) {
        this.complain(`a key holds a control or invisible character (${codePoint(odd.character)})`, item.key);
        continue;
      }
      if (key === '<<' && item.key.type === Scalar.PLAIN) {
        const value = this.read(item.value, [...path, key], depth + 1);
        merged.push(...(Array.isArray(value) ? value : [value]));
        continue;
      }
      this.keys.set(pathKey([...path, key]), this.place(item.key));
      result[key] = this.read(item.value, [...path, key], depth + 1);
    }
    for (const other of merged) {
      if (other === null || typeof other !== 'object' || Array.isArray(other)) {
        this.complain("'<<' takes an alias of a map", node);
        continue;
      }
      for (const [key, value] of Object.entries(other)) if (!Object.hasOwn(result, key)) result[key] = value;
    }
    return result;
  }

  private scalar(node: Scalar): Data {
    const written = typeof node.value === 'string' ? node.value : '';
    const odd = forbiddenCharacter(written);
    if (odd !== undefined) {
      return this.complain(
        `a value holds a control or invisible character (${codePoint(odd.character)})`,
        node,
      );
    }
    const where = this.place(node);
    const expanded = interpolate(written, this.lookUp, (name) =>
      this.notices.push({
        message: `the variable ${name} is not set; it counts as empty`,
        location: where,
        hint: `Set it in the environment or in .env, or give a default: \${${name}:-default}.`,
      }),
    );
    if (!expanded.ok) {
      const { message, offset, hint } = expanded.error;
      // Only on a plain line is an offset in the value an offset in the file.
      const column = node.type === Scalar.PLAIN ? where.column + offset : where.column;
      this.problems.push({ message, hint, location: { ...where, column } });
      return null;
    }
    if (node.type !== Scalar.PLAIN) return expanded.value;
    if (/^(|~|null|Null|NULL)$/.test(expanded.value)) return written === expanded.value ? null : '';
    // YAML 1.1, which both generations of kraft read, has yes and on besides true.
    if (/^(true|True|TRUE|yes|Yes|YES|on|On|ON)$/.test(expanded.value)) return true;
    if (/^(false|False|FALSE|no|No|NO|off|Off|OFF)$/.test(expanded.value)) return false;
    return expanded.value;
  }
}

/** YAML's errors in words that say what to do. */
function explain(error: YAMLError, text: string): { message: string; hint?: string } {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { message: 'a tab cannot indent in YAML', hint: 'Indent with spaces.' };
    case 'DUPLICATE_KEY': {
      const key = /^[^\s:#]+/.exec(text.slice(error.pos[0]))?.[0] ?? '';
      return { message: `the key '${key}' is there twice`, hint: 'Keep one of them.' };
    }
    default:
      return { message: `this is not valid YAML: ${lowerFirst(error.message)}` };
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

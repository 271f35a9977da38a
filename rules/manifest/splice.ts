import {
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  Scalar,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/*
 * Changes of YAML text in place. Printing a document anew would reflow it: blank lines, the gap before a comment and
 * the width of a column are the user's. So only the bytes that must change do.
 */

type Path = readonly string[];

/** Parses for editing; the nodes' ranges are offsets in `text`. */
export function parseForEdit(text: string): Document {
  return parseDocument(text, { merge: true, prettyErrors: false });
}

/** A value as YAML text: plain where every YAML reader takes it as the same text, else in quotes. */
export function yamlText(value: string, like?: Scalar): string {
  if (like?.type === Scalar.QUOTE_DOUBLE) return JSON.stringify(value);
  const special =
    /^(~|null|true|false|yes|no|on|off|[-+]?(\d[\d_]*)?\.?[\d_]*(e[-+]?\d+)?|0[xo][\da-f_]+|[-+]?\.(inf|nan)|\d+(:\d+)+)$/i;
  const plain = /^[\w./@+][\w./@+=:-]*$/.test(value) && !value.endsWith(':') && !special.test(value);
  return plain && like?.type !== Scalar.QUOTE_SINGLE ? value : `'${value.replaceAll("'", "''")}'`;
}

/**
 * Sets the text at `path`, a way of map keys; what is missing is added. A scalar on the way becomes a map with that
 * scalar as `version`, which is what a component's short form means.
 * @param value undefined for a key without a value
 * @returns the changed text, or undefined where the place cannot be changed in the text
 */
export function setInText(text: string, path: Path, value: string | undefined): string | undefined {
  const document = parseForEdit(text);
  const contents = document.contents;
  if (!isMap(contents)) return undefined;
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  return setIn(text, contents, key, rest, value);
}

function setIn(
  text: string,
  map: YAMLMap,
  key: string,
  rest: Path,
  value: string | undefined,
): string | undefined {
  const pair = pairOf(map, key);
  if (pair === undefined) return insert(text, map, entry(key, rest, value, indentStep(text)));
  const current = pair.value as Node | null;
  if (rest.length === 0) return replaceValue(text, pair, value);
  if (isMap(current)) return setIn(text, current, rest[0]!, rest.slice(1), value);
  if (current !== null && !isScalar(current)) return undefined;
  if (map.flow === true) return undefined;
  // Short form to map: `musl: stable # why` becomes a block whose `version` line keeps the comment.
  const indent = ' '.repeat(columnOf(text, startOf(pair)) + indentStep(text));
  const scalarText =
    current === null || isEmpty(current) ? '' : text.slice(current.range![0], current.range![1]);
  const colon = colonAfter(text, pair);
  if (colon === undefined) return undefined;
  const version = scalarText === '' ? [] : [`version: ${scalarText}`];
  const added = entry(rest[0]!, rest.slice(1), value, indentStep(text)).map((line) => line);
  if (scalarText === '') {
    const lineEnd = endOfLine(text, colon);
    return splice(
      text,
      lineEnd,
      lineEnd,
      [...version, ...added].map((line) => `\n${indent}${line}`).join(''),
    );
  }
  const end = current!.range![1];
  const lineEnd = endOfLine(text, end);
  const tail = text.slice(end, lineEnd);
  const body = [`${version[0]}${tail}`, ...added].map((line) => `\n${indent}${line}`).join('');
  return splice(text, colon + 1, lineEnd, body);
}

/** Removes the key at `path` with its value; comments in other lines stay. */
export function removeInText(text: string, path: Path): string | undefined {
  const document = parseForEdit(text);
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  if (!isMap(parent)) return undefined;
  const pair = pairOf(parent, path.at(-1)!);
  if (pair === undefined) return undefined;
  const start = startOf(pair);
  const end = endOf(pair);
  if (parent.flow === true) {
    const after = /^\s*,\s*/.exec(text.slice(end));
    if (after !== null) return splice(text, start, end + after[0].length, '');
    const before = /,\s*$/.exec(text.slice(0, start));
    return splice(text, before === null ? start : start - before[0].length, end, '');
  }
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (text.slice(lineStart, start).trim() !== '') return undefined;
  const lineEnd = text[end - 1] === '\n' ? end : Math.min(endOfLine(text, end) + 1, text.length);
  return splice(text, lineStart, lineEnd, '');
}

/** Appends an item to the list at `path`, or replaces the item that `matches`. */
export function putInList(
  text: string,
  path: Path,
  item: string,
  matches: (item: string) => boolean,
): string | undefined {
  const list = parseForEdit(text).getIn(path, true);
  if (!isSeq(list)) return undefined;
  const items = list.items as Node[];
  const present = items.find((each) => isScalar(each) && matches(String(each.value)));
  if (isScalar(present)) return splice(text, present.range![0], present.range![1], yamlText(item, present));
  const last = items.at(-1);
  if (list.flow === true) {
    const closing = list.range![1] - 1;
    const blank = /\s*$/.exec(text.slice(0, closing))![0].length;
    return splice(
      text,
      closing - blank,
      closing - blank,
      `${last === undefined ? '' : ', '}${yamlText(item)}`,
    );
  }
  if (last === undefined) return undefined;
  const dash = text.lastIndexOf('-', last.range![0]);
  const lineStart = text.lastIndexOf('\n', dash) + 1;
  const lead = text.slice(lineStart, dash);
  if (lead.trim() !== '') return undefined;
  const end = endOfLine(text, last.range![1]);
  return splice(text, end, end, `\n${lead}- ${yamlText(item)}`);
}

function splice(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key);
}

function startOf(pair: Pair): number {
  return (pair.key as Node).range![0];
}

/** The end of a pair's value, without the comment behind it. */
function endOf(pair: Pair): number {
  const value = pair.value as Node | null;
  if (value === null || isEmpty(value)) return (pair.key as Node).range![1] + 1;
  if ((isMap(value) || isSeq(value)) && value.flow !== true) {
    const last = value.items.at(-1);
    if (last !== undefined) return isSeq(value) ? endOfItem(last as Node) : endOf(last as Pair);
  }
  return value.range![1];
}

function endOfItem(node: Node): number {
  if (isMap(node) && node.flow !== true && node.items.length > 0) return endOf(node.items.at(-1)!);
  if (isSeq(node) && node.flow !== true && node.items.length > 0) return endOfItem(node.items.at(-1) as Node);
  return node.range![1];
}

function isEmpty(node: Node): boolean {
  return node.range !== undefined && node.range !== null && node.range[0] === node.range[1];
}

function colonAfter(text: string, pair: Pair): number | undefined {
  const from = (pair.key as Node).range![1];
  const match = /^\s*:/.exec(text.slice(from));
  return match === null ? undefined : from + match[0].length - 1;
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  const line = end < 0 ? text.length : end;
  return text[line - 1] === '\r' ? line - 1 : line;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** How far the file indents, told by what is indented least; two where nothing is. */
function indentStep(text: string): number {
  const widths = Array.from(text.matchAll(/^( +)[^\s#]/gm), ([, blanks]) => blanks!.length);
  return widths.length === 0 ? 2 : widths.reduce((least, width) => Math.min(least, width));
}

function replaceValue(text: string, pair: Pair, value: string | undefined): string | undefined {
  const current = pair.value as Node | null;
  const written = value === undefined ? '' : yamlText(value, isScalar(current) ? current : undefined);
  if (current !== null && !isEmpty(current)) {
    if (!isScalar(current)) return undefined;
    const [start, end] = current.range!;
    return splice(text, value === undefined ? start - 1 : start, end, written);
  }
  const colon = colonAfter(text, pair);
  if (colon === undefined) return undefined;
  return written === '' ? text : splice(text, colon + 1, colon + 1, ` ${written}`);
}

/** The lines of a new key, with the rest of its path below it. */
function entry(key: string, rest: Path, value: string | undefined, step: number): string[] {
  const name = yamlText(key);
  const [next, ...further] = rest;
  if (next === undefined) return [value === undefined ? `${name}:` : `${name}: ${yamlText(value)}`];
  return [`${name}:`, ...entry(next, further, value, step).map((line) => ' '.repeat(step) + line)];
}

/** Adds lines as the last entry of a map. */
function insert(text: string, map: YAMLMap, lines: string[]): string | undefined {
  const last = map.items.at(-1);
  if (map.flow === true) {
    if (lines.length > 1) return undefined;
    const closing = map.range![1] - 1;
    const blank = /\s*$/.exec(text.slice(0, closing))![0].length;
    return splice(text, closing - blank, closing - blank, `${last === undefined ? '' : ', '}${lines[0]}`);
  }
  if (last === undefined) return undefined;
  const indent = ' '.repeat(columnOf(text, startOf(map.items[0]!)));
  const end = endOf(last);
  const at = text[end - 1] === '\n' ? end - 1 : endOfLine(text, end);
  return splice(text, at, at, lines.map((line) => `\n${indent}${line}`).join(''));
}

/** True when the value at `path` is a list. */
export function isListAt(text: string, path: Path): boolean {
  return isSeq(parseForEdit(text).getIn(path, true) as YAMLSeq);
}

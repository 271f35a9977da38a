import fs from 'node:fs';
import path from 'node:path';
import { LINK_PREFIX, type FileStates } from '../digest/file-states.ts';
import { formatDigest, sameDigest } from '../digest/hash.ts';
import type { Journal } from '../journal/journal.ts';
import {
  VERSION_STRIDE,
  filesRead,
  commandOf,
  type FileVersions,
  type Manifest,
} from '../journal/manifest.ts';
import { commandDigest, commandText, type Action } from './action.ts';
import { changedDefinitions, mentionsName } from './definitions.ts';
import { meansAnother, parseIncludeName } from './include-search.ts';
import type { Lookups } from './lookups.ts';
import type { Reason } from './reason.ts';
import type { SymbolValues } from './symbol-values.ts';

/** What is known of the world when actions are checked. */
export interface Surroundings {
  readonly journal: Journal;
  readonly files: FileStates;
  readonly lookups: Lookups;
  /** Values of the symbols in a generated header, by the header's path. */
  readonly symbols: (header: string) => SymbolValues;
}

/** The allow-listed environment as the manifest holds it. */
export function environmentText(environment: Readonly<Record<string, string>>): string {
  return Object.keys(environment)
    .sort()
    .map((name) => `${name}=${environment[name]!}`)
    .join('\n');
}

/**
 * Compares what an action would be made from now with the manifest of its last success.
 * @param all every reason, instead of the first that is found
 * @returns why it must run; empty when it is up to date
 */
export function reasonsToRun(action: Action, around: Surroundings, all = false): Reason[] {
  if (action.always === true) return [{ kind: 'always' }];
  const manifest = around.journal.manifest(action.id);
  if (manifest === undefined) return [{ kind: 'never-built' }];
  const reasons: Reason[] = [];
  for (const check of checks) {
    for (const reason of check(action, manifest, around)) {
      reasons.push(reason);
      if (!all) return reasons;
    }
  }
  return reasons;
}

type Check = (action: Action, manifest: Manifest, around: Surroundings) => Iterable<Reason>;

/** Cheapest first; the order is also that in which reasons are told. */
const checks: readonly Check[] = [
  commandChanged,
  environmentChanged,
  declaredChanged,
  inputsChanged,
  symbolsChanged,
  shadowed,
  outputsChanged,
];

function* commandChanged(action: Action, manifest: Manifest, around: Surroundings): Iterable<Reason> {
  if (sameDigest(commandDigest(action), manifest.commandDigest)) return;
  const [from, to] = [commandOf(manifest, around.journal.strings), commandText(action)];
  if (knowsItsMacros(action) && differsInUnused(from, to, manifest, around)) return;
  yield { kind: 'command', from, to };
}

/** Sources for the assembler proper, which reads no macros and tells no headers. */
export const ASSEMBLED = /\.s$/;
const PREPROCESSED = /\.(?:[cCS]|cc|cpp|cxx|c\+\+|sx)$/;

/** Whether all files are known in which a macro of the command line could be mentioned. */
export function knowsItsMacros({ rule, inputs, includePath, depfile }: Action): boolean {
  if (includePath !== undefined) return true;
  if (rule !== 'Compile' || depfile !== undefined) return false;
  return inputs.some((name) => ASSEMBLED.test(name)) && !inputs.some((name) => PREPROCESSED.test(name));
}

/**
 * Whether two commands of a compilation differ only in macros that nothing it read mentions. Unikraft puts its full version,
 * with the commit and a mark for edited trees, into every command: the first edit in a clean tree changes all of them.
 */
function differsInUnused(from: string, to: string, manifest: Manifest, around: Surroundings): boolean {
  const changed = changedDefinitions(from.split(' '), to.split(' '));
  if (changed === undefined) return false;
  for (const id of filesRead(manifest))
    for (const name of changed) if (mentions(id, name, around)) return false;
  return true;
}

const mentioned = new WeakMap<FileStates, Map<string, boolean>>();

/** mentionsName, asked once for each content. */
function mentions(id: number, name: string, { files }: Surroundings): boolean {
  const known = mentioned.get(files) ?? new Map<string, boolean>();
  mentioned.set(files, known);
  const key = `${formatDigest(files.digest(id))} ${name}`;
  let answer = known.get(key);
  if (answer === undefined) {
    answer = true;
    try {
      answer = mentionsName(fs.readFileSync(files.path(id), 'latin1'), name);
    } catch {
      // Gone: another check says so.
    }
    known.set(key, answer);
  }
  return answer;
}

const textCache = new WeakMap<object, string>();

/** environmentText of an environment that many actions share. */
export function sharedEnvironmentText(environment: Readonly<Record<string, string>>): string {
  let text = textCache.get(environment);
  if (text === undefined) textCache.set(environment, (text = environmentText(environment)));
  return text;
}

function* environmentChanged(
  action: Action,
  manifest: Manifest,
  { journal }: Surroundings,
): Iterable<Reason> {
  const now = sharedEnvironmentText(action.environment);
  const recorded = journal.strings.text(manifest.environment);
  if (now === recorded) return;
  const parse = (text: string): Map<string, string> =>
    new Map(
      text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  const before = parse(recorded);
  const after = parse(now);
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(name), after.get(name)];
    if (from === to) continue;
    yield { kind: 'environment', name, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  }
}

/** The files that an action reads by declaration: tools, inputs and what its command mentions. */
export function declaredFiles(action: Action, isFile: (name: string) => boolean): string[] {
  const names = [...action.tools, ...action.inputs, ...action.implicit].filter(isFile);
  return action.symbolHeader === undefined ? names : names.filter((name) => name !== action.symbolHeader);
}

/** Groups have names without a slash; every file of a graph has an absolute path. */
export function isFileName(name: string): boolean {
  return name.startsWith('/');
}

function* declaredChanged(action: Action, manifest: Manifest, { files }: Surroundings): Iterable<Reason> {
  const recorded = new Set<number>();
  for (let at = 0; at < manifest.inputs.length; at += VERSION_STRIDE) recorded.add(manifest.inputs[at]!);
  const current = new Set<number>();
  for (const name of declaredFiles(action, isFileName)) {
    current.add(files.id(name));
    if (!recorded.has(files.id(name))) yield { kind: 'input-added', path: name };
  }
  // What a compiler reads it tells; for it a declared input that is gone matters only through the command.
  if (action.depfile !== undefined) return;
  for (let at = 0; at < manifest.declared * VERSION_STRIDE; at += VERSION_STRIDE) {
    const id = manifest.inputs[at]!;
    if (!current.has(id)) yield { kind: 'input-removed', path: files.path(id) };
  }
}

function* inputsChanged(_action: Action, manifest: Manifest, { files }: Surroundings): Iterable<Reason> {
  // A declared file that was also seen to be read is in there twice.
  for (const id of new Set(changedFiles(manifest.inputs, files))) {
    yield { kind: files.exists(id) ? 'input-changed' : 'input-missing', path: files.path(id) };
  }
}

/** Ids of files that do not hold what was recorded. */
function* changedFiles(versions: FileVersions, files: FileStates): Iterable<number> {
  for (let at = 0; at < versions.length; at += VERSION_STRIDE) {
    if (!files.matches(versions[at]!, versions[at + 1]!, versions[at + 2]!)) yield versions[at]!;
  }
}

function* symbolsChanged(action: Action, manifest: Manifest, around: Surroundings): Iterable<Reason> {
  if (action.symbolHeader === undefined || manifest.symbols.length === 0) return;
  const values = around.symbols(action.symbolHeader);
  for (const id of manifest.symbols) {
    if (values.holds(id)) continue;
    const [name, from] = values.split(id);
    const to = values.get(name);
    yield { kind: 'symbol', name, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  }
}

/**
 * A header that appeared in a folder searched earlier than where the name was found before. The listings of all
 * searched folders are in the manifest; only when one differs are the names looked up again.
 */
function* shadowed(action: Action, manifest: Manifest, around: Surroundings): Iterable<Reason> {
  const { files, journal } = around;
  if (action.includePath === undefined) return;
  if (manifest.lookups.every((pair) => around.lookups.holds(pair))) return;
  const known = new Set<string>();
  for (let at = 0; at < manifest.inputs.length; at += VERSION_STRIDE) {
    known.add(path.normalize(files.path(manifest.inputs[at]!)));
  }
  for (const id of filesRead(manifest)) {
    const scan = journal.scan(files.digest(id));
    if (scan === undefined) continue;
    const input = path.normalize(files.path(id));
    for (const include of scan.includes) {
      const found = around.lookups.resolve(include, input, action.includePath);
      if (found === undefined || known.has(found)) continue;
      const name = journal.strings.text(include);
      if (meansAnother(name, input, action.includePath, known))
        yield { kind: 'shadowed', name: parseIncludeName(name).spelled, by: found };
    }
  }
}

function* outputsChanged(action: Action, manifest: Manifest, { files }: Surroundings): Iterable<Reason> {
  const recorded = new Set<number>();
  for (let at = 0; at < manifest.outputs.length; at += VERSION_STRIDE) recorded.add(manifest.outputs[at]!);
  for (const output of action.outputs) {
    if (!recorded.has(files.id(output)) && !recorded.has(files.id(LINK_PREFIX + output))) {
      yield { kind: 'output-missing', path: output };
    }
  }
  for (const id of changedFiles(manifest.outputs, files)) {
    const output = files.path(id).replace(LINK_PREFIX, '');
    yield { kind: files.exists(id) ? 'output-changed' : 'output-missing', path: output };
  }
}

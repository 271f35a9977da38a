import fs from 'node:fs';
import path from 'node:path';
import { scanSource } from '../../engine/digest/source-scan.ts';
import type { Action } from '../../engine/graph/action.ts';
import { isFileName, type Surroundings } from '../../engine/graph/freshness.ts';
import type { ScannedFile } from '../../engine/graph/lookups.ts';
import type { KnownScan } from '../../engine/journal/journal.ts';

/** More files than any translation unit of Unikraft reads; a scan that takes every branch could go on for long. */
const MOST_FILES = 2000;

/**
 * Paths whose change may let an action succeed that failed. A failure leaves no manifest, so that nobody has recorded what it
 * read: its sources are searched for what they include, found or missing, and its output for names of files.
 * @param output what its commands printed
 */
export function failedInputs(action: Action, output: string, around: Surroundings): Set<string> {
  const found = new Set<string>();
  for (const list of [action.inputs, action.implicit])
    for (const name of list) if (isFileName(name)) found.add(path.resolve(name));
  for (const name of namesIn(output, action.cwd)) found.add(name);
  if (action.includePath !== undefined) addIncluded(action, around, found);
  for (const made of action.outputs) found.delete(path.resolve(made));
  return found;
}

/** Follows includes as far as they lead; for names that are not found, or could be found earlier, the searched folders count. */
function addIncluded(action: Action, around: Surroundings, found: Set<string>): void {
  const { files, journal, lookups } = around;
  const includePath = action.includePath!;
  const seen = new Set(action.inputs.filter(isFileName));
  const scanned: ScannedFile[] = [];
  for (const file of seen) {
    if (!isFile(file) || scanned.length === MOST_FILES) continue;
    const scan = scanOf(file, around);
    scanned.push({ path: file, scan });
    for (const include of scan.includes) {
      const name = lookups.resolve(include, file, includePath);
      if (name !== undefined) seen.add(name);
    }
  }
  for (const name of seen) found.add(path.resolve(name));
  for (const pair of lookups.pairs(includePath, scanned)) {
    const text = journal.strings.text(pair);
    for (const id of text.slice(0, text.indexOf(':')).split(','))
      found.add(path.resolve(files.path(Number(id))));
  }
}

function scanOf(file: string, { files, journal }: Surroundings): KnownScan {
  const known = journal.scan(files.digest(files.id(file)));
  if (known !== undefined) return known;
  const { symbols, includes } = scanSource(fs.readFileSync(file, 'latin1'));
  const intern = (names: Iterable<string>): Uint32Array =>
    Uint32Array.from(names, (name) => journal.strings.intern(name));
  return { symbols: intern(symbols), includes: intern(includes) };
}

/** Words of a message that are names of files: `main.c:3:10: error: …`. */
function* namesIn(output: string, cwd: string): Iterable<string> {
  for (const word of new Set(output.match(/[\w./+@%-]*\/[\w./+@%-]+|[\w+@%-]+\.\w+/g) ?? [])) {
    const name = path.resolve(cwd, word);
    if (isFile(name)) yield name;
  }
}

function isFile(name: string): boolean {
  try {
    return fs.statSync(name, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}

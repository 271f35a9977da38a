import fs from 'node:fs';
import path from 'node:path';
import { readDepfile } from '../digest/depfile.ts';
import { digestOf, sameDigest } from '../digest/hash.ts';
import { FINE_MS } from '../digest/stat-trust.ts';
import { EVERY_SYMBOL, TESTED, scanSource } from '../digest/source-scan.ts';
import {
  VERSION_STRIDE,
  commandWords,
  filesRead,
  type FileVersions,
  type Manifest,
} from '../journal/manifest.ts';
import type { KnownScan } from '../journal/journal.ts';
import { commandDigest, commandText, type Action, type IncludePath } from './action.ts';
import {
  ASSEMBLED,
  declaredFiles,
  isFileName,
  knowsItsMacros,
  sharedEnvironmentText,
  type Surroundings,
} from './freshness.ts';
import { meansAnother, resolveInclude } from './include-search.ts';
import type { ScannedFile } from './lookups.ts';
import type { Performed } from './perform.ts';

type Succeeded = Extract<Performed, { kind: 'succeeded' }>;

/** What recording a success found out. */
export interface Recorded {
  /** Whether any output differs from what the last success made. */
  readonly changed: boolean;
  /** An input that was written after the action had started: its result is not trusted, and not recorded. */
  readonly disturbedBy?: string;
  /** A declared output that is not there. */
  readonly missingOutput?: string;
  /** Its compiler did not say what it read: nothing is recorded. */
  readonly inputsUnknown?: true;
}

/**
 * Writes the manifest of an action that succeeded: looks at its outputs, reads what it discovered, and looks
 * up the symbols and the folders that its sources depend on.
 */
export class Recorder {
  readonly #around: Surroundings;
  readonly #startMs = Date.now();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Looks at what recording an action will most likely ask for, so that it need not when the action has run. */
  foresee(action: Action): void {
    const { journal, lookups } = this.#around;
    const manifest = journal.manifest(action.id);
    if (manifest === undefined) return;
    for (const pair of manifest.lookups) lookups.holds(pair);
    if (action.includePath !== undefined) lookups.pairs(action.includePath, this.#scannedBefore(manifest));
  }

  /** Writes the manifest of an action that has just run. */
  record(action: Action, performed: Succeeded): Recorded {
    const read = readDiscovered(action);
    if (read === undefined) {
      this.#around.journal.forget(action.id);
      for (const output of action.outputs) this.#around.files.invalidateOutput(output);
      return { changed: true, inputsUnknown: true };
    }
    return this.#write(action, performed, [...performed.discovered, ...read]);
  }

  /**
   * Writes the manifest of an action that another program ran, and whose outputs are known to be what it would make now.
   * @param discovered files that its commands read beyond the declared ones
   */
  adopt(action: Action, discovered: readonly string[]): void {
    const now = Date.now();
    this.#write(action, { startMs: now, endMs: now, rewrote: [] }, discovered);
  }

  #write(
    action: Action,
    performed: Pick<Succeeded, 'startMs' | 'endMs' | 'rewrote'>,
    discovered: readonly string[],
  ): Recorded {
    const { files, journal } = this.#around;
    const before = journal.manifest(action.id);
    for (const output of action.outputs) {
      files.invalidateOutput(output);
      files.takeOutput(files.outputId(output));
    }
    const rewrote = new Set(performed.rewrote.map((name) => files.id(name)));
    for (const id of rewrote) files.invalidate(id);
    const missing = action.outputs.find((output) => !files.exists(files.outputId(output)));
    if (missing !== undefined && action.always !== true) return { changed: true, missingOutput: missing };

    const outputs = this.#versionsOf(action.outputs.map((output) => files.outputId(output)));
    const changed = before === undefined || !sameVersions(before.outputs, outputs);
    const readsHeader = action.symbolHeader !== undefined && discovered.includes(action.symbolHeader);
    // The header of symbols mentions them all, which says nothing.
    const read = discovered.filter((name) => name !== action.symbolHeader);
    const scanned = action.includePath === undefined ? [] : this.#scanAll(read);
    if (!Array.isArray(scanned)) return this.#disturb(action, changed, scanned.changed);
    const declared = new Set(declaredFiles(action, isFileName));
    const seen = new Set([...declared, ...read]);
    const tested =
      action.includePath === undefined
        ? []
        : this.#tested(action.includePath, action.symbolHeader, scanned, seen);
    const inputs = this.#versionsOf([...declared, ...read, ...tested].map((name) => files.id(name)));
    const disturbedBy = this.#disturbed(
      inputs,
      performed.startMs,
      rewrote,
      readsHeader ? action.symbolHeader : undefined,
    );
    if (disturbedBy !== undefined) return this.#disturb(action, changed, disturbedBy);
    const lookups =
      action.includePath === undefined
        ? new Uint32Array()
        : this.#around.lookups.pairs(action.includePath, scanned);
    for (const name of tested) seen.add(name);
    const arrived = this.#arrived(action.includePath, lookups, performed.startMs, scanned, seen);
    if (arrived !== undefined) return this.#disturb(action, changed, arrived);
    const command = commandText(action);
    const manifest: Manifest = {
      commandDigest: commandDigest(action),
      commandWords: commandWords(command, journal.strings),
      environment: journal.strings.intern(sharedEnvironmentText(action.environment)),
      inputs,
      declared: declared.size,
      tested: tested.length,
      lookups,
      symbols: readsHeader ? this.#symbols(action.symbolHeader, scanned) : new Uint32Array(),
      outputs,
      durationMs: performed.endMs - performed.startMs,
      finishedMs: performed.endMs,
    };
    journal.recordManifest(action.id, manifest);
    return { changed };
  }

  /**
   * Brings the manifest of an action that was found fresh up to what there is now, where that differs without mattering: the
   * command, and other files in the folders that it searches. Or every later build would have to find this out again.
   */
  refresh(action: Action): void {
    const manifest = this.#around.journal.manifest(action.id);
    if (manifest === undefined || !knowsItsMacros(action)) return;
    const digest = commandDigest(action);
    const hasCommand = sameDigest(digest, manifest.commandDigest);
    const lookups = action.includePath && this.#presentLookups(action.includePath, manifest);
    if (hasCommand && lookups === undefined) return;
    const { journal } = this.#around;
    journal.recordManifest(action.id, {
      ...manifest,
      ...(!hasCommand && {
        commandDigest: digest,
        commandWords: commandWords(commandText(action), journal.strings),
      }),
      ...(lookups !== undefined && { lookups }),
    });
  }

  /** The folder sets as they are now; undefined when they are as recorded, or too fresh to be sure of. */
  #presentLookups(includePath: IncludePath, manifest: Manifest): Uint32Array | undefined {
    const { lookups } = this.#around;
    if (manifest.lookups.every((pair) => lookups.holds(pair))) return undefined;
    const pairs = lookups.pairs(includePath, this.#scannedBefore(manifest));
    // What came while this build goes on may have come between two of its questions.
    const sinceMs = this.#startMs - FINE_MS;
    for (const folder of lookups.readAfter(pairs, this.#startMs))
      if (newEntries(folder, sinceMs).length > 0) return undefined;
    return pairs;
  }

  /** The files that an action had read when it was recorded, as far as their present contents are known. */
  #scannedBefore(manifest: Manifest): ScannedFile[] {
    const { files, journal } = this.#around;
    const scanned: ScannedFile[] = [];
    for (const id of filesRead(manifest)) {
      const scan = journal.scan(files.digest(id));
      if (scan !== undefined) scanned.push({ path: files.path(id), scan });
    }
    return scanned;
  }

  #disturb(action: Action, changed: boolean, disturbedBy: string): Recorded {
    this.#around.journal.forget(action.id);
    return { changed, disturbedBy };
  }

  /** Files that `__has_include` found, besides known ones: were one gone, the answer would be another. */
  #tested(
    includePath: IncludePath,
    symbolHeader: string | undefined,
    scanned: readonly ScannedFile[],
    known: ReadonlySet<string>,
  ): string[] {
    const { journal, lookups } = this.#around;
    const tested = new Set<string>();
    for (const { path: from, scan } of scanned) {
      for (const include of scan.includes) {
        if (!journal.strings.text(include).startsWith(TESTED)) continue;
        const found = lookups.resolve(include, from, includePath);
        if (found !== undefined && found !== symbolHeader && !known.has(found)) tested.add(found);
      }
    }
    return [...tested];
  }

  #versionsOf(ids: Iterable<number>): FileVersions {
    const { files } = this.#around;
    const entries: number[] = [];
    for (const id of ids) {
      const { high, low } = files.digest(id);
      entries.push(id, high, low);
    }
    return Uint32Array.from(entries);
  }

  /**
   * An input that may have been another while the commands ran: it is not what it was when it was looked at, or it was
   * looked at only after the action had started, and changed after it had.
   * @param rewrote inputs that the action wrote itself
   * @param header the header of symbols, if it was read
   */
  #disturbed(
    inputs: FileVersions,
    startMs: number,
    rewrote: ReadonlySet<number>,
    header: string | undefined,
  ): string | undefined {
    const { files, journal } = this.#around;
    for (let at = 0; at < inputs.length; at += VERSION_STRIDE) {
      if (rewrote.has(inputs[at]!)) continue;
      const known = journal.file(inputs[at]!);
      // A millisecond of grace: `startMs` is rounded down, and no program reads a file that soon after its start.
      const late = known !== undefined && known.readMs >= startMs && known.stat.ctimeMs > startMs + 1;
      if ((late && files.isFile(inputs[at]!)) || !files.holdsStill(inputs[at]!))
        return files.path(inputs[at]!);
    }
    return header !== undefined && !files.holdsStill(files.id(header)) ? header : undefined;
  }

  /**
   * A file that came into a searched folder since an action started, before the folder's listing was first read, and that
   * one of the included names may mean: the action may not have seen it, and the listing would hide that.
   * @param known files that the action saw
   */
  #arrived(
    includePath: IncludePath | undefined,
    lookups: Uint32Array,
    startMs: number,
    scanned: readonly ScannedFile[],
    known: ReadonlySet<string>,
  ): string | undefined {
    if (includePath === undefined) return undefined;
    const sinceMs = startMs - FINE_MS;
    const late = this.#around.lookups.readAfter(lookups, startMs);
    const strange = new Set([...late].flatMap((folder) => newEntries(folder, sinceMs)));
    for (const file of known) strange.delete(file);
    if (strange.size === 0) return undefined;
    const { strings } = this.#around.journal;
    for (const { path: from, scan } of scanned) {
      for (const include of scan.includes) {
        const name = strings.text(include);
        const found = resolveInclude(name, from, includePath, (file) => strange.has(file) || known.has(file));
        if (found === undefined || known.has(found)) continue;
        if (meansAnother(name, from, includePath, known)) return found;
      }
    }
    return undefined;
  }

  /** What is in sources that matters; or the one that is being changed at this moment. */
  #scanAll(names: readonly string[]): ScannedFile[] | { readonly changed: string } {
    const scanned: ScannedFile[] = [];
    for (const name of names) {
      const scan = this.#scan(name);
      if (scan === undefined) return { changed: name };
      scanned.push({ path: name, scan });
    }
    return scanned;
  }

  /** What is in a source that matters, read once for each content; undefined when it is not what it was. */
  #scan(name: string): KnownScan | undefined {
    const { files, journal } = this.#around;
    const digest = files.digest(files.id(name));
    const known = journal.scan(digest);
    if (known !== undefined) return known;
    let content: Buffer;
    try {
      content = fs.readFileSync(name);
    } catch {
      return undefined;
    }
    if (!sameDigest(digestOf(content), digest)) {
      files.invalidate(files.id(name));
      return undefined;
    }
    const { symbols, includes } = scanSource(content.toString('latin1'));
    const scan: KnownScan = {
      symbols: Uint32Array.from(symbols, (symbol) => journal.strings.intern(symbol)),
      includes: Uint32Array.from(includes, (include) => journal.strings.intern(include)),
    };
    journal.recordScan(digest, scan);
    return scan;
  }

  #symbols(header: string, scanned: readonly ScannedFile[]): Uint32Array {
    const { journal, symbols } = this.#around;
    const values = symbols(header);
    const every = journal.strings.find(EVERY_SYMBOL);
    const names = new Set<number>();
    for (const { scan } of scanned) for (const symbol of scan.symbols) names.add(symbol);
    if (every !== undefined && names.has(every)) return Uint32Array.of(values.pair(EVERY_SYMBOL));
    return Uint32Array.from(names, (name) => values.pair(journal.strings.text(name))).sort();
  }
}

/** What is in a folder and came or changed after some time; the path itself where it is a file; nothing when it did not change. */
function newEntries(folder: string, sinceMs: number): string[] {
  try {
    const stat = fs.statSync(folder);
    if (stat.ctimeMs < sinceMs) return [];
    if (!stat.isDirectory()) return [folder];
    return fs
      .readdirSync(folder)
      .map((name) => path.join(folder, name))
      .filter((file) => fs.lstatSync(file).ctimeMs >= sinceMs);
  } catch {
    return []; // gone: as its listing says
  }
}

function sameVersions(a: FileVersions, b: FileVersions): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/**
 * Reads and removes the dependency file of an action.
 * @returns undefined when there should be one and is none
 */
function readDiscovered(action: Action): string[] | undefined {
  if (action.depfile === undefined) return [];
  let text: string;
  try {
    text = fs.readFileSync(action.depfile.path, 'utf8');
    fs.unlinkSync(action.depfile.path);
  } catch {
    return action.inputs.some((name) => ASSEMBLED.test(name)) ? [] : undefined;
  }
  const found = readDepfile(text, action.cwd);
  return found.filter((name) => !action.outputs.includes(name));
}

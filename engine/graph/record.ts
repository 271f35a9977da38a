import fs from 'node:fs';
import { readDepfile } from '../digest/depfile.ts';
import { digestOf, sameDigest } from '../digest/hash.ts';
import { EVERY_SYMBOL, TESTED, scanSource } from '../digest/source-scan.ts';
import { VERSION_STRIDE, commandWords, type FileVersions, type Manifest } from '../journal/manifest.ts';
import type { KnownScan } from '../journal/journal.ts';
import { commandDigest, commandText, type Action, type IncludePath } from './action.ts';
import { declaredFiles, isFileName, sharedEnvironmentText, type Surroundings } from './freshness.ts';
import { resolveInclude } from './include-search.ts';
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
}

/**
 * Writes the manifest of an action that succeeded: looks at its outputs, reads what it discovered, and looks
 * up the symbols and the folders that its sources depend on.
 */
export class Recorder {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  record(action: Action, performed: Succeeded): Recorded {
    const { files, journal } = this.#around;
    const discovered = [...performed.discovered, ...readDiscovered(action)];
    const before = journal.manifest(action.id);
    for (const output of action.outputs) files.invalidateOutput(output);
    const missing = action.outputs.find((output) => !files.exists(files.outputId(output)));
    if (missing !== undefined && action.always !== true) return { changed: true, missingOutput: missing };

    const outputs = this.#versionsOf(action.outputs.map((output) => files.outputId(output)));
    const changed = before === undefined || !sameVersions(before.outputs, outputs);
    const readsHeader = action.symbolHeader !== undefined && discovered.includes(action.symbolHeader);
    // The header of symbols mentions them all, which says nothing.
    const read = discovered.filter((name) => name !== action.symbolHeader);
    const scanned = action.includePath === undefined ? [] : this.#scanAll(read);
    if (!Array.isArray(scanned)) return this.#disturb(action, changed, scanned.changed);
    const names = new Set(declaredFiles(action, isFileName));
    const declared = names.size;
    for (const name of read) names.add(name);
    if (action.includePath !== undefined)
      this.#addTested(action.includePath, action.symbolHeader, scanned, names);
    const inputs = this.#versions(names);
    const disturbedBy = this.#disturbed(
      inputs,
      performed.startMs,
      readsHeader ? action.symbolHeader : undefined,
    );
    if (disturbedBy !== undefined) return this.#disturb(action, changed, disturbedBy);
    const command = commandText(action);
    const manifest: Manifest = {
      commandDigest: commandDigest(action),
      commandWords: commandWords(command, journal.strings),
      environment: journal.strings.intern(sharedEnvironmentText(action.environment)),
      inputs,
      declared,
      lookups:
        action.includePath === undefined
          ? new Uint32Array()
          : this.#around.lookups.pairs(action.includePath, scanned),
      symbols: readsHeader ? this.#symbols(action.symbolHeader, scanned) : new Uint32Array(),
      outputs,
      durationMs: performed.endMs - performed.startMs,
      finishedMs: performed.endMs,
    };
    journal.recordManifest(action.id, manifest);
    return { changed };
  }

  #disturb(action: Action, changed: boolean, disturbedBy: string): Recorded {
    this.#around.journal.forget(action.id);
    return { changed, disturbedBy };
  }

  /** Files that `__has_include` found: were one gone, the answer would be another. */
  #addTested(
    includePath: IncludePath,
    symbolHeader: string | undefined,
    scanned: readonly ScannedFile[],
    names: Set<string>,
  ): void {
    const { files, journal } = this.#around;
    for (const { path, scan } of scanned) {
      for (const include of scan.includes) {
        const name = journal.strings.text(include);
        if (!name.startsWith(TESTED)) continue;
        const found = resolveInclude(name, path, includePath, (file) => files.isFile(files.id(file)));
        if (found !== undefined && found !== symbolHeader) names.add(found);
      }
    }
  }

  #versions(names: ReadonlySet<string>): FileVersions {
    const { files } = this.#around;
    return this.#versionsOf(Array.from(names, (name) => files.id(name)));
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
   * @param header the header of symbols, if it was read
   */
  #disturbed(inputs: FileVersions, startMs: number, header: string | undefined): string | undefined {
    const { files, journal } = this.#around;
    for (let at = 0; at < inputs.length; at += VERSION_STRIDE) {
      const known = journal.file(inputs[at]!);
      // A millisecond of grace: `startMs` is rounded down, and no program reads a file that soon after its start.
      const late = known !== undefined && known.readMs >= startMs && known.stat.ctimeMs > startMs + 1;
      if ((late && files.isFile(inputs[at]!)) || !files.holdsStill(inputs[at]!))
        return files.path(inputs[at]!);
    }
    return header !== undefined && !files.holdsStill(files.id(header)) ? header : undefined;
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

function sameVersions(a: FileVersions, b: FileVersions): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** Reads and removes the dependency file of an action. */
function readDiscovered(action: Action): string[] {
  if (action.depfile === undefined) return [];
  let text: string;
  try {
    text = fs.readFileSync(action.depfile.path, 'utf8');
    fs.unlinkSync(action.depfile.path);
  } catch {
    return [];
  }
  const found = readDepfile(text, action.cwd);
  return found.filter((name) => !action.outputs.includes(name));
}

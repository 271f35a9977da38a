import fs from 'node:fs';
import { readDepfile } from '../digest/depfile.ts';
import { EVERY_SYMBOL, scanSource } from '../digest/source-scan.ts';
import { VERSION_STRIDE, commandWords, type FileVersions, type Manifest } from '../journal/manifest.ts';
import type { KnownScan } from '../journal/journal.ts';
import { commandDigest, commandText, type Action } from './action.ts';
import { declaredFiles, isFileName, sharedEnvironmentText, type Surroundings } from './freshness.ts';
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
    const names = new Set(declaredFiles(action, isFileName));
    const declared = names.size;
    for (const name of discovered) if (name !== action.symbolHeader) names.add(name);
    const inputs = this.#versions(names);
    const disturbedBy = this.#disturbed(inputs, performed.startMs);
    if (disturbedBy !== undefined) {
      journal.forget(action.id);
      return { changed, disturbedBy };
    }
    const scans = action.includePath === undefined ? [] : discovered.map((name) => this.#scan(name));
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
          : this.#around.lookups.pairs(action.includePath, scans, discovered),
      symbols: readsHeader ? this.#symbols(action.symbolHeader, scans) : new Uint32Array(),
      outputs,
      durationMs: performed.endMs - performed.startMs,
      finishedMs: performed.endMs,
    };
    journal.recordManifest(action.id, manifest);
    return { changed };
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
   * An input whose content was looked at only after the action had started, and that was changed after it had:
   * the commands may have read something else. (One looked at before is recorded as it was then, so a change since
   * makes the action dirty by itself.)
   */
  #disturbed(inputs: FileVersions, startMs: number): string | undefined {
    const { files, journal } = this.#around;
    // A millisecond of grace: `startMs` is rounded down, and no program reads a file that soon after its start.
    for (let at = 0; at < inputs.length; at += VERSION_STRIDE) {
      const known = journal.file(inputs[at]!);
      if (known === undefined || known.readMs < startMs) continue;
      if (known.stat.ctimeMs > startMs + 1) return files.path(inputs[at]!);
    }
    return undefined;
  }

  /** What is in a source that matters; read once for each content. */
  #scan(name: string): KnownScan {
    const { files, journal } = this.#around;
    const digest = files.digest(files.id(name));
    const known = journal.scan(digest);
    if (known !== undefined) return known;
    let text = '';
    try {
      text = fs.readFileSync(name, 'latin1');
    } catch {
      // Gone since the compiler read it: the manifest has it as missing, so the action is dirty anyway.
    }
    const { symbols, includes } = scanSource(text);
    const scan: KnownScan = {
      symbols: Uint32Array.from(symbols, (symbol) => journal.strings.intern(symbol)),
      includes: Uint32Array.from(includes, (include) => journal.strings.intern(include)),
    };
    journal.recordScan(digest, scan);
    return scan;
  }

  #symbols(header: string, scans: readonly KnownScan[]): Uint32Array {
    const { journal, symbols } = this.#around;
    const values = symbols(header);
    const every = journal.strings.find(EVERY_SYMBOL);
    const names = new Set<number>();
    for (const scan of scans) for (const symbol of scan.symbols) names.add(symbol);
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

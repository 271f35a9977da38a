import { formatDiagnostic, type Diagnostic } from '../engine/location.ts';
import { fail, ok, type Result } from '../engine/result.ts';
import { readCatalogue, type Catalogue } from '../rules/index/catalogue.ts';
import { readSettings, type Settings } from '../rules/index/settings.ts';
import { workingFolders, type WorkingFolders } from '../rules/workspace/working-folders.ts';
import type { Surroundings } from './command.ts';

/** What the commands around `list` work on. */
export interface IndexContext {
  readonly folders: WorkingFolders;
  readonly settings: Settings;
  readonly catalogue: Catalogue;
}

/** Reads settings and catalogue. */
export function openIndex(surroundings: Surroundings): Result<IndexContext, Diagnostic> {
  const folders = workingFolders(surroundings.environment, surroundings.cwd);
  const settings = readSettings(folders, surroundings.environment);
  if (!settings.ok) return settings;
  return ok({ folders, settings: settings.value, catalogue: readCatalogue(folders) });
}

/** Writes a problem to the error stream; the status of a command that failed. */
export function complain(surroundings: Surroundings, problem: Diagnostic): number {
  surroundings.stderr.write(`unigraph: ${formatDiagnostic(problem)}\n`);
  return 1;
}

/** A line that shows what is going on, on a terminal only; each one takes the place of the one before. */
export class ProgressLine {
  private readonly stream: NodeJS.WritableStream;
  private readonly active: boolean;
  private shown = false;

  constructor(stream: NodeJS.WritableStream) {
    this.stream = stream;
    this.active = (stream as Partial<NodeJS.WriteStream>).isTTY === true;
  }

  show(text: string): void {
    if (!this.active) return;
    const columns = (this.stream as Partial<NodeJS.WriteStream>).columns ?? 80;
    const printable = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, columns - 1);
    this.stream.write(`\r\u001b[2K${printable}`);
    this.shown = true;
  }

  clear(): void {
    if (this.shown) this.stream.write('\r\u001b[2K');
    this.shown = false;
  }
}

/** Rows as a table: columns as wide as their widest entry, the last one cut at the terminal's edge. */
export function table(rows: readonly (readonly string[])[], columns: number | undefined): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) => {
      const line = row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd();
      return columns !== undefined && line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** The width to cut tables at: the terminal's; undefined in a pipe. */
export function columnsOf(surroundings: Surroundings): number | undefined {
  const stream = surroundings.stdout as Partial<NodeJS.WriteStream>;
  return stream.isTTY === true ? stream.columns : undefined;
}

/** Fails with a diagnostic made of a message and what to do. */
export function problem(message: string, hint?: string): { readonly ok: false; readonly error: Diagnostic } {
  return fail({ message, ...(hint !== undefined && { hint }) });
}

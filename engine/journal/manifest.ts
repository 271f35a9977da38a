import type { ByteReader, ByteWriter } from './bytes.ts';

/**
 * Versions of files: triples of string-table id (the path), high and low half of the content digest. For a
 * folder the digest is that of its listing. A typed array, because an application with a libc has some
 * 300,000 of these edges: as objects they would take 327 MB, so they take 3.6 MB.
 */
export type FileVersions = Uint32Array;

/** Entries per file in FileVersions. */
export const VERSION_STRIDE = 3;

/**
 * Everything that determined what an action made, and what it made. An action is up to date when its
 * manifest now would be this one. It is kept whole, not as one hash, so that a changed part can be named.
 */
export interface Manifest {
  /** Canonical text of the steps and the working folder. */
  readonly command: string;
  /** The allow-listed environment, `NAME=value` lines sorted by name. */
  readonly environment: string;
  /** Tools, declared inputs and discovered inputs. */
  readonly inputs: FileVersions;
  /** How many of `inputs`, from the first, are tools and declared inputs; the others were discovered. */
  readonly declared: number;
  /** Folders in which a name was looked for and not found before it was found elsewhere. */
  readonly lookups: FileVersions;
  /** String-table ids of `CONFIG_X=value`, or `CONFIG_X` where it was not set. */
  readonly symbols: Uint32Array;
  readonly outputs: FileVersions;
  /** What the commands took, in milliseconds. */
  readonly durationMs: number;
  /** When they ended, milliseconds since 1970. */
  readonly finishedMs: number;
}

/** Writes a manifest after what `writer` holds. */
export function writeManifest(writer: ByteWriter, manifest: Manifest): void {
  writer
    .f64(manifest.durationMs)
    .f64(manifest.finishedMs)
    .u32(manifest.declared)
    .u32s(manifest.inputs)
    .u32s(manifest.lookups)
    .u32s(manifest.symbols)
    .u32s(manifest.outputs)
    .text(manifest.environment)
    .text(manifest.command);
}

/** Reads what writeManifest wrote. */
export function readManifest(reader: ByteReader): Manifest {
  const durationMs = reader.f64();
  const finishedMs = reader.f64();
  const declared = reader.u32();
  const inputs = reader.u32s();
  const lookups = reader.u32s();
  const symbols = reader.u32s();
  const outputs = reader.u32s();
  const environment = reader.text();
  const command = reader.text();
  return { command, environment, inputs, declared, lookups, symbols, outputs, durationMs, finishedMs };
}

import type { Digest } from '../digest/hash.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { StringTable } from './string-table.ts';

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
 *
 * Texts are kept as ids of the string table: 1,400 compilations share most words of their commands (10 KB each),
 * their environment and the folders that they search.
 */
export interface Manifest {
  /** Digest of the steps and the working folder as text. */
  readonly commandDigest: Digest;
  /** That text's words: split at single blanks, so that joining gives it back. */
  readonly commandWords: Uint32Array;
  /** The environment, `NAME=value` lines sorted by name. */
  readonly environment: number;
  /**
   * Tools and declared inputs; then what the commands were found to have read, declared or not; then files that were only
   * found to be there (`__has_include`).
   */
  readonly inputs: FileVersions;
  /** How many of `inputs`, from the first, are tools and declared inputs. */
  readonly declared: number;
  /** How many of `inputs`, from the last, were only found to be there. */
  readonly tested: number;
  /** Sets of folders in which names were looked for, each with the digest of its listings (lookups.ts). */
  readonly lookups: Uint32Array;
  /** `CONFIG_X=value`, or `CONFIG_X` where it was not set. */
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
    .u32(manifest.commandDigest.high)
    .u32(manifest.commandDigest.low)
    .u32(manifest.environment)
    .u32(manifest.declared)
    .u32(manifest.tested)
    .u32s(manifest.inputs)
    .u32s(manifest.lookups)
    .u32s(manifest.symbols)
    .u32s(manifest.outputs)
    .u32s(manifest.commandWords);
}

/** Reads what writeManifest wrote. */
export function readManifest(reader: ByteReader): Manifest {
  return {
    durationMs: reader.f64(),
    finishedMs: reader.f64(),
    commandDigest: { high: reader.u32(), low: reader.u32() },
    environment: reader.u32(),
    declared: reader.u32(),
    tested: reader.u32(),
    inputs: reader.u32s(),
    lookups: reader.u32s(),
    symbols: reader.u32s(),
    outputs: reader.u32s(),
    commandWords: reader.u32s(),
  };
}

/** Ids of the files that the commands were found to have read. */
export function* filesRead({ inputs, declared, tested }: Manifest): Iterable<number> {
  const end = inputs.length - tested * VERSION_STRIDE;
  for (let at = declared * VERSION_STRIDE; at < end; at += VERSION_STRIDE) yield inputs[at]!;
}

/** Interns a command's text as words. */
export function commandWords(text: string, strings: StringTable): Uint32Array {
  return Uint32Array.from(text.split(' '), (word) => strings.intern(word));
}

/** The text of a recorded command. */
export function commandOf(manifest: Manifest, strings: StringTable): string {
  return Array.from(manifest.commandWords, (word) => strings.text(word)).join(' ');
}

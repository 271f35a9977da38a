import type { Diagnostic } from '../location.ts';

/** Everything that can go wrong with an archive; `archive` is the path that the caller gave. */
export type ArchiveFailure =
  /** The archive cannot be opened or read (no such file, permissions, I/O error). */
  | { readonly kind: 'unreadable'; readonly archive: string; readonly reason: string }
  /** The content is none of the known formats; `looksLike` says what it is instead, where that is recognised. */
  | { readonly kind: 'unknown-format'; readonly archive: string; readonly looksLike: string }
  /** Damaged or cut short. `offset` counts bytes of the unpacked tar stream, or of the zip file itself. */
  | {
      readonly kind: 'corrupt';
      readonly archive: string;
      readonly reason: string;
      readonly offset: number | undefined;
    }
  /** An entry tries to leave the destination or to make something that no source archive needs. */
  | { readonly kind: 'hostile'; readonly archive: string; readonly entry: string; readonly reason: string }
  /** Valid, but made with a feature that is not handled. */
  | {
      readonly kind: 'unsupported';
      readonly archive: string;
      readonly entry: string | undefined;
      readonly reason: string;
    }
  /** A limit on expansion was exceeded. */
  | { readonly kind: 'limit'; readonly archive: string; readonly reason: string }
  /** The program that decompresses this format is not installed. */
  | {
      readonly kind: 'missing-program';
      readonly archive: string;
      readonly program: string;
      readonly debianPackage: string;
    }
  /** The destination cannot be written (full, read-only, not empty). */
  | { readonly kind: 'destination'; readonly destination: string; readonly reason: string }
  /** The caller's AbortSignal fired. */
  | { readonly kind: 'aborted'; readonly archive: string };

/** Carries an {@link ArchiveFailure} through the readers' call-backs; never leaves this folder. */
export class ArchiveError extends Error {
  readonly failure: ArchiveFailure;
  constructor(failure: ArchiveFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** Makes a name from an untrusted archive printable: control characters become `\xNN`. */
export function printable(name: string): string {
  const shown = name.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}

/** Tells a failure in the words that the user reads. */
export function describeArchiveFailure(failure: ArchiveFailure): Diagnostic {
  switch (failure.kind) {
    case 'unreadable':
      return { message: `cannot read the archive ${failure.archive}: ${failure.reason}` };
    case 'unknown-format':
      return {
        message: `${failure.archive} is not an archive: ${failure.looksLike}`,
        hint: 'Known are tar (plain, gzip, xz, bzip2, zstd) and zip. If it was downloaded, look at the URL in a browser.',
      };
    case 'corrupt': {
      const where = failure.offset === undefined ? '' : ` (at byte ${failure.offset})`;
      return {
        message: `the archive ${failure.archive} is damaged: ${failure.reason}${where}`,
        hint: 'Remove the file and fetch it again.',
      };
    }
    case 'hostile':
      return {
        message: `the archive ${failure.archive} is refused: its entry '${printable(failure.entry)}' ${failure.reason}`,
        hint: 'Nothing was unpacked.',
      };
    case 'unsupported': {
      const entry = failure.entry === undefined ? '' : `, entry '${printable(failure.entry)}'`;
      return { message: `cannot unpack ${failure.archive}${entry}: ${failure.reason}` };
    }
    case 'limit':
      return {
        message: `the archive ${failure.archive} is refused: ${failure.reason}`,
        hint: 'Nothing was unpacked. An archive that grows like this is usually made to fill the disk.',
      };
    case 'missing-program':
      return {
        message: `${failure.program} is needed to unpack ${failure.archive} and is not installed`,
        hint: `apt-get install ${failure.debianPackage}`,
      };
    case 'destination':
      return { message: `cannot unpack into ${failure.destination}: ${failure.reason}` };
    case 'aborted':
      return { message: `unpacking ${failure.archive} was interrupted` };
  }
}

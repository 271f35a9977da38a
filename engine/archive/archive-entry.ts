/** One member of an archive, already checked by {@link checkedPath}. */
export interface ArchiveEntry {
  /** Relative path with `/`, without `.` and empty components; `.` is the destination itself. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink';
  /** Bytes of content; 0 unless `type` is `file`. */
  readonly size: number;
  /** Permission bits as the archive has them; undefined where it has none. */
  readonly mode: number | undefined;
  /** GNU tar withholds the umask's bits; unzip does not where an archive has Unix modes. */
  readonly umaskApplies: boolean;
  /** Seconds since 1970, with a fraction where the archive has one. */
  readonly modified: number | undefined;
  /** Of a symlink: what it says. Of a hard link: the path in the archive that it shares. */
  readonly target: string | undefined;
}

/** Takes an archive's entries in their order: for each one `open`, its content through `write`, then `close`. */
export interface EntrySink {
  open(entry: ArchiveEntry): void;
  write(chunk: Uint8Array): void;
  close(): void;
}

/**
 * The normal form of a name in an archive.
 * @returns the path, or what is wrong with it as the end of the sentence "its entry 'x' …"
 */
export function checkedPath(
  name: string,
): { readonly path: string } | { readonly refused: string; readonly unsupported?: true } {
  if (name === '') return { refused: 'has no name' };
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) return { refused: 'has control characters in its name' };
  if (name.includes('\ufffd')) {
    return { refused: 'has a name that is not UTF-8', unsupported: true };
  }
  if (name.startsWith('/')) return { refused: 'has an absolute name' };
  // The common case first: most names need no rewriting.
  if (!/(^|\/)\.{0,2}(\/|$)/.test(name)) return { path: name };
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') return { refused: "leaves the destination with '..'" };
    parts.push(part);
  }
  return { path: parts.length === 0 ? '.' : parts.join('/') };
}

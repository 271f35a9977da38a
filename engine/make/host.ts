/** What make sees of a file. */
export interface HostStat {
  /** Modification time in milliseconds since 1970, with a fraction. */
  readonly mtimeMs: number;
  readonly directory: boolean;
  /** Of a file: somebody may execute it. */
  readonly executable: boolean;
  /** Of a file: everybody may execute it. */
  readonly executableByAll: boolean;
  /** Device and inode, which tell whether two names are the same directory. */
  readonly device: number;
  readonly inode: number;
}

/** One `$(shell …)`, `!=` or native command. */
export interface ShellRequest {
  /** The command as the makefile has it, expanded. */
  readonly command: string;
  /** What to execute: the command's own words when make needs no shell for it, else the shell's. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment of the command. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where its error stream goes, if not where the host lets it go. */
  readonly errorDescriptor?: number;
}

export interface ShellReply {
  /** All that the command wrote, byte for byte, last newline included. */
  readonly stdout: string;
  /** What it wrote to its error stream, if the host kept it from the terminal. */
  readonly stderr?: string;
  /** Exit status; 128 + the number of the signal that ended it. */
  readonly status: number;
  /** Set when the command could not be started: the system's error code, such as `ENOENT`. */
  readonly failure?: string;
}

/**
 * The one seam between the language and the world. All calls are synchronous; all strings, paths included, are
 * byte strings (bytes.ts); all paths are absolute, made of the evaluation's `cwd` and the name as written
 * (`/src/./a//b` stays so). Whoever wraps a host sees everything that an evaluation depended on.
 */
export interface MakeHost {
  /** A file's bytes; undefined if it cannot be read, with the reason in `lastError`. */
  readFile(path: string): string | undefined;
  /** Follows links. Undefined if there is no such file. */
  stat(path: string): HostStat | undefined;
  /** Does not follow a last link; `link` is its target if it is one. */
  lstat(path: string): (HostStat & { readonly link?: string }) | undefined;
  /** Names in a directory, `.` and `..` included or not, in any order; undefined if it cannot be listed. */
  readDirectory(path: string): readonly string[] | undefined;
  /** The path without links, `.` and `..`; undefined if it does not exist. */
  realpath(path: string): string | undefined;
  /** Writes or appends (`$(file …)`); the system's message if it fails (`No such file or directory`). */
  writeFile(path: string, text: string, append: boolean): string | undefined;
  /** Gives up what it keeps open: from now on, files change without it too. */
  release?(): void;
  /** Runs a command and waits for it. */
  shell(request: ShellRequest): ShellReply;
  /** All of the standard input, for `-f -`. */
  readStandardInput(): string;
  /** Milliseconds since 1970. */
  now(): number;
  /** The system's error code of the last `readFile` or `stat` that answered undefined, such as `ENOENT` or `EACCES`. */
  readonly lastError: string | undefined;
}

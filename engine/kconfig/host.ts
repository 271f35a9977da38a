import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

/** What a `$(shell,…)` command left behind. */
export interface ShellOutcome {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Set when the shell itself could not be started; the text names the reason. */
  readonly failure?: string;
}

/**
 * Everything a Kconfig run does to the world outside its memory; synchronous, because the language is
 * evaluated while it is read. A caller that wants to know what a run depended on wraps one and records.
 * All paths are absolute (never normalised: `a/../b` reaches the host as it stands), all calls follow
 * symbolic links unless said otherwise, and none throws.
 */
export interface KconfigHost {
  /** The bytes of a file; undefined when it cannot be opened or is a folder. */
  readFile(path: string): Uint8Array | undefined;
  /** What stands at a path; undefined for nothing, a dangling link, or a place that cannot be looked at. */
  kind(path: string): 'file' | 'folder' | undefined;
  /** Whether a folder has an entry of that name: true for a dangling link too (what glob(3) looks at). */
  exists(path: string): boolean;
  /** The names in a folder, in any order; undefined when it is not a readable folder. */
  readDirectory(path: string): readonly string[] | undefined;
  /** Creates or truncates a file and writes it; false when that fails. An empty one is how a file is touched. */
  writeFile(path: string, bytes: Uint8Array): boolean;
  /** Renames, replacing what is there; false when that fails. */
  rename(from: string, to: string): boolean;
  /** Removes a file; false when that fails. */
  remove(path: string): boolean;
  /** Creates one folder (mode 0755 less the umask); false when that fails. */
  makeDirectory(path: string): boolean;
  /** Runs `/bin/sh -c command` to its end. */
  shell(
    command: string,
    cwd: string,
    environment: Readonly<Record<string, string | undefined>>,
  ): ShellOutcome;
}

const nothing = new Uint8Array(0);

function attempt(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

/**
 * More output than this from one command is cut off; the language keeps 255 bytes of it.
 * A command that never stops writing is ended by this limit, as SIGPIPE ends it in the C program.
 */
const SHELL_OUTPUT_LIMIT = 1 << 20;

/** The real file system and shell. */
export const nodeHost: KconfigHost = {
  readFile(path) {
    try {
      return fs.readFileSync(path);
    } catch {
      return undefined;
    }
  },
  kind(path) {
    try {
      const stat = fs.statSync(path, { throwIfNoEntry: false });
      if (stat === undefined) return undefined;
      return stat.isDirectory() ? 'folder' : 'file';
    } catch {
      return undefined;
    }
  },
  exists(path) {
    try {
      return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    } catch {
      return false;
    }
  },
  readDirectory(path) {
    try {
      return fs.readdirSync(path);
    } catch {
      return undefined;
    }
  },
  writeFile: (path, bytes) => attempt(() => fs.writeFileSync(path, bytes, { mode: 0o666 })),
  rename: (from, to) => attempt(() => fs.renameSync(from, to)),
  remove: (path) => attempt(() => fs.unlinkSync(path)),
  makeDirectory: (path) => attempt(() => fs.mkdirSync(path, { mode: 0o755 })),
  shell(command, cwd, environment) {
    const done = spawnSync('/bin/sh', ['-c', command], {
      argv0: 'sh',
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: SHELL_OUTPUT_LIMIT,
    });
    const outcome = { stdout: done.stdout ?? nothing, stderr: done.stderr ?? nothing };
    // ENOBUFS is the output limit above: the shell did start.
    if (done.error === undefined || (done.error as NodeJS.ErrnoException).code === 'ENOBUFS') return outcome;
    return { ...outcome, failure: done.error.message };
  },
};

import { spawnSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { toBytes, toPath, toText } from './bytes.ts';
import type { HostStat, MakeHost, ShellReply, ShellRequest } from './host.ts';
import { describeError } from './system-errors.ts';

/** How the node host treats what commands write to their error stream. */
export interface NodeHostOptions {
  /** 'inherit': straight to this process's error stream; 'capture': into ShellReply.stderr. */
  readonly stderr: 'inherit' | 'capture';
  /** Until `release`, files change only through it and its commands. */
  readonly exclusive?: boolean;
}

/** The real world, through node:fs and node:child_process. */
export function nodeHost(options: NodeHostOptions = { stderr: 'capture', exclusive: true }): MakeHost {
  return new NodeHost(options);
}

const MOST_OUTPUT = 1 << 30;

class NodeHost implements MakeHost {
  private readonly options: NodeHostOptions;
  private exclusive: boolean;
  private error: string | undefined;
  /** The path that `stat` found last; it is mostly the one to be read next. */
  private found: string | undefined;
  /** A path that was found missing without asking why. */
  private missing: string | undefined;
  /** The file that was written last, kept open: trees write lists line by line with `$(file >>…)`. */
  private open: { readonly path: string; readonly fd: number } | undefined;

  constructor(options: NodeHostOptions) {
    this.options = options;
    this.exclusive = options.exclusive === true;
  }

  get lastError(): string | undefined {
    if (this.missing !== undefined) {
      this.error = whyMissing(this.missing);
      this.missing = undefined;
    }
    return this.error;
  }

  private fail(error: unknown): undefined {
    this.missing = undefined;
    this.error = errorCode(error);
  }

  readFile(path: string): string | undefined {
    // A tree's first build looks for thousands of files that are not there; an exception costs ten times a stat.
    if (path !== this.found && !existsSync(toPath(path))) {
      this.missing = path;
      return undefined;
    }
    try {
      return readWhole(path);
    } catch (error) {
      return this.fail(error);
    }
  }

  stat(path: string): HostStat | undefined {
    try {
      const stats = statSync(toPath(path), { throwIfNoEntry: false });
      if (stats !== undefined) {
        this.found = path;
        return hostStat(stats);
      }
      this.missing = path;
      return undefined;
    } catch (error) {
      return this.fail(error);
    }
  }

  lstat(path: string): (HostStat & { readonly link?: string }) | undefined {
    try {
      const stats = lstatSync(toPath(path), { throwIfNoEntry: false });
      if (stats === undefined) return undefined;
      if (!stats.isSymbolicLink()) return hostStat(stats);
      return { ...hostStat(stats), link: readlinkSync(toPath(path), 'latin1') };
    } catch {
      return undefined;
    }
  }

  readDirectory(path: string): readonly string[] | undefined {
    try {
      return readdirSync(toPath(path), 'latin1');
    } catch {
      return undefined;
    }
  }

  realpath(path: string): string | undefined {
    try {
      return realpathSync.native(toPath(path), 'latin1');
    } catch {
      return undefined;
    }
  }

  writeFile(path: string, text: string, append: boolean): string | undefined {
    try {
      if (append && this.open?.path === path && fstatSync(this.open.fd).nlink > 0) {
        writeSync(this.open.fd, text, null, 'latin1');
        return undefined;
      }
      this.closeFile();
      const fd = openSync(toPath(path), append ? 'a' : 'w');
      if (text !== '') writeSync(fd, text, null, 'latin1');
      if (this.exclusive) this.open = { path, fd };
      else closeSync(fd);
      return undefined;
    } catch (error) {
      return describeError(errorCode(error));
    }
  }

  release(): void {
    this.exclusive = false;
    this.closeFile();
  }

  private closeFile(): void {
    if (this.open === undefined) return;
    closeSync(this.open.fd);
    this.open = undefined;
  }

  shell(request: ShellRequest): ShellReply {
    this.closeFile();
    const [file, ...args] = request.argv;
    const result = spawnSync(toText(file!), args.map(toText), {
      cwd: toText(request.cwd),
      env: textEnvironment(request.environment),
      stdio: [
        'inherit',
        'pipe',
        request.errorDescriptor ?? (this.options.stderr === 'inherit' ? 'inherit' : 'pipe'),
      ],
      encoding: 'latin1',
      maxBuffer: MOST_OUTPUT,
    });
    const stdout = result.stdout ?? '';
    const stderr = result.stderr ?? '';
    if (result.error !== undefined && result.pid === 0) {
      return { stdout, stderr, status: 127, failure: errorCode(result.error) };
    }
    const status = result.status ?? 128 + signalNumber(result.signal);
    return { stdout, stderr, status };
  }

  readStandardInput(): string {
    const chunks: Buffer[] = [];
    const chunk = Buffer.alloc(1 << 16);
    for (;;) {
      let count: number;
      try {
        count = readSync(0, chunk, 0, chunk.length, null);
      } catch (error) {
        if (errorCode(error) !== 'EAGAIN') break;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        continue;
      }
      if (count === 0) break;
      chunks.push(Buffer.from(chunk.subarray(0, count)));
    }
    return Buffer.concat(chunks).toString('latin1');
  }

  now(): number {
    return Date.now();
  }
}

function hostStat(stats: Stats): HostStat {
  const { mode } = stats;
  return {
    mtimeMs: stats.mtimeMs,
    directory: stats.isDirectory(),
    executable: (mode & 0o111) !== 0,
    executableByAll: (mode & 0o111) === 0o111,
    device: stats.dev,
    inode: stats.ino,
  };
}

// A tree's makefiles are some thousand small files: a buffer for each costs more than reading them.
const chunk = Buffer.allocUnsafeSlow(1 << 18);

/** All of a file, which may also be a pipe (`-f <(…)`). */
function readWhole(path: string): string {
  const fd = openSync(toPath(path), 'r');
  try {
    let text = '';
    for (;;) {
      const count = readSync(fd, chunk, 0, chunk.length, null);
      if (count === 0) return text;
      text += chunk.toString('latin1', 0, count);
    }
  } finally {
    closeSync(fd);
  }
}

/** ENOENT, or ENOTDIR, or that a directory may not be searched. */
function whyMissing(path: string): string {
  try {
    accessSync(toPath(path));
    return 'ENOENT';
  } catch (error) {
    return errorCode(error);
  }
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'EIO';
}

/** An environment of byte strings as node:child_process takes it. */
export function textEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) result[toText(name)] = toText(value);
  return result;
}

/** An environment as node has it, in byte strings. */
export function byteEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) result[toBytes(name)] = toBytes(value);
  }
  return result;
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
};

export function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : (signalNumbers[signal] ?? 0);
}

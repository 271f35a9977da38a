import { cString, decodeBytes, encodeBytes, fromByteText, toByteText } from './byte-text.ts';
import type { ConfOutput } from './conf-run.ts';
import type { KconfigHost, ShellOutcome } from './host.ts';

/** Ends a run with a status, where the C program calls exit(3). Everything to say has been said. */
export class ConfExit extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`exit status ${status}`);
    this.status = status;
  }
}

/** The stream buffer size of the C library, for anything but a terminal. */
const STREAM_BUFFER = 4096;

/**
 * Standard output as the C library writes it: line by line to a terminal, in blocks of 4096 bytes elsewhere;
 * so that it interleaves with standard error in the same places.
 */
class BufferedOutput {
  readonly #output: ConfOutput;
  #pending = '';

  constructor(output: ConfOutput) {
    this.#output = output;
  }

  write(text: string): void {
    this.#pending += text;
    const ready = this.#output.isTTY
      ? this.#pending.lastIndexOf('\n') + 1
      : this.#pending.length - (this.#pending.length % STREAM_BUFFER);
    if (ready > 0) this.#send(ready);
  }

  flush(): void {
    if (this.#pending !== '') this.#send(this.#pending.length);
  }

  #send(length: number): void {
    this.#output.write(encodeBytes(this.#pending.slice(0, length)));
    this.#pending = this.#pending.slice(length);
  }
}

/** A folder can be opened, too; only reading it fails. */
export interface OpenedFile {
  readonly text: string;
  readonly folder: boolean;
}

/** What a run may touch: its folder, environment, streams and host, in byte texts. */
export class World {
  readonly cwd: string;
  readonly host: KconfigHost;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #output: BufferedOutput;
  readonly #error: ConfOutput;
  /** Variables that the language's text has used, in the order of first use, with their values. */
  readonly usedVariables = new Map<string, string>();

  constructor(
    cwd: string,
    environment: Readonly<Record<string, string | undefined>>,
    host: KconfigHost,
    stdout: ConfOutput,
    stderr: ConfOutput,
  ) {
    this.cwd = cwd;
    this.host = host;
    this.#environment = environment;
    this.#output = new BufferedOutput(stdout);
    this.#error = stderr;
  }

  /** Writes to standard output. */
  print(text: string): void {
    this.#output.write(text);
  }

  /** Writes to standard error. */
  warn(text: string): void {
    this.#error.write(encodeBytes(text));
  }

  flush(): void {
    this.#output.flush();
  }

  /** getenv(3). */
  variable(name: string): string | undefined {
    const key = fromByteText(name);
    if (!Object.hasOwn(this.#environment, key)) return undefined;
    const value = this.#environment[key];
    return value === undefined ? undefined : toByteText(value);
  }

  /** A variable that the language's text refers to: remembered as a dependency of the result, with its first value. */
  useVariable(name: string): string | undefined {
    if (name === '') return undefined;
    const known = this.usedVariables.get(name);
    if (known !== undefined) return known;
    const value = this.variable(name);
    if (value !== undefined) this.usedVariables.set(name, value);
    return value;
  }

  /** The absolute path of a name; not normalised. */
  path(name: string): string {
    const text = fromByteText(cString(name));
    return text.startsWith('/') ? text : `${this.cwd}/${text}`;
  }

  /**
   * Opens a file as the C program does: by its name, and when that fails and the name is relative, below
   * `$srctree`.
   * @returns undefined where nothing can be opened
   */
  open(name: string): OpenedFile | undefined {
    const direct = name === '' ? undefined : this.#openPath(this.path(name));
    if (direct !== undefined || name.startsWith('/')) return direct;
    const tree = this.variable('srctree');
    return tree === undefined ? undefined : this.#openPath(this.path(`${tree}/${name}`));
  }

  #openPath(path: string): OpenedFile | undefined {
    const bytes = this.host.readFile(path);
    if (bytes !== undefined) return { text: decodeBytes(bytes), folder: false };
    return this.host.kind(path) === 'folder' ? { text: '', folder: true } : undefined;
  }

  shell(command: string): ShellOutcome {
    return this.host.shell(fromByteText(command), this.cwd, this.#environment);
  }
}

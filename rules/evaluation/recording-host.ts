import type { HostStat, MakeHost, ShellReply, ShellRequest } from '../../engine/make/host.ts';
import { toBytes, toText } from '../../engine/make/bytes.ts';
import { answerShell, currentUmask, trustOf, type AnswerContext, type Trust } from './shell-answers.ts';

/** What an evaluation saw of a path: `missing`, `file`, `program` (an executable file) or `folder`. */
export type Seen = 'missing' | 'file' | 'program' | 'folder';

/** A `$(shell …)` and its answer. */
export interface RecordedShell {
  readonly command: string;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly stdout: string;
  readonly status: number;
  readonly trust: Trust;
}

/** Everything outside itself that an evaluation looked at or changed. Text, not byte strings. */
export interface Observations {
  /** Files whose content was read. */
  readonly read: ReadonlySet<string>;
  readonly seen: ReadonlyMap<string, Seen>;
  /** Paths of `seen` that were looked at only after the makefiles had been read, while their rules were lowered. */
  readonly seenLate: ReadonlySet<string>;
  /** Folders that were listed. */
  readonly listed: ReadonlySet<string>;
  readonly realpaths: ReadonlyMap<string, string | undefined>;
  readonly shells: readonly RecordedShell[];
  /** Files that were written (`$(file …)`), with their content. */
  readonly written: ReadonlyMap<string, string>;
  /** Folders that were asked to be made (`$(shell mkdir -p …)`). */
  readonly folders: ReadonlySet<string>;
}

const see = (stat: HostStat | undefined): Seen =>
  stat === undefined ? 'missing' : stat.directory ? 'folder' : stat.executable ? 'program' : 'file';

/**
 * A host that notes all that passes through it, answers the tree's shell idioms itself, and keeps writes back until
 * somebody could see them: 0.16.3 appends 4,400 lines to its clean lists one by one.
 */
export class RecordingHost implements MakeHost {
  readonly #behind: MakeHost;
  readonly #clock: ReadonlyMap<string, string>;
  readonly #read = new Set<string>();
  readonly #seen = new Map<string, Seen>();
  readonly #seenLate = new Set<string>();
  #isLate = false;
  readonly #listed = new Set<string>();
  readonly #realpaths = new Map<string, string | undefined>();
  readonly #shells = new Map<string, RecordedShell>();
  readonly #written = new Map<string, string[]>();
  readonly #folders = new Set<string>();
  readonly #unflushed = new Set<string>();
  readonly #umask = currentUmask();

  /** @param clock answers of commands that read the clock, from the last evaluation, by command */
  constructor(behind: MakeHost, clock: ReadonlyMap<string, string> = new Map()) {
    this.#behind = behind;
    this.#clock = clock;
  }

  get observations(): Observations {
    return {
      read: this.#read,
      seen: this.#seen,
      seenLate: this.#seenLate,
      listed: this.#listed,
      realpaths: this.#realpaths,
      shells: [...this.#shells.values()],
      written: new Map([...this.#written].map(([file, parts]) => [file, parts.join('')])),
      folders: this.#folders,
    };
  }

  readFile(path: string): string | undefined {
    const name = toText(path);
    this.#flush();
    this.#read.add(name);
    return this.#behind.readFile(path);
  }

  stat(path: string): HostStat | undefined {
    if (this.#unflushed.size > 0) this.#flush();
    const stat = this.#behind.stat(path);
    this.#look(toText(path), see(stat));
    return stat;
  }

  /** The makefiles are read: what is looked at from now on is for lowering. */
  beginLowering(): void {
    this.#isLate = true;
  }

  #look(name: string, seen: Seen): void {
    if (this.#isLate && !this.#seen.has(name)) this.#seenLate.add(name);
    this.#seen.set(name, seen);
  }

  lstat(path: string): ReturnType<MakeHost['lstat']> {
    if (this.#unflushed.size > 0) this.#flush();
    const stat = this.#behind.lstat(path);
    // A link counts as what it leads to: make looks at links only to tell times with -L.
    this.#look(toText(path), see(stat?.link === undefined ? stat : (this.#behind.stat(path) ?? stat)));
    return stat;
  }

  readDirectory(path: string): readonly string[] | undefined {
    if (this.#unflushed.size > 0) this.#flush();
    this.#listed.add(toText(path));
    return this.#behind.readDirectory(path);
  }

  realpath(path: string): string | undefined {
    const real = this.#behind.realpath(path);
    this.#realpaths.set(toText(path), real === undefined ? undefined : toText(real));
    return real;
  }

  writeFile(path: string, text: string, append: boolean): string | undefined {
    const name = toText(path);
    const parts = append ? this.#written.get(name) : [];
    // Appending to a file of an earlier time, or where a folder is missing, is the disk's business.
    if (parts === undefined || (!this.#written.has(name) && !this.#hasFolder(path))) {
      return this.#behind.writeFile(path, text, append);
    }
    parts.push(text);
    this.#written.set(name, parts);
    this.#unflushed.add(name);
    return undefined;
  }

  #hasFolder(path: string): boolean {
    return this.#behind.stat(path.slice(0, path.lastIndexOf('/')))?.directory === true;
  }

  /** Puts on disk what was written so far. */
  flush(): void {
    this.#flush();
  }

  #flush(): void {
    for (const name of this.#unflushed)
      this.#behind.writeFile(toBytes(name), this.#written.get(name)!.join(''), false);
    this.#unflushed.clear();
  }

  shell(request: ShellRequest): ShellReply {
    const context: AnswerContext = {
      cwd: toText(request.cwd),
      path: toText(request.environment['PATH'] ?? ''),
      umask: this.#umask,
    };
    const command = toText(request.command);
    const native = answerShell(command, context);
    if (native !== undefined) {
      for (const folder of native.made ?? []) this.#folders.add(folder);
      this.#note(request, native.stdout, native.status, native.trust);
      return { stdout: toBytes(native.stdout), stderr: '', status: native.status };
    }
    this.#flush();
    const trust = trustOf(command, context);
    const earlier = trust.kind === 'clock' ? this.#clock.get(command) : undefined;
    if (earlier !== undefined) {
      this.#note(request, earlier, 0, trust);
      return { stdout: toBytes(earlier), stderr: '', status: 0 };
    }
    // Two of the same command in one evaluation get the same answer, unless it may have an effect.
    const known = this.#shells.get(keyOf(request));
    if (known !== undefined && trust.kind !== 'unknown') {
      return { stdout: toBytes(known.stdout), stderr: '', status: known.status };
    }
    const reply = this.#behind.shell(request);
    this.#note(request, toText(reply.stdout), reply.status, trust);
    return reply;
  }

  #note(request: ShellRequest, stdout: string, status: number, trust: Trust): void {
    if (trust.kind === 'constant') return;
    this.#shells.set(keyOf(request), {
      command: toText(request.command),
      cwd: toText(request.cwd),
      argv: request.argv.map(toText),
      stdout,
      status,
      trust,
    });
  }

  readStandardInput(): string {
    return this.#behind.readStandardInput();
  }

  now(): number {
    return this.#behind.now();
  }

  get lastError(): string | undefined {
    return this.#behind.lastError;
  }
}

const keyOf = (request: ShellRequest): string => `${request.cwd}\0${request.command}`;

import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { parseJobs, parseJobserverAuth, withJobserver, type JobserverAuth } from '../jobserver-tokens.ts';
import { fail, ok, type Result } from '../result.ts';
import { makeFifos } from './fifo.ts';
import type { TokenSource } from './slots.ts';
import type { SpawnFile } from './spawner.ts';

/*
 * GNU make's jobserver (manual, 13.1): a pipe that holds one byte for each free job slot. Who wants to start a job beyond
 * the one that every process may run anyway reads a byte first, and writes it back afterwards.
 */

/** A jobserver that commands of this build can take part in. */
export interface Jobserver extends TokenSource {
  /** What `SpawnRequest.files` must hold for a command that takes part; these become its descriptors 3 and 4. */
  readonly files: readonly SpawnFile[];
  /** The value of MAKEFLAGS for such a command, made from the one it would have otherwise. */
  makeflags(inherited: string): string;
  /** Runs one command that takes part. Tokens that it was killed with come back when the last such command has ended. */
  run<T>(command: () => Promise<T>): Promise<T>;
  close(): void;
}

export interface HostOptions {
  /** All job slots of the build. */
  readonly slots: number;
  /** How many of them are in use now (`SlotPools.busyProcessors`). */
  readonly taken: number;
  /** `pipe` (two descriptors) is understood by every make; `fifo` by make 4.4 and newer, and by programs that close descriptors. */
  readonly style: 'pipe' | 'fifo';
}

/** The descriptors that `SpawnRequest.files` makes. */
const inheritedAuth: JobserverAuth = { kind: 'pipe', read: 3, write: 4 };

const tokenByte = 0x2b; // '+', as make writes

/**
 * Makes a jobserver with the slots of this build. Costs a run of mkfifo: only for a build with a command that takes part.
 * @returns a sentence when no FIFO can be made; the commands then run without a jobserver
 */
export function hostJobserver(options: HostOptions): Result<Jobserver, string> {
  const made = makeFifos(1, constants.O_RDWR | constants.O_NONBLOCK);
  return made.ok ? ok(new HostedJobserver(made.value[0]!, options)) : made;
}

class HostedJobserver implements Jobserver {
  readonly files: readonly SpawnFile[];
  readonly #fd: number;
  readonly #slots: number;
  readonly #auth: JobserverAuth;
  #taken: number;
  #participants = 0;

  constructor(fd: number, options: HostOptions) {
    this.#fd = fd;
    this.#slots = options.slots;
    this.#taken = options.taken;
    // Each command opens the pipe anew: make sets O_NONBLOCK, which all holders of one open file would share.
    const path = `/proc/${process.pid}/fd/${fd}`;
    const fifo = options.style === 'fifo';
    this.#auth = fifo ? { kind: 'fifo', path } : inheritedAuth;
    this.files = fifo
      ? []
      : [
          { path, mode: 'read' },
          { path, mode: 'write' },
        ];
    this.#fill();
  }

  makeflags(inherited: string): string {
    return withJobserver(inherited, this.#auth, this.#slots);
  }

  tryTake(): boolean {
    if (readToken(this.#fd) === undefined) return false;
    this.#taken++;
    return true;
  }

  giveBack(): void {
    this.#taken--;
    writeToken(this.#fd, tokenByte);
  }

  async run<T>(command: () => Promise<T>): Promise<T> {
    this.#participants++;
    try {
      return await command();
    } finally {
      // Nobody else holds a token now, so what is missing was lost with a killed make.
      if (--this.#participants === 0) this.#fill();
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Puts exactly as many tokens into the pipe as there are free slots. */
  #fill(): void {
    while (readToken(this.#fd) !== undefined);
    const free = Math.max(0, this.#slots - this.#taken);
    if (free > 0) writeSync(this.#fd, Buffer.alloc(free, tokenByte));
  }
}

/**
 * Takes part in the jobserver of the make that started this program.
 * @param makeflags the value of MAKEFLAGS
 * @returns undefined when MAKEFLAGS names none; a sentence when it does but it cannot be reached
 *   (a recipe line without `+` or `$(MAKE)` is not given the descriptors)
 */
export function joinJobserver(makeflags: string): Result<Jobserver, string> | undefined {
  const auth = parseJobserverAuth(makeflags);
  if (!auth) return undefined;
  const opened: number[] = [];
  try {
    const paths = auth.kind === 'fifo' ? [auth.path, auth.path] : [pipePath(auth.read), pipePath(auth.write)];
    // Opened anew, so that O_NONBLOCK is this process's own affair.
    opened.push(openSync(paths[0]!, constants.O_RDONLY | constants.O_NONBLOCK));
    opened.push(openSync(paths[1]!, constants.O_WRONLY | constants.O_NONBLOCK));
    return ok(new JoinedJobserver(opened[0]!, opened[1]!, makeflags));
  } catch (error) {
    opened.forEach(closeSync);
    const reason = error instanceof Error ? error.message : String(error);
    return fail(`the jobserver of MAKEFLAGS is not available to this program (${reason})`);
  }
}

class JoinedJobserver implements Jobserver {
  readonly files: readonly SpawnFile[];
  readonly #read: number;
  readonly #write: number;
  readonly #makeflags: string;
  /** Bytes that were read; make asks that the same ones be written back. */
  readonly #held: number[] = [];
  /** Every process may run one job without a token. */
  #ownSlotFree = true;

  constructor(read: number, write: number, makeflags: string) {
    this.#read = read;
    this.#write = write;
    this.#makeflags = makeflags;
    this.files = [
      { path: `/proc/${process.pid}/fd/${read}`, mode: 'read' },
      { path: `/proc/${process.pid}/fd/${write}`, mode: 'write' },
    ];
  }

  makeflags(inherited: string): string {
    return withJobserver(inherited, inheritedAuth, parseJobs(this.#makeflags) ?? 1);
  }

  tryTake(): boolean {
    if (this.#ownSlotFree) {
      this.#ownSlotFree = false;
      return true;
    }
    const token = readToken(this.#read);
    if (token === undefined) return false;
    this.#held.push(token);
    return true;
  }

  giveBack(): void {
    const token = this.#held.pop();
    if (token === undefined) this.#ownSlotFree = true;
    else writeToken(this.#write, token);
  }

  run<T>(command: () => Promise<T>): Promise<T> {
    return command();
  }

  /** Gives everything back: a token that is kept slows the parent's build to its end. */
  close(): void {
    for (const token of this.#held.splice(0)) writeToken(this.#write, token);
    closeSync(this.#read);
    closeSync(this.#write);
  }
}

function pipePath(fd: number): string {
  if (!fstatSync(fd).isFIFO()) throw new Error(`descriptor ${fd} is not a pipe`);
  return `/proc/self/fd/${fd}`;
}

const oneByte = Buffer.alloc(1);

/** One byte from a pipe that does not block; undefined when it is empty. */
function readToken(fd: number): number | undefined {
  try {
    return readSync(fd, oneByte) === 1 ? oneByte[0] : undefined;
  } catch {
    return undefined; // EAGAIN
  }
}

function writeToken(fd: number, token: number): void {
  try {
    writeSync(fd, Buffer.of(token));
  } catch {
    // The parent is gone; so is everybody who could use the token.
  }
}

import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';

/**
 * GNU Make's jobserver (manual, "POSIX Jobserver"): a pipe that holds one byte for each job that may still be started,
 * shared by all makes of a build. Its ends are named to sub-makes as `--jobserver-auth=R,W`.
 */
export class Jobserver {
  /** As `--jobserver-auth` names it to recursive recipes. */
  readonly auth: string;
  /** The descriptors that children get, by the number under which they get them. */
  readonly inherited: ReadonlyMap<number, number>;
  private readonly readEnd: number;
  private readonly writeEnd: number;
  private readonly owned: readonly number[];
  private closed = false;

  private constructor(
    auth: string,
    inherited: ReadonlyMap<number, number>,
    readEnd: number,
    writeEnd: number,
    owned: readonly number[],
  ) {
    this.auth = auth;
    this.inherited = inherited;
    this.readEnd = readEnd;
    this.writeEnd = writeEnd;
    this.owned = owned;
  }

  /**
   * Makes a new pipe with so many tokens.
   * Node cannot make a pipe, but it can open a named one that mkfifo made.
   * @param outer `--jobserver-auth` of a make further up whose server is not used: where its descriptors are still
   * open, commands get the new ones under the numbers behind them
   * @returns undefined if that failed
   */
  static create(tokens: number, outer: string | undefined): Jobserver | undefined {
    const above = Number(/^\d+,(\d+)$/.exec(outer ?? '')?.[1] ?? 2);
    const first = above > 2 && isInheritedPipe(above) ? above + 1 : 3;
    const directory = mkdtempSync(`${tmpdir()}/unigraph-make-`);
    try {
      const path = `${directory}/jobs`;
      if (spawnSync('mkfifo', [path], { stdio: 'ignore' }).status !== 0) return undefined;
      const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const writeEnd = openSync(path, constants.O_WRONLY);
      const server = new Jobserver(
        `${first},${first + 1}`,
        new Map([
          [first, readEnd],
          [first + 1, writeEnd],
        ]),
        readEnd,
        writeEnd,
        [readEnd, writeEnd],
      );
      for (let left = tokens; left > 0;) {
        left -= writeSync(writeEnd, '+'.repeat(Math.min(left, 4096)));
      }
      return server;
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /**
   * Joins the server of a make further up.
   * @returns undefined if the pipe was not handed down
   */
  static join(auth: string): Jobserver | undefined {
    if (auth.startsWith('fifo:')) return Jobserver.joinNamed(auth);
    const [readNumber, writeNumber] = auth.split(',').map(Number);
    if (readNumber === undefined || writeNumber === undefined) return undefined;
    if (!isInheritedPipe(readNumber) || !isInheritedPipe(writeNumber)) return undefined;
    try {
      // An opening of one's own can be non-blocking without changing the parent's.
      const readEnd = openSync(`/proc/self/fd/${readNumber}`, constants.O_RDONLY | constants.O_NONBLOCK);
      return new Jobserver(
        auth,
        new Map([
          [readNumber, readNumber],
          [writeNumber, writeNumber],
        ]),
        readEnd,
        writeNumber,
        [readEnd],
      );
    } catch {
      return undefined;
    }
  }

  /** A named pipe, as make 4.4 and unigraph's own builds have it: nothing is handed down. */
  private static joinNamed(auth: string): Jobserver | undefined {
    try {
      const path = auth.slice('fifo:'.length);
      const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const writeEnd = openSync(path, constants.O_WRONLY);
      return new Jobserver(auth, new Map(), readEnd, writeEnd, [readEnd, writeEnd]);
    } catch {
      return undefined;
    }
  }

  /** Takes a token if there is one. */
  acquire(): boolean {
    const byte = Buffer.alloc(1);
    try {
      return readSync(this.readEnd, byte, 0, 1, null) === 1;
    } catch {
      return false;
    }
  }

  /** Puts a token back. */
  release(): void {
    try {
      writeSync(this.writeEnd, '+');
    } catch {
      // The pipe is gone: the make that owned it has ended.
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const fd of this.owned) closeSync(fd);
  }
}

/** Descriptor numbers are reused by the runtime itself, so a pipe counts only if the parent process has it too. */
function isInheritedPipe(fd: number): boolean {
  try {
    if (!fstatSync(fd).isFIFO()) return false;
    const name = readlinkSync(`/proc/self/fd/${fd}`);
    const parent = `/proc/${process.ppid}/fd`;
    return readdirSync(parent).some((entry) => {
      try {
        return readlinkSync(`${parent}/${entry}`) === name;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

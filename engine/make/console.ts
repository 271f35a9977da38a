import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import type { Output } from './output.ts';

/** A stream of this process, or a stand-in. With `fd`, children write to it directly. */
export type OutputStream = NodeJS.WritableStream & { readonly fd?: number };

/** How output of parallel jobs is kept apart (manual, "Parallel Output"). */
export type OutputSync = 'none' | 'line' | 'target' | 'recurse';

/** What one job, or the reading of makefiles, has written and what is not yet shown. */
export class OutputBuffer {
  /** Output is held back. */
  held: boolean;
  out: number | undefined;
  err: number | undefined;

  constructor(held: boolean) {
    this.held = held;
  }
}

/** Standard output and error stream of one run, with the messages about entering and leaving its directory. */
export class Console implements Output {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  sync: OutputSync = 'none';
  /** Say which directory make works in (`-w`). */
  printDirectory = false;
  /** Messages about the directory begin with this; `# ` under -p. */
  prefix = '';
  program = 'make';
  directory = '';
  /** Where make's own words go while a job is being started. */
  current: OutputBuffer | undefined;
  /** The first failure to write to standard output. */
  writeError: string | undefined;
  private entered = false;
  private sameStream: boolean | undefined;

  constructor(stdout: OutputStream, stderr: OutputStream) {
    this.stdout = stdout;
    this.stderr = stderr;
  }

  info(text: string): void {
    this.put(text, false);
  }

  error(text: string): void {
    this.put(text, true);
  }

  raw(text: string): void {
    this.write(text, false);
  }

  beforeShell(): number | undefined {
    this.begin();
    return this.current?.held === true ? this.current.err : undefined;
  }

  private put(text: string, isError: boolean): void {
    if (text === '') return;
    this.begin();
    const buffer = this.current;
    if (buffer?.held !== true) this.write(text, isError);
    else writeAll(isError ? buffer.err! : buffer.out!, Buffer.from(text, 'latin1'));
  }

  /** Something is about to be written: by make, or by a command. */
  begin(): void {
    if (this.current?.held === true && this.current.out === undefined) this.openBuffer(this.current);
    if (this.entered || !this.printDirectory) return;
    if (this.sync === 'none' || this.sync === 'recurse') {
      this.entered = true;
      this.logDirectory('Entering');
    }
  }

  private logDirectory(verb: 'Entering' | 'Leaving'): void {
    this.write(`${this.prefix}${this.program}: ${verb} directory '${this.directory}'\n`, false);
  }

  /** Says that the directory is left, if entering it was said. */
  leave(): void {
    if (!this.entered) return;
    this.entered = false;
    this.logDirectory('Leaving');
  }

  private openBuffer(buffer: OutputBuffer): void {
    buffer.out = temporaryFile();
    buffer.err = this.streamsAreSame() ? buffer.out : temporaryFile();
  }

  private streamsAreSame(): boolean {
    if (this.sameStream === undefined) {
      const { stdout, stderr } = this;
      if (stdout.fd === undefined || stderr.fd === undefined) this.sameStream = stdout === stderr;
      else {
        const out = fstatSync(stdout.fd);
        const err = fstatSync(stderr.fd);
        this.sameStream = out.dev === err.dev && out.ino === err.ino;
      }
    }
    return this.sameStream;
  }

  /** Shows what was held back. */
  dump(buffer: OutputBuffer): void {
    if (buffer.out === undefined) return;
    const out = takeAll(buffer.out);
    const err = buffer.err === buffer.out ? Buffer.alloc(0) : takeAll(buffer.err!);
    if (out.length === 0 && err.length === 0) return;
    const log = this.printDirectory && this.sync !== 'recurse';
    if (log) this.logDirectory('Entering');
    this.writeBytes(out, false);
    this.writeBytes(err, true);
    if (log) this.logDirectory('Leaving');
  }

  /** Shows what was held back and gives the files up. */
  close(buffer: OutputBuffer): void {
    this.dump(buffer);
    if (buffer.out !== undefined) closeSync(buffer.out);
    if (buffer.err !== undefined && buffer.err !== buffer.out) closeSync(buffer.err);
    buffer.out = undefined;
    buffer.err = undefined;
  }

  private write(text: string, isError: boolean): void {
    this.writeBytes(Buffer.from(text, 'latin1'), isError);
  }

  /** Writes bytes of a command, or of make, as they are. */
  writeBytes(bytes: Uint8Array, isError: boolean): void {
    if (bytes.length === 0) return;
    const stream = isError ? this.stderr : this.stdout;
    if (stream.fd === undefined) {
      stream.write(bytes);
      return;
    }
    try {
      writeAll(stream.fd, bytes);
    } catch (error) {
      if (!isError) this.writeError ??= (error as NodeJS.ErrnoException).code ?? 'EIO';
    }
  }
}

/** A file without a name. */
function temporaryFile(): number {
  const directory = mkdtempSync(`${tmpdir()}/Gm`);
  const fd = openSync(`${directory}/out`, 'ax+', 0o600);
  rmSync(directory, { recursive: true });
  return fd;
}

function takeAll(fd: number): Buffer {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const chunk = Buffer.alloc(1 << 16);
    const count = readSync(fd, chunk, 0, chunk.length, at);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    at += count;
  }
  ftruncateSync(fd, 0);
  return Buffer.concat(chunks);
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Writes everything, waiting for a pipe that is full. */
function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at, bytes.length - at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(sleeper, 0, 0, 2);
    }
  }
}

import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { toPath, toText } from './bytes.ts';
import type { Console, OutputBuffer } from './console.ts';
import { signalNumber, textEnvironment } from './node-host.ts';

/** How a command ended. */
export interface Exit {
  readonly code: number;
  /** 0 if no signal ended it. */
  readonly signal: number;
}

export interface LaunchRequest {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What it reads: this process's descriptor, or nothing. */
  readonly stdin: number | undefined;
  readonly console: Console;
  readonly buffer: OutputBuffer;
  /** Descriptors to hand down, by the number under which the command gets them. */
  readonly inherited: ReadonlyMap<number, number> | undefined;
  readonly onExit: (exit: Exit) => void;
}

export interface Launched {
  readonly process: ChildProcess;
  /** The file that was found for the command. */
  readonly path: string;
}

/** What Linux allows for one argument, its NUL included. */
const LONGEST_ARGUMENT = 131_072;

/**
 * Starts a command.
 * @returns the system's error code if it cannot be started
 */
export function launch(request: LaunchRequest): Launched | string {
  const name = request.argv[0]!;
  const found = findProgram(name, request.environment['PATH'], request.cwd);
  if ('error' in found) return found.error;
  if (request.argv.some((argument) => argument.length >= LONGEST_ARGUMENT)) return 'E2BIG';

  const { console, buffer } = request;
  const out = buffer.held ? buffer.out : console.stdout.fd;
  const err = buffer.held ? buffer.err : console.stderr.fd;
  const stdio: StdioOptions = [request.stdin ?? 'ignore', out ?? 'pipe', err ?? 'pipe'];
  for (const [number, fd] of request.inherited ?? []) {
    while (stdio.length < number) stdio.push('ignore');
    stdio[number] = fd;
  }
  let child: ChildProcess;
  try {
    child = spawn(toText(found.path), request.argv.slice(1).map(toText), {
      argv0: toText(name),
      cwd: toText(request.cwd),
      env: textEnvironment(request.environment),
      stdio,
    });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EIO';
  }
  child.on('error', () => undefined);
  if (child.pid === undefined) return interpreterError(found.path);
  child.stdout?.on('data', (data: Buffer) => console.writeBytes(data, false));
  child.stderr?.on('data', (data: Buffer) => console.writeBytes(data, true));
  const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
    request.onExit({ code: code ?? 0, signal: signalNumber(signal) });
  };
  if (out !== undefined && err !== undefined) child.on('exit', finish);
  else finishAfterOutput(child, finish);
  return { process: child, path: found.path };
}

/**
 * With pipes of our own, output may still be in them when the command has ended; but a process that it left behind may
 * keep them open for long.
 */
function finishAfterOutput(
  child: ChildProcess,
  finish: (code: number | null, signal: NodeJS.Signals | null) => void,
): void {
  let done = false;
  const once = (code: number | null, signal: NodeJS.Signals | null): void => {
    if (done) return;
    done = true;
    finish(code, signal);
  };
  child.on('close', once);
  child.on('exit', (code, signal) => {
    setTimeout(() => once(code, signal), 200).unref();
  });
}

/** Looks a command up as posix_spawn's callers do: in the PATH that the command will have. */
function findProgram(
  name: string,
  path: string | undefined,
  cwd: string,
): { readonly path: string } | { readonly error: string } {
  const absolute = (file: string): string => (file.startsWith('/') ? file : `${cwd}/${file}`);
  if (name.includes('/')) {
    const error = executableError(absolute(name));
    return error === undefined ? { path: absolute(name) } : { error };
  }
  let failure = 'ENOENT';
  for (const directory of (path ?? '/bin:/usr/bin').split(':')) {
    const file = absolute(directory === '' ? `./${name}` : `${directory}/${name}`);
    const error = executableError(file);
    if (error === undefined) return { path: file };
    if (error !== 'ENOENT' && error !== 'ENOTDIR') failure = error;
  }
  return { error: failure };
}

/** Why a file that may be executed cannot be: a script's interpreter is not there, or may not be executed itself. */
function interpreterError(file: string): string {
  const descriptor = openSync(toPath(file), 'r');
  try {
    const head = Buffer.alloc(256);
    const length = readSync(descriptor, head);
    const interpreter = /^#![ \t]*([^ \t\n\0]+)/.exec(head.toString('latin1', 0, length))?.[1];
    return (interpreter === undefined ? undefined : executableError(interpreter)) ?? 'EACCES';
  } finally {
    closeSync(descriptor);
  }
}

function executableError(file: string): string | undefined {
  try {
    const stat = statSync(toPath(file));
    if (stat.isDirectory()) return 'EACCES';
    accessSync(toPath(file), constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EACCES';
  }
}

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { FailedToStart, SpawnRequest } from './spawner.ts';
import { lookUpProgram } from './which.ts';

/** Turns an error of the spawn call into a sentence that names what is missing: the system's own error does not. */
export function describeStartFailure(error: unknown, request: SpawnRequest): FailedToStart {
  const code = codeOf(error);
  return { kind: 'failedToStart', code, message: messageOf(code, request, error) };
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return 'UNKNOWN';
  // Node's own checks of the arguments come before the system's.
  return code.startsWith('ERR_INVALID_ARG') ? 'EINVAL' : code;
}

function messageOf(code: string, request: SpawnRequest, error: unknown): string {
  const program = request.argv[0] ?? '';
  // A folder that is missing gives the same error as a program that is.
  const folder = folderProblem(request.cwd);
  if (folder !== undefined) return folder;
  for (const { path } of request.files ?? []) {
    if (statSync(path, { throwIfNoEntry: false }) === undefined)
      return `cannot open ${path}: it does not exist`;
  }
  switch (code) {
    case 'ENOENT':
      return `cannot run ${program}: ${whyMissing(program, request)}`;
    case 'EACCES':
      return `cannot run ${program}: not executable, or permission denied`;
    case 'E2BIG':
      return `cannot run ${program}: ${sizeOf(request)}`;
    case 'EINVAL':
      return program === ''
        ? 'the command has no program'
        : `cannot run ${program}: the command contains a NUL byte`;
    case 'EAGAIN':
    case 'ENOMEM':
      return `cannot run ${program}: the system has no memory or process left for it (${code})`;
    case 'ENOEXEC':
      return `cannot run ${program}: not a program of this machine`;
    case 'ETXTBSY':
      return `cannot run ${program}: it is open for writing`;
    default:
      return `cannot run ${program}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function whyMissing(program: string, request: SpawnRequest): string {
  const path = request.environment['PATH'];
  const found = lookUpProgram(program, path ?? '', request.cwd, new Map()).path;
  if (found !== undefined) {
    const interpreter = interpreterOf(found);
    return interpreter === undefined
      ? `the loader that ${found} asks for is missing`
      : `the interpreter ${interpreter} of ${found} is missing`;
  }
  return program.includes('/') ? 'no such file' : `not found in PATH (${path ?? 'unset'})`;
}

/** The program that a script names in its first line. */
function interpreterOf(script: string): string | undefined {
  const start = Buffer.alloc(256);
  const fd = openSync(script, 'r');
  try {
    const size = readSync(fd, start);
    return /^#![ \t]*([^\s]+)/.exec(start.toString('latin1', 0, size))?.[1];
  } finally {
    closeSync(fd);
  }
}

function folderProblem(cwd: string): string | undefined {
  try {
    return statSync(cwd).isDirectory() ? undefined : `cannot enter ${cwd}: it is not a folder`;
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' ? `cannot enter ${cwd}: it does not exist` : `cannot enter ${cwd}: ${code}`;
  }
}

/** The two limits of execve(2): MAX_ARG_STRLEN for one string, and a quarter of the stack limit for all. */
function sizeOf(request: SpawnRequest): string {
  const lengths = request.argv.map((argument) => Buffer.byteLength(argument) + 1);
  const longest = Math.max(0, ...lengths);
  if (longest > 131072) {
    return `an argument of ${longest} bytes is longer than the system allows (131072)`;
  }
  const [variable, size] = longestVariable(request.environment);
  if (size > 131072) {
    return `the environment variable ${variable} of ${size} bytes is longer than the system allows (131072)`;
  }
  const total = lengths.reduce((sum, length) => sum + length + 8, 0);
  return `a command line of ${total} bytes is longer than the system allows`;
}

function longestVariable(environment: Readonly<Record<string, string>>): [name: string, bytes: number] {
  let longest: [string, number] = ['', 0];
  for (const [name, value] of Object.entries(environment)) {
    const size = Buffer.byteLength(name) + Buffer.byteLength(value) + 2;
    if (size > longest[1]) longest = [name, size];
  }
  return longest;
}

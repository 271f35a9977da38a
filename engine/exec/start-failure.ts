import { statSync } from 'node:fs';
import type { FailedToStart, SpawnRequest } from './spawner.ts';

/** Turns an error of the spawn call into a sentence that names what is missing: the system's own error does not. */
export function describeStartFailure(error: unknown, request: SpawnRequest): FailedToStart {
  const code = codeOf(error);
  return { kind: 'failedToStart', code, message: messageOf(code, request, error) };
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
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
      return program.includes('/')
        ? `cannot run ${program}: no such program, or its interpreter is missing`
        : `cannot run ${program}: not found in PATH (${request.environment['PATH'] ?? 'unset'})`;
    case 'EACCES':
      return `cannot run ${program}: not executable, or permission denied`;
    case 'E2BIG':
      return `cannot run ${program}: ${sizeOf(request)}`;
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
  const total = lengths.reduce((sum, length) => sum + length + 8, 0);
  return `a command line of ${total} bytes is longer than the system allows`;
}

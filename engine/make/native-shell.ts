import type { ShellSettings } from './command-argv.ts';
import { defaultShell } from './command-argv.ts';
import type { MakeHost, ShellReply } from './host.ts';

/**
 * Answers to `$(shell)` commands that need no process. Only commands whose whole effect and output is known are
 * answered; anything else, and anything that would fail, goes to the shell.
 */

/** Paths of characters that no shell treats specially. */
const PLAIN = /^[A-Za-z0-9_./+,@%=-]+$/;

/** @returns undefined if the command has to be run */
export function answerNatively(
  command: string,
  settings: ShellSettings,
  host: MakeHost,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): ShellReply | undefined {
  if (settings.shell !== defaultShell || settings.ifs !== '') return undefined;
  return existingDirectory(command, host, cwd) ?? which(command, host, environment);
}

/** `mkdir -p D && cd D >/dev/null && pwd` where D exists: the physical or logical path of D. */
function existingDirectory(command: string, host: MakeHost, cwd: string): ShellReply | undefined {
  const match = /^\s*(?:mkdir -p (\S+) && )?cd (\S+)(?: *> *\/dev\/null)? && pwd\s*$/.exec(command);
  if (match === null) return undefined;
  const [, made, entered] = match;
  if (entered === undefined || !PLAIN.test(entered) || entered.startsWith('-')) return undefined;
  if (made !== undefined && made !== entered) return undefined;
  const path = entered.startsWith('/') ? entered : `${cwd}/${entered}`;
  if (host.stat(path)?.directory !== true) return undefined;
  // The shell's `cd` keeps links and only takes `.`, `..` and repeated slashes out; with `..` links matter.
  if (path.split('/').includes('..')) {
    const real = host.realpath(path);
    if (real === undefined || real !== normalized(path)) return undefined;
  }
  return { stdout: `${normalized(path)}\n`, stderr: '', status: 0 };
}

function normalized(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** `which NAME`: the first executable of that name in PATH. */
function which(
  command: string,
  host: MakeHost,
  environment: Readonly<Record<string, string>>,
): ShellReply | undefined {
  const match = /^\s*which ([A-Za-z0-9_.+-]+)(?: *2> *\/dev\/null)?\s*$/.exec(command);
  const name = match?.[1];
  if (name === undefined || name.startsWith('-')) return undefined;
  for (const directory of (environment['PATH'] ?? '').split(':')) {
    if (directory === '' || !directory.startsWith('/')) return undefined;
    const path = `${directory}/${name}`;
    const stat = host.stat(path);
    if (stat !== undefined && !stat.directory && stat.executable) {
      return { stdout: `${path}\n`, stderr: '', status: 0 };
    }
  }
  return undefined;
}

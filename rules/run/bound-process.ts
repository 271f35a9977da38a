import { spawn, type ChildProcess } from 'node:child_process';
import { which } from '../../engine/exec/which.ts';
import type { Environment } from '../workspace/working-folders.ts';

/**
 * Makes a program end together with this process, even when this process is killed with SIGKILL.
 *
 * util-linux' setpriv (in every Debian) asks the kernel for that and becomes the program: `PR_SET_PDEATHSIG` survives the
 * exec, and the process id stays. Where there is no setpriv, {@link watch} does it.
 * @returns the words to run instead
 */
export function boundCommand(
  command: readonly string[],
  environment: Environment,
  cwd: string,
): { readonly words: readonly string[]; readonly isBound: boolean } {
  const setpriv = which('setpriv', environment['PATH'] ?? '', cwd);
  if (setpriv === undefined) return { words: command, isBound: false };
  return { words: [setpriv, '--pdeathsig', 'KILL', ...command], isBound: true };
}

/**
 * A watchdog for a process that is not bound: a shell that reads a pipe of ours, which ends when we do, and then kills it.
 * @returns a function that ends the watchdog; to be called as soon as the process has ended
 */
export function watch(pid: number): () => void {
  const watchdog: ChildProcess = spawn(
    'sh',
    ['-c', 'read -r _ <&3; kill -KILL "$1" 2>/dev/null', 'sh', String(pid)],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      // In a group of its own, so that what ends us by our group does not end the watchdog before its work.
      detached: true,
    },
  );
  watchdog.on('error', () => {});
  watchdog.unref();
  const pipe = watchdog.stdio[3];
  pipe?.on('error', () => {});
  if (pipe !== null && pipe !== undefined && 'unref' in pipe) (pipe as unknown as { unref(): void }).unref();
  return () => {
    watchdog.kill('SIGKILL');
    pipe?.destroy();
  };
}

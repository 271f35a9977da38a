import { spawnSync } from 'node:child_process';

/** A command of `$(shell)` with what it answered. */
export interface AnsweredShell {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly stdout: string;
  readonly status: number;
}

/** Runs a command of `$(shell)` again: whether it answers the same. */
export function answersAgain(shell: AnsweredShell, environment: Readonly<Record<string, string>>): boolean {
  const [program, ...args] = shell.argv;
  const again = spawnSync(program!, args, {
    cwd: shell.cwd,
    env: environment,
    encoding: 'buffer',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return again.status === shell.status && again.stdout.toString() === shell.stdout;
}

import { execFileSync } from 'node:child_process';

/** Whether there is a tmux to test in. */
export function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

/** A program in a terminal of its own: tmux is the terminal. */
export class TmuxTerminal {
  readonly #socket: string;

  /** @param command a shell command; `environment` is added to that of the test */
  constructor(
    socket: string,
    columns: number,
    rows: number,
    command: string,
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#socket = socket;
    const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    this.#run(
      'new-session',
      '-d',
      '-s',
      'test',
      '-x',
      String(columns),
      '-y',
      String(rows),
      `env ${assignments.join(' ')} ${command}; echo "ended with $?"; exec cat`,
    );
    this.#run('set-option', '-g', 'escape-time', '0');
  }

  #run(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' },
    });
  }

  /** What is on the screen. */
  screen(): string {
    return this.#run('capture-pane', '-p', '-t', 'test');
  }

  /** Waits until something is on the screen; fails with the screen when it does not come. */
  async until(text: string | RegExp): Promise<string> {
    const started = Date.now();
    for (;;) {
      const screen = this.screen();
      if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return screen;
      if (Date.now() - started > 15_000) throw new Error(`no ${String(text)} in:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  /** Sends keys by tmux's names (`Down`, `Enter`, `Escape`), or as they are. */
  send(...keys: string[]): void {
    this.#run('send-keys', '-t', 'test', ...keys);
  }

  resize(columns: number, rows: number): void {
    this.#run('resize-window', '-t', 'test', '-x', String(columns), '-y', String(rows));
  }

  /** The process id of the program under the shell. */
  programId(): number {
    const shell = this.#run('display-message', '-p', '-t', 'test', '#{pane_pid}').trim();
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', shell], { encoding: 'utf8' }).trim();
    const id = Number(children.split('\n')[0]);
    // 0 would be this test's own process group.
    if (!(id > 1)) throw new Error(`no program below ${shell}`);
    return id;
  }

  /** Ends the terminal, and waits for the program in it, which may still be saving. */
  async close(): Promise<void> {
    let ids: number[] = [];
    try {
      const shell = this.#run('display-message', '-p', '-t', 'test', '#{pane_pid}').trim();
      ids = execFileSync('ps', ['-o', 'pid=', '--ppid', shell], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map(Number)
        .filter((id) => id > 1);
    } catch {
      // The shell has no program any more.
    }
    try {
      this.#run('kill-server');
    } catch {
      // It has ended by itself.
    }
    for (const id of ids) {
      for (let tries = 0; tries < 200 && isRunning(id); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
  }
}

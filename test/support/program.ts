import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { processesWith } from './processes.ts';

const root = new URL('../../', import.meta.url).pathname;

/**
 * The program as users have it: bundled into a fresh folder, which is removed after the tests of the file.
 * UNIGRAPH_PROGRAM names one that is there already.
 */
export async function bundledProgram(): Promise<string> {
  const given = process.env['UNIGRAPH_PROGRAM'];
  if (given !== undefined && given !== '') return given;
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-program-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  await promisify(execFile)(process.execPath, [join(root, 'scripts/bundle.mjs'), '--outdir', folder]);
  return join(folder, 'unigraph.js');
}

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  /** Resolves when the program has ended and its output is complete. */
  readonly outcome: Promise<Outcome>;
  /** Resolves as soon as the standard output matches. */
  seen(pattern: RegExp): Promise<void>;
}

export interface Start {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Leave standard input open. */
  readonly keepInput?: boolean;
}

/** Starts `node PROGRAM ARGUMENTS`. */
export function start(program: string, args: readonly string[], options: Start = {}): RunningProgram {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const watcher of watchers) watcher();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {});
  if (options.input !== undefined) child.stdin.write(options.input);
  if (options.keepInput !== true) child.stdin.end();
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  return {
    child,
    outcome,
    seen: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(stdout)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
        void outcome.then((end) =>
          reject(
            new Error(`ended (${end.status ?? end.signal}) before ${pattern}: ${end.stdout}${end.stderr}`),
          ),
        );
      }),
  };
}

/** Kills what a test left behind that failed half-way: all processes whose environment has `name=value`. */
export function killProcessesWith(name: string, value: string): void {
  for (const pid of processesWith(name, value)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // One of them may have taken another with it.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

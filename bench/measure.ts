import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A command that is measured. */
export interface Measured {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** One run, seconds. */
export interface Sample {
  readonly wall: number;
  /** User and system time of the command and everything it started. */
  readonly processor: number;
  readonly output: string;
}

/** A command that did not succeed: nothing can be said about its time. */
export class FailedRunError extends Error {}

/**
 * Runs a command to its end. bash does the timing: Node cannot tell the processor time of a single child.
 * @throws FailedRunError with the command's output
 */
export function measure({ argv, cwd, environment }: Measured): Sample {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'unigraph-measure-'));
  const log = path.join(folder, 'output');
  const times = path.join(folder, 'times');
  try {
    // No variable is exported: the environment is part of what unigraph recognises an earlier call by.
    const script =
      'times=$1; log=$2; shift 2; TIMEFORMAT="%3R %3U %3S"; { time "$@" >"$log" 2>&1 </dev/null; } 2>"$times"';
    const { status } = spawnSync('bash', ['-c', script, 'bash', times, log, ...argv], {
      cwd,
      env: environment ?? process.env,
    });
    const output = readFileSync(log, 'utf8');
    if (status !== 0) throw new FailedRunError(`${argv.join(' ')}\n${output}(status ${status})`);
    const [wall, user, system] = readFileSync(times, 'utf8').trim().split(' ').map(Number);
    return { wall: wall!, processor: user! + system!, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

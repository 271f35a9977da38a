/** Runs a case under one make and records all that can be compared. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { CorpusCase, Expectation, Interrupt } from './corpus-case.ts';
import { apply, settleFolders, snapshot, type Entry } from './corpus-folder.ts';

/** One start of make. */
export interface Invocation {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** A signal to send once the file `interrupt-now` exists in `cwd`. */
  readonly interrupt: Interrupt | undefined;
}

/** What one start of make gave. `status` is the exit status, 128 and the number of the signal that ended it,
 * or -1 if it took too long. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** A make: the installed one, or the one under test. */
export type Program = (invocation: Invocation) => Promise<Outcome>;

/** The outcome of each run of a case and the tree after it. */
export interface Observation {
  readonly outcome: Outcome;
  readonly tree: ReadonlyMap<string, Entry>;
}

/** No case takes long; one that does is caught in a loop. */
export const TIME_LIMIT = 20_000;

/** A program started as a process of its own under the name `make`; killed after `limit` milliseconds. */
export function processProgram(path: string, before: readonly string[] = [], limit = TIME_LIMIT): Program {
  return ({ argv, cwd, environment, stdin, interrupt }) =>
    new Promise((resolve, reject) => {
      const child = spawn(path, [...before, ...argv], {
        argv0: before.length > 0 ? path : 'make',
        cwd,
        env: { ...environment },
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      });
      const output: Buffer[] = [];
      const errors: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
      child.stdin.on('error', () => undefined);
      child.stdin.end(stdin);
      const timer = setTimeout(() => {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      }, limit);
      const watch = setInterval(() => {
        if (interrupt === undefined || !existsSync(join(cwd, 'interrupt-now'))) return;
        clearInterval(watch);
        child.kill(interrupt);
      }, 20);
      child.on('error', reject);
      child.on('close', (status, signal) => {
        clearTimeout(timer);
        clearInterval(watch);
        resolve({
          stdout: Buffer.concat(output).toString(),
          stderr: Buffer.concat(errors).toString(),
          status: status ?? (signal === null || signal === 'SIGKILL' ? -1 : 128 + constants.signals[signal]),
        });
      });
    });
}

/** Collects what is written to it. */
export class Collector extends Writable {
  private readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(Buffer.from(chunk));
    done();
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
}

/** The environment of every run: small and fixed, so that no case depends on the machine's. */
function environmentOf(corpusCase: CorpusCase, folder: string, path: string): Record<string, string> {
  const environment: Record<string, string> = { PATH: path, LC_ALL: 'C', HOME: `${folder}/home` };
  for (const [name, value] of Object.entries(corpusCase.environment)) {
    environment[name] = value.replaceAll('$DIR', folder);
  }
  return environment;
}

/** Replaces what differs from run to run by nature: the folder's path, process ids, temporary names, clock differences. */
export function normalise(text: string, folder: string): string {
  return text
    .replaceAll(folder, '$DIR')
    .replace(/\/tmp\/Gm[A-Za-z0-9]{6}/g, '/tmp/Gm')
    .replace(/modification time [\d.e+]+ s in the future/g, 'modification time N s in the future');
}

/**
 * Does the steps of a case in `folder` (made anew, removed afterwards) with `program` as make.
 * `path` is the PATH of the runs, which decides what a recipe's plain `make` is.
 */
export async function runCase(
  corpusCase: CorpusCase,
  folder: string,
  program: Program,
  path = '/usr/bin:/bin',
): Promise<Observation[]> {
  mkdirSync(folder, { recursive: true });
  const observations: Observation[] = [];
  const environment = environmentOf(corpusCase, folder, path);
  let stdin = '';
  let settled = false;
  try {
    for (const step of corpusCase.steps) {
      if (step.kind === 'stdin') stdin = step.text;
      else if (step.kind === 'run') {
        if (!settled) settleFolders(folder);
        settled = true;
        const argv = step.argv.map((argument) => argument.replaceAll('$DIR', folder));
        const { stdout, stderr, status } = await program({
          argv,
          cwd: folder,
          environment,
          stdin,
          interrupt: corpusCase.interrupt,
        });
        const outcome = { stdout: normalise(stdout, folder), stderr: normalise(stderr, folder), status };
        observations.push({ outcome, tree: snapshot(folder) });
      } else apply(step, folder);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return observations;
}

function lines(text: string): string[] {
  return text.split('\n');
}

function holds(expected: Expectation, { outcome, tree }: Observation): boolean {
  switch (expected.kind) {
    case 'stdout':
      return lines(outcome.stdout).includes(expected.line);
    case 'stderr':
      return lines(outcome.stderr).includes(expected.line);
    case 'status':
      return outcome.status === expected.status;
    case 'exists':
      return tree.has(expected.path);
    case 'missing':
      return !tree.has(expected.path);
  }
}

/** The expectations written in the case that an observation of it does not meet, as text for a person. */
export function unmetExpectations(corpusCase: CorpusCase, observations: readonly Observation[]): string[] {
  const runs = corpusCase.steps.filter((step) => step.kind === 'run');
  return runs.flatMap(({ argv, expected }, index) => {
    const observation = observations[index];
    if (observation === undefined) return [`make ${argv.join(' ')}: was not run`];
    return expected
      .filter((one) => !holds(one, observation))
      .map(
        (one) =>
          `make ${argv.join(' ')}: expected ${JSON.stringify(one)}, got ${JSON.stringify(observation.outcome)}`,
      );
  });
}

/** What of an observation is compared, in a form in which a difference is easy to read. */
export function comparable(corpusCase: CorpusCase, observations: readonly Observation[]): unknown {
  const order = (text: string): string[] => (corpusCase.unordered ? lines(text).sort() : lines(text));
  return observations.map(({ outcome, tree }) => ({
    status: outcome.status,
    stdout: order(outcome.stdout).filter((line) => corpusCase.only?.test(line) ?? true),
    stderr: order(outcome.stderr),
    tree: Object.fromEntries(tree),
  }));
}

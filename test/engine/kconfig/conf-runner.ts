import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runConf } from '../../../engine/kconfig/command.ts';
import { nodeHost } from '../../../engine/kconfig/host.ts';
import type { ConfCase } from './case-file.ts';

/** What one run did, in byte texts. */
export interface RunResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a case left behind. */
export interface CaseResult {
  readonly runs: readonly RunResult[];
  /** Byte texts of all files that the runs made or changed; null for those that are gone. */
  readonly files: Readonly<Record<string, string | null>>;
}

/** Runs one argument list in a folder. */
export type Program = (
  argv: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
  stdin: string,
) => RunResult;

/** unigraph's own program, in this process. */
export const ownProgram: Program = (argv, cwd, environment, stdin) => {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const input = Buffer.from(stdin, 'latin1');
  let at = 0;
  const collect = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    write: (bytes: Uint8Array) => void chunks[name].push(Buffer.from(bytes)),
  });
  const status = runConf({
    argv,
    cwd,
    environment,
    stdin: {
      isTTY: false,
      readLine(limit) {
        const newline = input.indexOf(0x0a, at);
        const end = Math.min(newline === -1 ? input.length : newline + 1, at + limit);
        const line = input.subarray(at, end);
        at = end;
        return line;
      },
    },
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    host: nodeHost,
  });
  return {
    status,
    stdout: Buffer.concat(chunks.stdout).toString('latin1'),
    stderr: Buffer.concat(chunks.stderr).toString('latin1'),
  };
};

/** A program on disk. Its name in messages is `conf`, wherever it lies. */
export function programAt(path: string): Program {
  return (argv, cwd, environment, stdin) => {
    // From a file: a program may end without reading all of it.
    const input = join(dirname(cwd), 'stdin');
    writeFileSync(input, stdin, 'latin1');
    const descriptor = openSync(input, 'r');
    const done = spawnSync(path, argv, {
      argv0: 'conf',
      cwd,
      env: environment,
      stdio: [descriptor, 'pipe', 'pipe'],
      encoding: 'latin1',
      timeout: 10_000,
    });
    closeSync(descriptor);
    return { status: done.status ?? -1, stdout: done.stdout, stderr: done.stderr };
  };
}

/** Runs a case in a folder of its own, which is removed afterwards. */
export function runCase(confCase: ConfCase, program: Program): CaseResult {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'kconfig-case-')));
  const folder = join(top, 'work');
  try {
    mkdirSync(folder);
    for (const [path, text] of confCase.files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, 'latin1');
    }
    const environment = { PATH: process.env['PATH'] ?? '', CONFIG_: 'CONFIG_', ...confCase.environment };
    const runs = confCase.runs.map((argv) => program(argv, folder, environment, confCase.stdin));
    return { runs, files: changes(confCase.files, filesBelow(folder)) };
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

function filesBelow(folder: string, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) for (const [name, text] of filesBelow(folder, path)) found.set(name, text);
    else found.set(path, readFileSync(join(folder, path), 'latin1'));
  }
  return found;
}

function changes(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Record<string, string | null> {
  const changed: Record<string, string | null> = {};
  for (const [path, text] of [...after].sort()) if (before.get(path) !== text) changed[path] = text;
  for (const path of before.keys()) if (!after.has(path)) changed[path] = null;
  return changed;
}

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { runMake } from '../../../engine/make/command.ts';

const path = process.env['UNIGRAPH_GNU_MAKE'] ?? '/usr/bin/make';

/** The installed GNU make if it is version 4.3, whose behaviour is the measure. */
export const hasOracle =
  spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('GNU Make 4.3\n') ?? false;

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of both makes. */
export const environment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/root',
  LC_ALL: 'C',
};

class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('latin1');
    done();
  }
}

/** A folder of its own for one test, with files whose times are long past. */
export class Folder {
  readonly path: string;

  constructor(files: Readonly<Record<string, string>>) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'unigraph-make-test-')));
    for (const [name, text] of Object.entries(files)) {
      const file = join(this.path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, 'latin1');
      utimesSync(file, 1e9, 1e9);
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Runs GNU make, under the name `make`. */
export function runOracle(folder: Folder, argv: readonly string[], limit = 20_000): Outcome | undefined {
  const result = spawnSync(path, argv, {
    argv0: 'make',
    cwd: folder.path,
    env: environment,
    encoding: 'latin1',
    timeout: limit,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.signal !== null) return undefined;
  return { status: result.status ?? -1, stdout: result.stdout, stderr: result.stderr };
}

/** Runs this project's make in this process. */
export async function runOwn(folder: Folder, argv: readonly string[]): Promise<Outcome> {
  const stdout = new Collector();
  const stderr = new Collector();
  const status = await runMake({ argv, cwd: folder.path, environment, stdout, stderr, nativeShell: true });
  return { status, stdout: stdout.text, stderr: stderr.text };
}

import fs from 'node:fs';
import type { SpawnOutcome, SpawnRequest, Spawner } from '../../../engine/exec/spawner.ts';
import { execute, type Files } from './fake-toolchain.ts';

/** The real disk, for the fake toolchain. */
export const diskFiles: Files = {
  read(file) {
    try {
      return fs.readFileSync(file, 'utf8');
    } catch {
      return undefined;
    }
  },
};

/** How an injected failure shows. */
export type Failure =
  | 'before-writing'
  | 'after-half'
  /** Ends well, but an output is missing. */
  | 'without-output';

/** Gets a say at each command, in the order of their start. */
export interface Intervention {
  failure?(request: SpawnRequest): Failure | undefined;
  /** Called before the command reads anything. */
  before?(count: number): void;
  /** Called when the command has read its inputs and written nothing yet. */
  between?(count: number): void;
  /** The command with this number, counted from 1, and all after it never end: the builder was killed. */
  readonly killAt?: number;
  killed?(): void;
}

let uniqueTime = 1_000_000_000;

/**
 * Writes a file as a program would, with a modification time that no other write has: so a test may trust stats
 * although thousands of writes fall into one tick of the file system's clock.
 */
export function writeUnique(file: string, content: string): void {
  fs.writeFileSync(file, content);
  stampUnique(file);
}

/** Gives a file a modification time that no other file has. */
export function stampUnique(file: string): void {
  uniqueTime += 0.001;
  fs.utimesSync(file, uniqueTime, uniqueTime);
}

/** Runs the commands of the fake toolchain in this process, on the real disk. */
export function fakeSpawner(intervention: Intervention = {}): Spawner {
  let count = 0;
  const killed = (): boolean => intervention.killAt !== undefined && count >= intervention.killAt;
  return {
    async run(request: SpawnRequest): Promise<SpawnOutcome> {
      count++;
      const number = count;
      const startMs = Date.now();
      intervention.before?.(number);
      const made = execute(request.argv, request.environment['SALT'] ?? '', diskFiles);
      intervention.between?.(number);
      const failure = intervention.failure?.(request);
      if (killed()) {
        // Half of the output may be on the disk already.
        if ('files' in made && number % 2 === 0)
          for (const [file, text] of made.files) writeUnique(file, text.slice(0, text.length / 2));
        intervention.killed?.();
        return new Promise(() => {});
      }
      // The end of a command is seen a while later, as with a real one.
      await Promise.resolve();
      if (killed()) return new Promise(() => {});
      const ended = (status: number, output: string): SpawnOutcome => ({
        kind: 'exited',
        status,
        output: Buffer.from(output),
        omittedBytes: 0,
        startMs,
        endMs: Date.now(),
      });
      if ('error' in made) return ended(1, `${made.error}\n`);
      if (failure === 'before-writing') return ended(1, 'injected\n');
      for (const [file, text] of made.files) {
        if (failure === 'without-output') fs.rmSync(file, { force: true });
        else writeUnique(file, failure === 'after-half' ? text.slice(0, text.length / 2) : text);
      }
      if (failure === 'after-half') return ended(2, 'injected\n');
      if (made.depfile !== undefined && made.depfile !== '') {
        const names = (made.reads ?? []).map((name) => ` \\\n ${name.replace(/ /g, '\\ ')}`);
        fs.writeFileSync(made.depfile, `object:${names.join('')}\n`);
      }
      return ended(0, '');
    },
    close: () => Promise.resolve(),
  };
}

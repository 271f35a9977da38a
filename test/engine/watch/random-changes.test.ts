import fc from 'fast-check';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watch, type WatchOptions } from '../../../engine/watch/watcher.ts';

/** A tree small enough for random changes to meet: folders of folders, and in each a file. */
const folder = fc
  .array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 })
  .map((names) => names.join('/'));
const file = folder.map((path) => `${path}/f`);
const place = fc.oneof(folder, file);

type Step =
  | { readonly kind: 'write' | 'save' | 'remove' | 'mkdir'; readonly at: string }
  | { readonly kind: 'move' | 'link'; readonly from: string; readonly at: string }
  | { readonly kind: 'pause'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('write' as const, 'save' as const), at: file }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'mkdir' as const), at: place }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('move' as const), from: folder, at: folder }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), from: place, at: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('link' as const), from: place, at: place }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pause' as const), ms: fc.integer({ min: 0, max: 30 }) }),
  },
);

let counter = 0;

/** Carries out a step where it is possible; a step that is not changes nothing. */
async function perform(root: string, step: Step): Promise<void> {
  if (step.kind === 'pause') {
    await sleep(step.ms);
    return;
  }
  const at = join(root, step.at);
  const attempt = (action: () => void): void => {
    try {
      action();
    } catch {
      // A file where a folder would have to be, a folder moved into itself, …
    }
  };
  attempt(() => mkdirSync(dirname(at), { recursive: true }));
  attempt(() => {
    switch (step.kind) {
      case 'write':
        writeFileSync(at, String(counter++));
        break;
      case 'save':
        writeFileSync(`${at}.new`, String(counter++));
        renameSync(`${at}.new`, at);
        break;
      case 'remove':
        rmSync(at, { recursive: true });
        break;
      case 'mkdir':
        mkdirSync(at, { recursive: true });
        break;
      case 'move':
        // What is there gives way, so that the move succeeds.
        rmSync(`${root}/aside`, { recursive: true, force: true });
        renameIfThere(at, `${root}/aside`);
        renameSync(join(root, step.from), at);
        break;
      case 'link':
        renameIfThere(at, `${root}/aside-link${counter++}`);
        symlinkSync(join(root, step.from), at);
        break;
    }
  });
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // Not there.
  }
}

/** What somebody sees who opens the path: content, or the names in a folder, or that there is nothing. */
function look(path: string): string {
  try {
    return statSync(path).isDirectory()
      ? `folder ${readdirSync(path).sort().join()}`
      : readFileSync(path, 'utf8');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** The promise of the watcher: whoever looks again at reported paths only, knows everything. */
async function check(
  asked: readonly string[],
  rounds: readonly (readonly Step[])[],
  options: WatchOptions,
): Promise<void> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'random-changes-')));
  const watcher = watch({ settleMs: 1, maxDelayMs: 5, ...options });
  const mark = join(root, 'mark');
  const paths = asked.map((path) => join(root, path));
  try {
    writeFileSync(mark, '');
    await watcher.setPaths([...paths, mark]);
    const seen = new Map(paths.map((path) => [path, look(path)]));
    for (const steps of rounds) {
      for (const each of steps) await perform(root, each);
      appendFileSync(mark, '.');
      for (let isMarked = false; !isMarked;) {
        const batch = await watcher.next();
        for (const path of batch!.changed) {
          if (path === mark) isMarked = true;
          else seen.set(path, look(path));
        }
      }
      for (const path of paths)
        expect({ path, content: seen.get(path) }).toEqual({ path, content: look(path) });
    }
  } finally {
    await watcher.close();
    rmSync(root, { recursive: true, force: true });
  }
}

const scenario = [
  fc.uniqueArray(place, { minLength: 1, maxLength: 8 }),
  fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 }),
] as const;

test('whoever looks at reported paths only misses nothing, whatever is done to the tree', async () => {
  await fc.assert(
    fc.asyncProperty(...scenario, (asked, rounds) => check(asked, rounds, {})),
    { numRuns: 150 },
  );
});

test('nor when the folders are polled', async () => {
  await fc.assert(
    fc.asyncProperty(...scenario, (asked, rounds) => check(asked, rounds, { poll: true, pollMs: 3 })),
    { numRuns: 50 },
  );
});

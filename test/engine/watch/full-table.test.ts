import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { build } from 'esbuild';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

/*
 * A user namespace has limits of its own, so that the table can be full for one process alone. The setting is that of
 * the namespace (/proc/sys/user); fs.inotify.max_user_watches would be everybody's.
 */
const limitTo = (count: number): string[] => [
  '-Ur',
  'sh',
  '-c',
  `echo ${count} > /proc/sys/user/max_inotify_watches && exec "$@"`,
  'sh',
];
const canLimit = spawnSync('unshare', [...limitTo(4), 'true']).status === 0;

let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'full-table-'));
  await build({
    entryPoints: [fileURLToPath(new URL('../../../engine/watch/watcher.ts', import.meta.url))],
    outfile: join(folder, 'watcher.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts a program that watches paths and prints a line for each notice and each path, and can say that it is ready. */
function start(
  limit: number,
  paths: readonly string[],
): { line: () => Promise<string>; stop: () => Promise<number | null> } {
  const text = `
    const { watch } = await import('${folder}/watcher.mjs');
    const watcher = watch({ pollMs: 10, onNotice: (notice) => console.log(notice) });
    await watcher.setPaths(${JSON.stringify(paths)});
    console.log('ready');
    process.stdin.on('data', () => void watcher.close()).on('close', () => console.log('ended'));
    for await (const { changed } of watcher) for (const path of changed) console.log(path);
    process.stdin.destroy();`;
  const child = spawn('unshare', [...limitTo(limit), process.execPath, '--input-type=module', '-e', text], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    line: async () => String((await lines.next()).value),
    stop: async () => {
      child.stdin.write('x');
      // It ends by itself: nothing keeps it alive.
      const [status] = (await once(child, 'exit')) as [number | null];
      return status;
    },
  };
}

test.skipIf(!canLimit).each([0, 2, 4])(
  'with room for %d folders in the inotify table, everything is noticed, and the fallback said once',
  async (limit) => {
    const paths = ['a/x', 'b/y', 'c/d/z'].map((path) => join(folder, path));
    for (const path of [paths[0]!, paths[1]!]) {
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, '');
    }
    rmSync(join(folder, 'c'), { recursive: true, force: true });
    const program = start(limit, paths);
    const notice = await program.line();
    expect(notice).toMatch(/inotify.*: looking every 10 ms instead$/);
    expect(await program.line()).toBe('ready');
    for (let round = 0; round < 3; round++) {
      for (const path of paths) {
        mkdirSync(join(path, '..'), { recursive: true });
        appendFileSync(path, 'more');
        let line = await program.line();
        // What was reported before may be reported once more.
        while (line !== path && paths.includes(line)) line = await program.line();
        expect(line).toBe(path);
      }
    }
    expect(await program.stop()).toBe(0);
  },
);

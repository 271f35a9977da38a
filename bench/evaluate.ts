import { spawnSync } from 'node:child_process';
import { evaluate } from '../engine/make/evaluate.ts';
import { byteEnvironment, nodeHost } from '../engine/make/node-host.ts';

/*
 * What evaluating a real tree costs, against GNU make's evaluation of the same (a goal that does not exist makes it stop after
 * reading). Wall-clock from nothing, node's start included, runs interleaved, medians. To run it:
 *
 *   npx esbuild bench/evaluate.ts --bundle --platform=node --format=esm --outfile=DIR/evaluate.mjs
 *   node DIR/evaluate.mjs FOLDER ASSIGNMENT...
 *
 * where FOLDER has the Makefile; for Unikraft: the build folder of a configured application, `CONFIG_UK_BASE=… A=… L=…`, and
 * sub_make_exec=1 in the environment.
 */

const rounds = 7;
const [folder, ...rest] = process.argv.slice(2);

if (folder === undefined) {
  process.stderr.write('usage: evaluate.mjs FOLDER ASSIGNMENT...\n');
  process.exitCode = 2;
} else if (process.env['BENCH_EVALUATE'] === '1') {
  const result = evaluate({
    host: nodeHost(),
    cwd: folder,
    environment: byteEnvironment(process.env),
    assignments: rest,
    onErrorOutput: (text) => process.stderr.write(text),
  });
  if (!result.ok) {
    process.stderr.write(`${result.error.text}\n`);
    process.exitCode = 2;
  }
} else {
  compare(folder, rest);
}

function compare(cwd: string, assignments: readonly string[]): void {
  const own: number[] = [];
  const gnu: number[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push(
      time(process.execPath, [process.argv[1]!, cwd, ...assignments], { BENCH_EVALUATE: '1' }, 0, cwd),
    );
    gnu.push(time('make', [...assignments, '-n', 'a-goal-that-does-not-exist'], {}, 2, cwd));
  }
  const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[rounds >> 1]!;
  const ratio = median(own) / median(gnu);
  process.stdout.write(
    `evaluate ${median(own).toFixed(0)} ms, GNU make ${median(gnu).toFixed(0)} ms, ratio ${ratio.toFixed(2)}\n`,
  );
}

function time(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  expected: number,
  cwd: string,
): number {
  const begun = performance.now();
  const result = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  if (result.status !== expected) throw new Error(`${program} ended with ${result.status}`);
  return performance.now() - begun;
}

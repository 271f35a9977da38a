import { spawnSync } from 'node:child_process';
import { directSpawner, helperSpawner, type Spawner } from '../engine/exec/spawner.ts';

/*
 * What it costs to launch a command, and how long the event loop of the asking process stands still for it: through the spawn
 * helper and directly, with a small heap and with that of a large build. To run it:
 *
 *   npx esbuild bench/spawn.ts engine/exec/spawn-helper.ts --bundle --platform=node --format=esm \
 *     --entry-names=[name] --outdir=DIR && node DIR/spawn.js
 *
 * Measured on 2 cores of a virtual machine, Node 20.20, medians of 5 rounds of 200 runs of /bin/true, ms for each run:
 *
 *                       1 at a time        2 at a time       event loop stands still
 *                     helper   direct    helper   direct     helper   direct
 *   heap  52 MB
 *   heap 352 MB
 */

const rounds = 5;
const runs = 200;
const environment = { PATH: '/usr/bin:/bin', HOME: '/', LANG: 'C' };

/** Runs /bin/true `runs` times, `width` at a time; ms for each run, and ms in which the calls themselves returned. */
async function measure(spawner: Spawner, width: number): Promise<{ total: number; blocked: number }> {
  let blocked = 0;
  const start = performance.now();
  const lane = async (): Promise<void> => {
    for (let run = 0; run < runs / width; run++) {
      const before = performance.now();
      const running = spawner.run({ argv: ['/bin/true'], cwd: '/', environment });
      blocked += performance.now() - before;
      const outcome = await running;
      if (outcome.kind !== 'exited' || outcome.status !== 0) throw new Error(JSON.stringify(outcome));
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return { total: (performance.now() - start) / runs, blocked: blocked / runs };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const ballast: Buffer[] = [];
const helper = helperSpawner();
const direct = directSpawner();
const spawners = { helper, direct };
for (const megabytes of [0, 300]) {
  for (let megabyte = ballast.length; megabyte < megabytes; megabyte++)
    ballast.push(Buffer.alloc(1 << 20, 1));
  console.log(`heap ${Math.round(process.memoryUsage().rss / (1 << 20))} MB`);
  for (const width of [1, 2, 8]) {
    const samples = {
      helper: [] as { total: number; blocked: number }[],
      direct: [] as typeof samples.helper,
    };
    // Interleaved, so that a busy moment of the machine meets both.
    for (let round = 0; round < rounds; round++) {
      for (const name of ['helper', 'direct'] as const)
        samples[name].push(await measure(spawners[name], width));
    }
    for (const name of ['helper', 'direct'] as const) {
      const total = median(samples[name].map((sample) => sample.total));
      const blocked = median(samples[name].map((sample) => sample.blocked));
      console.log(
        `  ${width} at a time, ${name}: ${total.toFixed(2)} ms a run, event loop stands still ${blocked.toFixed(2)} ms`,
      );
    }
  }
}
await helper.close();
await direct.close();

const start = performance.now();
spawnSync('xargs', ['-P2', '-n1', '/bin/true'], { input: 'x\n'.repeat(1000) });
console.log(`xargs -P2, for comparison: ${((performance.now() - start) / 1000).toFixed(2)} ms a run`);

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { directSpawner, helperSpawner, type Spawner } from '../engine/exec/spawner.ts';

/*
 * What it costs to launch a command, and how long the event loop of the asking process stands still for it: through the spawn
 * helper and directly, with a small heap and with that of a large build. To run it:
 *
 *   npx esbuild bench/spawn.ts engine/exec/spawn-helper.ts --bundle --platform=node --format=esm \
 *     --entry-names=[name] --outdir=DIR && node DIR/spawn.js
 *
 * Measured on 2 cores of a virtual machine with Node 20.20, in ms for each run of /bin/true:
 *
 *                                    resident 44 MB        resident 354 MB
 *                                   helper    direct      helper    direct
 *   processor time of launching       1.2       0.8         1.1       9.8
 *   event loop blocked, idle machine  0.05      1.0         0.03      9.8
 *   event loop blocked, busy machine  0.04      3.5         0.05       66
 *   wall-clock, 2 at a time, idle     1.3       0.9         1.3      10.3
 */

const rounds = 5;
const runs = 200;
const environment = { PATH: '/usr/bin:/bin', HOME: '/', LANG: 'C' };

interface Sample {
  /** Wall-clock time of a run. */
  readonly wall: number;
  /** Time until the call returned: nothing else happens meanwhile. */
  readonly blocked: number;
  /** Processor time of the asking process and the helper, without the command's own. */
  readonly cpu: number;
}

/** Runs /bin/true `runs` times, `width` at a time; ms for each run. */
async function measure(spawner: Spawner, width: number, processes: readonly number[]): Promise<Sample> {
  let blocked = 0;
  const cpu = processorTime(processes);
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
  return {
    wall: (performance.now() - start) / runs,
    blocked: blocked / runs,
    cpu: (processorTime(processes) - cpu) / runs,
  };
}

/** User and system time of processes in ms, without that of their children (fields 14 and 15 of proc_pid_stat(5)). */
function processorTime(processes: readonly number[]): number {
  return processes
    .map((process) => {
      const stat = readFileSync(`/proc/${process}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * 10;
    })
    .reduce((sum, time) => sum + time, 0);
}

function median(samples: readonly Sample[], of: keyof Sample): string {
  const values = samples.map((sample) => sample[of]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)]!.toFixed(2);
}

const ballast: Buffer[] = [];
const helper = helperSpawner();
const direct = directSpawner();
const parent = await helper.run({ argv: ['sh', '-c', 'echo $PPID'], cwd: '/', environment });
const helperId = Number('output' in parent && parent.output.toString());
if (helperId === process.pid) throw new Error('spawn-helper.js is not beside this program: bundle both');
const subjects = [
  { name: 'helper', spawner: helper, processes: [process.pid, helperId] },
  { name: 'direct', spawner: direct, processes: [process.pid] },
];
for (const megabytes of [0, 300]) {
  for (let megabyte = ballast.length; megabyte < megabytes; megabyte++)
    ballast.push(Buffer.alloc(1 << 20, 1));
  console.log(`resident ${Math.round(process.memoryUsage().rss / (1 << 20))} MB`);
  for (const width of [1, 2, 8]) {
    const samples = new Map<string, Sample[]>(subjects.map(({ name }) => [name, []]));
    // Interleaved, so that a busy moment of the machine meets both.
    for (let round = 0; round < rounds; round++) {
      for (const { name, spawner, processes } of subjects) {
        samples.get(name)!.push(await measure(spawner, width, processes));
      }
    }
    for (const [name, all] of samples) {
      console.log(
        `  ${width} at a time, ${name}: ${median(all, 'wall')} ms a run, ` +
          `processor ${median(all, 'cpu')} ms, event loop blocked ${median(all, 'blocked')} ms`,
      );
    }
  }
}
await helper.close();
await direct.close();

const start = performance.now();
spawnSync('xargs', ['-P2', '-n1', '/bin/true'], { input: 'x\n'.repeat(1000) });
console.log(`xargs -P2, for comparison: ${((performance.now() - start) / 1000).toFixed(2)} ms a run`);

import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatDiagnostic } from '../engine/location.ts';
import { makeVariables } from '../rules/workspace/workspace.ts';
import { resolveWorkspace } from '../rules/workspace/resolve.ts';
import {
  bareNode,
  configure,
  makeContender,
  ninjaContender,
  unigraphContender,
  type Contender,
  type Project,
} from './contender.ts';
import { FailedRunError, measure, median } from './measure.ts';

/*
 * Compares builds of one application by GNU make, ninja and unigraph: from nothing, with nothing to do, after touching a source,
 * after editing a comment in it, and after editing its code. Runs are interleaved, so that other load meets all alike.
 */

const usage = `Usage: npm run bench -- [OPTION...] [--real DIR] [-- WORD...]

  --rounds N    Rounds of each scenario [5]
  --cold N      Rounds of the cold build [2]
  --jobs N      Commands at once [processors]
  --real DIR    Instead of the example: the application in DIR, as its kraft.yaml or Kraftfile says, or as the words after
                '--' say: CORE A= L= …, the first being the core's folder. DIR/.config is the configuration.
  --source FILE The source to touch and edit [the application's first]; it is restored afterwards
  --only NAMES  Of make,ninja,unigraph
`;

const scenarios = ['cold', 'no-op', 'touched', 'comment', 'edit'] as const;
type Scenario = (typeof scenarios)[number];

const describe: Readonly<Record<Scenario, string>> = {
  cold: 'everything (sources fetched)',
  'no-op': 'nothing changed',
  touched: 'a source touched',
  comment: 'a comment edited',
  edit: 'code edited',
};

/** A stat younger than this vouches for nothing, so unigraph would read the file again. */
const SETTLE_MS = 2200;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

interface Prepared {
  readonly project: Project;
  readonly config: string;
  readonly source: string;
}

class UsageError extends Error {}

/** A private copy of what is edited, and the words that name the project. */
async function prepare(folder: string, options: Options): Promise<Prepared> {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:npm_|MAKE|MFLAGS$)/.test(name)),
  ) as Record<string, string>;
  const unigraph = [process.execPath, path.join(root, 'dist', 'unigraph.js')];
  const base = { folder, environment, jobs: options.jobs, unigraph };
  if (options.real === undefined) {
    const copy = path.join(folder, 'examples');
    cpSync(path.join(root, 'examples'), copy, {
      recursive: true,
      filter: (name) => !/\/apps\/[^/]+\/(?:build|\.config.*)$/.test(name),
    });
    const app = path.join(copy, 'apps/fortune');
    return {
      project: { ...base, core: path.join(copy, 'core'), words: [`A=${app}`, `L=${copy}/libs/libfortune`] },
      config: path.join(app, 'config.kvm-x86_64'),
      source: path.join(app, 'main.c'),
    };
  }
  const given = realpathSync(options.real);
  const value = (name: string): string | undefined =>
    options.words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const core = options.words.find((word) => !word.includes('='));
  const resolved = await resolveWorkspace(
    {
      app: given,
      readOnly: true,
      ...(core !== undefined && { core }),
      ...(value('L') !== undefined && { libraries: value('L')!.split(':') }),
      ...(value('P') !== undefined && { platforms: value('P')!.split(':') }),
    },
    process.cwd(),
    environment,
  );
  if (!resolved.ok) throw new UsageError(formatDiagnostic(resolved.error));
  const workspace = resolved.value;
  const app = path.join(folder, path.basename(given));
  cpSync(given, app, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (name) => name !== workspace.build && name !== path.join(given, '.git'),
  });
  const words = makeVariables({ ...workspace, app })
    .filter(({ name }) => name !== 'O' && name !== 'C')
    .map(({ name, operator, value: text }) => `${name}${operator}${text}`);
  const source = options.source ?? firstSource(app);
  if (source === undefined)
    throw new UsageError(`${given} has no C source of its own; name one with --source`);
  return { project: { ...base, core: workspace.core, words }, config: workspace.config, source };
}

/** The first C source that the application's Makefile.uk names. */
function firstSource(app: string): string | undefined {
  const makefile = readFileSync(path.join(app, 'Makefile.uk'), 'utf8');
  const name = /\$\(\w+_BASE\)\/(\S+\.c)\b/.exec(makefile)?.[1];
  return name === undefined ? undefined : path.join(app, name);
}

interface Options {
  readonly rounds: number;
  readonly cold: number;
  readonly jobs: number;
  readonly real?: string;
  readonly source?: string;
  readonly only: readonly string[];
  readonly words: readonly string[];
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      cold: { type: 'string', default: '2' },
      jobs: { type: 'string', default: String(os.availableParallelism()) },
      real: { type: 'string' },
      source: { type: 'string' },
      only: { type: 'string', default: 'make,ninja,unigraph' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help === true) throw new UsageError(usage);
  const number = (name: 'rounds' | 'cold' | 'jobs'): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) throw new UsageError(`--${name} takes a whole number from 1`);
    return value;
  };
  return {
    rounds: number('rounds'),
    cold: number('cold'),
    jobs: number('jobs'),
    only: values.only.split(','),
    words: positionals,
    ...(values.real !== undefined && { real: values.real }),
    ...(values.source !== undefined && { source: path.resolve(values.source) }),
  };
}

/** Seconds of every run: of each contender, and of bare node as `node`. */
type Times = Record<string, { wall: number[]; processor: number[] }>;

/** Runs one scenario once with every contender, beginning with another one each round. */
function round(
  scenario: Scenario,
  number: number,
  contenders: readonly Contender[],
  prepared: Prepared,
  times: Times,
): void {
  const { source, project } = prepared;
  switch (scenario) {
    case 'cold':
      for (const contender of contenders) contender.reset();
      break;
    case 'no-op':
      settle();
      // The call after a build may still write down what it found; it is not the one that is meant.
      for (const contender of contenders) measure(contender.build);
      break;
    case 'touched':
      settle();
      utimesSync(source, new Date(), new Date());
      break;
    case 'comment':
      settle();
      appendFileSync(source, `/* bench ${number} */\n`);
      break;
    case 'edit':
      settle();
      appendFileSync(
        source,
        `extern const int unigraph_bench_${number};\nconst int unigraph_bench_${number} = ${number};\n`,
      );
      break;
  }
  const note = (name: string, sample: { wall: number; processor: number }): void => {
    const own = (times[name] ??= { wall: [], processor: [] });
    own.wall.push(sample.wall);
    own.processor.push(sample.processor);
  };
  for (let turn = 0; turn < contenders.length; turn++) {
    const contender = contenders[(turn + number) % contenders.length]!;
    note(contender.name, measure(contender.build));
  }
  if (scenario === 'no-op') note('node', measure(bareNode(project)));
}

function settle(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_MS);
}

interface Row {
  readonly scenario: Scenario;
  readonly tool: string;
  readonly wall: number;
  readonly processor: number;
  readonly samples: readonly number[];
  /** Wall-clock relative to make's in the same rounds. */
  readonly toMake?: number;
}

function rowsOf(scenario: Scenario, times: Times): Row[] {
  const make = times['make'];
  return Object.entries(times).map(([tool, { wall, processor }]) => ({
    scenario,
    tool,
    wall: median(wall),
    processor: median(processor),
    samples: wall,
    ...(make !== undefined && { toMake: median(wall) / median(make.wall) }),
  }));
}

function table(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string =>
    `${cells[0]!.padEnd(30)}${cells[1]!.padEnd(10)}${cells[2]!.padStart(9)}${cells[3]!.padStart(12)}${cells[4]!.padStart(9)}`.trimEnd();
  const body = rows.map(({ scenario, tool, wall, processor, toMake }) =>
    line([
      describe[scenario],
      tool,
      `${wall.toFixed(3)} s`,
      `${processor.toFixed(3)} s`,
      toMake === undefined ? '' : toMake.toFixed(2),
    ]),
  );
  return [line(['', '', 'wall', 'processor', '/ make']), ...body].join('\n');
}

const firstLine = (argv: readonly string[]): string =>
  spawnSync(argv[0]!, argv.slice(1), { encoding: 'utf8' }).stdout?.split('\n')[0] ?? 'not installed';

async function main(): Promise<void> {
  const options = readOptions();
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'unigraph-bench-')));
  let restore = (): void => {};
  try {
    const prepared = await prepare(folder, options);
    const original = readFileSync(prepared.source);
    restore = () => {
      if (options.source !== undefined) writeFileSync(prepared.source, original);
    };
    const all = [makeContender, ninjaContender, unigraphContender].map((create) => create(prepared.project));
    const contenders = all.filter(({ name }) => options.only.includes(name));
    if (contenders.length === 0) throw new UsageError('--only names none of make, ninja, unigraph');
    for (const { name } of contenders) configure(prepared.project, name, prepared.config);
    const loadBefore = os.loadavg()[0]!;
    const rows: Row[] = [];
    for (const scenario of scenarios) {
      const times: Times = {};
      const rounds = scenario === 'cold' ? options.cold : options.rounds;
      for (let number = 1; number <= rounds; number++) {
        process.stderr.write(`\r\u001b[K${describe[scenario]}: round ${number} of ${rounds}`);
        round(scenario, number, contenders, prepared, times);
      }
      rows.push(...rowsOf(scenario, times));
    }
    process.stderr.write('\r\u001b[K');
    const machine = {
      processor: os.cpus()[0]?.model ?? 'unknown',
      processors: os.availableParallelism(),
      jobs: options.jobs,
      node: process.version,
      make: firstLine(['make', '--version']),
      ninja: firstLine(['ninja', '--version']),
      gcc: firstLine(['gcc', '--version']),
      // Load of others before the first build: above a few tenths, times are not those of an idle machine.
      loadBefore,
    };
    process.stdout.write(`${table(rows)}\n\n`);
    if (loadBefore > 0.5)
      process.stdout.write(
        `The machine was busy (load ${loadBefore.toFixed(1)}): compare, but do not quote.\n\n`,
      );
    process.stdout.write(`${JSON.stringify({ schema: 1, machine, rows })}\n`);
  } finally {
    restore();
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  if (
    error instanceof UsageError ||
    error instanceof FailedRunError ||
    (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true
  ) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    process.exitCode = 2;
  } else {
    throw error;
  }
}

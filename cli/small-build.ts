import { smallBuild } from '../rules/build/small-build.ts';
import type { Standing } from '../rules/build/up-to-date.ts';
import { beginBuild, statusOf } from './build-session.ts';
import type { Surroundings } from './command.ts';
import { jobsOf } from './job-options.ts';
import { definedOnly } from './surroundings.ts';

interface Telling {
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly keepGoing: boolean;
  readonly jobs: number;
}

/**
 * The options of a `build` that may differ from those of the call before. Reading them here saves loading yargs, 30 ms.
 * @returns undefined where only yargs can tell what is meant: `-kv`
 */
function tellingOf(argv: readonly string[]): Telling | undefined {
  let jobs: string | undefined;
  for (const [at, word] of argv.entries()) {
    if (/^-[a-zA-Z]{2}/.test(word) && !/^-j\d+$/.test(word)) return undefined;
    if (/^--no-|^--(?:verbose|quiet|keep-going)=/.test(word)) return undefined;
    if (word === '-j' || word === '--jobs') jobs = argv[at + 1] ?? '';
    else jobs = /^(?:-j|--jobs=)(.*)$/.exec(word)?.[1] ?? jobs;
  }
  const count = jobsOf(jobs === undefined ? {} : { jobs: /^\d+$/.test(jobs) ? Number(jobs) : NaN });
  if (!count.ok) return undefined;
  const has = (...words: string[]): boolean => words.some((word) => argv.includes(word));
  return {
    verbose: has('-v', '--verbose'),
    quiet: has('-q', '--quiet'),
    keepGoing: has('-k', '--keep-going'),
    jobs: count.value,
  };
}

/**
 * Runs `unigraph build` where few files differ from what the last one saw.
 * @returns the exit status; undefined when it must go the long way, which then says how the build ended
 */
export async function runSmallBuild(
  standing: Extract<Standing, { kind: 'few' }>,
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number | undefined> {
  const telling = tellingOf(argv);
  if (telling === undefined) return undefined;
  const { emit, interrupts } = beginBuild(surroundings, telling);
  try {
    const summary = await smallBuild({
      standing,
      environment: definedOnly(surroundings.environment),
      jobs: telling.jobs,
      keepGoing: telling.keepGoing,
      emit,
      signal: interrupts.signal,
    });
    return summary && statusOf(summary);
  } finally {
    interrupts.restore();
  }
}

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { caseTopics, readCases, type ConfCase } from './case-file.ts';
import { ownProgram, programAt, runCase, type CaseResult, type Program } from './conf-runner.ts';
import { linuxReference, treeReference } from './reference.ts';
import { randomCase } from './random-tree.ts';

const linux = linuxReference();
const tree = treeReference(process.env['UNIKRAFT_ROOT'] ?? '/nonexistent');
const references = [linux, tree].flatMap((reference) => ('path' in reference ? [reference] : []));

afterAll(() => {
  for (const reference of references) reference.remove();
});

/** Random trees stop after this long, on any machine. */
const RANDOM_MILLISECONDS = 15_000;

function property(dialect: { full: boolean }, compare: (each: ConfCase) => void): void {
  const modes = [
    '--olddefconfig',
    '--alldefconfig',
    '--allyesconfig',
    '--allnoconfig',
    '--listnewconfig',
    '--savedefconfig=saved',
    '--oldconfig',
    '--syncconfig',
    ...(dialect.full ? ['--randconfig', '--allmodconfig', '--oldaskconfig'] : []),
  ].map((mode) => [mode, 'Kconfig']);
  fc.assert(fc.property(randomCase(dialect, modes), compare), {
    // The same trees each time: what a run finds is news, not chance. Another seed is worth a run by hand.
    seed: Number(process.env['UNIGRAPH_FUZZ_SEED'] ?? 1),
    numRuns: 40,
    interruptAfterTimeLimit: RANDOM_MILLISECONDS,
    markInterruptAsFailure: false,
  });
}

/** A program that crashed, or was ended because it ran on and on, says nothing. */
function survived({ runs }: CaseResult): boolean {
  return runs.every(({ status }) => status >= 0);
}

const linuxTitle = `beside Linux v6.1's program${'reason' in linux ? ` (skipped: ${linux.reason})` : ''}`;

// Where the two programs differ, a case says so. Of the rest, these differ in every case and are not compared:
// names of the files that are touched, `auto.conf.cmd`, tristate.config, which 6.1 has not, the empty lines in the
// header's heading, quotes around strings in auto.conf, the stream that a random seed is told on, the name of a page of
// documentation in a message, the value behind y, m and n in warnings, and how often an unmet dependency is warned about.
describe.skipIf('reason' in linux)(linuxTitle, () => {
  const program: Program = 'path' in linux ? programAt(linux.path) : ownProgram;

  function common({ runs, files }: CaseResult): unknown {
    const kept = Object.entries(files).filter(
      ([path]) => !/^include\/config\/(?!auto\.conf$)|rustc_cfg$|tristate/.test(path),
    );
    const header = files['include/generated/autoconf.h'];
    if (typeof header === 'string') {
      kept.push(['include/generated/autoconf.h', header.replace(/^ \*\n/gm, '')]);
    }
    const autoConf = files['include/config/auto.conf'];
    if (typeof autoConf === 'string') {
      kept.push(['include/config/auto.conf', autoConf.replace(/^(\w+=)"(.*)"$/gm, unquote)]);
    }
    return {
      runs: runs.map(({ status, stdout, stderr }) => ({
        status,
        stdout: stdout.replace(seedLine, ''),
        stderr: withoutRepeats(
          stderr
            .replace(seedLine, '')
            .replace(/\b([nmy]) \[=\1\]/g, '$1')
            .replaceAll('kconfig-language.rst', 'kconfig-language.txt'),
        ),
        seed: seedLine.exec(stdout + stderr)?.[0],
      })),
      files: Object.fromEntries(kept),
    };
  }

  const seedLine = /^KCONFIG_SEED=.*\n/m;

  function withoutRepeats(text: string): string {
    return [...new Set(text.split(/(?=^\nWARNING: )/m))].join('');
  }

  function unquote(_: string, start: string, text: string): string {
    return start + text.replace(/\\(.)/g, '$1');
  }

  const cases = caseTopics()
    .flatMap(readCases)
    .filter(({ differs }) => differs === undefined);

  test('there are enough cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
  });

  test.each(cases)('$topic: $title', (each) => {
    expect(common(runCase(each, ownProgram))).toEqual(common(runCase(each, program)));
  });

  test('random trees with random configurations', { timeout: 4 * RANDOM_MILLISECONDS }, () => {
    property({ full: false }, (each) => {
      const expected = runCase(each, program);
      fc.pre(survived(expected));
      expect(common(runCase(each, ownProgram))).toEqual(common(expected));
    });
  });
});

const treeTitle = `beside the program of a Unikraft tree${'reason' in tree ? ' (skipped: UNIKRAFT_ROOT names none)' : ''}`;

describe.skipIf('reason' in tree)(treeTitle, () => {
  const program: Program = 'path' in tree ? programAt(tree.path) : ownProgram;

  test.each(caseTopics().flatMap(readCases))('$topic: $title', (each) => {
    expect(runCase(each, ownProgram)).toEqual(runCase(each, program));
  });

  test('random trees with random configurations', { timeout: 4 * RANDOM_MILLISECONDS }, () => {
    property({ full: true }, (each) => {
      const expected = runCase(each, program);
      fc.pre(survived(expected));
      expect(runCase(each, ownProgram)).toEqual(expected);
    });
  });
});

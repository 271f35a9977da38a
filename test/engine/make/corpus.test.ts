/**
 * The Make language against the installed GNU make: every case of corpus/ is run under both, and stdout, stderr,
 * exit status and the files made must be the same. corpus/README.md tells how a case is written.
 */
import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRecursive, parseCase, type CorpusCase } from './corpus-case.ts';
import { findOracle, installOwnMake, ownMake } from './corpus-make.ts';
import { comparable, runCase, unmetExpectations, type Observation, type Program } from './corpus-run.ts';

const CORPUS = join(import.meta.dirname, 'corpus');

const cases = readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.case'))
  .sort()
  .map((path) => parseCase(path.slice(0, -'.case'.length), readFileSync(join(CORPUS, path), 'utf8')));

const oracle = findOracle();
if (typeof oracle === 'string')
  console.warn(`corpus: not compared with GNU make, only with what the cases say: ${oracle}`);

const root = realpathSync(mkdtempSync(join(tmpdir(), 'make-corpus-')));
const limit = pLimit(2);
let installed: Program;

beforeAll(async () => {
  installed = await installOwnMake(join(root, 'bin'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The oracle's observations; what is compared with them is made in a folder whose path is as long. */
async function ask(corpusCase: CorpusCase, folder: string): Promise<Observation[] | undefined> {
  if (typeof oracle === 'string') return undefined;
  const observations = await runCase(corpusCase, join(folder, 'gnu'), oracle);
  expect(unmetExpectations(corpusCase, observations), 'what the case expects of GNU make').toEqual([]);
  return observations;
}

function check(
  corpusCase: CorpusCase,
  got: readonly Observation[],
  wanted: readonly Observation[] | undefined,
): void {
  if (wanted) expect(comparable(corpusCase, got)).toEqual(comparable(corpusCase, wanted));
  expect(unmetExpectations(corpusCase, got)).toEqual([]);
}

describe.concurrent('every case of the corpus gives the same as GNU make', () => {
  for (const corpusCase of cases) {
    const folder = join(root, corpusCase.name);

    // Without a process of its own a make cannot be sent a signal.
    it.skipIf(corpusCase.interrupt)(`${corpusCase.name}: ${corpusCase.title}`, () =>
      limit(async () => {
        const wanted = await ask(corpusCase, folder);
        check(corpusCase, await runCase(corpusCase, join(folder, 'own'), ownMake), wanted);
      }),
    );

    if (isRecursive(corpusCase) || corpusCase.interrupt) {
      it(`${corpusCase.name}, as a process, sub-makes included: ${corpusCase.title}`, () =>
        limit(async () => {
          const wanted = await ask(corpusCase, join(folder, 'deep'));
          const path = `${join(root, 'bin')}:/usr/bin:/bin`;
          check(corpusCase, await runCase(corpusCase, join(folder, 'deep', 'own'), installed, path), wanted);
        }));
    }
  }
});

it('every case is named for a section of the manual that its folder has', () => {
  for (const { name, section } of cases) {
    const number = name.split('-')[0] ?? '';
    expect(section.replace('Appendix ', ''), name).toContain(number);
  }
});

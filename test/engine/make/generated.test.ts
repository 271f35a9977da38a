/**
 * Random makefiles under GNU make and under this project's make: the same stdout, stderr, exit status and files.
 *
 * UNIGRAPH_FUZZ_SECONDS: how long, with another seed each time; UNIGRAPH_FUZZ_SEED: where to begin.
 * A failure is shrunk and printed as a case that can be saved into corpus/.
 */
import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { formatCase, parseCase, type CorpusCase } from './corpus-case.ts';
import { findOracle, ownMake } from './corpus-make.ts';
import { comparable, runCase } from './corpus-run.ts';
import { crossedCase } from './generated-crossing.ts';
import { languageCase } from './generated-language.ts';
import { mutatedCase } from './generated-mutation.ts';
import { readingCase } from './generated-reading.ts';
import { recipesCase } from './generated-recipes.ts';
import { remakingCase } from './generated-remaking.ts';
import { rulesCase } from './generated-rules.ts';

const ASKED = process.env['UNIGRAPH_FUZZ_SECONDS'];
/** Without a time of one's own the run is the same each time: what it finds is news, not chance. */
const RUNS = ASKED === undefined ? 50 : Number.MAX_SAFE_INTEGER;
const SECONDS = Number(ASKED ?? 240);
const SEED = Number(
  process.env['UNIGRAPH_FUZZ_SEED'] ?? (ASKED === undefined ? 2 : Date.now() & 0x7fff_ffff),
);

/** GNU make itself loops or dies on some makefiles; those say nothing. In milliseconds. */
const ORACLE_LIMIT = 4000;

const oracle = findOracle(ORACLE_LIMIT);
if (typeof oracle === 'string') console.warn(`generated makefiles: skipped: ${oracle}`);

const root = realpathSync(mkdtempSync(join(tmpdir(), 'make-generated-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;

/** Runs a case under both makes. Undefined if GNU make gives no usable answer. */
async function compare(corpusCase: CorpusCase): Promise<{ own: unknown; gnu: unknown } | undefined> {
  if (typeof oracle === 'string') return undefined;
  const folder = join(root, String(folders++));
  try {
    const [gnu, own] = await Promise.all([
      runCase(corpusCase, join(folder, 'gnu'), oracle),
      runCase(corpusCase, join(folder, 'own'), ownMake),
    ]);
    if (gnu.some(({ outcome }) => outcome.status < 0 || outcome.status > 2)) return undefined;
    return { own: comparable(corpusCase, own), gnu: comparable(corpusCase, gnu) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const corpus = join(import.meta.dirname, 'corpus');
const cases = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.case'))
  .sort()
  .map((path) => parseCase(path.slice(0, -'.case'.length), readFileSync(join(corpus, path), 'utf8')));

const properties: readonly (readonly [string, fc.Arbitrary<CorpusCase>])[] = [
  ['variables, functions, conditionals and macros', languageCase],
  ['lines of all kinds in any order', readingCase],
  ['rules of all kinds over files of random age', rulesCase],
  ['makefiles that are remade', remakingCase],
  ['recipe lines of all kinds', recipesCase],
  ['two makefiles of the corpus in one', crossedCase(cases)],
  ['makefiles of the corpus with typing mistakes', mutatedCase(cases)],
];

describe.skipIf(typeof oracle === 'string')('random makefiles give the same as under GNU make', () => {
  const milliseconds = (SECONDS * 1000) / properties.length;
  for (const [what, arbitrary] of properties) {
    it(`${what} (seed ${SEED})`, { timeout: 4 * milliseconds + 300_000 }, async () => {
      let runs = 0;
      const property = fc.asyncProperty(arbitrary, async (corpusCase) => {
        runs++;
        const both = await compare(corpusCase);
        if (both) expect(both.own, formatCase(corpusCase)).toEqual(both.gnu);
      });
      await fc.assert(property, {
        seed: SEED,
        numRuns: RUNS,
        interruptAfterTimeLimit: milliseconds,
        markInterruptAsFailure: false,
      });
      console.info(`${what}: ${runs} makefiles, seed ${SEED}`);
      expect(runs).toBeGreaterThan(0);
    });
  }
});

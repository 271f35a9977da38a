import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { casesFolder, caseTopics, readCases } from './case-file.ts';
import { ownProgram, programAt, runCase, type CaseResult } from './conf-runner.ts';
import { treeReference } from './reference.ts';

// What the `conf` of Unikraft's trees (0.4 to 0.17 have the same) did with each case is kept beside the cases.
// It is taken down anew with UNIKRAFT_ROOT=CORE KCONFIG_CASES=record.
const record = process.env['KCONFIG_CASES'] === 'record';

function expectedFile(topic: string): string {
  return join(casesFolder, `${topic}.expected.json`);
}

describe.skipIf(!record)('taking down what the C program does', () => {
  test('every topic', () => {
    const reference = treeReference(process.env['UNIKRAFT_ROOT'] ?? '');
    if ('reason' in reference) throw new Error(reference.reason);
    for (const topic of caseTopics()) {
      const results = readCases(topic).map(
        (each) => [each.title, runCase(each, programAt(reference.path))] as const,
      );
      expect(results.filter(([, { runs }]) => runs.some(({ status }) => status < 0))).toEqual([]);
      writeFileSync(expectedFile(topic), `${JSON.stringify(Object.fromEntries(results), undefined, 1)}\n`);
    }
    reference.remove();
  });
});

describe.each(caseTopics())('%s', (topic) => {
  const file = expectedFile(topic);
  const expected = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}) as Record<
    string,
    CaseResult
  >;
  test.each(readCases(topic))('$title', (confCase) => {
    expect(runCase(confCase, ownProgram)).toEqual(expected[confCase.title]);
  });

  test('no result is kept of a case that is gone', () => {
    expect(Object.keys(expected)).toEqual(readCases(topic).map(({ title }) => title));
  });
});

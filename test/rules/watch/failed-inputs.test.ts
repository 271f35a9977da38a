import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Action } from '../../../engine/graph/action.ts';
import { Journal } from '../../../engine/journal/journal.ts';
import { surroundings } from '../../../rules/build/surroundings.ts';
import { failedInputs } from '../../../rules/watch/failed-inputs.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'unigraph-failed-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

test('follows includes of a source that failed, found and missing, and the names in the messages', () => {
  for (const name of ['include', 'other', 'out']) mkdirSync(at(name));
  writeFileSync(at('main.c'), '#include "first.h"\n#include <missing.h>\n');
  writeFileSync(at('first.h'), '#include <second.h>\n');
  writeFileSync(at('other/second.h'), '');
  writeFileSync(at('data.txt'), '');
  const action: Action = {
    id: at('out/main.o'),
    rule: 'Compile',
    library: '',
    label: 'CC',
    description: 'main.o',
    cwd: folder,
    steps: [],
    inputs: [at('main.c')],
    implicit: [],
    orderOnly: [],
    outputs: [at('out/main.o')],
    tools: [],
    environment: {},
    pool: 'compile',
    includePath: { quote: [], angle: [at('include'), at('other')] },
  };
  const around = surroundings(Journal.read(at('no-journal')));
  const found = failedInputs(action, `data.txt:1: strange\n${at('out/main.o')}: nowhere.txt\n`, around);
  // In the folders missing.h may appear, or a second.h in front of the one that was found.
  for (const name of ['main.c', 'first.h', 'other/second.h', 'data.txt', 'include', 'other'])
    expect(found, name).toContain(at(name));
  expect(found).not.toContain(at('nowhere.txt'));
  expect(found).not.toContain(at('out/main.o'));
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Action } from '../../../engine/graph/action.ts';
import { Journal } from '../../../engine/journal/journal.ts';
import { configureFirst, type FirstRun } from '../../../rules/build/configure-first.ts';
import { graphOf, surroundings, trustingClock } from '../../engine/graph/rig.ts';

let folder: string;
let journal: Journal;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'unigraph-first-'));
  journal = Journal.open(path.join(folder, 'journal'));
});
afterEach(() => {
  journal.close();
  fs.rmSync(folder, { recursive: true });
});

const action = (id: string, performer: string, inputs: readonly string[] = []): Action => ({
  id,
  rule: performer,
  library: '',
  label: '',
  description: '',
  cwd: folder,
  steps: [{ kind: 'native', performer, argument: '{}' }],
  inputs,
  implicit: [],
  orderOnly: [],
  outputs: [id],
  tools: [],
  environment: {},
  pool: performer === 'fetch' ? 'fetch' : 'compile',
});

/** A configuration, an archive that unpacking needs, and an origin that needs the configuration. */
function firstRun(
  jobs: number,
  isFetched: boolean,
): { readonly run: FirstRun | undefined; readonly ids: string[] } {
  const at = (name: string): string => path.join(folder, name);
  if (isFetched) fs.writeFileSync(at('a.tar'), '');
  const actions = [
    action(at('config.h'), 'configure'),
    action(at('a.tar'), 'fetch'),
    action(at('a.origin'), 'unpack', [at('a.tar')]),
    action(at('b.origin'), 'unpack', [at('config.h')]),
  ];
  const graph = graphOf(actions);
  const run = configureFirst(graph, [...graph.actions.keys()], surroundings(journal, trustingClock), jobs);
  return { run, ids: (run?.roots ?? []).map((root) => path.basename(graph.actions[root]!.id)) };
}

test('what can be unpacked meanwhile is: its archive is there, and it needs no configuration', () => {
  expect(firstRun(2, true).ids).toEqual(['config.h', 'a.origin']);
});

test.each([
  ['an archive is yet to be fetched', 2, false],
  ['there is one slot', 1, true],
])('nothing is when %s', (_, jobs, isFetched) => {
  expect(firstRun(jobs, isFetched).ids).toEqual(['config.h']);
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Action } from '../../../engine/graph/action.ts';
import type { NativeContext } from '../../../engine/graph/perform.ts';
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
  patienceMs?: number,
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
  const run = configureFirst(
    graph,
    [...graph.actions.keys()],
    surroundings(journal, trustingClock),
    jobs,
    patienceMs,
  );
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

/** Starts the configuration of a run. @returns whether it has ended, and when it has */
function startConfiguring(run: FirstRun): {
  readonly hasEnded: () => boolean;
  readonly end: Promise<unknown>;
} {
  let ended = false;
  const context: NativeContext = {
    action: action('config.h', 'configure'),
    spawner: { run: () => Promise.reject(new Error('no command')), close: () => Promise.resolve() },
    signal: new AbortController().signal,
    progress: () => {},
  };
  const end = run
    .configure(JSON.stringify({ environment: {}, argv: ['--no-such-option'] }), context)
    .finally(() => (ended = true));
  return { hasEnded: () => ended, end };
}

test('the configuration waits until what is unpacked meanwhile has started', async () => {
  const { run } = firstRun(2, true, 60_000);
  const configuring = startConfiguring(run!);
  await pause(100);
  expect(configuring.hasEnded()).toBe(false);
  run!.watch({ kind: 'started', action: action(path.join(folder, 'a.origin'), 'unpack'), reasons: [] });
  await configuring.end;
});

test('but not for long, and for nothing where nothing is unpacked', async () => {
  const startMs = performance.now();
  await startConfiguring(firstRun(2, true, 100).run!).end;
  expect(performance.now() - startMs).toBeGreaterThan(95);
  await startConfiguring(firstRun(1, true, 60_000).run!).end;
});

import { expect, test } from 'vitest';
import type { Action } from '../../../engine/graph/action.ts';
import { BuildGraph } from '../../../engine/graph/build-graph.ts';
import { findTarget } from '../../../rules/understand/find-target.ts';

const action = (id: string, library: string, inputs: readonly string[]): Action => ({
  id,
  library,
  inputs,
  rule: 'Compile',
  label: 'CC',
  description: id,
  cwd: '/b',
  steps: [{ kind: 'folder', path: '/b/x' }],
  implicit: [],
  orderOnly: [],
  outputs: [id],
  tools: [],
  environment: {},
  pool: 'compile',
});
const built = BuildGraph.of([
  action('/b/libone/main.o', 'libone', ['/s/one/main.c']),
  action('/b/libtwo/main.o', 'libtwo', ['/s/two/main.c']),
]);
if (!built.ok) throw new Error('the graph is sound');
const graph = built.value;

test.each([
  ['/b/libone/main.o', [0]],
  ['libtwo/main.o', [1]],
  ['libtwo', [1]],
  ['one/main.c', []],
] as const)('%s is found', (word, actions) => {
  expect(findTarget(graph, word, ['/b'])).toMatchObject({ ok: true, value: { actions } });
});

test('an end of several paths is refused with the paths', () => {
  expect(findTarget(graph, 'main.o', [])).toMatchObject({
    ok: false,
    error: { hint: 'Say more of the path: /b/libone/main.o, /b/libtwo/main.o' },
  });
});

test('a misspelled library is answered with the one that was meant', () => {
  expect(findTarget(graph, 'libtow', [])).toMatchObject({
    ok: false,
    error: { hint: "Did you mean 'libtwo'?" },
  });
});

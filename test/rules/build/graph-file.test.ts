import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../../engine/graph/action.ts';
import { commandDigest, commandText } from '../../../engine/graph/action.ts';
import { GraphFile, loadStoredGraph, saveGraph, type StoredGraph } from '../../../rules/build/graph-file.ts';
import type { EvaluationRecord } from '../../../rules/evaluation/evaluation-record.ts';

const record: EvaluationRecord = {
  contents: [['/app/Makefile.uk', '00']],
  listings: [],
  seen: [['/app/ü', 'file']],
  realpaths: [],
  shells: [],
  programs: [],
  written: [],
  folders: [],
  variables: [],
  influential: [],
  undefinedNames: ['CC'],
  umask: 18,
};

const compile = (name: string): Action => ({
  id: `/build/${name}.o`,
  rule: 'Compile',
  library: 'app',
  label: 'CC',
  description: `app: ${name}.o`,
  cwd: '/build',
  steps: [
    {
      kind: 'script',
      text: `gcc  -c /app/${name}.c -DÜ=1`,
      file: `/build/${name}.o.cmd`,
      shell: ['/bin/sh', '-c'],
    },
    { kind: 'folder', path: '/build/with space' },
  ],
  inputs: [`/app/${name}.c`],
  implicit: [],
  orderOnly: ['prepare'],
  outputs: [`/build/${name}.o`],
  tools: ['/usr/bin/gcc'],
  environment: { PATH: '/usr/bin' },
  pool: 'compile',
  includePath: { quote: [], angle: ['/app/include'] },
});
const group: Action = {
  ...compile('prepare'),
  id: 'prepare',
  steps: [],
  inputs: [],
  outputs: [],
  orderOnly: [],
};

let file: string;
let graph: StoredGraph;

beforeEach(() => {
  file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'graph-file-')), 'state/graph');
  graph = {
    key: 'the key',
    record,
    actions: [group, compile('main'), compile('other')],
    roots: ['/build/main.o'],
  };
  saveGraph(file, graph);
});
afterEach(() => fs.rmSync(path.dirname(path.dirname(file)), { recursive: true }));

/** An action as data: the text of a stored one is put together when it is asked for. */
const plain = (action: Action): unknown => JSON.parse(JSON.stringify(action));

describe('a stored graph', () => {
  test('is read as it was', () => {
    const read = loadStoredGraph(file, 'the key')!;
    expect(read.record).toEqual(record);
    expect(read.roots).toEqual(graph.roots);
    expect(read.actions.map(plain)).toEqual(graph.actions.map(plain));
    expect(read.actions.map(commandText)).toEqual(graph.actions.map(commandText));
    expect(read.actions.map(commandDigest)).toEqual(graph.actions.map(commandDigest));
  });

  test('gives single actions, which share what they shared', () => {
    const stored = new GraphFile(file);
    for (const [place, action] of graph.actions.entries())
      expect(plain(stored.action(place))).toEqual(plain(action));
    expect(stored.action(1).environment).toBe(stored.action(2).environment);
    expect(() => stored.action(3)).toThrow('no such action');
    stored.close();
  });

  test('of nothing is one of nothing', () => {
    saveGraph(file, { ...graph, actions: [], roots: [] });
    expect(loadStoredGraph(file, 'the key')).toMatchObject({ actions: [], roots: [] });
  });

  test('of another key, another version or none is not read', () => {
    expect(loadStoredGraph(file, 'another key')).toBeUndefined();
    expect(loadStoredGraph(`${file}s`, 'the key')).toBeUndefined();
    fs.writeFileSync(file, '{"format":3}');
    expect(loadStoredGraph(file, 'the key')).toBeUndefined();
  });

  test('is not read when it was cut at any byte, or any byte is another', () => {
    const whole = fs.readFileSync(file);
    for (let cut = 0; cut < whole.length; cut++) {
      fs.writeFileSync(file, whole.subarray(0, cut));
      expect(loadStoredGraph(file, 'the key'), `cut at ${cut}`).toBeUndefined();
    }
    let unread = 0;
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 4;
      fs.writeFileSync(file, damaged);
      const read = loadStoredGraph(file, 'the key');
      if (read === undefined) unread++;
      // The index only tells where single actions are.
      else expect(read.actions.map(plain)).toEqual(graph.actions.map(plain));
    }
    expect(unread).toBeGreaterThan(whole.length - 100);
  });

  test('gives no action of which a byte is another', () => {
    const whole = fs.readFileSync(file);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1;
      fs.writeFileSync(file, damaged);
      let given: Action | undefined;
      try {
        const stored = new GraphFile(file);
        try {
          given = stored.action(1);
        } finally {
          stored.close();
        }
      } catch (error) {
        expect((error as Error).message).toMatch(/damaged|version|no such/);
      }
      if (given !== undefined) expect(plain(given)).toEqual(plain(graph.actions[1]!));
    }
  });
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Action } from '../../../engine/graph/action.ts';
import { clean } from '../../../rules/build/clean.ts';
import type { Workspace } from '../../../rules/workspace/workspace.ts';

let build: string;
beforeEach(() => {
  build = fs.mkdtempSync(path.join(os.tmpdir(), 'unigraph-clean-'));
});
afterEach(() => fs.rmSync(build, { recursive: true }));

/** An action of a library, with its output on the disk. */
function made(library: string, rule: string): Action {
  const output = path.join(build, library, `${rule}.o`);
  fs.mkdirSync(path.dirname(output), { recursive: true });
  fs.writeFileSync(output, '');
  return {
    id: output,
    rule,
    library,
    label: '',
    description: '',
    cwd: build,
    steps: [],
    inputs: [],
    implicit: [],
    orderOnly: [],
    outputs: [output],
    tools: [],
    environment: {},
    pool: 'compile',
  };
}

const left = (): string[] =>
  fs
    .readdirSync(build, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.o'))
    .sort();

/** All that cleaning asks of a workspace. */
const workspace = (): Workspace => ({ build }) as unknown as Workspace;
const actions = (): Action[] => [
  made('libfortune', 'Compile'),
  made('libfortune', 'Unpack'),
  made('appfortune', 'Compile'),
  made('libmusl', 'Compile'),
];

test.each([
  [['libfortune'], ['appfortune/Compile.o', 'libfortune/Unpack.o', 'libmusl/Compile.o']],
  // As people say it; a library comes before an application of the same name.
  [['fortune'], ['appfortune/Compile.o', 'libfortune/Unpack.o', 'libmusl/Compile.o']],
  [
    ['musl', 'appfortune'],
    ['libfortune/Compile.o', 'libfortune/Unpack.o'],
  ],
  [[], ['libfortune/Unpack.o']],
])('cleaning %j leaves %j', (names, kept) => {
  const result = clean(workspace(), actions(), names);
  expect(result.ok).toBe(true);
  expect(left()).toEqual(kept);
});

test('a library that is not there is an error, and nothing is removed', () => {
  const result = clean(workspace(), actions(), ['musl', 'fortun']);
  expect(result).toMatchObject({
    ok: false,
    error: { message: "there is no library 'fortun' in this configuration" },
  });
  expect(left()).toHaveLength(4);
});

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Action } from '../../../engine/graph/action.ts';
import { reasonsToRun } from '../../../engine/graph/freshness.ts';
import { Journal } from '../../../engine/journal/journal.ts';
import { fakeSpawner } from './fake-spawner.ts';
import { Project } from './model-project.ts';
import { graphOf, idsOf, run, surroundings, temporaryFolder, trustingClock } from './rig.ts';

let root: string;
let project: Project;
let journal: Journal;

beforeEach(() => {
  root = temporaryFolder('macros');
  project = new Project(path.join(root, 'project'));
  journal = Journal.open(path.join(root, 'journal'));
});
afterEach(() => {
  journal.close();
  fs.rmSync(root, { recursive: true });
});

/** The project's actions, each compilation with a macro on its command line. */
const actionsWith = (definition: string): Action[] =>
  project.actions().map((action) => ({
    ...action,
    steps: action.steps.map((step) =>
      step.kind === 'shell' && action.includePath !== undefined
        ? { ...step, text: `${step.text} ${definition}` }
        : step,
    ),
  }));

async function startedBy(actions: readonly Action[]): Promise<string[]> {
  const observed = await run(graphOf(actions), surroundings(journal, trustingClock), fakeSpawner());
  expect(observed.summary.outcome).toBe('succeeded');
  return idsOf(observed, 'started');
}

test('a macro that no source mentions may change without anything being compiled, once and for all', async () => {
  await startedBy(actionsWith('-DVERSION=1'));
  expect(await startedBy(actionsWith('-DVERSION=2'))).toEqual([]);
  // The manifest has the new command: from then on the old one would be the change.
  const [compilation] = actionsWith('-DVERSION=2').filter((action) => action.includePath !== undefined);
  expect(journal.manifest(compilation!.id)!.commandWords.length).toBeGreaterThan(0);
  const words = Array.from(journal.manifest(compilation!.id)!.commandWords, (id) => journal.strings.text(id));
  expect(words).toContain('-DVERSION=2');
});

test('a source that mentions it is compiled again, and no other', async () => {
  const compilation = project.actions().find((action) => action.includePath !== undefined)!;
  fs.appendFileSync(compilation.inputs[0]!, 'word VERSION\n');
  await startedBy(actionsWith('-DVERSION=1'));
  const started = await startedBy(actionsWith('-DVERSION=2'));
  const compiled = started.filter((id) => id.endsWith('.o') && path.basename(id).startsWith('s'));
  expect(compiled).toEqual([compilation.id]);
});

test('any other option counts', async () => {
  await startedBy(actionsWith('-DVERSION=1 -O1'));
  const around = surroundings(journal, trustingClock);
  const compilation = actionsWith('-DVERSION=2 -O2').find((action) => action.includePath !== undefined)!;
  expect(reasonsToRun(compilation, around)).toMatchObject([{ kind: 'command' }]);
});

/** An object that is made from one source without a dependency file; the definition is a word of its command. */
const assembled = (source: string, definition: string): Action => ({
  id: path.join(root, 'start.o'),
  rule: 'Compile',
  library: '',
  label: 'AS',
  description: 'start.o',
  cwd: root,
  steps: [
    { kind: 'write', path: path.join(root, 'start.o'), content: `object ${definition}`, append: false },
  ],
  inputs: [source],
  implicit: [],
  orderOnly: [],
  outputs: [path.join(root, 'start.o')],
  tools: [],
  environment: {},
  pool: 'compile',
});

test.each([
  ['start.s', []],
  ['start.S', ['start.o']],
])(
  'of sources without a dependency file, only those of the assembler proper mention none: %s',
  async (name, again) => {
    const source = path.join(root, name);
    fs.writeFileSync(source, 'VERSION\n');
    expect(await startedBy([assembled(source, '-DVERSION=1')])).toHaveLength(1);
    const started = await startedBy([assembled(source, '-DVERSION=2')]);
    expect(started.map((id) => path.basename(id))).toEqual(again);
    expect(await startedBy([assembled(source, '-DVERSION=2 --other')])).toHaveLength(1);
  },
);

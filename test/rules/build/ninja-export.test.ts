import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Action, Step } from '../../../engine/graph/action.ts';
import { BuildGraph } from '../../../engine/graph/build-graph.ts';
import { ninjaExport, type NinjaExport } from '../../../rules/build/ninja-export.ts';

const hasNinja = spawnSync('ninja', ['--version'], { stdio: 'ignore' }).status === 0;

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'unigraph ninja-')));
  mkdirSync(join(folder, 'build'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const build = (name: string): string => join(folder, 'build', name);
const shell = ['/bin/bash', '-c'];

function action(id: string, steps: readonly Step[], rest: Partial<Action> = {}): Action {
  return {
    id,
    rule: steps.length === 0 ? 'Group' : 'Custom',
    library: '',
    label: 'DO',
    description: id,
    cwd: build(''),
    steps,
    inputs: [],
    implicit: [],
    orderOnly: [],
    outputs: id.startsWith('/') && steps.length > 0 ? [id] : [],
    tools: [],
    environment: {},
    pool: 'compile',
    ...rest,
  };
}

function exported(actions: readonly Action[], root: string): NinjaExport {
  const graph = BuildGraph.of(actions);
  if (!graph.ok) throw new Error(JSON.stringify(graph.error));
  return ninjaExport(graph.value, [graph.value.producer(root)!]);
}

test('leaves out what unigraph does itself, and groups behind which nothing is left', () => {
  const native: Step = { kind: 'native', performer: 'unpack', argument: '{}' };
  const { text, omitted } = exported(
    [
      action(build('.origin'), [native]),
      action('notes', [native]),
      action('empty', [], { inputs: ['notes'] }),
      action(build('a'), [{ kind: 'shell', text: 'touch a', shell }], {
        inputs: [build('.origin')],
        orderOnly: ['empty'],
      }),
      action('all', [], { inputs: [build('a'), 'empty'] }),
    ],
    'all',
  );
  expect(omitted).toEqual([build('.origin'), 'notes']);
  expect(text).not.toMatch(/^build .*(?:\.origin|notes|empty):/m);
  expect(text).not.toMatch(/\|\| empty/);
  expect(text).toMatch(/^build all: phony .*\/build\/a$/m);
});

describe.skipIf(!hasNinja)('a ninja file', () => {
  const ninja = (text: string): string => {
    writeFileSync(join(folder, 'build.ninja'), text);
    return execFileSync('ninja', ['-f', join(folder, 'build.ninja')], { cwd: folder, encoding: 'utf8' });
  };

  test('runs steps of every kind, with quotes, dollars, newlines and blanks in names', () => {
    const written = `100% $HOME \\n "quoted" 'too'\nsecond line\n`;
    const actions = [
      action(build('text'), [
        { kind: 'folder', path: build('deep/er') },
        { kind: 'write', path: build('deep/er/x'), content: written, append: false },
        { kind: 'write', path: build('deep/er/x'), content: 'third\n', append: true },
        { kind: 'shell', text: 'false', shell, ignoreErrors: true },
        { kind: 'shell', text: 'cp deep/er/x text', shell },
      ]),
      action(build('bash'), [
        { kind: 'shell', text: `[[ 1 == 1 ]] && printf '%s\\n' "$((2 + 3))" 'a b' > bash`, shell },
        { kind: 'script', text: 'echo one >> bash\necho two >> bash', file: build('bash.cmd'), shell },
      ]),
      action('all', [], { inputs: [build('text'), build('bash')] }),
    ];
    const { text } = exported(actions, 'all');
    ninja(text);
    expect(readFileSync(build('text'), 'utf8')).toBe(`${written}third\n`);
    expect(readFileSync(build('bash'), 'utf8')).toBe('5\na b\none\ntwo\n');
    expect(ninja(text)).toMatch(/no work to do/);
  });

  test('follows dependency files, and runs a phony recipe each time', () => {
    writeFileSync(join(folder, 'header'), '1');
    const compile = `cp '${join(folder, 'header')}' object && printf '%s\\n' 'object: ${join(folder, 'header').replaceAll(' ', '\\ ')}' > .d`;
    const compiled = action(build('object'), [{ kind: 'shell', text: compile, shell }], {
      depfile: { path: build('.d') },
    });
    const quiet = exported([compiled], build('object')).text;
    ninja(quiet);
    expect(ninja(quiet)).toMatch(/no work to do/);
    writeFileSync(join(folder, 'header'), '2');
    ninja(quiet);
    expect(readFileSync(build('object'), 'utf8')).toBe('2');

    const always = action('say', [{ kind: 'shell', text: 'echo x >> said', shell }], { always: true });
    const { text } = exported([always], 'say');
    ninja(text);
    ninja(text);
    expect(readFileSync(build('said'), 'utf8')).toBe('x\nx\n');
  });

  test('fails when a command fails', () => {
    const { text } = exported([action(build('a'), [{ kind: 'shell', text: 'false', shell }])], build('a'));
    expect(() => ninja(text)).toThrow();
  });
});

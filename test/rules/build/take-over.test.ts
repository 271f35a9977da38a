import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Action } from '../../../engine/graph/action.ts';
import { readFixdepFile, worksOfMake } from '../../../rules/build/take-over.ts';

test('a file of fixdep names the source and what it includes, without the options', () => {
  const text = `cmd_/o/a.o := /bin/bash /o/a.o.cmd

source_/o/a.o := /s/a.c

deps_/o/a.o := \\
    $(wildcard include/config/have/libc.h) \\
  /s/include/a$$b.h \\
  include/c.h \\

/o/a.o: $(deps_/o/a.o)

$(deps_/o/a.o):
`;
  expect(readFixdepFile(text, '/o')).toEqual(['/s/a.c', '/s/include/a$b.h', '/o/include/c.h']);
});

let folder: string;
const at = (name: string): string => path.join(folder, name);
const write = (name: string, text: string, seconds: number): void => {
  fs.writeFileSync(at(name), text);
  fs.utimesSync(at(name), seconds, seconds);
};

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'unigraph-take-over-'));
  write('a.c', '', 100);
  write('a.h', '', 100);
  write('a.o', 'object', 200);
  write('a.o.cmd', 'gcc -c a.c\n', 190);
  write('a.d', `source_a.o := ${at('a.c')}\n\ndeps_a.o := \\\n  ${at('a.h')} \\\n\n`, 210);
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function compile(): Action {
  return {
    id: at('a.o'),
    rule: 'Compile',
    library: 'a',
    label: 'CC',
    description: 'a',
    cwd: folder,
    steps: [{ kind: 'script', text: 'gcc -c a.c', file: at('a.o.cmd'), shell: ['/bin/sh'] }],
    inputs: [at('a.c'), 'prepare'],
    implicit: [],
    orderOnly: [],
    outputs: [at('a.o')],
    tools: [],
    environment: {},
    pool: 'compile',
    depfile: { path: at('.a.o.d'), keepAs: at('a.d') },
  };
}

test('an object that is younger than all that it was made from, by the present command, is taken over', () => {
  expect(worksOfMake()(compile())).toEqual([at('a.c'), at('a.h')]);
});

test.each<[string, () => void]>([
  ['a header is younger', () => write('a.h', '', 201)],
  ['the source is younger', () => write('a.c', '', 201)],
  ['the command was another', () => write('a.o.cmd', 'gcc -O2 -c a.c\n', 190)],
  ['the command is not known', () => fs.rmSync(at('a.o.cmd'))],
  ['what it includes is not known', () => fs.rmSync(at('a.d'))],
  ['a header is gone', () => fs.rmSync(at('a.h'))],
  ['the object is gone', () => fs.rmSync(at('a.o'))],
])('it is not when %s', (_why, change) => {
  change();
  expect(worksOfMake()(compile())).toBeUndefined();
});

test('an action with a step of another kind is not', () => {
  const action = compile();
  const shell = { kind: 'shell', text: 'true', shell: ['/bin/sh', '-c'] } as const;
  expect(worksOfMake()({ ...action, steps: [...action.steps, shell] })).toBeUndefined();
});

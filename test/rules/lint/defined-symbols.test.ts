import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { definedSymbols } from '../../../rules/lint/defined-symbols.ts';
import { filesIn } from '../variables/small-workspace.ts';

const source = `
int defined_function(void) { return 0; }
static int local_function(void) { return 1; }
int (*pointer)(void) = local_function;
__attribute__((weak)) int weak_data = 1;
extern int elsewhere;
int *use = &elsewhere;
`;
const file = join(filesIn({}), 'x.o');
const compiled = spawnSync('gcc', ['-c', '-x', 'c', '-', '-o', file], { input: source });
const object = compiled.status === 0 ? readFileSync(file) : Buffer.alloc(0);

test.skipIf(compiled.status !== 0)('global and weak symbols that an object defines', () => {
  expect([...definedSymbols(object)!].sort()).toEqual(['defined_function', 'pointer', 'use', 'weak_data']);
});

test.skipIf(compiled.status !== 0)('an object that is cut short anywhere is refused or read in part', () => {
  const all = definedSymbols(object)!;
  for (let length = 0; length < object.length; length += 7) {
    for (const name of definedSymbols(object.subarray(0, length)) ?? []) expect(all).toContain(name);
  }
});

test('what is no object has no symbols', () => {
  expect(definedSymbols(Buffer.from('#!/bin/sh\n'.repeat(20)))).toBeUndefined();
  expect(definedSymbols(Buffer.alloc(0))).toBeUndefined();
});

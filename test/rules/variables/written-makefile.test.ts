import { expect, test } from 'vitest';
import { readWrittenMakefile } from '../../../rules/variables/written-makefile.ts';

const read = (text: string): ReturnType<typeof readWrittenMakefile> => readWrittenMakefile('m', text);
const assignments = (text: string): string[] =>
  read(text).assignments.map(
    ({ name, operator, location, isDeferred }) =>
      `${location.line}:${location.column} ${name} ${operator}${isDeferred ? ' later' : ''}`,
  );
const references = (text: string): string[] =>
  read(text).references.map(({ name, location }) => `${location.line}:${location.column} ${name}`);

test('assignments have the place of their name, whatever stands before it', () => {
  expect(assignments('A = 1\n  export override B-$(C) := 2\nundefine D\nE ?= \\\n  3\nF+=4\n')).toEqual([
    '1:1 A =',
    '2:19 B-$(C) :=',
    '3:10 D undefine',
    '4:1 E ?=',
    '6:1 F +=',
  ]);
});

test('the body of a define, and what eval gets, is assigned later', () => {
  expect(assignments('define m =\n$(1)_X += a\nendef\n$(eval $(call uc,x)_B := c)\nZ = 1\n')).toEqual([
    '1:8 m define',
    '2:1 $(1)_X += later',
    '4:8 $(call uc,x)_B := later',
    '5:1 Z =',
  ]);
});

test('lines of a recipe assign nothing, but an indented line without a rule does', () => {
  expect(assignments('all: x\n\tA = 1\n\tB = 2\n\nC = 3\n\tD = 4\n')).toEqual(['5:1 C =', '6:2 D =']);
});

test('comments hold no references, and a hash inside a reference begins no comment', () => {
  expect(references('# $(A)\nX = $(B) # $(C)\nY = $(subst #,,$(D))\n')).toEqual(['2:7 B', '3:18 D']);
});

test('references inside references, behind doubled dollars and in continued lines are found', () => {
  expect(references('X = $($(1)_A) \\\n  $$($(call uc,$(2))_B) ${C:.c=.o}\n')).toEqual([
    '1:7 $(1)_A',
    '1:9 1',
    '2:6 $(call uc,$(2))_B',
    '2:13 uc,$(2)',
    '2:18 2',
    '2:27 C',
  ]);
});

test('ifdef, export, value and origin name a variable without a dollar', () => {
  expect(references('ifdef A\nexport B C\nendif\nX = $(value D)$(origin E)\n')).toEqual([
    '1:7 A',
    '2:8 B',
    '2:10 C',
    '4:13 D',
    '4:24 E',
  ]);
});

test('an assignment knows the conditions that it stands under', () => {
  const text = 'ifeq ($(A),y)\nifdef B\nX = 1\nelse\nX = 2\nendif\nX = 3\nendif\nX = 4\n';
  expect(read(text).assignments.map(({ conditions }) => conditions)).toEqual([
    ['ifeq ($(A),y)', 'ifdef B'],
    ['ifeq ($(A),y)', 'else of ifdef B'],
    ['ifeq ($(A),y)'],
    [],
  ]);
});

import { expect, test } from 'vitest';
import type { CommandLineVariable } from '../../../rules/workspace/workspace.ts';
import { tellVariable, type VariableStory } from '../../../rules/variables/variable-story.ts';
import { evaluated } from './small-workspace.ts';

function story(
  makefile: string,
  name: string,
  variables: readonly CommandLineVariable[] = [],
): VariableStory {
  const told = tellVariable(evaluated(makefile, name, variables), name);
  if (!told.ok) throw new Error(told.error.message);
  return told.value;
}

/** `LINE EFFECT`, and why. */
const effects = (told: VariableStory): string[] =>
  told.assignments.map(
    ({ line, effect, because }) =>
      `${line} ${effect}${because === undefined ? '' : `: ${because.replace(/\S*\//, '')}`}`,
  );

const rule = 'all:\n\t@:\n';

test('what an assignment anew replaces is told with its place', () => {
  const told = story(`${rule}X = a\nX += b\nX := c\nX += d\n`, 'X');
  expect(effects(told)).toEqual([
    '3 replaced: by Makefile:5',
    '4 replaced: by Makefile:5',
    '5 took effect',
    '6 took effect',
  ]);
  expect(told.variable).toMatchObject({ value: 'c d', expanded: 'c d' });
});

test('an assignment that takes the old value up replaces nothing', () => {
  expect(effects(story(`${rule}X := a\nX := $(X) b\n`, 'X'))).toEqual(['3 took effect', '4 took effect']);
});

test('?= on a variable that is set is told, and on one that is not', () => {
  expect(effects(story(`${rule}X ?= a\nX ?= b\n`, 'X'))).toEqual(['3 took effect', '4 already set']);
});

test('the command line wins, except over an override', () => {
  const given: CommandLineVariable[] = [{ name: 'X', operator: '=', value: 'mine' }];
  const told = story(`${rule}X = a\nX += b\noverride X += c\n`, 'X', given);
  expect(effects(told)).toEqual([
    '0 took effect',
    '3 overridden: the command line has it',
    '4 overridden: the command line has it',
    '5 took effect',
  ]);
  expect(told.variable?.expanded).toBe('mine c');
});

test('an assignment that the evaluation did not come by is told with its condition', () => {
  const told = story(`${rule}ifeq ($(NO),y)\nX = a\nelse\nX = b\nendif\n`, 'X');
  expect(effects(told)).toEqual(['6 took effect', '4 not reached: ifeq ($(NO),y)']);
});

test('an assignment that goes to another variable because its option is off is told', () => {
  const told = story(`${rule}SRCS-$(CONFIG_A) += a\nSRCS-y += b\n`, 'SRCS-y');
  expect(effects(told)).toEqual(['4 took effect', "3 other variable: it went to 'SRCS-'"]);
});

test('what macros assign has the place of the call, and counts its repetitions', () => {
  const macro = 'define add\n$(eval $(1) += $(2))\nendef\n';
  const told = story(`${macro}$(foreach v,a b,$(call add,X,$v))\n${rule}X += c\n`, 'X');
  expect(told.assignments).toMatchObject([
    { line: 4, times: 2, text: 'a', effect: 'took effect' },
    { line: 7, times: 1, text: 'c', effect: 'took effect' },
  ]);
  expect(told.variable?.expanded).toBe('a b c');
});

test('probes change neither values nor the places of mistakes', () => {
  const told = story(`${rule}N = X\n$(N) = a\n$(N) += b # comment\ndefine $(N)2\n$(X)\nendef\n`, 'X');
  expect(told.variable).toMatchObject({ name: 'X', value: 'a b ' });
  expect(effects(told)).toEqual(['4 took effect', '5 took effect']);
});

test('a value reaches the commands of rules that take it up through other variables', () => {
  const told = story(
    'all: o\no:\n\tcc $(FLAGS) $(OTHER)\np:\n\tcc $(OTHER)\nFLAGS = -g $(MORE)\nMORE = -O\n',
    'MORE',
  );
  expect(told.reaches).toEqual([{ library: '', targets: ['o'] }]);
  expect(told.readers).toMatchObject([{ line: 6, column: 14 }]);
});

test('a name that nothing has and nothing reads is answered with the nearest', () => {
  expect(tellVariable(evaluated(`${rule}LIBX_CFLAGS = a\n`, 'LIBX_CFLGAS'), 'LIBX_CFLGAS')).toMatchObject({
    ok: false,
    error: { hint: "Did you mean 'LIBX_CFLAGS'?" },
  });
});

test('a name that is read but set nowhere has readers and no value', () => {
  const told = story(`${rule}Y = $(X)\n`, 'X');
  expect(told.variable).toBeUndefined();
  expect(told.readers).toHaveLength(1);
});

import { describe, expect, test } from 'vitest';
import { changedDefinitions, mentionsName } from '../../../engine/graph/definitions.ts';

describe('two commands', () => {
  const differ = (from: string, to: string): string[] | undefined => {
    const changed = changedDefinitions(from.split(' '), to.split(' '));
    return changed === undefined ? undefined : [...changed].sort();
  };

  test.each<[string, string, string[] | undefined]>([
    ['gcc -DA=1 -DB -c a.c', 'gcc -DA=2 -DB -c a.c', ['A']],
    ['gcc -D A=1 -c a.c', 'gcc -DA=1 -c a.c', []],
    ['gcc -c a.c', 'gcc -DA -UB -c a.c', ['A', 'B']],
    ['gcc -DA -UA -c a.c', 'gcc -UA -DA -c a.c', ['A']],
    ['gcc -DA="\\"x\\"" -c a.c', 'gcc -DA="\\"y\\"" -c a.c', ['A']],
    ['gcc -DA=1 -O1 -c a.c', 'gcc -DA=2 -O2 -c a.c', undefined],
    ['gcc -DA="x y" -c a.c', 'gcc -DA="x z" -c a.c', undefined],
    ['gcc -I. -DA -c a.c', 'gcc -DA -I. -c a.c', []],
    ['gcc -DA -c a.c', 'gcc -DA -c b.c', undefined],
    ['gcc -Dx(y)=1 -c a.c', 'gcc -Dx(y)=2 -c a.c', undefined],
  ])('%s and %s', (from, to, changed) => {
    expect(differ(from, to)).toEqual(changed);
  });
});

test.each<[string, boolean]>([
  ['#ifdef UK_FULLVERSION', true],
  ['/* UK_FULLVERSION */', true],
  ['UK_FULLVERSION_2', false],
  ['#define V(x) UK_ ## x', true],
  ['#define V(x) x##VERSION', true],
  ['#define V(x) LIB_ ## x', false],
  ['', false],
])('%j mentions UK_FULLVERSION: %s', (text, answer) => {
  expect(mentionsName(text, 'UK_FULLVERSION')).toBe(answer);
});

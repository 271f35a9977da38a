import { expect, test } from 'vitest';
import { reach, shortestPath, type Edge } from '../../../rules/understand/relations.ts';

const edges: Edge[] = [
  { from: 'image', to: 'a.o', kind: 'input' },
  { from: 'image', to: 'b.o', kind: 'input' },
  { from: 'a.o', to: 'a.c', kind: 'input' },
  { from: 'b.o', to: 'x.h', kind: 'discovered' },
];
const needs = (name: string): Edge[] => edges.filter((edge) => edge.from === name);

test('the path between two files goes through discovered headers, with the kinds of its edges', () => {
  expect(shortestPath(['image'], new Set(['x.h']), needs)).toEqual([edges[1], edges[3]]);
});

test('there is no path against the direction of need', () => {
  expect(shortestPath(['x.h'], new Set(['image']), needs)).toBeUndefined();
});

test('a depth bounds how far dependencies are followed', () => {
  const ends = (depth: number): string[] =>
    reach(['image'], depth, needs, (edge) => edge.to).map((edge) => edge.to);
  expect(ends(1)).toEqual(['a.o', 'b.o']);
  expect(ends(Infinity)).toEqual(['a.o', 'b.o', 'a.c', 'x.h']);
});

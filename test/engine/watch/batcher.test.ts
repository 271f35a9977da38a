import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Batcher } from '../../../engine/watch/batcher.ts';

let due: number[];
let batcher: Batcher;
beforeEach(() => {
  vi.useFakeTimers();
  const start = performance.now();
  due = [];
  batcher = new Batcher({ settleMs: 20, maxDelayMs: 100, onDue: () => due.push(performance.now() - start) });
});
afterEach(() => vi.useRealTimers());

/** One change of one path each `step` ms, `count` times. */
function changes(count: number, step: number, size = (_index: number): number => 1): void {
  for (let index = 0; index < count; index++) {
    batcher.touch(size(index));
    vi.advanceTimersByTime(step);
  }
}

test('a single change is due when it has settled', () => {
  changes(1, 0);
  vi.advanceTimersByTime(19);
  expect(due).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(due).toEqual([20]);
});

test('changes that follow one another are one batch', () => {
  changes(4, 10);
  vi.advanceTimersByTime(100);
  expect(due).toEqual([50]);
});

test('changes without end do not hold it up', () => {
  changes(50, 5);
  expect(due).toEqual([100, 200]);
});

test('a change of many paths may take longer, and stays one batch', () => {
  changes(200, 4, (index) => index + 1);
  vi.advanceTimersByTime(1000);
  expect(due).toEqual([199 * 4 + 60]);
});

test('also many paths are due after a second', () => {
  changes(400, 4, (index) => index + 1);
  expect(due[0]).toBe(1000);
});

test('a closed batcher is silent', () => {
  changes(1, 0);
  batcher.close();
  vi.advanceTimersByTime(1000);
  expect(due).toEqual([]);
});

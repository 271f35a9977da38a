import { afterEach, expect, test } from 'vitest';
import { SlotPools, type TokenSource } from '../../../engine/exec/slots.ts';
import { deferred } from '../../support/deferred.ts';

type Kind = 'compile' | 'link' | 'fetch';
const limits = {
  compile: { slots: 3, usesProcessor: true },
  link: { slots: 1, usesProcessor: true },
  fetch: { slots: 2, usesProcessor: false },
};

/** A task that the test ends. */
function task(): { readonly run: () => Promise<string>; end(): void; fail(error: Error): void } {
  const { promise, resolve, reject } = deferred<string>();
  return { run: () => promise, end: () => resolve('done'), fail: reject };
}

class FakeTokens implements TokenSource {
  free: number;
  constructor(free: number) {
    this.free = free;
  }
  tryTake(): boolean {
    if (this.free === 0) return false;
    this.free--;
    return true;
  }
  giveBack(): void {
    this.free++;
  }
}

const opened: SlotPools<Kind>[] = [];
function pools(processors: number): SlotPools<Kind> {
  const created = new SlotPools<Kind>(limits, processors);
  opened.push(created);
  return created;
}
afterEach(() => opened.splice(0).forEach((each) => each.close()));

test('refuses a task when the pool of its kind is full', async () => {
  const slots = pools(8);
  const first = task();
  const running = slots.tryRun('link', first.run);
  expect(slots.isFree('link')).toBe(false);
  expect(slots.tryRun('link', task().run)).toBeUndefined();
  expect(slots.isFree('compile')).toBe(true);
  first.end();
  expect(await running).toBe('done');
  expect(slots.isFree('link')).toBe(true);
});

test('limits kinds that use a processor together, and others not', () => {
  const slots = pools(2);
  expect(slots.tryRun('compile', task().run)).toBeDefined();
  expect(slots.tryRun('link', task().run)).toBeDefined();
  expect(slots.busyProcessors).toBe(2);
  expect(slots.tryRun('compile', task().run)).toBeUndefined();
  expect(slots.tryRun('fetch', task().run)).toBeDefined();
  expect(slots.tryRun('fetch', task().run)).toBeDefined();
  expect(slots.tryRun('fetch', task().run)).toBeUndefined();
});

test('tells that a slot is free when it is, also after a failure', async () => {
  const slots = pools(1);
  const observed: boolean[] = [];
  const stop = slots.onFree(() => observed.push(slots.isFree('compile')));
  const first = task();
  const running = slots.tryRun('compile', first.run);
  first.fail(new Error('no'));
  await expect(running).rejects.toThrow('no');
  expect(observed).toEqual([true]);
  stop();
  const second = task();
  const again = slots.tryRun('compile', second.run);
  second.end();
  await again;
  expect(observed).toEqual([true]);
});

test('a scheduler that refills on every call keeps all slots busy, in its own order', async () => {
  const slots = pools(3);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const queue = Array.from({ length: 50 }, (_, index) => index);
  await new Promise<void>((resolve) => {
    const refill = (): void => {
      while (queue.length > 0) {
        const next = queue[0]!;
        const started = slots.tryRun('compile', async () => {
          order.push(next);
          most = Math.max(most, ++running);
          await new Promise(setImmediate);
          running--;
        });
        if (!started) break;
        queue.shift();
      }
      if (queue.length === 0 && slots.busyProcessors === 0) resolve();
    };
    slots.onFree(refill);
    refill();
  });
  expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index));
  expect(most).toBe(3);
});

test('takes a token for each task that uses a processor, and gives it back', async () => {
  const slots = pools(3);
  const tokens = new FakeTokens(1);
  slots.shareTokens(tokens);
  const first = task();
  const running = slots.tryRun('compile', first.run);
  expect(tokens.free).toBe(0);
  expect(slots.tryRun('compile', task().run)).toBeUndefined();
  expect(slots.tryRun('fetch', task().run)).toBeDefined();
  first.end();
  await running;
  expect(tokens.free).toBe(1);
});

test('does not keep a token for a mere question', async () => {
  const slots = pools(3);
  const tokens = new FakeTokens(1);
  slots.shareTokens(tokens);
  expect(slots.isFree('compile')).toBe(true);
  await new Promise(setImmediate);
  expect(tokens.free).toBe(1);
});

test('notices a token that another program gives back', async () => {
  const slots = pools(3);
  const tokens = new FakeTokens(0);
  slots.shareTokens(tokens);
  const told = new Promise<void>((resolve) => slots.onFree(resolve));
  expect(slots.isFree('compile')).toBe(false);
  tokens.giveBack();
  await told;
  expect(slots.isFree('compile')).toBe(true);
});

test('tasks that ran before tokens were shared give one back when they end', async () => {
  const slots = pools(3);
  const first = task();
  const running = slots.tryRun('compile', first.run);
  const tokens = new FakeTokens(3 - slots.busyProcessors);
  slots.shareTokens(tokens);
  first.end();
  await running;
  expect(tokens.free).toBe(3);
});

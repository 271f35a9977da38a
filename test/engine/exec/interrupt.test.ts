import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { catchInterrupts, Interruption } from '../../../engine/exec/interrupt.ts';

function setUp(): {
  source: EventEmitter;
  log: string[];
  clock: { ms: number };
  interrupts: ReturnType<typeof catchInterrupts>;
} {
  const source = new EventEmitter();
  const log: string[] = [];
  const clock = { ms: 0 };
  const interrupts = catchInterrupts({
    source,
    now: () => clock.ms,
    onFirst: (interruption) => log.push(interruption.message),
    onSecond: (status) => log.push(`ended with ${status}`),
  });
  return { source, log, clock, interrupts };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('the first %s aborts, with the signal as the reason', (signal, status) => {
  const { source, log, interrupts } = setUp();
  expect(interrupts.signal.aborted).toBe(false);
  expect(interrupts.interruption).toBeUndefined();
  source.emit(signal);
  expect(interrupts.signal.reason).toEqual(new Interruption(signal));
  expect(interrupts.interruption?.signal).toBe(signal);
  expect(interrupts.interruption?.exitStatus).toBe(status);
  expect(log).toEqual([`interrupted by ${signal}`]);
});

test('the second one ends with status 130', () => {
  const { source, log, clock } = setUp();
  source.emit('SIGINT');
  clock.ms = 100;
  source.emit('SIGINT');
  expect(log).toEqual(['interrupted by SIGINT', 'ended with 130']);
});

test('an echo of the first one is not a second one, another signal is', () => {
  const { source, log, clock } = setUp();
  source.emit('SIGINT');
  clock.ms = 99;
  source.emit('SIGINT');
  expect(log).toEqual(['interrupted by SIGINT']);
  source.emit('SIGTERM');
  expect(log).toEqual(['interrupted by SIGINT', 'ended with 130']);
});

test('restore removes every handler', () => {
  const { source, interrupts } = setUp();
  expect(source.eventNames()).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP']);
  interrupts.restore();
  expect(source.eventNames()).toEqual([]);
});

test('by default it listens to this process', () => {
  const before = process.listenerCount('SIGINT');
  const interrupts = catchInterrupts();
  expect(process.listenerCount('SIGINT')).toBe(before + 1);
  process.emit('SIGINT');
  expect(interrupts.signal.aborted).toBe(true);
  interrupts.restore();
  expect(process.listenerCount('SIGINT')).toBe(before);
});

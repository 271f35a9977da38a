import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Action } from '../../../engine/graph/action.ts';
import { loggingSink, readBuildLog } from '../../../engine/report/build-log.ts';
import type { BuildEvent } from '../../../engine/report/event.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'build-log-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const action = { id: '/b/x.o' } as Action;
const summary = { outcome: 'succeeded', ran: 1, fresh: 0, failed: 0, skipped: 0, elapsedMs: 1 } as const;

test('keeps what ran, with the words of its command that changed, and passes every event on', () => {
  const file = path.join(folder, 'log');
  const passed: BuildEvent[] = [];
  const sink = loggingSink(file, 5, (event) => passed.push(event));
  const reasons = [{ kind: 'command', from: 'cc -O2 -c x.c', to: 'cc -O3 -c x.c' }] as const;
  sink({ kind: 'started', action, reasons });
  sink({ kind: 'finished', action, output: '', startMs: 10, endMs: 30, changed: false });
  sink({ kind: 'done', summary });
  expect(passed.map((event) => event.kind)).toEqual(['started', 'finished', 'done']);
  expect(readBuildLog(file)).toMatchObject({
    startMs: 5,
    outcome: 'succeeded',
    actions: [
      {
        id: '/b/x.o',
        result: 'same',
        startMs: 10,
        endMs: 30,
        reasons: [{ kind: 'command', from: '-O2', to: '-O3' }],
      },
    ],
  });
});

test('a build that runs nothing leaves the reasons of the last one', () => {
  const file = path.join(folder, 'log');
  loggingSink(file, 5, () => {})({ kind: 'done', summary: { ...summary, ran: 0 } });
  expect(fs.existsSync(file)).toBe(false);
});

test('a damaged log is none', () => {
  const file = path.join(folder, 'log');
  fs.writeFileSync(file, '{"format":1');
  expect(readBuildLog(file)).toBeUndefined();
});

test('a log that cannot be written is a warning', () => {
  const passed: BuildEvent[] = [];
  const sink = loggingSink(path.join(folder, 'none', 'log'), 5, (event) => passed.push(event));
  sink({ kind: 'started', action, reasons: [] });
  sink({ kind: 'finished', action, output: '', startMs: 10, endMs: 30, changed: true });
  sink({ kind: 'done', summary });
  expect(passed.map((event) => event.kind)).toContain('warning');
});

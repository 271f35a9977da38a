import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FifosAhead } from '../../../engine/exec/fifos-ahead.ts';
import { directSpawner } from '../../../engine/exec/spawner.ts';
import { eventually } from '../../support/processes.ts';

const FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK;

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fifos ahead '));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true });
});

const made = (): string[] => fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });

test('are made while the program goes on, and have no name any more when all are taken', async () => {
  const ahead = new FifosAhead(2);
  await eventually(() => made().length === 3);
  for (let count = 0; count < 2; count++) {
    const fd = ahead.take(FLAGS)!;
    expect(fs.fstatSync(fd).isFIFO()).toBe(true);
    fs.closeSync(fd);
  }
  expect(made()).toEqual([]);
  expect(ahead.take(FLAGS)).toBeUndefined();
});

test('that nobody takes are removed at the end', async () => {
  const ahead = new FifosAhead(2);
  await eventually(() => made().length === 3);
  ahead.close();
  expect(made()).toEqual([]);
  ahead.close();
});

test('are missing where they cannot be made', () => {
  vi.stubEnv('PATH', '/nonexistent');
  const ahead = new FifosAhead(1);
  expect(ahead.take(FLAGS)).toBeUndefined();
  expect(made()).toEqual([]);
  vi.stubEnv('TMPDIR', path.join(folder, 'not there'));
  expect(new FifosAhead(1).take(FLAGS)).toBeUndefined();
});

test.each(['', '/nonexistent'])('a spawner runs commands with them or without, PATH %j', async (search) => {
  const environment = { PATH: process.env['PATH']! };
  if (search !== '') vi.stubEnv('PATH', search);
  const spawner = directSpawner({ fifos: new FifosAhead(2) });
  const run = async (text: string): Promise<unknown> => {
    const outcome = await spawner.run({ argv: ['/bin/sh', '-c', text], cwd: '/', environment });
    return outcome.kind === 'exited' ? [outcome.status, outcome.output.toString()] : outcome;
  };
  expect(await run('echo one; sleep 0.01; echo two >&2')).toEqual([0, 'one\ntwo\n']);
  expect(await Promise.all(['a', 'b', 'c'].map((word) => run(`echo ${word}; exit 3`)))).toEqual([
    [3, 'a\n'],
    [3, 'b\n'],
    [3, 'c\n'],
  ]);
  await spawner.close();
  expect(made()).toEqual([]);
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FifoStock } from '../../../engine/exec/fifo-stock.ts';
import { directSpawner } from '../../../engine/exec/spawner.ts';

const FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK;

let folder: string;
const open: number[] = [];

beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'fifo stock ')), 'deep/fifos');
});
afterEach(() => {
  for (const fd of open.splice(0)) fs.closeSync(fd);
  fs.rmSync(path.dirname(path.dirname(folder)), { recursive: true });
});

function take(stock: FifoStock): number {
  const fd = stock.take(FLAGS);
  expect(fd).toBeDefined();
  open.push(fd!);
  expect(fs.fstatSync(fd!).isFIFO()).toBe(true);
  return fd!;
}

test('a taken FIFO has no name any more, and those that wait serve the next program', () => {
  take(new FifoStock(folder));
  const waiting = fs.readdirSync(folder);
  expect(waiting.length).toBeGreaterThan(10);
  const inodes = new Set(waiting.map((name) => fs.statSync(path.join(folder, name)).ino));
  const later = new FifoStock(folder);
  for (let count = 0; count < waiting.length; count++)
    expect(inodes).toContain(fs.fstatSync(take(later)).ino);
  expect(fs.readdirSync(folder)).toEqual([]);
  take(later);
  expect(fs.readdirSync(folder)).toHaveLength(waiting.length);
});

test('what is no FIFO is not taken', () => {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, '0'), 'somebody');
  expect(new FifoStock(folder).take(FLAGS)).toBeUndefined();
  take(new FifoStock(folder));
});

test('where none can be made there is none', () => {
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  fs.writeFileSync(folder, 'a file in the place of the folder');
  expect(new FifoStock(folder).take(FLAGS)).toBeUndefined();
});

test('a spawner runs commands with FIFOs from the stock', async () => {
  take(new FifoStock(folder));
  const before = fs.readdirSync(folder).length;
  const spawner = directSpawner({ fifos: new FifoStock(folder) });
  const run = (text: string): ReturnType<typeof spawner.run> =>
    spawner.run({ argv: ['/bin/sh', '-c', text], cwd: '/', environment: { PATH: process.env['PATH']! } });
  for (const text of ['echo one; echo two >&2', 'echo three > /dev/stderr']) {
    const outcome = await run(text);
    expect(outcome).toMatchObject({ kind: 'exited', status: 0 });
  }
  const both = await Promise.all([run('echo a'), run('echo b')]);
  expect(both.map((each) => each.kind === 'exited' && each.output.toString())).toEqual(['a\n', 'b\n']);
  await spawner.close();
  expect(fs.readdirSync(folder)).toHaveLength(before - 2);
});

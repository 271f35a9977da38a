import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hostJobserver, joinJobserver, type Jobserver } from '../../../engine/exec/jobserver.ts';
import { directSpawner, type Spawner } from '../../../engine/exec/spawner.ts';
import { deferred } from '../../support/deferred.ts';
import { FakeCommands } from '../../support/fake-command.ts';

const hasMake = spawnSync('make', ['--version']).status === 0;
let folder: string;
let fakes: FakeCommands;
let spawner: Spawner;
const toClose: Jobserver[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jobserver-'));
  fakes = await FakeCommands.start();
  spawner = directSpawner();
});
afterEach(async () => {
  await spawner.close();
  await fakes.close();
  toClose.splice(0).forEach((each) => each.close());
  rmSync(folder, { recursive: true, force: true });
});

function host(slots: number, taken: number, style: 'pipe' | 'fifo' = 'pipe'): Jobserver {
  const hosted = hostJobserver({ slots, taken, style });
  if (!hosted.ok) throw new Error(hosted.error);
  toClose.push(hosted.value);
  return hosted.value;
}

/** Takes tokens until there are no more. */
function drain(jobserver: Jobserver): number {
  let count = 0;
  while (jobserver.tryTake()) count++;
  return count;
}

test('holds as many tokens as there are free slots', () => {
  const jobserver = host(4, 1);
  expect(drain(jobserver)).toBe(3);
  jobserver.giveBack();
  jobserver.giveBack();
  expect(drain(jobserver)).toBe(2);
});

test('restores tokens that a command took with it, once the last one has ended', async () => {
  const jobserver = host(4, 0);
  expect(jobserver.tryTake()).toBe(true);
  const first = deferred<void>();
  const second = deferred<void>();
  const runs = [jobserver.run(() => first.promise), jobserver.run(() => second.promise)];
  const thief = openSync(jobserver.files[0]!.path, constants.O_RDONLY | constants.O_NONBLOCK);
  expect(readSync(thief, Buffer.alloc(2))).toBe(2);
  closeSync(thief);
  first.resolve();
  await runs[0];
  expect(drain(jobserver)).toBe(1);
  jobserver.giveBack();
  second.resolve();
  await runs[1];
  expect(drain(jobserver)).toBe(3);
});

test('names itself in MAKEFLAGS', () => {
  expect(host(4, 0).makeflags('ks -j9 --jobserver-auth=7,8')).toBe('ks -j4 --jobserver-auth=3,4');
  expect(host(4, 0, 'fifo').makeflags('')).toMatch(/^ -j4 --jobserver-auth=fifo:\/proc\/\d+\/fd\/\d+$/);
});

test.each(['pipe', 'fifo'] as const)(
  'a program in its own process joins it by its MAKEFLAGS (%s)',
  async (style) => {
    const jobserver = host(3, 1, style);
    const flags = jobserver.makeflags('');
    const path = style === 'fifo' ? flags.split('fifo:')[1]! : undefined;
    const script =
      path === undefined ? 'head -c 1 <&3; printf x >&4' : `head -c 1 <${path}; printf x >${path}`;
    const outcome = await spawner.run({
      argv: ['sh', '-c', script],
      cwd: folder,
      environment: { PATH: '/usr/bin:/bin', MAKEFLAGS: flags },
      files: jobserver.files,
    });
    expect('output' in outcome && outcome.output.toString()).toBe('+');
    expect(drain(jobserver)).toBe(2);
  },
);

describe.skipIf(!hasMake)('with GNU make', () => {
  const makefile = (): void => {
    const quoted = (name: string): string =>
      fakes
        .argv(name)
        .map((word) => `'${word}'`)
        .join(' ');
    writeFileSync(
      join(folder, 'Makefile'),
      `all: a b c d\n${['a', 'b', 'c', 'd'].map((name) => `${name}:\n\t@${quoted(name)}\n`).join('')}`,
    );
  };

  test('a nested make runs as many jobs as slots are free, and leaves all tokens', async () => {
    makefile();
    // One slot for the make itself, one for its second job; a third is kept by another task of the build.
    const jobserver = host(3, 1);
    expect(jobserver.tryTake()).toBe(true);
    const running = jobserver.run(() =>
      spawner.run({
        argv: ['make', '--no-print-directory'],
        cwd: folder,
        environment: { PATH: process.env['PATH'] ?? '', MAKEFLAGS: jobserver.makeflags('') },
        files: jobserver.files,
      }),
    );
    const [a, b] = await Promise.all([fakes.started('a'), fakes.started('b')]);
    expect(jobserver.tryTake()).toBe(false);
    expect(fakes.startedNames).toHaveLength(2);
    // The other task ends: make gets its slot.
    jobserver.giveBack();
    const c = await fakes.started('c');
    [a, b, c].forEach((command) => command.exit());
    (await fakes.started('d')).exit();
    const outcome = await running;
    expect(outcome).toMatchObject({ kind: 'exited', status: 0 });
    expect('output' in outcome && outcome.output.toString()).toBe('');
    expect(drain(jobserver)).toBe(2);
  });

  test('a nested make that is killed does not cost a slot', async () => {
    makefile();
    const jobserver = host(3, 1);
    const abort = new AbortController();
    const running = jobserver.run(() =>
      spawner.run(
        {
          argv: ['make'],
          cwd: folder,
          environment: { PATH: process.env['PATH'] ?? '', MAKEFLAGS: jobserver.makeflags('') },
          files: jobserver.files,
        },
        abort.signal,
      ),
    );
    await Promise.all([fakes.started('a'), fakes.started('b'), fakes.started('c')]);
    expect(jobserver.tryTake()).toBe(false);
    abort.abort();
    expect(await running).toEqual({ kind: 'cancelled', started: true });
    expect(drain(jobserver)).toBe(2);
  });

  test('joins the jobserver of a make that it is started by', async () => {
    // `joined` stands for this program: the test opens the pipe that make gave to it.
    writeFileSync(
      join(folder, 'Makefile'),
      `all: one two\none:\n\t+@${fakes
        .argv('joined')
        .map((word) => `'${word}'`)
        .join(' ')}\n` +
        `two:\n\t@${fakes
          .argv('two')
          .map((word) => `'${word}'`)
          .join(' ')}\n`,
    );
    const running = spawner.run({
      argv: ['make', '-j3'],
      cwd: folder,
      environment: { PATH: process.env['PATH'] ?? '' },
    });
    const [joined, two] = await Promise.all([fakes.started('joined'), fakes.started('two')]);
    const auth = /--jobserver-auth=(\d+),(\d+)/.exec(joined.environment['MAKEFLAGS'] ?? '');
    expect(auth).not.toBeNull();
    const [read, write] = auth!.slice(1).map((fd) => `/proc/${joined.pid}/fd/${fd}`);
    const pipe = { read: openSync(read!, constants.O_RDONLY), write: openSync(write!, constants.O_WRONLY) };
    const joinedJobserver = joinJobserver(`-j3 --jobserver-auth=${pipe.read},${pipe.write}`);
    if (!joinedJobserver?.ok) throw new Error('not joined');
    const jobserver = joinedJobserver.value;
    // Our own slot and one token: the other token is in use by `two`.
    expect(drain(jobserver)).toBe(2);
    two.exit();
    await two.ended;
    jobserver.giveBack();
    jobserver.giveBack();
    jobserver.close();
    closeSync(pipe.read);
    closeSync(pipe.write);
    joined.exit();
    // make checks at its end that all tokens are back, and complains otherwise.
    const outcome = await running;
    expect(outcome).toMatchObject({ kind: 'exited', status: 0 });
    expect('output' in outcome && outcome.output.toString()).toBe('');
  });
});

describe('joining', () => {
  function pipe(): { fd: number; path: string } {
    const path = join(folder, 'fifo');
    spawnSync('mkfifo', [path]);
    return { fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK), path };
  }

  test.each(['pipe', 'fifo'] as const)('writes back the bytes that it has read (%s)', (style) => {
    const { fd, path } = pipe();
    writeSync(fd, 'xy');
    const value = style === 'fifo' ? `fifo:${path}` : `${fd},${fd}`;
    const joined = joinJobserver(`-j3 --jobserver-auth=${value}`);
    if (!joined?.ok) throw new Error('not joined');
    expect(drain(joined.value)).toBe(3);
    joined.value.giveBack();
    joined.value.close();
    const bytes = Buffer.alloc(10);
    expect(bytes.toString('latin1', 0, readSync(fd, bytes)).split('').sort().join('')).toBe('xy');
    closeSync(fd);
  });

  test('hands the parent’s pipe on to its own commands', async () => {
    const { fd } = pipe();
    writeSync(fd, 'z');
    const joined = joinJobserver(`-j3 --jobserver-auth=${fd},${fd}`);
    if (!joined?.ok) throw new Error('not joined');
    toClose.push(joined.value);
    const outcome = await spawner.run({
      argv: ['sh', '-c', 'echo "$MAKEFLAGS"; head -c 1 <&3'],
      cwd: folder,
      environment: { PATH: '/usr/bin:/bin', MAKEFLAGS: joined.value.makeflags('k') },
      files: joined.value.files,
    });
    expect('output' in outcome && outcome.output.toString()).toBe('k -j3 --jobserver-auth=3,4\nz');
    closeSync(fd);
  });

  test('says why it cannot', () => {
    expect(joinJobserver('')).toBeUndefined();
    expect(joinJobserver('k --jobserver-auth=-2,-2')).toBeUndefined();
    const closed = joinJobserver('-j2 --jobserver-auth=900,901');
    expect(closed).toMatchObject({ ok: false, error: expect.stringContaining('not available') as string });
    const file = openSync('/etc/passwd', 'r');
    const wrong = joinJobserver(`-j2 --jobserver-auth=${file},${file}`);
    expect(wrong).toMatchObject({ ok: false, error: expect.stringContaining('is not a pipe') as string });
    closeSync(file);
    expect(joinJobserver('-j2 --jobserver-auth=fifo:/nonesuch')).toMatchObject({ ok: false });
  });
});

import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Interruption } from '../../../engine/exec/interrupt.ts';
import {
  directSpawner,
  helperSpawner,
  type SpawnOutcome,
  type Spawner,
  type SpawnerOptions,
  type SpawnRequest,
} from '../../../engine/exec/spawner.ts';
import { bundledHelper } from '../../support/bundled-helper.ts';
import { FakeCommands } from '../../support/fake-command.ts';
import { eventually, processesWith } from '../../support/processes.ts';

const helper = await bundledHelper();
afterAll(() => helper.remove());

const kinds: [string, (options?: SpawnerOptions) => Spawner][] = [
  ['direct', (options) => directSpawner(options)],
  ['helper', (options) => helperSpawner({ ...options, program: helper.program })],
];

describe.each(kinds)('%s spawner', (kind, create) => {
  const mark = `${kind}-${process.pid}`;
  const environment = { PATH: '/usr/bin:/bin', SPAWNER_TEST: mark };
  let folder: string;
  let fakes: FakeCommands;
  let spawner: Spawner;

  const request = (argv: readonly string[], more: Partial<SpawnRequest> = {}): SpawnRequest => ({
    argv,
    cwd: folder,
    environment,
    ...more,
  });
  const shell = (text: string, more: Partial<SpawnRequest> = {}): Promise<SpawnOutcome> =>
    spawner.run(request(['sh', '-c', text], more));
  const noneLeft = (): Promise<void> => eventually(() => processesWith('SPAWNER_TEST', mark).length === 0);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'spawner-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    fakes = await FakeCommands.start();
    spawner = create({ graceMs: 5000 });
  });
  afterEach(async () => {
    await spawner.close();
    await noneLeft();
    await fakes.close();
  });

  test('keeps the order of standard output and standard error', async () => {
    const outcome = await shell('for i in 1 2 3; do echo out$i; echo err$i >&2; done');
    expect(outcome).toMatchObject({ kind: 'exited', status: 0, omittedBytes: 0 });
    expect(text(outcome)).toBe('out1\nerr1\nout2\nerr2\nout3\nerr3\n');
  });

  test('gives a real pipe, which a script can open by name', async () => {
    expect(text(await shell('echo a; echo b > /dev/stderr; echo c > /dev/stdout; echo d'))).toBe(
      'a\nb\nc\nd\n',
    );
  });

  test('reports exit status, killing signal and times', async () => {
    const before = performance.timeOrigin + performance.now();
    const exited = await shell('exit 7');
    expect(exited).toMatchObject({ kind: 'exited', status: 7 });
    if (exited.kind !== 'exited') throw new Error(exited.kind);
    // Clocks of two processes are read; they agree to a few milliseconds.
    expect(exited.startMs).toBeGreaterThan(before - 20);
    expect(exited.endMs).toBeGreaterThanOrEqual(exited.startMs);
    expect(await shell('echo last words; kill -SEGV $$')).toMatchObject({
      kind: 'signaled',
      signal: 'SIGSEGV',
    });
  });

  test('gives a command exactly the environment and folder of the request', async () => {
    const running = spawner.run(request(fakes.argv('a', 'x y', '')));
    const command = await fakes.started('a');
    expect(command.environment).toEqual(environment);
    expect(command.args).toEqual(['x y', '']);
    expect(command.cwd).toBe(folder);
    command.exit(0);
    expect(await running).toMatchObject({ kind: 'exited', status: 0 });
  });

  test('passes each environment to its own commands, also after many others', async () => {
    const names = Array.from({ length: 600 }, (_, index) => `value ${index % 300}`);
    const outcomes = await Promise.all(
      names.map((VALUE) => shell('echo "$VALUE"', { environment: { ...environment, VALUE } })),
    );
    expect(outcomes.map(text)).toEqual(names.map((name) => `${name}\n`));
  });

  test('makes a command the leader of a process group and session of its own', async () => {
    const running = spawner.run(request(fakes.argv('a')));
    const command = await fakes.started('a');
    const stat = readFileSync(`/proc/${command.pid}/stat`, 'latin1');
    const [, , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    expect([group, session]).toEqual([String(command.pid), String(command.pid)]);
    command.exit();
    await running;
  });

  test('gives an empty standard input unless the request has one', async () => {
    expect(text(await shell('cat; readlink /proc/self/fd/0'))).toBe('/dev/null\n');
    const bytes = randomBytes(300_000);
    const outcome = await spawner.run(request(['cat'], { stdin: bytes }));
    expect('output' in outcome && outcome.output.equals(bytes)).toBe(true);
  });

  test('survives a command that does not read its standard input', async () => {
    expect(await spawner.run(request(['true'], { stdin: Buffer.alloc(1_000_000) }))).toMatchObject({
      status: 0,
    });
  });

  test('opens files as descriptors from 3 on, and leaks no others', async () => {
    const path = join(folder, 'third');
    writeFileSync(path, 'third file\n');
    const files = [
      { path, mode: 'read' },
      { path: join(folder, 'fourth'), mode: 'write' },
    ] as const;
    writeFileSync(files[1].path, '');
    expect(text(await shell('cat <&3; echo fourth >&4', { files }))).toBe('third file\n');
    expect(readFileSync(files[1].path, 'utf8')).toBe('fourth\n');
    // Descriptors that this process itself was started with are inherited all the way.
    const list = 'ls /proc/$$/fd; :';
    expect(text(await shell(list))).toBe(spawnSync('sh', ['-c', list]).stdout.toString());
    const missing = await shell('true', { files: [{ path: join(folder, 'none'), mode: 'read' }] });
    expect(missing).toMatchObject({ kind: 'failedToStart', code: 'ENOENT' });
    expect((missing as { message: string }).message).toContain(join(folder, 'none'));
  });

  test('passes binary output through unchanged', async () => {
    const bytes = randomBytes(500_000);
    writeFileSync(join(folder, 'binary'), bytes);
    const outcome = await spawner.run(request(['cat', 'binary']));
    expect('output' in outcome && outcome.output.equals(bytes)).toBe(true);
  });

  test('keeps the beginning and the end of a huge output, and says how much is missing', async () => {
    const outcome = await shell('echo begin; head -c 100000000 /dev/zero; echo end');
    if (outcome.kind !== 'exited') throw new Error(outcome.kind);
    expect(outcome.omittedBytes).toBe(100_000_010 - 2 * 1_048_576);
    expect(outcome.output.length).toBeLessThan(2_100_000);
    expect(outcome.output.subarray(0, 6).toString()).toBe('begin\n');
    expect(outcome.output.subarray(-4).toString()).toBe('end\n');
    expect(outcome.output.includes(`[… ${outcome.omittedBytes} bytes of output left out …]`)).toBe(true);
  });

  test.each([
    [
      'a program that is not in PATH',
      ['nonesuch'],
      {},
      'ENOENT',
      'cannot run nonesuch: not found in PATH (/usr/bin:/bin)',
    ],
    ['a path without a file', ['./nonesuch'], {}, 'ENOENT', 'cannot run ./nonesuch: no such file'],
    [
      'a file that is not executable',
      ['/etc/passwd'],
      {},
      'EACCES',
      'cannot run /etc/passwd: not executable',
    ],
    ['a folder as program', ['/etc'], {}, 'EACCES', 'cannot run /etc'],
    [
      'a missing working directory',
      ['true'],
      { cwd: '/nonesuch' },
      'ENOENT',
      'cannot enter /nonesuch: it does not exist',
    ],
    [
      'a file as working directory',
      ['true'],
      { cwd: '/etc/passwd' },
      'ENOTDIR',
      'cannot enter /etc/passwd: it is not a folder',
    ],
    ['an argument beyond 128 KiB', ['true', 'x'.repeat(140_000)], {}, 'E2BIG', 'an argument of 140001 bytes'],
    [
      'arguments beyond the limit together',
      ['true', ...Array<string>(60).fill('x'.repeat(100_000))],
      {},
      'E2BIG',
      'a command line of 6000553 bytes',
    ],
    [
      'an environment beyond the limit',
      ['true'],
      { environment: { LONG: 'x'.repeat(140_000) } },
      'E2BIG',
      'LONG',
    ],
    ['a NUL in an argument', ['true', 'a\0b'], {}, 'EINVAL', 'NUL'],
    ['an empty program', [''], {}, 'EINVAL', 'the command has no program'],
    ['no program', [], {}, 'EINVAL', 'the command has no program'],
  ] as const)('names what is wrong with %s', async (_name, argv, more, code, message) => {
    const outcome = await spawner.run(request(argv, more));
    expect(outcome).toMatchObject({ kind: 'failedToStart', code });
    expect((outcome as { message: string }).message).toContain(message);
  });

  test('names the missing interpreter of a script', async () => {
    writeFileSync(join(folder, 'script'), '#!/no/such/python -u\n', { mode: 0o755 });
    const outcome = await spawner.run(request(['./script']));
    expect(text(outcome)).toContain(
      `cannot run ./script: the interpreter /no/such/python of ${folder}/script is missing`,
    );
  });

  test('runs a script without an interpreter line as shells do', async () => {
    const path = join(folder, 'plain-script');
    writeFileSync(path, 'echo "from $0"\n', { mode: 0o755 });
    expect(text(await spawner.run(request([path])))).toBe(`from ${path}\n`);
  });

  test('tries again while the program is still open for writing', async () => {
    const path = join(folder, 'busy');
    writeFileSync(path, readFileSync('/bin/true'));
    chmodSync(path, 0o755);
    const fd = openSync(path, 'r+');
    const running = spawner.run(request([path]));
    setTimeout(() => closeSync(fd), 30);
    expect(await running).toMatchObject({ kind: 'exited', status: 0 });
  });

  test('gives up on a program that stays open for writing, and can be cancelled meanwhile', async () => {
    const path = join(folder, 'busy-for-ever');
    writeFileSync(path, readFileSync('/bin/true'));
    chmodSync(path, 0o755);
    const fd = openSync(path, 'r+');
    const abort = new AbortController();
    const cancelled = spawner.run(request([path]), abort.signal);
    const failed = spawner.run(request([path]));
    setTimeout(() => abort.abort(), 30);
    expect(await cancelled).toEqual({ kind: 'cancelled', started: false });
    expect(await failed).toMatchObject({ kind: 'failedToStart', code: 'ETXTBSY' });
    closeSync(fd);
  });

  test('runs hundreds of commands that are asked for at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 300 }, (_, index) => shell(`echo ${index}`)));
    expect(outcomes.map(text)).toEqual(Array.from({ length: 300 }, (_, index) => `${index}\n`));
  });

  describe('cancelling', () => {
    test('before the start starts nothing', async () => {
      expect(await spawner.run(request(fakes.argv('a')), AbortSignal.abort())).toEqual({
        kind: 'cancelled',
        started: false,
      });
      expect(fakes.startedNames).toEqual([]);
    });

    test('ends the whole group with SIGTERM', async () => {
      const abort = new AbortController();
      const running = spawner.run(request(fakes.argv('parent')), abort.signal);
      const parent = await fakes.started('parent');
      await parent.child('child');
      const child = await fakes.started('child');
      abort.abort();
      expect(await running).toEqual({ kind: 'cancelled', started: true });
      await Promise.all([parent.ended, child.ended]);
      await noneLeft();
    });

    test('passes on the signal of an interruption', async () => {
      const abort = new AbortController();
      const running = spawner.run(request(fakes.argv('a')), abort.signal);
      const command = await fakes.started('a');
      await command.ignore('SIGINT');
      abort.abort(new Interruption('SIGINT'));
      expect(await command.signal()).toBe('SIGINT');
      command.exit(0);
      // It ended by itself, but because it was asked to.
      expect(await running).toEqual({ kind: 'cancelled', started: true });
    });

    test('kills after the grace time what ignores the signal', async () => {
      const impatient = create({ graceMs: 50 });
      const abort = new AbortController();
      const running = impatient.run(request(fakes.argv('stubborn')), abort.signal);
      const command = await fakes.started('stubborn');
      await command.ignore('SIGTERM');
      abort.abort();
      expect(await running).toEqual({ kind: 'cancelled', started: true });
      await command.ended;
      await impatient.close();
    });

    test('waits for members of the group that end later than its leader', async () => {
      const abort = new AbortController();
      const running = spawner.run(request(fakes.argv('parent')), abort.signal);
      const parent = await fakes.started('parent');
      await parent.child('child');
      const child = await fakes.started('child');
      await child.ignore('SIGTERM');
      let settled = false;
      void running.then(() => (settled = true));
      abort.abort();
      await parent.ended;
      expect(await child.signal()).toBe('SIGTERM');
      expect(settled).toBe(false);
      child.exit();
      expect(await running).toEqual({ kind: 'cancelled', started: true });
    });

    test('ends a stopped command', async () => {
      const abort = new AbortController();
      const running = spawner.run(request(fakes.argv('a')), abort.signal);
      const command = await fakes.started('a');
      process.kill(command.pid, 'SIGSTOP');
      abort.abort();
      expect(await running).toEqual({ kind: 'cancelled', started: true });
    });

    test('after the end changes nothing', async () => {
      const abort = new AbortController();
      const outcome = await spawner.run(request(['true']), abort.signal);
      abort.abort();
      expect(outcome).toMatchObject({ kind: 'exited', status: 0 });
    });

    test('stops many commands that share one signal, without a warning', async () => {
      const warnings: Error[] = [];
      const onWarning = (warning: Error): number => warnings.push(warning);
      process.on('warning', onWarning);
      const abort = new AbortController();
      const running = Array.from({ length: 20 }, () => spawner.run(request(['sleep', '100']), abort.signal));
      await eventually(() => processesWith('SPAWNER_TEST', mark).length >= 20);
      abort.abort();
      for (const outcome of await Promise.all(running))
        expect(outcome).toEqual({ kind: 'cancelled', started: true });
      process.off('warning', onWarning);
      expect(warnings).toEqual([]);
    });

    test('by close ends what runs, and later commands', async () => {
      const running = spawner.run(request(fakes.argv('a')));
      await fakes.started('a');
      await spawner.close();
      expect(await running).toEqual({ kind: 'cancelled', started: true });
      expect(await spawner.run(request(['true']))).toEqual({ kind: 'cancelled', started: false });
    });
  });

  describe('a process left behind', () => {
    test('does not hold up the outcome, and its later output goes to nobody', async () => {
      const running = spawner.run(request(fakes.argv('parent')));
      const parent = await fakes.started('parent');
      await parent.child('daemon', { keepOutput: true });
      const daemon = await fakes.started('daemon');
      await parent.write('from the parent\n');
      await daemon.write('from the daemon\n');
      parent.exit(0);
      expect(text(await running)).toBe('from the parent\nfrom the daemon\n');

      const next = spawner.run(request(fakes.argv('next')));
      const command = await fakes.started('next');
      await daemon.write('too late\n');
      await command.write('alone\n');
      command.exit(0);
      expect(text(await next)).toBe('alone\n');

      // More than a pipe holds: somebody must be reading, or the daemon would hang.
      await daemon.write(Buffer.alloc(300_000));
      await spawner.close();
      await daemon.ended;
    });

    test('may still write while its parent has just ended', async () => {
      const patient = create({ lingerMs: 20_000 });
      const running = patient.run(request(fakes.argv('parent')));
      const parent = await fakes.started('parent');
      await parent.child('child', { keepOutput: true });
      const child = await fakes.started('child');
      parent.exit(3);
      await parent.ended;
      await child.write('afterwards\n');
      child.exit(0);
      const outcome = await running;
      expect(outcome).toMatchObject({ kind: 'exited', status: 3 });
      expect(text(outcome)).toBe('afterwards\n');
      await patient.close();
    });

    test('in a session of its own does not hold up the outcome either', async () => {
      const running = spawner.run(request(fakes.argv('parent')));
      const parent = await fakes.started('parent');
      await parent.child('daemon', { keepOutput: true, newSession: true });
      const daemon = await fakes.started('daemon');
      parent.exit(0);
      expect(await running).toMatchObject({ kind: 'exited', status: 0 });
      daemon.exit();
      await daemon.ended;
    });

    test('without output is killed by close', async () => {
      const running = spawner.run(request(fakes.argv('parent')));
      const parent = await fakes.started('parent');
      await parent.child('daemon');
      const daemon = await fakes.started('daemon');
      parent.exit(0);
      expect(await running).toMatchObject({ kind: 'exited', status: 0 });
      expect(processesWith('SPAWNER_TEST', mark)).toContain(daemon.pid);
      await spawner.close();
      await daemon.ended;
    });
  });
});

function text(outcome: SpawnOutcome): string {
  if ('output' in outcome) return outcome.output.toString();
  return `${outcome.kind}: ${'message' in outcome ? outcome.message : ''}`;
}

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { build } from 'esbuild';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { helperSpawner, type Spawner } from '../../../engine/exec/spawner.ts';
import { bundledHelper } from '../../support/bundled-helper.ts';
import { FakeCommands } from '../../support/fake-command.ts';
import { eventually, processesWith } from '../../support/processes.ts';

const helper = await bundledHelper();
afterAll(() => helper.remove());

const mark = `helper-${process.pid}`;
const environment = { PATH: '/usr/bin:/bin', HELPER_TEST: mark };
const noneLeft = (): Promise<void> => eventually(() => processesWith('HELPER_TEST', mark).length === 0);
let fakes: FakeCommands;
beforeEach(async () => {
  fakes = await FakeCommands.start();
});
afterEach(async () => {
  await fakes.close();
  await noneLeft();
});

describe('when the helper dies', () => {
  let spawner: Spawner;
  let helperId: number;
  beforeEach(async () => {
    spawner = helperSpawner({ program: helper.program });
    const outcome = await spawner.run({ argv: ['sh', '-c', 'echo $PPID'], cwd: '/', environment });
    helperId = Number('output' in outcome && outcome.output.toString());
    expect(readFileSync(`/proc/${helperId}/cmdline`, 'latin1')).toContain(helper.program);
  });
  afterEach(() => spawner.close());

  test('running commands fail clearly and are killed, also those that ignore signals', async () => {
    const running = spawner.run({ argv: fakes.argv('a'), cwd: '/', environment });
    const command = await fakes.started('a');
    await command.ignore('SIGTERM');
    process.kill(helperId, 'SIGKILL');
    const failed = {
      kind: 'failedToStart',
      code: 'HELPER',
      message: 'the process that launches commands has ended (SIGKILL)',
    };
    expect(await running).toEqual(failed);
    await command.ended;
    expect(await spawner.run({ argv: ['true'], cwd: '/', environment })).toEqual(failed);
  });

  test('because it is asked to, it kills its commands before', async () => {
    const running = spawner.run({ argv: fakes.argv('a'), cwd: '/', environment });
    const command = await fakes.started('a');
    process.kill(helperId, 'SIGTERM');
    expect(await running).toMatchObject({ kind: 'cancelled' });
    await command.ended;
    expect(await spawner.run({ argv: ['true'], cwd: '/', environment })).toMatchObject({ code: 'HELPER' });
  });

  test('the terminal’s signals do not end it', async () => {
    process.kill(helperId, 'SIGINT');
    process.kill(helperId, 'SIGHUP');
    expect(await spawner.run({ argv: ['true'], cwd: '/', environment })).toMatchObject({ status: 0 });
  });
});

test('a program that cannot be a helper makes every command fail with its last words', async () => {
  const spawner = helperSpawner({ program: fileURLToPath(import.meta.url) });
  const outcome = await spawner.run({ argv: ['true'], cwd: '/', environment });
  expect(outcome).toMatchObject({ kind: 'failedToStart', code: 'HELPER' });
  expect((outcome as { message: string }).message).toMatch(/has ended \(status 1\): .+/);
  await spawner.close();
});

test('the helper says what it is to a person who starts it', () => {
  const run = spawnSync(process.execPath, [helper.program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  expect(run.status).toBe(2);
  expect(run.stderr).toBe('unigraph starts this program itself, to launch the commands of a build\n');
});

test('without a bundled helper, commands run from this process', async () => {
  const spawner = helperSpawner();
  const outcome = await spawner.run({ argv: ['sh', '-c', 'echo $PPID'], cwd: '/', environment });
  expect('output' in outcome && outcome.output.toString()).toBe(`${process.pid}\n`);
  await spawner.close();
});

describe('when the asking process', () => {
  let folder: string;
  let owner: ChildProcess;
  let output: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'helper-owner-'));
    // A program as the release is: bundled, with the helper's program beside it.
    const entry = (name: string): string =>
      fileURLToPath(new URL(`../../../engine/exec/${name}.ts`, import.meta.url));
    await build({
      entryPoints: {
        spawner: entry('spawner'),
        interrupt: entry('interrupt'),
        'spawn-helper': entry('spawn-helper'),
      },
      outdir: folder,
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a program text that has `spawner`, `commands` (argument vectors) and `environment`. */
  function start(text: string, commands: readonly (readonly string[])[]): void {
    const program = `
      const { helperSpawner } = await import('./spawner.js');
      const { catchInterrupts } = await import('./interrupt.js');
      const commands = ${JSON.stringify(commands)};
      const environment = ${JSON.stringify(environment)};
      const spawner = helperSpawner();
      const run = (argv, signal) => spawner.run({ argv, cwd: '/', environment }, signal);
      ${text}`;
    owner = spawn(
      process.execPath,
      ['--input-type=module', '--eval', program.replaceAll("'./", `'${folder}/`)],
      {
        env: environment,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    output = '';
    owner.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const ended = (): Promise<number | NodeJS.Signals | null> =>
    new Promise((resolve) => owner.once('close', (status, signal) => resolve(signal ?? status)));

  test('is killed, no command is left, not even one that ignores signals', async () => {
    start('for (const argv of commands) void run(argv);', [fakes.argv('a'), fakes.argv('b')]);
    const [a, b] = await Promise.all([fakes.started('a'), fakes.started('b')]);
    await b.ignore('SIGTERM');
    await a.child('grandchild');
    const grandchild = await fakes.started('grandchild');
    owner.kill('SIGKILL');
    await Promise.all([a.ended, b.ended, grandchild.ended]);
    await noneLeft();
  });

  test('has nothing to run any more, it ends by itself, and so does the helper', async () => {
    start('console.log((await run(commands[0])).status);', [['true']]);
    expect(await ended()).toBe(0);
    expect(output).toBe('0\n');
    await noneLeft();
  });

  test('calls process.exit, its commands end', async () => {
    start('void run(commands[0]); process.on("SIGUSR2", () => process.exit(3));', [fakes.argv('a')]);
    const command = await fakes.started('a');
    owner.kill('SIGUSR2');
    expect(await ended()).toBe(3);
    await command.ended;
    await noneLeft();
  });

  test('gets Ctrl-C, commands get the same signal, and a second one ends everything at once', async () => {
    start(
      `const interrupts = catchInterrupts({ onFirst: (i) => console.log(i.message) });
       console.log((await run(commands[0], interrupts.signal)).kind);
       await run(commands[1]);`,
      [fakes.argv('a'), fakes.argv('b')],
    );
    const a = await fakes.started('a');
    await a.ignore('SIGINT');
    owner.kill('SIGINT');
    expect(await a.signal()).toBe('SIGINT');
    a.exit(1);
    const b = await fakes.started('b');
    await eventually(() => output === 'interrupted by SIGINT\ncancelled\n');
    owner.kill('SIGTERM');
    expect(await ended()).toBe(130);
    await b.ended;
  });

  test.skipIf(!existsSync('/usr/bin/script'))(
    'is at a terminal, Ctrl-C does not reach commands by itself',
    async () => {
      const text = `
      const { helperSpawner } = await import('${folder}/spawner.js');
      const spawner = helperSpawner();
      process.on('SIGINT', () => console.log('got SIGINT'));
      const outcome = await spawner.run({ argv: ${JSON.stringify(fakes.argv('a'))}, cwd: '/', environment: ${JSON.stringify(environment)} });
      console.log(outcome.kind, outcome.status);`;
      owner = spawn('script', ['-qec', '"$NODE" --input-type=module --eval "$TEXT"', '/dev/null'], {
        env: { ...environment, NODE: process.execPath, TEXT: text, SHELL: '/bin/sh' },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      output = '';
      owner.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const command = await fakes.started('a');
      await command.ignore('SIGINT');
      owner.stdin!.write('\x03');
      await eventually(() => output.includes('got SIGINT'));
      command.exit(5);
      await eventually(() => output.includes('exited 5'));
      owner.kill('SIGKILL');
      await ended();
    },
  );
});

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../rules/run/debugger.ts';
import { eventually, processesWith } from '../support/processes.ts';
import { bundledProgram, killProcessesWith, start, type Outcome } from '../support/program.ts';
import { buildTinyGuest, canRunGuests, has } from '../rules/run/tiny-guest.ts';

let program = '';
const possible = canRunGuests && has('gdb');
const image = possible ? buildTinyGuest() : '';

beforeAll(async () => {
  program = await bundledProgram();
});

function user(): {
  call: (args: readonly string[]) => Promise<Outcome>;
  left: () => number[];
  folder: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-debug-'));
  onTestFinished(() => {
    // Of a test that failed half-way.
    killProcessesWith('RUN_TEST_MARK', folder);
    rmSync(folder, { recursive: true, force: true });
  });
  const env = {
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    RUN_TEST_MARK: folder,
  };
  return {
    folder,
    call: (args) => start(program, args, { env }).outcome,
    left: () => processesWith('RUN_TEST_MARK', folder),
  };
}

const gdb = (...commands: readonly string[]): string[] => [
  '--batch',
  ...commands.flatMap((command) => ['--ex', command]),
];

describe.skipIf(!possible)('unigraph debug', () => {
  it('starts a guest, stops it at its first instruction, and ends it with gdb', async () => {
    const { call, left } = user();
    const words = gdb('info symbol $pc', 'break faulty_function', 'continue', 'bt 1');
    const end = await call(['debug', '--image', image, ...words, '--', 'crash', 'off']);
    expect(end.status).toBe(0);
    expect(end.stdout).toMatch(/^_start in section \.text/m);
    // The guest writes at the same time: gdb's lines may stand inside its own, and its behind gdb's `#`.
    expect(end.stdout).toMatch(/\S+ crash off/);
    expect(end.stdout).toMatch(/^#?0 {2}(0x\w+ in )?faulty_function \(\) at \S*tiny-guest\.c:\d+$/m);
    await eventually(() => left().length === 0);
    expect((await call(['ps'])).stdout).toBe('');
  });

  it('attaches to the running guest that has a gdb server, and leaves it running', async () => {
    const { call, left } = user();
    const port = await freePort();
    await call(['run', '-d', '-W', '--image', image, '--gdb', String(port), '--paused', '--as', 'watched']);
    const end = await call(['debug', ...gdb('detach')]);
    expect(end.status).toBe(0);
    expect(end.stdout).toMatch(/^0x0*fff0 in /m);
    expect((await call(['ps'])).stdout).toMatch(new RegExp(`^watched +running .* gdb:${port} `, 'm'));
    expect((await call(['debug', '--attach', 'nobody'])).stderr).toBe(
      "unigraph: there is no guest 'nobody'\n",
    );
    await call(['stop', '--all']);
    await eventually(() => left().length === 0);
  });

  it('says what is missing', async () => {
    const { call, folder } = user();
    copyFileSync(image, join(folder, 'bare_qemu-x86_64'));
    const end = await call(['debug', '--image', join(folder, 'bare_qemu-x86_64')]);
    expect(end).toMatchObject({
      status: 2,
      stderr: `unigraph: there is no ${join(folder, 'bare_qemu-x86_64')}.dbg, so that gdb would have no symbols\n`,
    });
  });
});

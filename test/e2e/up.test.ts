import { existsSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledProgram, start, type Outcome } from '../support/program.ts';
import { ExampleRig, missing } from './example-rig.ts';

const title = `unigraph up${missing === undefined ? '' : `: ${missing} is not installed`}`;

describe.skipIf(missing !== undefined)(title, () => {
  let rig: ExampleRig;
  let program: string;
  beforeAll(async () => {
    program = await bundledProgram();
    rig = new ExampleRig();
    mkdirSync(rig.path('home'));
  });
  afterAll(() => {
    rig.remove();
  });

  const unigraph = (args: readonly string[], cwd: string): Promise<Outcome> =>
    start(program, args, {
      cwd,
      env: {
        HOME: rig.path('home'),
        XDG_CACHE_HOME: rig.path('cache'),
        XDG_STATE_HOME: rig.path('state'),
        UK_WORKDIR: rig.path('work'),
        UK_ROOT: undefined,
      },
    }).outcome;

  test('goes from a template to the output of the booted guest, and a second time from what is there', async () => {
    const up = ['up', '-t', './helloworld', 'greeter', '--accel', 'tcg', '--timeout', '60'];
    const first = await unigraph([...up, '--', 'one', 'two'], rig.path('apps'));
    expect(first.status, first.stdout + first.stderr).toBe(0);
    expect(first.stdout).toMatch(/\.config: new/);
    expect(first.stdout).toMatch(/Hello/);
    expect(existsSync(rig.path('apps/greeter/build'))).toBe(true);
    const second = await unigraph(['up', 'greeter', '--accel', 'tcg', '--timeout', '60'], rig.path('apps'));
    expect(second.status, second.stdout + second.stderr).toBe(0);
    expect(second.stdout).not.toMatch(/\.config: new/);
    expect(second.stdout).toMatch(/Hello/);
  });

  test('stops at the stage that fails, and says which', async () => {
    const failed = await unigraph(
      ['up', '-t', './helloworld', 'broken', '--arch', 'x86_64', '--target', 'none'],
      rig.path('apps'),
    );
    expect(failed.status).not.toBe(0);
    expect(failed.stderr).toMatch(
      /stopped at 'unigraph configure --target none --arch x86_64' in .*apps\/broken/,
    );
    const there = await unigraph(['up', '-t', './helloworld', 'broken'], rig.path('apps'));
    expect(there).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/broken is there already/) as string,
    });
  });
});

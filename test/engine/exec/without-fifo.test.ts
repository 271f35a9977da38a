import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostJobserver } from '../../../engine/exec/jobserver.ts';
import { directSpawner, type SpawnOutcome } from '../../../engine/exec/spawner.ts';
import { FakeCommands } from '../../support/fake-command.ts';

/*
 * Where no FIFO can be made (here: no mkfifo in PATH), commands still run; only the order between standard output and
 * standard error is lost.
 */
const path = process.env['PATH'];
beforeAll(() => {
  process.env['PATH'] = '/nonexistent';
});
afterAll(() => {
  process.env['PATH'] = path;
});

const environment = { PATH: '/usr/bin:/bin' };
const text = (outcome: SpawnOutcome): string =>
  'output' in outcome ? outcome.output.toString() : outcome.kind;

test('all output arrives', async () => {
  const spawner = directSpawner();
  const outcome = await spawner.run({
    argv: ['sh', '-c', 'head -c 300000 /dev/zero; echo out; echo err >&2; exit 3'],
    cwd: '/',
    environment,
  });
  expect(outcome).toMatchObject({ kind: 'exited', status: 3, omittedBytes: 0 });
  expect(text(outcome).length).toBe(300_008);
  expect(text(outcome)).toContain('out\n');
  expect(text(outcome)).toContain('err\n');
  await spawner.close();
});

test('a process left behind does not hold up the outcome, and is killed by close', async () => {
  const fakes = await FakeCommands.start();
  const spawner = directSpawner();
  const running = spawner.run({ argv: fakes.argv('parent'), cwd: '/', environment });
  const parent = await fakes.started('parent');
  await parent.child('daemon', { keepOutput: true });
  const daemon = await fakes.started('daemon');
  await daemon.write('from the daemon\n');
  parent.exit(0);
  expect(text(await running)).toBe('from the daemon\n');
  await daemon.write(Buffer.alloc(300_000));
  await spawner.close();
  await daemon.ended;
  await fakes.close();
});

test('a failure to start is told as ever', async () => {
  const spawner = directSpawner();
  expect(await spawner.run({ argv: ['nonesuch'], cwd: '/', environment })).toMatchObject({ code: 'ENOENT' });
  await spawner.close();
});

test('a jobserver says that it cannot be', () => {
  expect(hostJobserver({ slots: 2, taken: 0, style: 'pipe' })).toMatchObject({
    ok: false,
    error: expect.stringContaining('cannot make a named pipe') as string,
  });
});

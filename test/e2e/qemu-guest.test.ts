import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually, processesWith } from '../support/processes.ts';
import { bundledProgram, killProcessesWith, start, type Outcome } from '../support/program.ts';
import { buildTinyGuest, canRunGuests, has } from '../rules/run/tiny-guest.ts';

let program = '';
const image = canRunGuests ? buildTinyGuest() : '';

beforeAll(async () => {
  program = await bundledProgram();
});

function user(): { env: Record<string, string>; left: () => number[]; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-qg-'));
  onTestFinished(() => {
    // Of a test that failed half-way.
    killProcessesWith('RUN_TEST_MARK', folder);
    rmSync(folder, { recursive: true, force: true });
  });
  const env = {
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_RUNTIME_DIR: folder,
    RUN_TEST_MARK: folder,
  };
  return { folder, env, left: () => processesWith('RUN_TEST_MARK', folder) };
}

const call = (args: readonly string[], env = user().env): Promise<Outcome> =>
  start(program, ['qemu-guest', ...args], { env }).outcome;

/** Unikraft's own script: UNIKRAFT_ROOT names a core's tree. */
const script = join(process.env['UNIKRAFT_ROOT'] ?? '/none', 'support/scripts/qemu-guest');
const comparable = existsSync(script) && has('script') && process.getuid?.() === 0;

/** What differs from call to call, made the same. */
function normalized(command: string): string {
  return command
    .replace(/\S*\/qemu-guest-\d+/g, 'PLACE')
    .replace(/mac=52:54:00:\S{8}/g, 'mac=52:54:00:xx:xx:xx')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(',+rdrand,+rdseed', '')
    .trim();
}

const commandLines: readonly (readonly string[])[] = [
  [],
  ['-k', '/b/kernel'],
  ['-k', '/b/kernel', '-a', 'netdev.ip=1.2.3.4 -- app  two'],
  ['-k', '/b/kernel', '-i', '/b/initrd', '-m', '256', '-c', '2', '-s', '2', '-H'],
  ['-k/b/kernel', '-WPC', '-m128'],
  ['-W', '-x', '-t', 'x86q35', '-G', 'name with blanks'],
  ['-x', '-g', '1234', '-T', '/var/log/trace.log', '-W'],
  ['-n', '-N', '2222', '-n', '-k', 'x'],
  ['-b', 'virbr0', '-V', 'eth7', '-n'],
  ['-d', '/b/disk.raw', '-q', '/b/disk.qcow2', '-e', '/b/share', '-d', '/dev/sdb', '-e', '/b/other'],
  ['-I', '/b/a.iso', '-I', '/b/b.iso', '-S', '/b/serial.socket', '-S', '/b/second.socket'],
  ['-l', '-r', '-v', '5901'],
  ['-f', '0000:00:01.0', '-f', '0000:00:02.0'],
  // Its list of processors works for a single one only.
  ['-p', '0', '-M', 'info status', '-M', 'info cpus'],
  ['-k', 'a', '-k', 'b', '-m', '1', '-m', '2', '-G', 'one', '-G', 'two'],
  ['-n', '--', '-d', 'int', '-k', 'extra'],
  ['-n', 'word', '-k', 'extra'],
  ['-W', '-x', '-k', 'x', '-g5555', '-v5900'],
];

describe.skipIf(!canRunGuests || !comparable)("qemu-guest -D prints what Unikraft's script prints", () => {
  for (const args of commandLines) {
    it(args.join(' ') || '(no options)', async () => {
      const { env, folder } = user();
      // The script asks for programs that -D does not use.
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'socat'), '#!/bin/sh\n');
      writeFileSync(join(bin, 'uuidgen'), '#!/bin/sh\necho 00000000-0000-0000-0000-000000000000\n');
      for (const name of ['socat', 'uuidgen']) chmodSync(join(bin, name), 0o755);
      const words = [script, '-D', ...args].map((word) => `'${word}'`).join(' ');
      // It leaves its folder behind with -x.
      const folders = (): string[] => readdirSync('/tmp').filter((name) => /^qemu-guest-\d+$/.test(name));
      const before = new Set(folders());
      // In the foreground it wants a terminal.
      const theirs = spawnSync('script', ['-qec', words, '/dev/null'], {
        env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
        encoding: 'utf8',
      });
      for (const name of folders())
        if (!before.has(name)) rmSync(join('/tmp', name), { recursive: true, force: true });
      expect(theirs.status).toBe(0);
      const ours = await call(['-D', ...args], env);
      expect(ours).toMatchObject({ status: 0, stderr: '' });
      expect(normalized(ours.stdout)).toBe(normalized(theirs.stdout));
    });
  }
});

describe.skipIf(!canRunGuests)('qemu-guest', () => {
  it('runs a guest with its console on standard input and output', async () => {
    const { env, left, folder } = user();
    const words = ['qemu-guest', '-W', '-k', image, '-a', 'echo off'];
    const running = start(program, words, { env, keepInput: true });
    // Earlier, the firmware would take it.
    await running.seen(/memory/);
    running.child.stdin!.end('hello q');
    const end = await running.outcome;
    expect(end.status).toBe(0);
    expect(end.stdout).toContain(`line: ${image} echo off`);
    expect(end.stdout).toMatch(/hello $/);
    expect(end.stdout).toMatch(/ {3}PID: +\d+\n {3}Monitor socket: /);
    expect(end.stderr).toBe('');
    expect(left()).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.includes('qemu-guest'))).toEqual([]);
  });

  it("gives 'console=ttyS0' to a kernel without arguments", async () => {
    const { env } = user();
    const running = start(program, ['qemu-guest', '-W', '-k', image], { env, keepInput: true });
    await running.seen(/line: \S+ console=ttyS0\s/);
    running.child.kill('SIGINT');
    await running.outcome;
  });

  it('runs monitor commands before the guest starts', async () => {
    const end = await call([
      '-W',
      '-k',
      image,
      '-a',
      'off',
      '-M',
      'info status',
      '-M',
      'info name',
      '-G',
      'my name',
    ]);
    expect(end.stdout).toMatch(
      / mon> info status\nVM status: paused[^]* mon> info name\nmy name\n[^]*line: /,
    );
  });

  it.skipIf(!has('taskset'))('pins processors', async () => {
    const end = await call(['-W', '-k', image, '-a', 'off', '-p', '0', '-c', '2']);
    expect(end).toMatchObject({ status: 0, stderr: '' });
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    it(`leaves nothing after ${signal}`, async () => {
      const { env, left } = user();
      const running = start(program, ['qemu-guest', '-W', '-k', image], { env, keepInput: true });
      await running.seen(/memory/);
      running.child.kill(signal);
      await running.outcome;
      await eventually(() => left().length === 0);
    });
  }

  it('starts a guest in the background, with a socket for its console', async () => {
    const { env, folder, left } = user();
    const end = await call(['-x', '-W', '-P', '-k', image, '-a', 'lines=2'], env);
    expect(end.status).toBe(0);
    const pid = Number(/PID: +(\d+)/.exec(end.stdout)?.[1]);
    onTestFinished(() => {
      if (left().includes(pid)) process.kill(pid, 'SIGKILL');
    });
    const socket = (kind: string): string =>
      join(
        folder,
        readdirSync(folder).find((name) => name.endsWith(`_${kind}.socket`))!,
      );
    const serial = connect(socket('serial'));
    let seen = '';
    serial.setEncoding('utf8').on('data', (text: string) => (seen += text));
    const monitor = connect(socket('monitor'));
    monitor.on('error', () => {});
    monitor.write('cont\n');
    await eventually(() => seen.includes('wxyz'));
    monitor.write('quit\n');
    await eventually(() => left().length === 0);
    serial.destroy();
    monitor.destroy();
  });

  it('leaves Ctrl-C to the guest with -C', async () => {
    if (!has('script')) return;
    const { env } = user();
    const inner = [process.execPath, program, 'qemu-guest', '-C', '-W', '-k', image, '-a', 'echo off'].map(
      (word) => `'${word}'`,
    );
    const shell = spawn('script', ['-qec', `${inner.join(' ')}; echo "status $?"`, '/dev/null'], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let seen = '';
    shell.stdout.setEncoding('latin1').on('data', (text: string) => (seen += text));
    await eventually(() => seen.includes('memory'));
    shell.stdin.write('a\x03b');
    await eventually(() => seen.includes('a\x03b'));
    shell.stdin.write('q');
    await eventually(() => seen.includes('status 0'));
    shell.stdin.end();
    await new Promise((resolve) => shell.on('close', resolve));
  });

  const refused: readonly { args: readonly string[]; says: string | RegExp }[] = [
    { args: ['-Z'], says: "unigraph: there is no option -Z\n  See 'unigraph qemu-guest -h'.\n" },
    { args: ['-k'], says: 'unigraph: the option -k needs a KERNEL\n' },
    { args: ['-t', 'vax'], says: /there is no machine type 'vax'/ },
    { args: ['-i', 'x'], says: 'unigraph: an init-ramdisk (-i) needs a kernel (-k)\n' },
    { args: ['-a', 'x'], says: 'unigraph: kernel arguments (-a) need a kernel (-k)\n' },
    { args: ['-p', 'all'], says: /'all' is no list of processors/ },
    { args: ['-c', 'two'], says: "unigraph: the option -c takes a number, not 'two'\n" },
    { args: ['-v', 'x'], says: "unigraph: the option -v takes a number, not 'x'\n" },
    { args: ['-Q', '/no/qemu'], says: 'unigraph: there is no program /no/qemu\n' },
    { args: Array.from({ length: 6 }, () => ['-I', 'x']).flat(), says: /at most 5 IDE devices/ },
  ];
  for (const { args, says } of refused) {
    it(`refuses ${args.join(' ')}`, async () => {
      const end = await call([...args, '-D']);
      // `-k -D` takes -D for its value, as getopts does.
      const shown = args.length === 1 && args[0] === '-k' ? await call(args) : end;
      expect(shown.status).toBe(1);
      if (typeof says === 'string') expect(shown.stderr).toBe(says);
      else expect(shown.stderr).toMatch(says);
    });
  }

  it('fails with the words of QEMU', async () => {
    const end = await call(['-W', '-k', '/no/such/kernel']);
    expect(end.status).toBe(1);
    expect(end.stderr).toMatch(/could not (load|open) kernel|No such file/);
  });

  it('prints its options with -h', async () => {
    expect((await call(['-h'])).stdout).toMatch(/^Usage: unigraph qemu-guest/);
  });
});

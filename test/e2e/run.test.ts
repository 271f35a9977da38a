import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  chmodSync,
  copyFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually, processesWith } from '../support/processes.ts';
import {
  bundledProgram,
  killProcessesWith,
  start,
  type Outcome,
  type RunningProgram,
  type Start,
} from '../support/program.ts';
import { buildTinyGuest, canRunGuests, has } from '../rules/run/tiny-guest.ts';

let program = '';
const image = canRunGuests ? buildTinyGuest() : '';

beforeAll(async () => {
  program = await bundledProgram();
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A user of their own: no state, no cache, and a mark by which every process of the test is found. */
function user(): { env: Record<string, string>; left: () => number[]; folder: string } {
  const folder = scratch();
  // Of a test that failed half-way.
  onTestFinished(() => {
    killProcessesWith('RUN_TEST_MARK', folder);
  });
  const env = {
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    RUN_TEST_MARK: folder,
  };
  return { folder, env, left: () => processesWith('RUN_TEST_MARK', folder) };
}

/** `unigraph run --accel tcg --image TINY ARGUMENTS`. */
function run(args: readonly string[], options: Start = {}): RunningProgram {
  return start(program, ['run', '--accel', 'tcg', '--image', image, ...args], {
    env: user().env,
    ...options,
  });
}
const finished = (args: readonly string[], options?: Start): Promise<Outcome> => run(args, options).outcome;

describe.skipIf(!canRunGuests)('unigraph run', () => {
  it('boots the image, passes its arguments and gives its status', async () => {
    for (const status of [0, 1, 2, 42, 100]) {
      const end = await finished(['--', `exit=${status}`, 'a b', 'say "hi"']);
      expect(end).toMatchObject({ status, stderr: '' });
      expect(end.stdout).toContain(`line: ${image} exit=${status} "a b" "say \\"hi\\""\n`);
    }
  });

  it('gives 0 for a guest that powers off, and 134 for one that resets itself', async () => {
    expect(await finished(['--', 'off'])).toMatchObject({ status: 0, stderr: '' });
    const reset = await finished(['--', 'reset']);
    expect(reset.status).toBe(134);
    expect(reset.stderr).toMatch(/^unigraph: the guest reset the machine/);
  });

  it('gives the guest the memory that was asked for', async () => {
    expect((await finished(['-m', '128M', '--', 'exit=0'])).stdout).toContain('memory: 0000007e\n');
  });

  it('ends a guest after --timeout with status 124', async () => {
    const { env, left } = user();
    const end = await finished(['--timeout', '0.5'], { env });
    expect(end).toMatchObject({
      status: 124,
      stderr: 'unigraph: the guest was ended after 0.5 seconds (--timeout)\n',
    });
    expect(left()).toEqual([]);
  });

  it('passes standard input on, also when it is no terminal and ends', async () => {
    const end = await finished(['--', 'echo', 'exit=3'], { input: 'hello q' });
    expect(end).toMatchObject({ status: 3 });
    expect(end.stdout).toMatch(/\nhello $/);
  });

  it('loses nothing of a long output', async () => {
    const end = await finished(['--', 'lines=3000', 'exit=0']);
    expect(end.status).toBe(0);
    expect(
      end.stdout.split('\n').filter((line) => line === '0123456789abcdefghijklmnopqrstuvwxyz'),
    ).toHaveLength(3000);
  });

  it.skipIf(!has('addr2line'))('tells a crash with function, file and line', async () => {
    const end = await finished(['--', 'crash', 'off']);
    expect(end.status).toBe(134);
    expect(end.stderr).toMatch(
      /^unigraph: The guest crashed:\n {2}at 0x\w+ {2}crash_here {2}.*tiny-guest\.c:\d+\n {2}by 0x\w+ {2}faulty_function {2}.*tiny-guest\.c:\d+\n$/,
    );
    expect((await finished(['--', 'crash', 'exit=3'])).status).toBe(3);
  });

  it.skipIf(!has('addr2line'))('tells a crash after which the guest halts, while it halts', async () => {
    const end = await finished(['--timeout', '3', '--', 'crash']);
    expect(end.status).toBe(124);
    expect(end.stderr).toMatch(
      /crash_here.*\n.*faulty_function.*\nunigraph: the guest was ended after 3 seconds/,
    );
  });

  it('prints the command with --dry-run, and leaves nothing', async () => {
    const { env, folder } = user();
    mkdirSync(join(folder, 'root'));
    const end = await finished(
      ['--dry-run', '-p', '8080:80', '--rootfs', join(folder, 'root'), '--', 'a b'],
      { env },
    );
    expect(end.status).toBe(0);
    expect(end.stdout).toMatch(
      /^\/\S*qemu-system-x86_64 -machine \S+,accel=tcg -cpu max .* -append '"a b"'\n$/,
    );
    expect(end.stdout).toContain('hostfwd=tcp:127.0.0.1:8080-:80');
    expect(readdirSync(folder).filter((name) => name === 'state')).toEqual([]);
  });

  it('packs a root file system and removes the archive', async () => {
    const { env, folder } = user();
    mkdirSync(join(folder, 'root'));
    writeFileSync(join(folder, 'root/file'), 'x');
    const tmp = join(folder, 'tmp dir');
    mkdirSync(tmp);
    const end = await finished(['--rootfs', join(folder, 'root'), '--', 'exit=0'], {
      env: { ...env, TMPDIR: tmp },
    });
    expect(end).toMatchObject({ status: 0 });
    expect(end.stdout).toContain('module: 070701\n');
    expect(readdirSync(tmp)).toEqual([]);
  });

  it('takes archives for root file systems, and says what it cannot take', async () => {
    const { env, folder } = user();
    mkdirSync(join(folder, 'root'));
    writeFileSync(join(folder, 'root/file'), 'x');
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
    writeFileSync(join(folder, 'text'), 'no archive');
    spawnSync('tar', ['-C', join(folder, 'root'), '-czf', join(folder, 'root.tgz'), '.']);
    const end = await finished(['--rootfs', join(folder, 'root.tgz'), '--', 'exit=0'], { env });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(end.stdout).toContain('module: 070701\n');
    expect((await finished(['--rootfs', join(folder, 'Dockerfile')], { env })).stderr).toMatch(
      /is a Dockerfile, which is not built here/,
    );
    expect((await finished(['--rootfs', join(folder, 'text')], { env })).stderr).toMatch(
      /is neither a folder nor an archive/,
    );
  });

  it('says when a root file system leaves the guest little memory', async () => {
    const { env, folder } = user();
    mkdirSync(join(folder, 'root'));
    writeFileSync(join(folder, 'root/file'), Buffer.alloc(30 * 2 ** 20));
    const end = await finished(['--rootfs', join(folder, 'root'), '--dry-run'], { env });
    expect(end.stderr).toBe('');
    const run = await finished(['--rootfs', join(folder, 'root'), '--', 'exit=0'], { env });
    expect(run.stderr).toMatch(
      /^unigraph: the initial RAM disk has 31 MiB, the guest 64: that is little; give it more, e.g. --memory 128M\n/,
    );
  });

  it('says when a port of the host is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const end = await finished(['-p', `${port}:80`, '--', 'exit=0']);
    expect(end.status).toBe(125);
    expect(end.stderr).toMatch(/is the port of the host in use\?/);
  });

  it('takes arguments, variables and the root file system from the project file, unless told otherwise', async () => {
    const { env, folder } = user();
    const core = new URL('../../examples/core', import.meta.url).pathname;
    for (const name of ['build', 'files', 'share']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'Makefile.uk'), '');
    copyFileSync(image, join(folder, 'build/app_qemu-x86_64'));
    const lines = [
      'spec: v0.6',
      'name: app',
      'unikraft:',
      `  source: ${core}`,
      'cmd: ["exit=7", "a b"]',
      'rootfs: files',
    ];
    writeFileSync(
      join(folder, 'Kraftfile'),
      [...lines, 'volumes: ["./share:/share"]', 'targets: [qemu/x86_64]', ''].join('\n'),
    );
    const call = (...args: readonly string[]): Promise<Outcome> =>
      start(program, ['run', '-W', '-o', 'build', '--core', core, ...args], { env, cwd: folder }).outcome;
    const end = await call();
    expect(end.stdout).toMatch(/^line: \S+ exit=7 "a b"$/m);
    expect(end.stdout).toContain('module: 070701\n');
    expect(end.status).toBe(7);
    expect((await call('--', 'exit=8')).status).toBe(8);
    const command = (await call('--dry-run')).stdout;
    expect(command).toContain(`path=${join(folder, 'share')} `);
    expect((await call('--dry-run', '-v', './files:/x')).stdout).not.toContain(join(folder, 'share'));
  });

  it('boots an image whose path has a blank', async () => {
    const { env, folder } = user();
    mkdirSync(join(folder, 'a b'));
    copyFileSync(image, join(folder, 'a b/tiny_qemu-x86_64'));
    const { outcome } = start(program, ['run', '-W', '--image', 'a b/tiny_qemu-x86_64', '--', 'exit=0'], {
      env,
      cwd: folder,
    });
    expect((await outcome).stdout).toContain('line: tiny_qemu-x86_64 exit=0\n');
  });

  it('finds the newest image in the build folder', async () => {
    const { env, folder } = user();
    mkdirSync(join(folder, 'build'));
    copyFileSync(image, join(folder, 'build/app_qemu-x86_64'));
    const { outcome } = start(program, ['run', '-W', '-o', 'build', '--', 'exit=0'], { env, cwd: folder });
    const end = await outcome;
    expect(end.stdout).toContain(`build/app_qemu-x86_64 exit=0\n`);
    expect(end.status).toBe(0);
  });
});

describe.skipIf(!canRunGuests)('bad input to unigraph run is one message and status 2', () => {
  const cases: readonly { args: readonly string[]; says: string | RegExp }[] = [
    { args: ['--image', '/no/such'], says: 'unigraph: cannot read the image /no/such: no such file\n' },
    { args: ['--image', 'IMAGE.dbg'], says: /has no multiboot header|64-bit|^$/ },
    { args: ['--image', 'IMAGE', '-p', '80'], says: /'80' is not a port forwarding\n {2}Write HOST:GUEST/ },
    {
      args: ['--image', 'IMAGE', '-v', '/no/such:/x'],
      says: 'unigraph: the volume /no/such is not a folder\n',
    },
    { args: ['--image', 'IMAGE', '-m', 'lots'], says: /'lots' is not an amount of memory/ },
    {
      args: ['--image', 'IMAGE', '--rootfs', '/no/such'],
      says: 'unigraph: there is no root file system /no/such\n',
    },
    { args: ['--image', 'IMAGE', '--initrd', '/no/such'], says: 'unigraph: there is no initrd /no/such\n' },
    { args: ['--image', 'IMAGE', '--timeout', '-1'], says: /--timeout takes a number of seconds/ },
    { args: ['--image', 'IMAGE', '--qemu', '/no/qemu'], says: 'unigraph: there is no program /no/qemu\n' },
    { args: ['--image', 'IMAGE', '--accel', 'xen'], says: /Invalid values|accel/ },
    { args: ['-o', '/no/such/build'], says: /there is no build folder \/no\/such\/build|no such|core/ },
  ];
  for (const { args, says } of cases.filter(({ args }) => args[1] !== 'IMAGE.dbg')) {
    it(args.join(' '), async () => {
      const words = args.map((word) => word.replace('IMAGE', image));
      const end = await start(program, ['run', ...words], { env: user().env, cwd: scratch() }).outcome;
      expect(end.status).toBe(2);
      expect(end.stdout).toBe('');
      if (typeof says === 'string') expect(end.stderr).toBe(says);
      else expect(end.stderr).toMatch(says);
      expect(end.stderr).not.toMatch(/^\s+at /m);
    });
  }

  it("QEMU's own failures have its words, the command, and status 125", async () => {
    const end = await finished(['--machine', 'no-such', '--', 'exit=0']);
    expect(end.status).toBe(125);
    expect(end.stderr).toMatch(/unigraph: qemu-system-x86_64: unsupported machine type/);
    expect(end.stderr).toMatch(/QEMU failed with status 1; the command was: /);
  });
});

describe.skipIf(!canRunGuests)('nothing is left running', () => {
  const running = async (): Promise<RunningProgram & { left: () => number[] }> => {
    const { env, left } = user();
    const guest = run(['--', 'hang'], { env, keepInput: true });
    await guest.seen(/memory/);
    expect(left().length).toBeGreaterThanOrEqual(2);
    return { ...guest, left };
  };

  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`after ${signal}`, async () => {
      const { child, outcome, left } = await running();
      child.kill(signal);
      expect(await outcome).toMatchObject({ status });
      expect(left()).toEqual([]);
    });
  }

  it('after SIGKILL', async () => {
    const { child, outcome, left } = await running();
    child.kill('SIGKILL');
    await eventually(() => left().length === 0);
    expect((await outcome).signal).toBe('SIGKILL');
  });

  it('after SIGKILL, where there is no setpriv', async () => {
    const { env, left, folder } = user();
    // Everything that is needed, but no setpriv.
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const name of ['qemu-system-x86_64', 'sh']) {
      writeFileSync(join(bin, name), `#!/bin/bash\nexec /usr/bin/${name} "$@"\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const guest = run([], { env: { ...env, PATH: bin }, keepInput: true });
    await guest.seen(/memory/);
    expect(left().length).toBeGreaterThanOrEqual(3);
    guest.child.kill('SIGKILL');
    await eventually(() => left().length === 0);
  });

  it('after the guest has ended by itself, where there is no setpriv', async () => {
    const { env, left, folder } = user();
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'qemu-system-x86_64'), `#!/bin/bash\nexec /usr/bin/qemu-system-x86_64 "$@"\n`);
    chmodSync(join(bin, 'qemu-system-x86_64'), 0o755);
    writeFileSync(join(bin, 'sh'), `#!/bin/bash\nexec /bin/sh "$@"\n`);
    chmodSync(join(bin, 'sh'), 0o755);
    expect(await finished(['--', 'exit=4'], { env: { ...env, PATH: bin } })).toMatchObject({ status: 4 });
    await eventually(() => left().length === 0);
  });

  it('after its reader has gone', async () => {
    const { env, left } = user();
    const guest = run(['--', 'flood'], { env });
    await guest.seen(/xyz/);
    guest.child.stdout!.destroy();
    await guest.outcome;
    await eventually(() => left().length === 0);
  });

  it('after an interrupt while its reader does not read', async () => {
    const { env, left } = user();
    // bash's `read` takes one line and then leaves the pipe full.
    const words = [process.execPath, program, 'run', '-W', '--image', image, '--', 'flood'];
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const shell = spawn('bash', ['-c', `${quoted} | { read -r line; echo "$line"; sleep 1000; }`], {
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => shell.stdout.once('data', resolve));
    const commandLine = (pid: number): string => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      } catch {
        return '';
      }
    };
    const isUnigraph = (pid: number): boolean =>
      commandLine(pid).startsWith(`${process.execPath}\0${program}\0`);
    const unigraph = left().find(isUnigraph);
    // Let the pipe fill up.
    await new Promise((resolve) => setTimeout(resolve, 500));
    process.kill(unigraph!, 'SIGINT');
    try {
      await eventually(
        () => !left().some((pid) => isUnigraph(pid) || /^\S*qemu-system/.test(commandLine(pid))),
      );
    } finally {
      process.kill(-shell.pid!, 'SIGKILL');
    }
  });

  it('after Ctrl-C on a terminal, which gets its settings back', async () => {
    if (!has('script')) return;
    const { env, left, folder } = user();
    const inner = [process.execPath, program, 'run', '-W', '--image', image]
      .map((word) => `'${word}'`)
      .join(' ');
    const shell = spawn(
      'script',
      [
        '-qec',
        `stty -a > ${folder}/before; ${inner}; echo "status $?"; stty -a > ${folder}/after`,
        '/dev/null',
      ],
      {
        env: { ...process.env, ...env },
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    );
    let seen = '';
    shell.stdout.setEncoding('utf8').on('data', (text: string) => (seen += text));
    await eventually(() => seen.includes('memory'));
    shell.stdin.write('\x03');
    await eventually(() => seen.includes('status 130'));
    shell.stdin.end();
    await new Promise((resolve) => shell.on('close', resolve));
    expect(left()).toEqual([]);
    expect(readFileSync(join(folder, 'after'), 'utf8')).toBe(readFileSync(join(folder, 'before'), 'utf8'));
  });
});

describe.skipIf(!canRunGuests)('KVM that does not run the guest', () => {
  /** A QEMU that fails with KVM as the real one does on machines without svm/vmx, and passes everything else on. */
  const brokenKvm = (folder: string, failure: string): string => {
    const path = join(folder, 'qemu-system-x86_64');
    writeFileSync(
      path,
      `#!/bin/bash\ncase "$*" in *accel=kvm*) ${failure};; esac\nexec /usr/bin/qemu-system-x86_64 "$@"\n`,
    );
    chmodSync(path, 0o755);
    return path;
  };
  const hasDevice = (() => {
    try {
      return readdirSync('/dev').includes('kvm') && process.getuid?.() === 0;
    } catch {
      return false;
    }
  })();
  const failures = {
    'stops with an internal error':
      'echo "KVM internal error. Suberror: 1" >&2; echo "emulation failure" >&2; exec sleep 1000',
    aborts: 'echo "qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69" >&2; kill -ABRT $$',
    refuses: 'echo "qemu-system-x86_64: failed to initialize kvm: Operation not permitted" >&2; exit 1',
  };
  for (const [what, failure] of Object.entries(failures)) {
    it.skipIf(!hasDevice)(`${what}: is said in one line, replaced by TCG, and not tried again`, async () => {
      const { env, folder, left } = user();
      const qemu = brokenKvm(folder, `echo tried >> ${folder}/tried; ${failure}`);
      const words = ['run', '--qemu', qemu, '--image', image, '--', 'exit=5'];
      const first = await start(program, words, { env }).outcome;
      expect(first).toMatchObject({ status: 5 });
      expect(first.stderr).toMatch(
        /^unigraph: KVM does not run this guest here \(.*\): starting again, emulated \(TCG\), which is slower\n$/,
      );
      const second = await start(program, words, { env }).outcome;
      expect(second).toMatchObject({ status: 5 });
      expect(second.stderr).toMatch(
        /^unigraph: KVM does not run guests on this machine \(.*\): the guest runs emulated \(TCG\)\n$/,
      );
      expect(readFileSync(join(folder, 'tried'), 'utf8')).toBe('tried\n');
      await eventually(() => left().length === 0);
    });
  }

  it.skipIf(!hasDevice)('is an error when KVM was asked for', async () => {
    const { env, folder } = user();
    const qemu = brokenKvm(folder, failures.refuses);
    const end = await start(program, ['run', '--accel', 'kvm', '--qemu', qemu, '--image', image], { env })
      .outcome;
    expect(end.status).toBe(125);
    expect(end.stderr).toMatch(/failed to initialize kvm/);
  });
});

describe.skipIf(!canRunGuests)('guests in the background', () => {
  it('are started, listed, followed and stopped', async () => {
    const { env, left } = user();
    const call = (args: readonly string[]): Promise<Outcome> => start(program, args, { env }).outcome;
    const started = await call(['run', '-d', '-W', '--image', image, '-p', '34567:80', '--', 'lines=3']);
    expect(started).toMatchObject({ status: 0, stdout: 'tiny\n', stderr: '' });
    const second = await call(['run', '-d', '-W', '--image', image]);
    expect(second).toMatchObject({ status: 0, stdout: 'tiny-2\n' });
    const listed = await call(['ps']);
    expect(listed.stdout).toMatch(/^NAME +STATUS +PID +PORTS +IMAGE\n/);
    expect(listed.stdout).toMatch(
      /^tiny +running \d+s +\d+ +127\.0\.0\.1:34567->80\/tcp +\S*tiny_qemu-x86_64$/m,
    );
    expect((await call(['logs'])).status).toBe(2);
    await eventually(() =>
      readFileSync(join(env['XDG_STATE_HOME']!, 'unigraph/guests/tiny/console.log'), 'utf8').includes(
        'xyz\n0123',
      ),
    );
    expect((await call(['logs', 'tiny'])).stdout).toContain('line: ');
    const following = start(program, ['logs', '-f', 'tiny'], { env });
    await following.seen(/memory/);
    expect(await call(['stop', 'tiny'])).toMatchObject({ status: 0, stdout: 'tiny\n' });
    expect(await following.outcome).toMatchObject({ status: 0 });
    expect((await call(['ps'])).stdout).not.toMatch(/^tiny /m);
    expect(await call(['stop', '--all'])).toMatchObject({ status: 0, stdout: 'tiny-2\n' });
    expect(await call(['ps', '--all'])).toMatchObject({ status: 0, stdout: '' });
    await eventually(() => left().length === 0);
  });

  it('keep their status and output when they have ended', async () => {
    const { env, left } = user();
    const call = (args: readonly string[]): Promise<Outcome> => start(program, args, { env }).outcome;
    expect(await call(['run', '-d', '-W', '--as', 'x', '--image', image, '--timeout', '1'])).toMatchObject({
      stdout: 'x\n',
    });
    await eventually(() => left().length === 0);
    expect((await call(['ps', '-a'])).stdout).toMatch(/^x +ended \(124\)/m);
    expect((await call(['logs', 'x'])).stdout).toMatch(
      /memory[^]*unigraph: the guest was ended after 1 seconds/,
    );
    expect(JSON.parse((await call(['ps', '-a', '--json'])).stdout)).toMatchObject([
      { name: 'x', status: 124, running: false },
    ]);
  });

  it('that fail at once are told at once', async () => {
    const { env } = user();
    const end = await start(program, ['run', '-d', '-W', '--image', image, '--machine', 'none-such'], { env })
      .outcome;
    expect(end.status).toBe(125);
    expect(end.stdout).toMatch(/unsupported machine type/);
  });

  it('end with their unigraph, however it ends', async () => {
    const { env, left } = user();
    const call = (args: readonly string[]): Promise<Outcome> => start(program, args, { env }).outcome;
    await call(['run', '-d', '-W', '--image', image]);
    const [guest] = JSON.parse((await call(['ps', '--json'])).stdout) as { pid: number }[];
    process.kill(guest!.pid, 'SIGKILL');
    await eventually(() => left().length === 0);
    expect((await call(['ps', '-a'])).stdout).toMatch(/^tiny +killed/m);
  });

  it('that are not there are named', async () => {
    const { env } = user();
    expect(await start(program, ['stop', 'nobody'], { env }).outcome).toMatchObject({
      status: 2,
      stderr: "unigraph: there is no guest 'nobody'\n",
    });
  });
});

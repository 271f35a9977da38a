import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledProgram, start, type Outcome } from '../support/program.ts';
import { ExampleRig, missing } from './example-rig.ts';

const title = `a library as lib init writes it${missing === undefined ? '' : `: ${missing} is not installed`}`;

describe.skipIf(missing !== undefined)(title, () => {
  let rig: ExampleRig;
  let program: string;
  let server: Server;
  let address: string;

  const unigraph = (args: readonly string[], cwd: string): Promise<Outcome> =>
    start(program, args, {
      cwd,
      env: {
        HOME: rig.path('home'),
        XDG_CACHE_HOME: rig.path('cache'),
        KRAFTRC: '',
        UK_WORKDIR: rig.path('work'),
        // The developer's own cache would answer for the server.
        UK_CACHEDIR: undefined,
      },
    }).outcome;

  beforeAll(async () => {
    program = await bundledProgram();
    rig = new ExampleRig();
    for (const folder of ['home', 'served', 'build', 'new']) mkdirSync(rig.path(folder));
    execFileSync('sh', [
      rig.path('libs/libfortune-origin/pack.sh'),
      rig.path('served/libfortune-0.1.tar.gz'),
    ]);
    server = createServer((request, response) => {
      const isIt = request.url === '/libfortune-0.1.tar.gz';
      response
        .writeHead(isIt ? 200 : 404)
        .end(isIt ? readFileSync(rig.path('served/libfortune-0.1.tar.gz')) : '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/libfortune-$VERSION.tar.gz`;
    const made = await unigraph(
      [
        'lib',
        'init',
        'libfortune',
        '--origin',
        address,
        '--version',
        '0.1',
        '--author-name',
        'Ada',
        '--author-email',
        'ada@example.org',
        '--with-main',
        '--no-prompt',
      ],
      rig.path('new'),
    );
    expect(made).toMatchObject({ status: 0, stderr: '' });
    copyFileSync(rig.path('apps/fortune/config.kvm-x86_64'), rig.path('build/fortune.config'));
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rig.remove();
  });

  const quote = /^"[^"]+"\n\t-- .+$/m;

  test('builds with unigraph without an edit, and boots', async () => {
    const build = rig.path('build/unigraph');
    const built = await unigraph(
      [
        'build',
        '--core',
        rig.path('core'),
        '--lib',
        rig.path('new/libfortune'),
        `O=${build}`,
        `C=${rig.path('build/fortune.config')}`,
      ],
      rig.path('apps/fortune'),
    );
    expect(built.status, built.stdout + built.stderr).toBe(0);
    const booted = await rig.bootForStatus(`${build}/fortune_qemu-x86_64`, '-s 1');
    expect(booted.output).toMatch(quote);
  });

  test('builds with GNU make without an edit, and boots', async () => {
    execFileSync('rm', ['-rf', rig.path('libs/libfortune')]);
    execFileSync('cp', ['-r', rig.path('new/libfortune'), rig.path('libs/libfortune')]);
    const made = await rig.make('fortune', 'fortune', '-j2');
    expect(made.status, made.output).toBe(0);
    const booted = await rig.bootForStatus(`${rig.build('fortune')}/fortune_qemu-x86_64`, '-s 1');
    expect(booted.output).toMatch(quote);
  });

  test('lends the application its main, when the option says so', async () => {
    const config = readFileSync(rig.path('build/fortune.config'), 'utf8');
    writeFileSync(rig.path('build/main.config'), `${config}CONFIG_LIBFORTUNE_MAIN_FUNCTION=y\n`);
    mkdirSync(rig.path('apps/none'));
    writeFileSync(rig.path('apps/none/Makefile.uk'), '$(eval $(call addlib,appnone))\n');
    const build = rig.path('build/main');
    const built = await unigraph(
      [
        'build',
        '--core',
        rig.path('core'),
        '--lib',
        rig.path('new/libfortune'),
        `O=${build}`,
        `C=${rig.path('build/main.config')}`,
      ],
      rig.path('apps/none'),
    );
    expect(built.status, built.stdout + built.stderr).toBe(0);
    const booted = await rig.bootForStatus(`${build}/fortune_qemu-x86_64`);
    expect(booted.output).toContain('libfortune: call the library from its main.c');
  });

  describe('locked', () => {
    const words = (build: string) => [
      '--core',
      rig.path('core'),
      '--lib',
      rig.path('new/libfortune'),
      `O=${rig.path('build', build)}`,
      `C=${rig.path('build/fortune.config')}`,
    ];
    const app = () => rig.path('apps/fortune');
    const lockFile = () => rig.path('apps/fortune/unigraph.lock');
    const locked = () =>
      JSON.parse(readFileSync(lockFile(), 'utf8')) as {
        archives: Record<string, { sha256: string; library: string }>;
        components: Record<string, object>;
      };

    test('the lock file has the commit of the library and the checksum of its archive', async () => {
      expect(await unigraph(['lock', ...words('unigraph')], app())).toMatchObject({
        status: 0,
        stdout: 'unigraph.lock: 2 components, 1 archives\n',
      });
      const url = address.replace('$VERSION', '0.1');
      expect(locked().archives[url]).toMatchObject({
        library: 'libfortune',
        sha256: /ORIGIN_SHA256 = (\w+)/.exec(
          readFileSync(rig.path('new/libfortune/Makefile.uk'), 'utf8'),
        )![1],
      });
      const commit = execFileSync('git', ['rev-parse', 'HEAD'], {
        cwd: rig.path('new/libfortune'),
        encoding: 'utf8',
      });
      expect(locked().components['lib/fortune']).toEqual({ commit: commit.trim() });
      expect((await unigraph(['lock', '--check', ...words('unigraph')], app())).status).toBe(0);
    });

    test('--frozen builds what is locked, fetching with the locked checksum', async () => {
      const built = await unigraph(['build', 'fetch', '--frozen', ...words('frozen')], app());
      expect(built.status, built.stdout + built.stderr).toBe(0);
    });

    test('--frozen refuses another archive, fetched or to be fetched, and another commit', async () => {
      const good = readFileSync(lockFile(), 'utf8');
      const { sha256 } = Object.values(locked().archives)[0]!;
      writeFileSync(lockFile(), good.replace(sha256, '0'.repeat(64)));
      const present = await unigraph(['build', '--frozen', ...words('frozen')], app());
      expect(present).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/but is locked with 0{64}/) as string,
      });
      const fresh = await unigraph(['build', 'fetch', '--frozen', ...words('fresh')], app());
      expect(fresh.status).not.toBe(0);
      expect(fresh.stdout + fresh.stderr).toMatch(/0{64}/);
      writeFileSync(lockFile(), JSON.stringify({ ...locked(), archives: {} }));
      const unknown = await unigraph(['build', 'fetch', '--frozen', ...words('unknown')], app());
      expect(unknown.stdout + unknown.stderr).toMatch(/is not in the lock file/);
      writeFileSync(lockFile(), good);
      writeFileSync(rig.path('new/libfortune/more'), '');
      execFileSync('git', ['add', 'more'], { cwd: rig.path('new/libfortune') });
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=b', 'commit', '-qm', 'more'], {
        cwd: rig.path('new/libfortune'),
      });
      const moved = await unigraph(['build', '--frozen', ...words('frozen')], app());
      expect(moved).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/lib\/fortune is at \w{12}, but locked at/) as string,
      });
      expect((await unigraph(['lock', '--check', ...words('frozen')], app())).status).toBe(1);
    });

    test('a mirror from the settings is asked first', async () => {
      mkdirSync(rig.path('work'), { recursive: true });
      const mirrors = [{ prefix: address.replace(/libfortune.*/, ''), replacement: 'file:///nowhere/' }];
      writeFileSync(
        rig.path('work/unigraph.json'),
        JSON.stringify({
          mirrors: [...mirrors, { prefix: mirrors[0]!.prefix, replacement: `file://${rig.path('mirror')}/` }],
        }),
      );
      mkdirSync(rig.path('mirror'));
      copyFileSync(rig.path('served/libfortune-0.1.tar.gz'), rig.path('mirror/libfortune-0.1.tar.gz'));
      execFileSync('rm', ['-r', rig.path('served/libfortune-0.1.tar.gz'), rig.path('cache')]);
      const built = await unigraph(['build', 'fetch', ...words('mirrored')], app());
      expect(built.status, built.stdout + built.stderr).toBe(0);
    });
  });
});

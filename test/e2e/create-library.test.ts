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
});

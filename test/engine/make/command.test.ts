import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment, Folder, hasOracle, runOwn } from './oracle.ts';

const folders: Folder[] = [];
function folder(files: Readonly<Record<string, string>>): Folder {
  const made = new Folder(files);
  folders.push(made);
  return made;
}
afterAll(() => {
  for (const each of folders) each.remove();
});

describe('remaking', () => {
  it('runs what is out of date, in order, and then nothing', async () => {
    const place = folder({
      Makefile: 'all: b c\nb: a\n\tcp a b\nc: b\n\tcp b c\n',
      a: '1',
    });
    expect(await runOwn(place, [])).toEqual({ status: 0, stdout: 'cp a b\ncp b c\n', stderr: '' });
    expect(await runOwn(place, [])).toEqual({
      status: 0,
      stdout: "make: Nothing to be done for 'all'.\n",
      stderr: '',
    });
    expect((await runOwn(place, ['-q'])).status).toBe(0);
    expect((await runOwn(place, ['-q', '-W', 'a'])).status).toBe(1);
  });

  it('keeps apart many makes that run in one process at once', async () => {
    const places = Array.from({ length: 6 }, (_, index) =>
      folder({ Makefile: `all: ; @sleep 0.0${index}; echo ${index} $(CURDIR)\n` }),
    );
    const outcomes = await Promise.all(places.map((place) => runOwn(place, [])));
    outcomes.forEach((outcome, index) => {
      expect(outcome.stdout).toBe(`${index} ${places[index]!.path}\n`);
    });
  });

  it('walks chains of prerequisites that are longer than the stack is deep', async () => {
    const length = 20_000;
    const rules = Array.from({ length }, (_, index) => `t${index}: t${index + 1}`);
    const place = folder({ Makefile: `${rules.join('\n')}\nt${length}:;@echo end\n.SUFFIXES:\n` });
    const outcome = await runOwn(place, ['-r']);
    expect(outcome).toEqual({ status: 0, stdout: 'end\n', stderr: '' });
  });

  it('runs as many jobs at once as it may, and no more', async () => {
    const place = folder({
      Makefile: 'all: $(foreach n,1 2 3 4 5 6,j$n)\nj%:\n\t@echo + >>log; sleep 0.1; echo - >>log\n',
    });
    expect((await runOwn(place, ['-j3'])).status).toBe(0);
    let running = 0;
    let most = 0;
    for (const line of readFileSync(join(place.path, 'log'), 'utf8').trim().split('\n')) {
      running += line === '+' ? 1 : -1;
      most = Math.max(most, running);
    }
    expect(most).toBe(3);
  });

  it('stops for good when makefiles are out of date each time they were remade', async () => {
    const place = folder({ Makefile: 'include m\nall:;\nm: FORCE\n\t@touch m\nFORCE:\n' });
    const { status, stderr } = await runOwn(place, []);
    expect(status).toBe(2);
    expect(stderr).toContain('makefiles are out of date again');
  });
});

describe('as a program', () => {
  let bin: string;
  beforeAll(async () => {
    bin = mkdtempSync(join(tmpdir(), 'unigraph-make-bin-'));
    await build({
      stdin: {
        contents: `
          import { runMake } from '${join(import.meta.dirname, '../../../engine/make/command.ts')}';
          const status = await runMake({
            argv: process.argv.slice(2), cwd: process.cwd(), environment: process.env,
            stdout: process.stdout, stderr: process.stderr, stdin: 0, signals: process,
            makeProgram: process.env.SUBMAKE ?? '${process.execPath} ' + process.argv[1],
          });
          process.exitCode = status;`,
        resolveDir: import.meta.dirname,
      },
      outfile: join(bin, 'make.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
  });
  afterAll(() => rmSync(bin, { recursive: true, force: true }));
  const program = (): string[] => [join(bin, 'make.mjs')];

  const jobs = {
    Makefile: 'all: a b c d\na b c d:\n\t+@$(MAKE) --no-print-directory -s -f sub.mk T=$@\n',
    'sub.mk': 'x: 1 2 3\n1 2 3:\n\t@echo + >>log; sleep 0.05; echo - >>log\n',
  };
  const mostAtOnce = (place: Folder): number => {
    let running = 0;
    let most = 0;
    for (const line of readFileSync(join(place.path, 'log'), 'utf8').trim().split('\n')) {
      running += line === '+' ? 1 : -1;
      most = Math.max(most, running);
    }
    return most;
  };

  it('shares its jobserver with its own sub-makes', () => {
    const place = folder(jobs);
    execFileSync(process.execPath, [...program(), '-j3'], { cwd: place.path, env: environment });
    expect(mostAtOnce(place)).toBeGreaterThan(1);
    expect(mostAtOnce(place)).toBeLessThanOrEqual(3);
  });

  it.skipIf(!hasOracle)('shares its jobserver with GNU make below it', () => {
    const place = folder(jobs);
    const stderr = execFileSync(process.execPath, [...program(), '-j3'], {
      cwd: place.path,
      env: { ...environment, SUBMAKE: '/usr/bin/make' },
    });
    expect(stderr.toString()).toBe('');
    expect(mostAtOnce(place)).toBeGreaterThan(1);
    expect(mostAtOnce(place)).toBeLessThanOrEqual(3);
  });

  it.skipIf(!hasOracle)('joins the jobserver of a GNU make above it', () => {
    const place = folder(jobs);
    const output = execFileSync('/usr/bin/make', ['-j3', `MAKE=${process.execPath} ${program()[0]}`], {
      cwd: place.path,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(output.toString()).toBe('');
    expect(mostAtOnce(place)).toBeGreaterThan(1);
    expect(mostAtOnce(place)).toBeLessThanOrEqual(3);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'on %s stops commands, deletes what they began and says so by its status',
    async (signal, status) => {
      const place = folder({ Makefile: 'out:\n\t@echo begun > out; touch started; sleep 20\n' });
      const child = spawn(process.execPath, program(), { cwd: place.path, env: environment, detached: true });
      let stderr = '';
      child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
      const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
      while (!existsSync(join(place.path, 'started')))
        await new Promise((resolve) => setTimeout(resolve, 10));
      process.kill(-child.pid!, signal);
      expect(await ended).toBe(status);
      expect(existsSync(join(place.path, 'out'))).toBe(false);
      expect(stderr).toContain("make: *** Deleting file 'out'");
    },
  );

  it('leaves its standard output open to commands, byte for byte', () => {
    const place = folder({ Makefile: 'all:\n\t@head -c 300000 /dev/zero\n\t@echo end\n' });
    const output = execFileSync(process.execPath, program(), { cwd: place.path, env: environment });
    expect(output.length).toBe(300_004);
  });

  it('runs sub-makes by $(MAKE) in another folder', () => {
    const place = folder({
      Makefile: 'all: ; @$(MAKE) -C sub V=5\n',
      'sub/Makefile': 'all: ; @echo $(V) $(MAKELEVEL) > out\n',
    });
    const output = execFileSync(process.execPath, program(), {
      cwd: place.path,
      env: environment,
      encoding: 'utf8',
    });
    expect(output).toContain(`make[1]: Entering directory '${place.path}/sub'`);
    expect(readFileSync(join(place.path, 'sub/out'), 'utf8')).toBe('5 1\n');
    expect(statSync(join(place.path, 'sub/out')).isFile()).toBe(true);
  });
});

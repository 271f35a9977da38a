import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/processes.ts';
import type { Outcome } from '../support/program.ts';
import { ExampleProject } from './example-project.ts';
import { missing } from './example-rig.ts';

/** How a file system can be mounted that only the mounting command sees; undefined where that is not allowed. */
const privateMounts = [
  ['unshare', '-m'],
  ['unshare', '-mUr'],
].find(
  ([program, ...words]) =>
    spawnSync(program!, [...words, 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' }).status === 0,
);

describe.skipIf(missing !== undefined)('bad input to unigraph build', () => {
  let project: ExampleProject;
  const changed = new Map<string, string>();
  const rewrite = (file: string, change: (text: string) => string): void => {
    const text = readFileSync(file, 'utf8');
    if (!changed.has(file)) changed.set(file, text);
    writeFileSync(file, change(text));
  };
  const app = (...parts: string[]): string => project.rig.path('apps/fortune', ...parts);
  const makefile = (): string => app('Makefile.uk');
  /** Builds, which must fail without a word about unigraph's own code. */
  const failing = async (...words: string[]): Promise<Outcome> => {
    const outcome = await project.call('build', ...words);
    expect(outcome.status, outcome.stdout).not.toBe(0);
    expect(outcome.signal).toBeNull();
    expect(outcome.stderr).not.toMatch(/^\s+at .*[(:]\d+:\d+\)?$/m);
    return outcome;
  };

  beforeAll(async () => {
    project = await ExampleProject.create('fortune', 'defconfig');
    await project.build();
  });
  const restore = (): void => {
    for (const [file, text] of changed) writeFileSync(file, text);
    changed.clear();
  };
  afterEach(restore);
  afterAll(() => project.rig.remove());

  test('a core that is not there', async () => {
    const { status, stderr } = await failing('--core', project.rig.path('nowhere'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/^unigraph: there is no Unikraft core at \S+\/nowhere\n {2}Correct --core/);
  });

  test('a core that is no Unikraft tree', async () => {
    const { status, stderr } = await failing('--core', project.rig.path('libs'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/^unigraph: \S+\/libs is not a Unikraft tree: it has no Makefile/);
  });

  test('no configuration', async () => {
    const { stderr } = await failing(`C=${project.rig.build('none.config')}`);
    expect(stderr).toMatch(
      /^unigraph: there is no configuration: \S+none\.config does not exist\n {2}Make one with/,
    );
  });

  test.each([
    ['a line that is no statement', 'something wrong here\n', /Makefile\.uk:7:1: missing separator\n$/],
    [
      'a call that is not closed',
      '$(eval $(call addlib\n',
      /Makefile\.uk:7:1: unterminated call to function 'eval'/,
    ],
    ['a conditional that is not closed', 'ifeq (a,a)\nX = 1\n', /Makefile\.uk:\d+: missing 'endif'\n$/],
  ])('a syntax error in a Makefile.uk: %s', async (_what, text, message) => {
    rewrite(makefile(), (before) => before + text);
    const { stderr } = await failing();
    expect(stderr).toMatch(/^unigraph: \S+\/apps\/fortune\//);
    expect(stderr).toMatch(message);
  });

  test('a source that does not exist', async () => {
    rewrite(makefile(), (text) => `${text}APPFORTUNE_SRCS-y += $(APPFORTUNE_BASE)/none.c\n`);
    const { stderr } = await failing();
    expect(stderr).toMatch(
      /^ {2}CC +appfortune: none\.o\nfailed: there is no file \S+\/none\.c, and no rule makes it$/m,
    );
  });

  test('a compiler that is not installed', async () => {
    const { stderr } = await failing('CROSS_COMPILE=nowhere-');
    expect(stderr).toMatch(/^unigraph: \S+:\d+: The C compiler nowhere-gcc does not run$/m);
  });

  test('a compile error, with the compiler’s place and the command to repeat it', async () => {
    rewrite(app('main.c'), (text) => `${text}this is not C\n`);
    const { stderr } = await failing();
    expect(stderr).toMatch(/apps\/fortune\/main\.c:\d+:1: error:/);
    const command = /^to reproduce: (.*)$/m.exec(stderr)?.[1];
    const again = spawnSync('bash', ['-c', command!], { encoding: 'utf8' });
    expect(again.status).not.toBe(0);
    expect(again.stderr).toMatch(/main\.c:\d+:1: error:/);
    restore();
    expect(await project.build()).toEqual([]);
  });

  test('--keep-going builds what does not need what failed, and tells all failures at the end', async () => {
    rewrite(app('main.c'), (text) => `${text}this is not C\n`);
    rewrite(project.rig.path('core/lib/ukdebug/hexdump.c'), (text) => `${text}nor is this\n`);
    rewrite(project.rig.path('core/lib/nolibc/string.c'), (text) => `${text}int unigraph_edited;\n`);
    const { stdout, stderr } = await failing('--keep-going', '-j1');
    expect(stdout).toMatch(/^ {2}CC +libnolibc: string\.o$/m);
    expect(stderr).toMatch(/^2 actions failed:$/m);
    expect(stderr).toMatch(/^2 actions failed, \d+ run, \d+ not tried in /m);
    const end = stderr.slice(stderr.indexOf('2 actions failed:'));
    expect(end).toMatch(/main\.c:\d+:1: error:/);
    expect(end).toMatch(/hexdump\.c:\d+:1: error:/);
  });

  test('an undefined symbol', async () => {
    rewrite(app('main.c'), (text) =>
      text.replace('int main', 'int not_there(void);\nint main').replace('return 0', 'return not_there()'),
    );
    const { stderr } = await failing();
    expect(stderr).toMatch(/^ {2}LD +fortune_qemu-x86_64\.dbg$/m);
    expect(stderr).toMatch(/main\.c:\d+: undefined reference to `not_there'/);
    expect(existsSync(join(project.folder, 'fortune_qemu-x86_64.dbg'))).toBe(false);
  });

  describe('archives', () => {
    const served = (content: Uint8Array): { url: string; sha256: string } => {
      mkdirSync(project.rig.path('served'), { recursive: true });
      const file = project.rig.path('served/libfortune-0.1.tar.gz');
      writeFileSync(file, content);
      return { url: `file://${file}`, sha256: createHash('sha256').update(content).digest('hex') };
    };
    const genuine = (): Buffer => readFileSync(join(project.folder, 'libfortune/libfortune-0.1.tar.gz'));
    /** Builds in an empty folder with an empty download cache: no earlier copy may stand in. */
    const buildFresh = (name: string, url: string): Promise<Outcome> => {
      rmSync(project.rig.path('home/cache'), { recursive: true, force: true });
      return failing(`O=${project.rig.build(name)}`, `LIBFORTUNE_URL=${url}`);
    };

    test('a checksum that does not match', async () => {
      const { url, sha256 } = served(Buffer.concat([genuine(), Buffer.from('x')]));
      const { stderr } = await buildFresh('checksum', url);
      expect(stderr).toMatch(/libfortune-0\.1\.tar\.gz/);
      expect(stderr).toContain('7e969f702fdbf765a354b612be100ddd5f9947b8d14dad8af54f109307cf365f');
      expect(stderr).toContain(sha256);
    });

    test('an archive that is corrupt although its checksum matches', async () => {
      const { url, sha256 } = served(genuine().subarray(0, 2000));
      rewrite(project.rig.path('libs/libfortune/Makefile.uk'), (text) =>
        text.replace(/(ORIGIN_SHA256 := )\w+/, `$1${sha256}`),
      );
      const { status, stderr } = await buildFresh('corrupt', url);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^ {2}UNTAR +libfortune: libfortune-0\.1\.tar\.gz\nfailed: .*libfortune-0\.1\.tar\.gz/m,
      );
      expect(existsSync(join(project.rig.build('corrupt'), 'libfortune/.origin'))).toBe(false);
    });
  });

  test('a patch that does not apply', async () => {
    const patch = project.rig.path('libs/libfortune/patches/0002-bad.patch');
    writeFileSync(
      patch,
      '--- a/src/fortune.c\n+++ b/src/fortune.c\n@@ -1,1 +1,1 @@\n-never there\n+nor now\n',
    );
    try {
      const { stderr } = await failing();
      expect(stderr).toMatch(/0002-bad\.patch does not apply to /);
    } finally {
      rmSync(patch);
    }
    await project.build();
  });

  describe.skipIf(privateMounts === undefined)(
    'a build folder that cannot be written (needs unshare)',
    () => {
      const mounted = (
        options: string,
        folder: string,
      ): { status: number | null; stderr: string; stdout: string } => {
        mkdirSync(project.rig.build(folder), { recursive: true });
        const script = `mount -t tmpfs -o ${options} none "$1" && shift && exec "$@"`;
        const command = [...project.argv('build', '-j2'), `O=${project.rig.build(folder)}`];
        const [program, ...words] = [
          ...privateMounts!,
          'sh',
          '-c',
          script,
          'sh',
          project.rig.build(folder),
          ...command,
        ];
        return spawnSync(program!, words, {
          encoding: 'utf8',
          env: { ...process.env, HOME: project.rig.path('home') },
        });
      };

      test('because it is read-only', () => {
        const { status, stderr } = mounted('ro', 'read-only');
        expect(status).toBe(2);
        expect(stderr).toMatch(
          /^unigraph: cannot write to the build folder \S+read-only: \S+ is on a read-only file system\n/,
        );
      });

      test.each(['16k', '300k', '1200k', '1800k'])('because it is full, at %s', (size) => {
        const { status, stderr } = mounted(`size=${size}`, 'full');
        expect(status).toBe(1);
        // The second is what Kconfig's own program says of the same.
        expect(stderr).toMatch(
          /no space left on (?:the )?device|Error during (?:writing|sync) of the configuration/i,
        );
        expect(stderr).not.toMatch(/^\s+at .*[(:]\d+:\d+\)?$/m);
      });
    },
  );

  test('two builds in one folder: the second says so and leaves the first alone', async () => {
    const folder = `O=${project.rig.build('two')}`;
    // A compiler that begins, and then waits until it is told to go on.
    const bin = project.rig.path('bin');
    const [begun, go] = [project.rig.path('begun'), project.rig.path('go')];
    mkdirSync(bin);
    const real = spawnSync('sh', ['-c', 'command -v gcc'], { encoding: 'utf8' }).stdout.trim();
    writeFileSync(
      join(bin, 'gcc'),
      `#!/bin/sh\ncase "$*" in *" -c "*main.c*) : >'${begun}'; while [ ! -e '${go}' ]; do sleep 0.05; done;; esac\nexec ${real} "$@"\n`,
    );
    chmodSync(join(bin, 'gcc'), 0o755);
    const environment = { PATH: `${bin}:${process.env['PATH']}` };
    const first = project.start('build', ['-j2', folder], environment);
    await eventually(() => existsSync(begun), 100_000);
    const second = await project.start('build', [folder], environment).outcome;
    expect(second.status).toBe(1);
    expect(second.stderr).toMatch(
      /^unigraph: another build \(process \d+\) is at work in \S+\n {2}Wait for it/,
    );
    expect(second.stderr).toContain(`process ${first.child.pid}`);
    writeFileSync(go, 'go\n');
    expect((await first.outcome).status).toBe(0);
    expect((await project.start('build', [folder], environment).outcome).stdout).toBe('Nothing to do.\n');
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeDisk } from '../../engine/disk.ts';
import { Journal } from '../../engine/journal/journal.ts';
import { eventually, processesWith } from '../support/processes.ts';
import { commandsBelow, ExampleProject, filesBelow, progress, writtenBelow } from './example-project.ts';
import { debugExit, missing } from './example-rig.ts';

const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

const because = missing === undefined ? '' : `: ${missing} is not installed`;

describe.skipIf(missing !== undefined).each([
  ['fortune', 'defconfig', 100],
  ['helloworld', 'config.all-kvm-x86_64', 100],
] as const)(
  `%s, configured by %s, built by GNU make and by unigraph at the same place${because}`,
  (...which) => {
    const [app, config, actions] = which;
    let project: ExampleProject;
    let made: string;
    beforeAll(async () => {
      project = await ExampleProject.create(app, config);
      await project.make();
      made = `${project.folder}.make`;
      renameSync(project.folder, made);
      await project.build();
    });
    afterAll(() => project.rig.remove());

    test('has the same commands for the same outputs', () => {
      const commands = commandsBelow(made);
      expect(Object.keys(commands).length).toBeGreaterThan(actions);
      expect(commandsBelow(project.folder)).toEqual(commands);
    });

    test('gives the same objects, images and generated files, byte for byte', () => {
      const compared = filesBelow(made).filter((name) =>
        /^[^/]*_qemu-x86_64[^/]*$|\.(?:o|h|c|lds|in|dbg)$|^config$/.test(name),
      );
      const image = `${app}_qemu-x86_64`;
      expect(compared).toEqual(expect.arrayContaining([image, `${image}.dbg`, `${image}.bootinfo`]));
      const different = compared.filter((name) => {
        const file = join(project.folder, name);
        return !existsSync(file) || !readFileSync(file).equals(readFileSync(join(made, name)));
      });
      expect(different).toEqual([]);
    });

    test('boots from either to the same output', async () => {
      const boot = async (folder: string) => {
        const words = app === 'fortune' ? '-n 3 -s 7' : '';
        const { status, output } = await project.rig.bootForStatus(join(folder, `${app}_qemu-x86_64`), words);
        // The image's own path is argv[0]. QEMU may end before it has passed on the guest's last byte.
        return { status, output: output.replaceAll(folder, '').trimEnd() };
      };
      const [own, other] = [await boot(project.folder), await boot(made)];
      expect(own.status).toBe(debugExit(0));
      expect(own.output).toMatch(app === 'fortune' ? /^"[^"]+"\n\t-- \S/m : /hello/i);
      expect(own).toEqual(other);
    });

    test.skipIf(!has('ninja'))('is built by ninja from the exported graph, to the same image', async () => {
      const file = project.rig.path('build.ninja');
      const { status, stdout } = await project.call('plan', '--ninja');
      expect(status).toBe(0);
      writeFileSync(file, stdout);
      const ninja = (...words: string[]): string => execFileSync('ninja', ['-f', file, ...words]).toString();
      const image = join(project.folder, `${app}_qemu-x86_64`);
      const whole = readFileSync(image);
      // Outputs that are there already, but of which ninja knows nothing, are made once more.
      ninja();
      ninja('-t', 'clean');
      expect(existsSync(image)).toBe(false);
      ninja();
      expect(readFileSync(image).equals(whole)).toBe(true);
      expect(ninja()).toMatch(/no work to do/);
      // ninja's clean takes the packed archive away, which nothing needs once it is unpacked.
      expect((await project.build()).filter((line) => !line.startsWith('PACK '))).toEqual([]);
    });

    test('goes on in a folder that GNU make has filled, to the same image', async () => {
      const whole = readFileSync(join(made, `${app}_qemu-x86_64`));
      renameSync(project.folder, `${project.folder}.unigraph`);
      renameSync(made, project.folder);
      // What make compiled is taken over; only what leaves no command beside it is made again.
      const ran = await project.build();
      expect(ran.filter((line) => /^(?:AS|CC|CXX|LD|OBJCOPY|SCSTRIP) /.test(line))).toEqual([]);
      expect(ran.length).toBeLessThan(20);
      expect(readFileSync(join(project.folder, `${app}_qemu-x86_64`)).equals(whole)).toBe(true);
      expect(await project.build()).toEqual([]);
    });
  },
);

describe.skipIf(missing !== undefined)(`building fortune again${because}`, () => {
  let project: ExampleProject;
  let image: string;
  const core = (...parts: string[]) => project.rig.path('core', ...parts);
  const touch = (file: string): void => utimesSync(file, new Date(), new Date());
  const edit = (file: string, from: string | RegExp, to: string): void => {
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(from);
    writeFileSync(file, text.replace(from, to));
  };
  /** What is linked again when an object of the library has changed. */
  const relinked = (library: string): string[] => [
    'LD fortune_qemu-x86_64.dbg',
    `LD ${library}.ld.o`,
    `OBJCOPY ${library}.o`,
    'SCSTRIP fortune_qemu-x86_64',
  ];

  beforeAll(async () => {
    project = await ExampleProject.create('fortune', 'defconfig');
    image = join(project.folder, 'fortune_qemu-x86_64');
    expect((await project.build()).length).toBeGreaterThan(100);
  });
  afterAll(() => project.rig.remove());

  test('runs nothing and writes nothing when nothing has changed', async () => {
    const before = writtenBelow(project.folder);
    for (let times = 0; times < 3; times++) {
      expect(await project.call('build')).toMatchObject({
        status: 0,
        stdout: 'Nothing to do.\n',
        stderr: '',
      });
    }
    expect(writtenBelow(project.folder)).toEqual(before);
  });

  test('does not read the makefiles again after a first build, though sources were unpacked and a link was made', async () => {
    expect((await project.call('properclean')).status).toBe(0);
    await project.build();
    rmSync(join(project.folder, '.unigraph/up-to-date'), { force: true });
    expect((await project.call('build', '--verbose')).stdout).toBe('Nothing to do.\n');
  });

  test('knows that nothing has changed without its journal, by the short way', async () => {
    await project.build();
    const journal = join(project.folder, '.unigraph/journal');
    renameSync(journal, `${journal}.aside`);
    expect((await project.call('build')).stdout).toBe('Nothing to do.\n');
    expect(existsSync(journal)).toBe(false);
    renameSync(`${journal}.aside`, journal);
  });

  test('runs nothing for a phony target that does nothing', async () => {
    const makefile = project.rig.path('libs/libfortune/Makefile.uk');
    const text = readFileSync(makefile, 'utf8');
    appendFileSync(
      makefile,
      'UK_PREPARE-y += note_size\n.PHONY: note_size\nnote_size: $(eval NOTED := 1)\n\t@:;\n',
    );
    await project.build();
    expect((await project.call('build')).stdout).toBe('Nothing to do.\n');
    writeFileSync(makefile, text);
    await project.build();
  });

  test('runs nothing when files are only touched', async () => {
    const before = writtenBelow(project.folder);
    touch(core('lib/nolibc/string.c'));
    touch(core('lib/nolibc/include/string.h'));
    touch(core('lib/nolibc/Makefile.uk'));
    touch(core('Makefile'));
    touch(project.rig.build('fortune.config'));
    touch(project.rig.path('libs/libfortune/patches/0001-Add-a-saying-about-kernel-hacking.patch'));
    touch(join(project.folder, 'libnolibc.o'));
    expect((await project.call('build')).stdout).toBe('Nothing to do.\n');
    const { [`libnolibc.o`]: _touched, ...others } = writtenBelow(project.folder);
    expect(others).toEqual(Object.fromEntries(Object.entries(before).filter(([name]) => name in others)));
  });

  test('compiles what a comment was added to, and links nothing', async () => {
    const before = readFileSync(image);
    appendFileSync(core('lib/ukdebug/hexdump.c'), '/* A remark. */\n');
    expect(await project.build()).toEqual(['CC libukdebug: hexdump.o']);
    appendFileSync(core('lib/ukallocbbuddy/buddy.h'), '/* A remark. */\n');
    expect(await project.build()).toEqual(['CC libukallocbbuddy: bbuddy.o', 'CC libukallocbbuddy: pieces.o']);
    expect(readFileSync(image)).toEqual(before);
    expect(await project.build()).toEqual([]);
  });

  test('makes what depends on one edited source, and nothing else', async () => {
    edit(project.rig.path('apps/fortune/main.c'), /\n$/, '\nint edited = 1;\n');
    expect(await project.build()).toEqual(['CC appfortune: main.o', ...relinked('appfortune')].sort());
    expect(await project.build()).toEqual([]);
  });

  test('makes again what somebody removed or damaged', async () => {
    const before = readFileSync(image);
    writeFileSync(join(project.folder, 'libukdebug/hexdump.o'), 'damaged');
    expect(await project.build()).toEqual(['CC libukdebug: hexdump.o']);
    writeFileSync(image, 'damaged');
    expect(await project.build()).toEqual(['SCSTRIP fortune_qemu-x86_64']);
    expect(readFileSync(image)).toEqual(before);
  });

  test('compiles for a changed option only what mentions it', async () => {
    const { stdout, status } = await project.call('config set LIBFORTUNE_BOOT=y');
    expect(status, stdout).toBe(0);
    const ran = await project.build();
    expect(ran).toContain('CC libfortune: boot.unikraft.o');
    expect(ran.filter((line) => line.startsWith('CC ') && !line.startsWith('CC libfortune: '))).toEqual([]);
    expect(await project.build()).toEqual([]);
  });

  test('completes a configuration first that lacks options, and builds with it', async () => {
    const file = project.rig.build('fortune.config');
    const whole = readFileSync(file, 'utf8');
    const image = await project.build().then(() => readFileSync(join(project.folder, 'fortune_qemu-x86_64')));
    writeFileSync(file, whole.replace(/^.*(?:LIBNOLIBC|LIBUKALLOC).*\n/gm, ''));
    const { status } = await project.call('build');
    expect(status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^CONFIG_LIBNOLIBC=y$/m);
    expect(readFileSync(join(project.folder, 'fortune_qemu-x86_64'))).toEqual(image);
    expect(await project.build()).toEqual([]);
    writeFileSync(file, whole);
    await project.build();
  });

  test('compiles for another compiler in front in PATH, and not for another PATH', async () => {
    await project.build();
    const front = project.rig.path('front');
    mkdirSync(front);
    const environment = { PATH: `${front}:${process.env['PATH'] ?? ''}` };
    const compiled = async (...words: string[]): Promise<number> => {
      const { stdout } = await project.start('build', words, environment).outcome;
      return progress(stdout).filter((line) => line.startsWith('CC ')).length;
    };
    expect(await compiled()).toBe(0);
    writeFileSync(join(front, 'gcc'), '#!/bin/sh\nexec /usr/bin/gcc "$@"\n', { mode: 0o755 });
    expect(await compiled('--dry-run')).toBeGreaterThan(50);
    expect((await project.build()).filter((line) => line.startsWith('CC '))).toEqual([]);
  });

  test('takes a source in and out with its Makefile.uk', async () => {
    const makefile = project.rig.path('apps/fortune/Makefile.uk');
    const text = readFileSync(makefile, 'utf8');
    writeFileSync(project.rig.path('apps/fortune/more.c'), 'int more = 1;\n');
    writeFileSync(makefile, `${text}APPFORTUNE_SRCS-y += $(APPFORTUNE_BASE)/more.c\n`);
    expect(await project.build()).toEqual(['CC appfortune: more.o', ...relinked('appfortune')].sort());
    expect(existsSync(join(project.folder, 'appfortune/more.o'))).toBe(true);
    writeFileSync(makefile, text);
    expect(await project.build()).toEqual(relinked('appfortune').sort());
    expect(filesBelow(project.folder).filter((name) => name.includes('more.'))).toEqual([]);
  });

  test('finds with --verify an output that was changed with its size and times kept', async () => {
    const object = join(project.folder, 'libukdebug/hexdump.o');
    const before = readFileSync(object);
    const damaged = Buffer.from(before);
    damaged[damaged.length - 1]! ^= 1;
    writeFileSync(object, damaged);
    // A change time can only be kept by setting the machine's clock: so the journal is told of the new one.
    const journal = Journal.open(join(project.folder, '.unigraph/journal'));
    const id = journal.strings.find(object)!;
    journal.recordFile(id, {
      ...journal.file(id)!,
      stat: nodeDisk.stat(object)!,
      readMs: Date.now() + 60_000,
    });
    journal.close();
    expect(await project.build()).toEqual([]);
    expect(await project.build('--verify')).toEqual(['CC libukdebug: hexdump.o']);
    expect(readFileSync(object)).toEqual(before);
    expect(await project.build('--verify')).toEqual([]);
  });

  test.skipIf(!has('strace'))(
    'reads and writes nothing that is not declared, as strace sees it',
    async () => {
      const { status, stdout, stderr } = await project.call('build', '--lint-inputs');
      expect(stderr).toBe('');
      expect(stdout).toContain('inputs were traced: no undeclared file');
      expect(status).toBe(0);
      const script = core('lib/nolibc/errnos.awk');
      const text = readFileSync(script, 'utf8');
      const secret = project.rig.path('core/secret.txt');
      writeFileSync(secret, 'x\n');
      writeFileSync(script, `BEGIN { while ((getline line < "${secret}") > 0) count++ }\n${text}`);
      const found = await project.call('build', '--lint-inputs');
      expect(found.stderr).toContain(`reads ${secret}, which is neither declared nor discovered`);
      expect(found.status).toBe(1);
      writeFileSync(script, text);
      await project.build();
    },
  );

  test('says that it uses an origin that was edited by hand, until the edit is taken back', async () => {
    const source = join(project.folder, 'libfortune/origin/libfortune-0.1/src/fortune.c');
    const text = readFileSync(source, 'utf8');
    appendFileSync(source, '/* tried */\n');
    const edited = await project.call('build');
    expect(edited).toMatchObject({ status: 0, stderr: '' });
    expect(edited.stdout).toContain(
      'libfortune/origin was edited by hand (libfortune-0.1/src/fortune.c); it is used as it is.\n' +
        "  'unigraph patch libfortune' turns the edits into a patch",
    );
    expect(readFileSync(source, 'utf8')).toBe(`${text}/* tried */\n`);
    writeFileSync(source, text);
    const mended = await project.call('build');
    expect(mended.status).toBe(0);
    expect(mended.stdout).not.toContain('edited by hand');
  });

  test('applies an added patch to a fresh origin and compiles only what it changes', async () => {
    const patch = project.rig.path('libs/libfortune/patches/0002-Say-more.patch');
    const source = readFileSync(
      join(project.folder, 'libfortune/origin/libfortune-0.1/src/fortune.c'),
      'utf8',
    );
    const last = source.split('\n').length - 1;
    writeFileSync(
      patch,
      `--- a/src/fortune.c\n+++ b/src/fortune.c\n@@ -${last},1 +${last},2 @@\n ${source.split('\n')[last - 1]}\n+int fortune_more = 1;\n`,
    );
    const ran = await project.build();
    expect(ran).toContain('CC libfortune: fortune.o');
    expect(ran).not.toContain('CC libfortune: quotes.o');
    expect(ran).toEqual(expect.arrayContaining(relinked('libfortune')));
  });

  test('gives after all these steps what GNU make builds from nothing', async () => {
    const [own, debug] = [readFileSync(image), readFileSync(`${image}.dbg`)];
    const commands = commandsBelow(project.folder);
    renameSync(project.folder, `${project.folder}.unigraph`);
    await project.make();
    expect(readFileSync(image).equals(own)).toBe(true);
    expect(readFileSync(`${image}.dbg`).equals(debug)).toBe(true);
    const fresh = commandsBelow(project.folder);
    expect(Object.fromEntries(Object.entries(commands).filter(([name]) => name in fresh))).toEqual(fresh);
    renameSync(project.folder, `${project.folder}.make`);
    renameSync(`${project.folder}.unigraph`, project.folder);
  });

  test('goes on where it was killed, wherever that was', async () => {
    const whole = readFileSync(image);
    const mark = { EXAMPLE_BUILD_MARK: project.rig.root };
    for (const wait of [0, 150, 600, 1500]) {
      renameSync(project.folder, `${project.folder}.before-${wait}`);
      const running = project.start('build', ['-j2'], mark);
      await running.seen(/^ {2}CC /m);
      await sleep(wait);
      running.child.kill('SIGKILL');
      expect((await running.outcome).signal).toBe('SIGKILL');
      await eventually(() => processesWith('EXAMPLE_BUILD_MARK', project.rig.root).length === 0);
      expect((await project.build()).length).toBeGreaterThan(0);
      expect(readFileSync(image).equals(whole)).toBe(true);
      expect(await project.build()).toEqual([]);
    }
  });

  test('stops at an interrupt without a partial output, and goes on later', async () => {
    const whole = readFileSync(image);
    renameSync(project.folder, `${project.folder}.interrupted`);
    const mark = { EXAMPLE_BUILD_MARK: project.rig.root };
    const running = project.start('build', ['-j2'], mark);
    await running.seen(/^ {2}CC /m);
    running.child.kill('SIGINT');
    const outcome = await running.outcome;
    expect(outcome.status).toBe(130);
    expect(outcome.stderr).toMatch(/Interrupted after \d+ actions/);
    expect(processesWith('EXAMPLE_BUILD_MARK', project.rig.root)).toEqual([]);
    await project.build();
    expect(readFileSync(image).equals(whole)).toBe(true);
    expect(await project.build()).toEqual([]);
  });
});

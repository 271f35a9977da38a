import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../support/program.ts';
import { eventually } from '../support/processes.ts';
import { ExampleProject, filesBelow, progress } from './example-project.ts';
import { missing } from './example-rig.ts';

const because = missing === undefined ? '' : `: ${missing} is not installed`;

/*
 * Builds after few files were edited. Whether one went the short way shows in that it needs nothing of the program but the
 * start and what makes small builds; whether it was right, in what the long way finds afterwards.
 */
describe.skipIf(missing !== undefined)(`a build after a small change${because}`, () => {
  let project: ExampleProject;
  /** The program without all that only the long way needs. */
  let short: string;
  let main: string;
  let boot: string;

  beforeAll(async () => {
    project = await ExampleProject.create('fortune', 'defconfig');
    short = project.rig.path('short/unigraph.js');
    fs.cpSync(path.dirname(project.program), path.dirname(short), { recursive: true });
    const kept = new Set(['small-build.cjs', 'package.json', 'spawn-helper.js']);
    const library = project.rig.path('short/lib');
    for (const name of fs.readdirSync(library)) if (!kept.has(name)) fs.rmSync(path.join(library, name));
    main = project.rig.path('apps/fortune/main.c');
    boot = project.rig.path('core/lib/ukboot/boot.c');
    await project.build();
  });
  afterAll(() => project.rig.remove());

  /** Builds by the short way; where that gives up, the program ends with an error. */
  const shortWay = (...words: string[]): Promise<Outcome> => project.start('build', words, {}, short).outcome;

  async function buildShortly(...words: string[]): Promise<string[]> {
    const { status, stdout, stderr } = await shortWay(...words);
    expect(status, stdout + stderr).toBe(0);
    return progress(stdout);
  }

  /** Looks at everything without the record of the short way. @returns what the long way would do */
  async function askLongWay(): Promise<string> {
    fs.rmSync(path.join(project.folder, '.unigraph/up-to-date'), { force: true });
    const { status, stdout, stderr } = await project.call('build', '--dry-run');
    expect(status, stderr).toBe(0);
    // A build that finds nothing to do writes the record again.
    await project.build();
    return stdout;
  }

  const edit = (file: string, change: (text: string) => string): void =>
    fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));

  test('compiles a commented source and no more', async () => {
    edit(main, (text) => `${text}/* a remark */\n`);
    expect(await buildShortly()).toEqual(['CC appfortune: main.o']);
    expect((await shortWay()).stdout).toBe('Nothing to do.\n');
    expect(await askLongWay()).toBe('Nothing to do.\n');
  });

  test('makes the image that a build from nothing makes', async () => {
    edit(main, (text) => `${text}int edited = 1;\n`);
    const ran = await buildShortly();
    expect(ran).toContain('CC appfortune: main.o');
    expect(ran.length).toBeGreaterThan(3);
    expect(await askLongWay()).toBe('Nothing to do.\n');
    const names = filesBelow(project.folder).filter((name) => /_qemu-x86_64(\.dbg)?$/.test(name));
    expect(names).toHaveLength(2);
    const made = names.map((name) => fs.readFileSync(path.join(project.folder, name)));
    expect((await project.call('properclean')).status).toBe(0);
    await project.build();
    for (const [at, name] of names.entries())
      expect(fs.readFileSync(path.join(project.folder, name)).equals(made[at]!), name).toBe(true);
  });

  test('says nothing and runs nothing where a file was only touched', async () => {
    fs.utimesSync(main, new Date(), new Date());
    expect((await shortWay()).stdout).toBe('Nothing to do.\n');
    expect(await askLongWay()).toBe('Nothing to do.\n');
  });

  test('goes on with every edit where the last one left it', async () => {
    for (const [number, file] of [main, boot, main, main, boot].entries()) {
      edit(file, (text) => `${text}static int step_${number} __attribute__((used)) = ${number};\n`);
      expect((await buildShortly()).length).toBeGreaterThan(2);
    }
    expect(await askLongWay()).toBe('Nothing to do.\n');
  });

  test('tells a mistake, keeps telling it, and builds what mends it', async () => {
    const good = fs.readFileSync(main);
    edit(main, (text) => `${text}int broken = ;\n`);
    for (let time = 0; time < 2; time++) {
      const { status, stdout, stderr } = await shortWay();
      expect(status, stdout).toBe(1);
      expect(stderr).toContain('broken');
      expect(stderr).toContain('failed:');
    }
    fs.writeFileSync(main, good);
    await buildShortly();
    expect(await askLongWay()).toBe('Nothing to do.\n');
  });

  test('follows a header from when it is first included', async () => {
    const header = project.rig.path('apps/fortune/extra.h');
    fs.writeFileSync(header, '#define EXTRA 1\n');
    edit(main, (text) => `#include "extra.h"\n${text}int extra = EXTRA;\n`);
    await project.build();
    fs.writeFileSync(header, '#define EXTRA 2\n');
    expect(await buildShortly()).toContain('CC appfortune: main.o');
    edit(header, (text) => `${text}/* a remark */\n`);
    expect(await buildShortly()).toEqual(['CC appfortune: main.o']);
    expect(await askLongWay()).toBe('Nothing to do.\n');
  });

  test('notices a header that comes to be included from another folder', async () => {
    const header = project.rig.path('libs/libfortune/late.h');
    fs.writeFileSync(header, '#define LATE 1\n');
    await project.build();
    edit(main, (text) => `#include "../../libs/libfortune/late.h"\n${text}int late = LATE;\n`);
    await buildShortly();
    fs.writeFileSync(header, '#define LATE 2\n');
    expect(await buildShortly()).toContain('CC appfortune: main.o');
    expect(await askLongWay()).toBe('Nothing to do.\n');
  });

  test('makes an output again that was edited or deleted', async () => {
    const object = path.join(project.folder, 'appfortune/main.o');
    fs.appendFileSync(object, 'x');
    expect(await buildShortly()).toEqual(['CC appfortune: main.o']);
    fs.rmSync(object);
    await project.build();
    expect(fs.existsSync(object)).toBe(true);
    expect(await askLongWay()).toBe('Nothing to do.\n');
  });

  test('also makes again what somebody else edited meanwhile in the build folder', async () => {
    const object = path.join(project.folder, 'libukargparse/argparse.o');
    const good = fs.readFileSync(object);
    edit(main, (text) => `${text}int beside = 1;\n`);
    fs.appendFileSync(object, 'x');
    const ran = await project.build();
    expect(ran).toContain('CC appfortune: main.o');
    expect(ran).toContain('CC libukargparse: argparse.o');
    expect(fs.readFileSync(object).equals(good)).toBe(true);
    expect(await askLongWay()).toBe('Nothing to do.\n');
  });

  test('stops at an interrupt and goes on from there', async () => {
    edit(main, (text) => `${text}int interrupted = 1;\n`);
    const running = project.start('build', [], {}, short);
    await eventually(() => fs.existsSync(path.join(project.folder, '.unigraph/lock')));
    running.child.kill('SIGINT');
    expect([0, 130]).toContain((await running.outcome).status);
    await project.build();
    expect(fs.existsSync(path.join(project.folder, '.unigraph/lock'))).toBe(false);
    expect(await askLongWay()).toBe('Nothing to do.\n');
  });

  test.each([
    ['a makefile', 'apps/fortune/Makefile.uk', '# a remark\n'],
    ['an option', 'build/fortune.config', '# a remark\n'],
    ['the exported symbols', 'libs/libfortune/exportsyms.uk', '# a remark\n'],
  ])('takes the long way, or does as it would, after a change of %s', async (_, name, text) => {
    await project.build();
    fs.appendFileSync(project.rig.path(name), text);
    const { status, stderr } = await shortWay();
    if (status !== 0) expect(stderr).toContain('main.js');
    await project.build();
    expect(await askLongWay()).toBe('Nothing to do.\n');
  });

  test('leaves a folder alone in which another build is at work', async () => {
    edit(main, (text) => `${text}/* one more */\n`);
    const lock = path.join(project.folder, '.unigraph/lock');
    const start = fs.readFileSync(`/proc/${process.pid}/stat`, 'latin1').split(') ')[1]!.split(' ')[19]!;
    fs.writeFileSync(lock, `${process.pid} ${start}\n`);
    const { status, stderr } = await project.call('build');
    expect(status).not.toBe(0);
    expect(stderr).toContain('another build');
    fs.rmSync(lock);
    expect(await buildShortly()).toEqual(['CC appfortune: main.o']);
  });
});

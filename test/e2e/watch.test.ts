import {
  appendFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually, processesWith } from '../support/processes.ts';
import { killProcessesWith, type Outcome, type RunningProgram } from '../support/program.ts';
import { ExampleProject, progress } from './example-project.ts';
import { missing } from './example-rig.ts';

const MARK = 'WATCH_TEST_MARK';

/** A running watch, whose events a test takes one after the other. */
class Watching {
  readonly #program: RunningProgram;
  #seen = '';
  #taken = 0;

  constructor(program: RunningProgram) {
    this.#program = program;
    program.child.stdout!.on('data', (text: string) => (this.#seen += text));
    program.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#seen += text));
  }

  /** Waits for a line that has not been taken yet. @returns all lines up to it */
  async next(pattern: RegExp, ms = 15_000): Promise<string[]> {
    let found: RegExpExecArray | null = null;
    await eventually(() => {
      found = new RegExp(pattern, 'm').exec(this.#seen.slice(this.#taken));
      return found !== null;
    }, ms).catch(() => {
      throw new Error(
        `no ${pattern} in:\n${this.#seen.slice(this.#taken)}\nafter:\n${this.#seen.slice(0, this.#taken)}`,
      );
    });
    const start = this.#taken;
    this.#taken += found!.index + found![0].length;
    return this.#seen
      .slice(start, this.#taken)
      .split('\n')
      .filter((line) => line !== '');
  }

  /** What has come and was not taken. */
  get rest(): string {
    return this.#seen.slice(this.#taken);
  }

  interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<Outcome> {
    this.#program.child.kill(signal);
    return this.#program.outcome;
  }
}

/** Actions that ran, as `CC x: y.o`. */
const ran = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => /^ran (.*) \([\d.]+ s\)$/.exec(line)?.[1] ?? []);

/** What has to be made again when main.c gives other code. */
const chain = [
  'CC appfortune: main.o',
  'LD appfortune.ld.o',
  'OBJCOPY appfortune.o',
  'LD fortune_qemu-x86_64.dbg',
  'SCSTRIP fortune_qemu-x86_64',
];

/** Saves as most editors do. */
function save(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()];
      } catch {
        return [];
      }
    });
}

let project: ExampleProject;
let app: (name: string) => string;
let main: string;
let makefile: string;

beforeAll(async () => {
  if (missing !== undefined) return;
  project = await ExampleProject.create('fortune', 'defconfig');
  app = (name) => project.rig.path('apps/fortune', name);
  main = readFileSync(app('main.c'), 'utf8');
  makefile = readFileSync(app('Makefile.uk'), 'utf8');
  await project.build();
});

beforeEach(async () => {
  if (missing !== undefined) return;
  writeFileSync(app('main.c'), main);
  writeFileSync(app('Makefile.uk'), makefile);
  for (const name of ['early.h', 'slow.txt', 'main.c~']) rmSync(app(name), { force: true });
  await project.call('build');
});

afterEach(() => {
  // Of a test that failed half-way.
  if (missing === undefined) killProcessesWith(MARK, project.rig.root);
});

afterAll(() => {
  if (missing !== undefined) return;
  project.rig.remove();
});

async function watching(...words: string[]): Promise<Watching> {
  const watch = new Watching(project.start('watch', words, { [MARK]: project.rig.root }));
  await watch.next(/^waiting$/);
  return watch;
}

/** Ends the watch; afterwards nothing of it may be left, and the state must be that of a fresh build. */
async function end(watch: Watching, current = true): Promise<void> {
  const { status, signal } = await watch.interrupt();
  expect({ status, signal }).toEqual({ status: 130, signal: null });
  expect(processesWith(MARK, project.rig.root)).toEqual([]);
  expect(readdirSync(`${project.folder}/.unigraph`).filter((name) => name.includes('lock'))).toEqual([]);
  if (!current) return;
  const again = await project.call('build');
  expect(progress(again.stdout), 'a build after the watch').toEqual([]);
}

const withTools = test.skipIf(missing !== undefined);

withTools('builds what an atomic save made old, and nothing for a save without a change', async () => {
  const watch = await watching();
  save(app('main.c'), main.replace('count = 1', 'count = 2'));
  const lines = await watch.next(/^waiting$/);
  expect(lines[0]).toMatch(/^changed .*apps\/fortune\/main\.c$/);
  expect(ran(lines)).toEqual(chain);
  expect(lines.at(-2)).toMatch(/^built: 5 actions in /);
  save(app('main.c'), main.replace('count = 1', 'count = 2'));
  writeFileSync(app('main.c~'), main);
  writeFileSync(app('.main.c.swp'), 'x');
  // The next change shows that the ones before were seen, and led to nothing.
  save(app('main.c'), main);
  const next = await watch.next(/^waiting$/);
  expect(next.filter((line) => line.startsWith('changed'))).toHaveLength(1);
  expect(ran(next)).toEqual(chain);
  rmSync(app('.main.c.swp'));
  await end(watch);
  expect(watch.rest.trim()).toBe('');
});

withTools('tells a failure, and tries again when the header appears that was missing', async () => {
  const watch = await watching();
  save(app('main.c'), `#include "early.h"\n${main}`);
  const failure = await watch.next(/^waiting$/);
  expect(failure.find((line) => line.startsWith('failed'))).toBe(
    'failed CC appfortune: main.o: gcc ended with status 1',
  );
  expect(failure.at(-2)).toMatch(/^not built: 1 action failed/);
  writeFileSync(app('early.h'), '#define early\n#error not yet\n');
  expect((await watch.next(/^waiting$/)).join('\n')).toContain('not yet');
  // A header of which only the failed compilation knew.
  writeFileSync(app('early.h'), '#define count number_of_sayings\n');
  expect(ran(await watch.next(/^waiting$/))).toContain('CC appfortune: main.o');
  await end(watch);
});

withTools('says what is wrong with a makefile, and goes on when it is corrected', async () => {
  const watch = await watching();
  save(app('Makefile.uk'), `${makefile}endif\n`);
  const lines = await watch.next(/^waiting$/);
  expect(lines.join('\n')).toMatch(/failed: .*Makefile\.uk:7:1: extraneous 'endif'/);
  save(app('main.c'), main.replace('count = 1', 'count = 3'));
  save(app('Makefile.uk'), `${makefile}APPFORTUNE_CFLAGS-y += -DUNUSED\n`);
  const next = await watch.next(/^built.*\n(?:.*\n)*?waiting$/);
  expect(ran(next)).toEqual(expect.arrayContaining(chain));
  expect(readFileSync(`${project.folder}/appfortune/main.o.cmd`, 'utf8')).toContain('-DUNUSED');
  await end(watch);
});

withTools('builds from scratch when the build folder is removed', async () => {
  const watch = await watching();
  const inode = statSync(project.folder).ino;
  rmSync(project.folder, { recursive: true });
  await watch.next(/^built: \d{3} actions/);
  expect(existsSync(`${project.folder}/fortune_qemu-x86_64`)).toBe(true);
  expect(statSync(project.folder).ino).not.toBe(inode);
  await end(watch);
});

withTools('stops a build that has become of no use, with its commands', async () => {
  const slow = 'sleep 287.125';
  writeFileSync(app('slow.txt'), slow);
  const rule =
    '$(APPFORTUNE_BUILD)/slow: $(APPFORTUNE_BASE)/slow.txt\n\techo partial >$@; sh $<; echo whole >$@\n';
  appendFileSync(app('Makefile.uk'), `UK_PREPARE += $(APPFORTUNE_BUILD)/slow\n${rule}`);
  const watch = new Watching(project.start('watch', [], { [MARK]: project.rig.root }));
  await eventually(() => commandLines().includes(slow), 15_000);
  const begun = performance.now();
  save(app('slow.txt'), 'true');
  const lines = await watch.next(/^waiting$/);
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(lines.find((line) => line.startsWith('stopped'))).toMatch(/slow\.txt changed meanwhile$/);
  expect(commandLines()).not.toContain(slow);
  expect(readFileSync(`${project.folder}/appfortune/slow`, 'utf8')).toBe('whole\n');

  // And one that is interrupted leaves neither its commands nor what they had begun.
  save(app('slow.txt'), slow);
  await eventually(() => commandLines().includes(slow), 15_000);
  await end(watch, false);
  expect(commandLines()).not.toContain(slow);
  expect(existsSync(`${project.folder}/appfortune/slow`)).toBe(false);
});

withTools('takes a switch to other sources as one change', async () => {
  const watch = await watching();
  const folder = app('many');
  for (let round = 0; round < 300; round++) writeFileSync(`${folder}${round}.h`, `#define MANY ${round}\n`);
  const includes = Array.from({ length: 300 }, (_, at) => `#undef MANY\n#include "many${at}.h"\n`).join('');
  save(app('main.c'), includes + main);
  await watch.next(/^built/);
  await watch.next(/^waiting$/);
  for (let round = 0; round < 300; round++)
    writeFileSync(`${folder}${round}.h`, `#define MANY ${round + 1}\n`);
  save(app('main.c'), `${includes}${main.replace('count = 1', 'count = 4')}`);
  const lines = await watch.next(/^waiting$/);
  expect(lines.filter((line) => line.startsWith('built'))).toHaveLength(1);
  expect(ran(lines)).toEqual(chain);
  await end(watch);
  for (let round = 0; round < 300; round++) rmSync(`${folder}${round}.h`);
});

withTools('leaves the folder to other commands while it waits, but not to another watch', async () => {
  const watch = await watching();
  const second = await project.call('watch');
  expect(second.status).toBe(2);
  expect(second.stderr).toMatch(/^unigraph: another watch \(process \d+\) builds in .*\n.*--output/m);
  expect((await project.call('build')).status).toBe(0);
  // Another build's result is seen, also when it came from sources that changed at the same time.
  expect((await project.call('clean')).status).toBe(0);
  await watch.next(/^built: \d+ actions/);
  await end(watch);
});

withTools('boots each image that is another, and the guest ends with the watch', async () => {
  const watch = new Watching(
    project.start('watch', ['--run', '--accel', 'tcg', '--', '-s', '1'], { [MARK]: project.rig.root }),
  );
  await watch.next(/^booting .*fortune_qemu-x86_64$/);
  await watch.next(/-- .*$/);
  await watch.next(/^the guest ended with status 0$/);
  save(
    app('main.c'),
    main
      .replace('while (count--)', 'printf("endless\\n"); while (1)')
      .replace('printf("\\"%s', 'if (0) printf("\\"%s'),
  );
  await watch.next(/^built/);
  await watch.next(/endless/);
  const guests = (): string[] =>
    commandLines().filter((line) => line.includes(`${project.folder}/fortune_qemu`));
  expect(guests()).toHaveLength(1);
  save(
    app('main.c'),
    main
      .replace('while (count--)', 'printf("again\\n"); while (1)')
      .replace('printf("\\"%s', 'if (0) printf("\\"%s'),
  );
  await watch.next(/again/);
  expect(guests()).toHaveLength(1);
  await end(watch);
  expect(guests()).toEqual([]);
});

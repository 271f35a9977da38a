import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundledProgram, start, type Outcome } from '../support/program.ts';
import { ExampleProject } from './example-project.ts';

/** Never a word about unigraph's own code. */
const trace = /^\s+at .*[(:]\d+:\d+\)?$/m;

describe('vars, why-var and lint on the example library', () => {
  let project: ExampleProject;
  let makefile: string;
  let original: string;
  const ask = async (command: string, ...words: string[]): Promise<Outcome> => {
    const outcome = await project.start(command, words, { COLUMNS: '40' }).outcome;
    expect(outcome.stderr).not.toMatch(trace);
    return outcome;
  };
  beforeAll(async () => {
    project = await ExampleProject.create('fortune', 'defconfig');
    makefile = project.rig.path('libs/libfortune/Makefile.uk');
    original = readFileSync(makefile, 'utf8');
  });
  afterEach(() => writeFileSync(makefile, original));
  afterAll(() => project.rig.remove());
  const lineOf = (text: string): number => readFileSync(makefile, 'utf8').split('\n').indexOf(text) + 1;

  test('vars shows values and places in 40 columns', async () => {
    const { status, stdout } = await ask('vars', 'LIBFORTUNE_*SRCS-y');
    expect(status).toBe(0);
    const first = lineOf('LIBFORTUNE_SRCS-y += $(LIBFORTUNE_SRC)/src/fortune.c');
    expect(stdout).toBe(
      [
        'LIBFORTUNE_SRCS-y (recursive, file)',
        '  = $(LIBFORTUNE_SRC)/src/fortune.c',
        '    $(LIBFORTUNE_SRC)/src/quotes.c',
        ...[`  at ${makefile}:${first}`, '    += $(LIBFORTUNE_SRC)/src/fortune.c'],
        ...[`  at ${makefile}:${first + 1}`, '    += $(LIBFORTUNE_SRC)/src/quotes.c'],
        '',
      ]
        // A path is not parted, but has a line of its own when it is too long for this one.
        .flatMap((line) => (line.startsWith('  at ') ? ['  at', `    ${line.slice(5)}`] : [line]))
        .join('\n'),
    );
  });

  test('vars as JSON has expanded values on demand', async () => {
    const { stdout } = await ask('vars', 'LIBFORTUNE_SRC', '--json', '--expand');
    const { schema, variables } = JSON.parse(stdout) as { schema: number; variables: { expanded: string }[] };
    expect(schema).toBe(1);
    expect(variables.map(({ expanded }) => expanded)).toEqual([
      join(project.folder, 'libfortune/origin/libfortune-0.1'),
    ]);
  });

  test('a pattern that matches nothing is answered with the nearest', async () => {
    expect(await ask('vars', 'LIBFORTUEN_*')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: "unigraph: no variable matches 'LIBFORTUEN_*'\n  Did you mean 'LIBFORTUNE_*'?\n",
    });
  });

  test('why-var tells that the command line overrides, and whose commands get the value', async () => {
    appendFileSync(makefile, 'LIBFORTUNE_CFLAGS-y += -DONE\n');
    const words = ['LIBFORTUNE_CFLAGS-y', 'LIBFORTUNE_CFLAGS-y=-DTWO', '--json'];
    const { status, stdout } = await ask('why-var', ...words);
    expect(status).toBe(0);
    const objects = ['fortune.o', 'quotes.o'].map((name) => join(project.folder, 'libfortune', name));
    expect(JSON.parse(stdout)).toMatchObject({
      variable: { origin: 'command line', expanded: '-DTWO' },
      assignments: [
        { file: '', text: '-DTWO', effect: 'took effect' },
        { file: makefile, line: lineOf('LIBFORTUNE_CFLAGS-y += -DONE'), effect: 'overridden' },
      ],
      reaches: [{ library: 'libfortune', targets: expect.arrayContaining(objects) as string[] }],
    });
  });

  test('lint is silent on libraries in order, and ends with 1 on a mistake', async () => {
    expect(await ask('lint')).toMatchObject({ status: 0, stdout: 'nothing in appfortune, libfortune\n' });
    appendFileSync(makefile, 'LIBFORTUNE_CFLGAS-y += -DONE\n');
    const line = lineOf('LIBFORTUNE_CFLGAS-y += -DONE');
    expect(await ask('lint')).toMatchObject({
      status: 1,
      stdout:
        `${makefile}:${line}:1: nothing reads LIBFORTUNE_CFLGAS-y [unread-variable]\n` +
        "  Did you mean 'LIBFORTUNE_CFLAGS-y'?\n1 finding in appfortune, libfortune\n",
    });
    const { status, stdout } = await ask('lint', 'libfortune', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      libraries: ['libfortune'],
      findings: [
        { rule: 'unread-variable', library: 'libfortune', location: { file: makefile, line, column: 1 } },
      ],
    });
    expect(await ask('lint', '--disable', 'unread-variable')).toMatchObject({ status: 0 });
  });

  test('a syntax error is told with its place, by all three', async () => {
    appendFileSync(makefile, 'this is no makefile\n');
    const at = `${makefile}:${lineOf('this is no makefile')}`;
    for (const [command, word] of [['vars'], ['why-var', 'LIBFORTUNE_SRCS-y'], ['lint']] as const) {
      const { status, stdout, stderr } = await ask(command, ...(word === undefined ? [] : [word]));
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain(`${at}:1: missing separator`);
    }
  });

  test('an unknown library, rule or variable is refused with the one that was meant', async () => {
    expect((await ask('lint', 'libfortun')).stderr).toContain("Did you mean 'libfortune'?");
    expect((await ask('lint', '--disable', 'unread-variabel')).stderr).toContain("'unread-variable'");
    expect((await ask('why-var', 'LIBFORTUNE_SRC-y')).stderr).toContain("Did you mean 'LIBFORTUNE_SRCS-y'?");
    expect(await ask('why-var')).toMatchObject({ status: 2 });
  });

  test('without a configuration each says so', async () => {
    for (const words of [['vars'], ['why-var', 'X'], ['lint']]) {
      const { status, stderr } = await ask(
        words[0]!,
        ...words.slice(1),
        `C=${project.rig.build('none.config')}`,
      );
      expect(status).toBe(1);
      expect(stderr).toMatch(/^unigraph: there is no configuration: .*none\.config/);
    }
  });
});

test('outside of any project each says so', async () => {
  const program = await bundledProgram();
  const cwd = mkdtempSync(join(tmpdir(), 'nothing-'));
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));
  for (const words of [['vars'], ['why-var', 'X'], ['lint']]) {
    const { status, stderr } = await start(program, words, { cwd }).outcome;
    expect(status).toBe(2);
    expect(stderr).toMatch(/^unigraph: there is no application/);
    expect(stderr).not.toMatch(trace);
  }
});

/** A core, and folders with `musl` and the like. */
const root = process.env['UNIKRAFT_ROOT'];
const libraries = process.env['UNIKRAFT_LIBS'];

describe.skipIf(root === undefined || libraries === undefined)(
  'lint on a real tree (UNIKRAFT_ROOT, UNIKRAFT_LIBS)',
  () => {
    test('what it finds in lib-musl is true: a folder of headers that the repository lacks', async () => {
      const program = await bundledProgram();
      const folder = mkdtempSync(join(tmpdir(), 'real-'));
      afterAll(() => rmSync(folder, { recursive: true, force: true }));
      const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
      write('Makefile.uk', '$(eval $(call addlib,appx))\nAPPX_SRCS-y += $(APPX_BASE)/main.c\n');
      write('main.c', 'int main(void) { return 0; }\n');
      write('config', 'CONFIG_PLAT_KVM=y\nCONFIG_LIBMUSL=y\n');
      const musl = join(libraries!, 'musl');
      const words = ['--core', root!, `A=${folder}`, `L=${musl}`, `O=${folder}/build`, `C=${folder}/config`];
      expect((await start(program, ['olddefconfig', ...words]).outcome).status).toBe(0);
      const { stdout } = await start(program, ['lint', '--json', ...words]).outcome;
      const { findings } = JSON.parse(stdout) as { findings: { rule: string; message: string }[] };
      for (const { rule, message } of findings) {
        expect(rule).toBe('missing-folder');
        expect(message).toContain(`${musl}/include`);
      }
    });
  },
);

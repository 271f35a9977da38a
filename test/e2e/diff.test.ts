import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Outcome } from '../support/program.ts';
import { ExampleProject } from './example-project.ts';
import { missing } from './example-rig.ts';

let project: ExampleProject;
let path: (name: string) => string;
let main: string;

beforeAll(async () => {
  if (missing !== undefined) return;
  project = await ExampleProject.create('fortune', 'defconfig');
  path = (name) => project.rig.path(name);
  main = readFileSync(path('apps/fortune/main.c'), 'utf8');
  await project.build();
  // The first build made folders that the makefiles list.
  await project.call('build');
});

beforeEach(() => {
  if (missing === undefined) writeFileSync(path('apps/fortune/main.c'), main);
});

afterAll(() => {
  if (missing === undefined) project.rig.remove();
});

const withTools = test.skipIf(missing !== undefined);

interface Since {
  readonly differs: boolean;
  readonly options: readonly unknown[];
  readonly changes: readonly {
    kind: string;
    what: string;
    how: string;
    actions: number;
    following: number;
  }[];
  readonly certain: number;
  readonly perhaps: number;
}

async function since(): Promise<Since> {
  const { stdout } = await project.call('diff', '--json');
  return JSON.parse(stdout) as Since;
}

withTools('says that nothing changed, with status 0', async () => {
  const { status, stdout, stderr } = await project.call('diff');
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: 'Nothing changed since the last build.\n',
    stderr: '',
  });
});

withTools(
  'counts what runs because of a source, a patch and a missing output, and builds nothing',
  async () => {
    writeFileSync(path('apps/fortune/main.c'), `${main}\n`);
    const patch = path('libs/libfortune/patches/0001-Add-a-saying-about-kernel-hacking.patch');
    const text = readFileSync(patch, 'utf8');
    writeFileSync(patch, text.replace('kernel', 'Kernel'));
    const output = `${project.folder}/libnolibc.o`;
    const content = readFileSync(output);
    rmSync(output);
    const found = await since();
    const byKind = Object.fromEntries(found.changes.map((change) => [change.kind, change]));
    expect(byKind['source']).toEqual({
      kind: 'source',
      what: path('apps/fortune/main.c'),
      how: 'changed',
      actions: 1,
      following: 4,
    });
    expect(byKind['patch']).toMatchObject({ what: patch, how: 'changed' });
    expect(byKind['output']).toMatchObject({ what: output, how: 'removed', actions: 1, following: 2 });
    expect(found.differs).toBe(true);
    const text2 = await project.call('diff');
    expect(text2.status).toBe(1);
    expect(text2.stdout).toMatch(/^Sources:\n {2}.*main\.c changed: 1 action and 4 after\nPatches:\n/);
    writeFileSync(patch, text);
    writeFileSync(output, content);
  },
);

withTools('tells options of .config that differ', async () => {
  const config = `${project.folder}.config`;
  const text = readFileSync(config, 'utf8');
  expect(text).toContain('CONFIG_LIBUKDEBUG_PRINTK=y');
  writeFileSync(config, text.replace('CONFIG_LIBUKDEBUG_PRINTK=y', '# CONFIG_LIBUKDEBUG_PRINTK is not set'));
  expect((await since()).options).toEqual([{ name: 'CONFIG_LIBUKDEBUG_PRINTK', from: 'y' }]);
  writeFileSync(config, text);
});

withTools('compares two build folders: options, sources, commands, files, sizes and symbols', async () => {
  const second = `${project.folder}-second`;
  const config = readFileSync(`${project.folder}.config`, 'utf8');
  writeFileSync(
    `${second}.config`,
    config.replace('CONFIG_LIBUKDEBUG_PRINTK=y', '# CONFIG_LIBUKDEBUG_PRINTK is not set'),
  );
  writeFileSync(path('apps/fortune/main.c'), `${main}int another_symbol = 7;\n`);
  const makefile = path('apps/fortune/Makefile.uk');
  const makefileText = readFileSync(makefile, 'utf8');
  writeFileSync(makefile, `${makefileText}APPFORTUNE_CFLAGS-y += -DONLY_SECOND\n`);
  const built = await project.call('build', '-q', `O=${second}`, `C=${second}.config`);
  expect(built.status, built.stderr).toBe(0);
  writeFileSync(makefile, makefileText);
  const compare = (...words: string[]): Promise<Outcome> =>
    project.call('diff', project.folder, second, ...words);
  const { status, stdout } = await compare('--json');
  expect(status).toBe(1);
  const found = JSON.parse(stdout) as {
    options: { name: string }[];
    sources: string[];
    commands: { library: string; words: { first: unknown[]; second: unknown[] } }[];
    sizes: { file: string; symbols: { added: string[]; removed: string[] } }[];
  };
  expect(found.options).toContainEqual({ name: 'CONFIG_LIBUKDEBUG_PRINTK', from: 'y' });
  expect(found.sources).toContain(path('apps/fortune/main.c'));
  const app = found.commands.find(({ library }) => library === 'appfortune')!;
  expect(app.words).toEqual({ first: [], second: [['-DONLY_SECOND', 2]] });
  const image = found.sizes.find(({ file }) => file === 'fortune_qemu-x86_64.dbg')!;
  expect(image.symbols.added).toEqual(['another_symbol']);
  expect((await compare()).stdout).toMatch(/appfortune: 2 of 4 differ\n +\+ -DONLY_SECOND\n/);
  expect((await project.call('diff', second, second)).status).toBe(0);
});

withTools('has status 2 for what is no build folder', async () => {
  const nowhere = await project.call('diff', project.folder, path('nowhere'));
  expect(nowhere.status).toBe(2);
  const sources = await project.call('diff', project.folder, path('apps'));
  expect(sources.status).toBe(2);
  expect(sources.stderr).toMatch(/apps is no build folder/);
  expect((await project.call('diff', project.folder)).stderr).toContain(
    'diff takes two build folders, or none',
  );
});

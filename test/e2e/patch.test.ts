import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ExampleProject, progress } from './example-project.ts';
import { missing } from './example-rig.ts';

const title = `unigraph patch${missing === undefined ? '' : `: ${missing} is not installed`}`;

describe.skipIf(missing !== undefined)(title, () => {
  let project: ExampleProject;
  beforeAll(async () => {
    project = await ExampleProject.create('fortune', 'defconfig');
    await project.build();
  });
  afterAll(() => project.rig.remove());

  const library = (...parts: string[]): string => project.rig.path('libs/libfortune', ...parts);
  const origin = (...parts: string[]): string =>
    join(project.folder, 'libfortune/origin/libfortune-0.1', ...parts);
  const quotes = (): string => readFileSync(origin('src/quotes.c'), 'utf8');
  const edit = (from: string, to: string): void => {
    expect(quotes()).toContain(from);
    writeFileSync(origin('src/quotes.c'), quotes().replace(from, to));
  };
  const author = ['--author-name', 'Ada', '--author-email', 'ada@example.org'];
  const patch = (...words: string[]) => project.call('patch', 'libfortune', ...author, ...words);
  const patches = (): string[] => readdirSync(library('patches')).sort();
  const first = '0001-Add-a-saying-about-kernel-hacking.patch';

  test('says so when nothing is edited, the library is unknown, or a word too many is given', async () => {
    expect(await patch()).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /nothing is edited in the origin of libfortune\n.*libfortune-0\.1/,
      ) as string,
    });
    expect((await project.call('patch', 'libfortun')).stderr).toMatch(
      /there is no library 'libfortun' in this build\n {2}Did you mean 'libfortune'\?/,
    );
    expect((await project.call('patch', 'nolibc', ...author)).stderr).toMatch(
      /Makefile\.uk: libnolibc has no origin/,
    );
    expect(await patch('one', 'two')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/'two'/) as string,
    });
    expect((await project.call('patch')).stderr).toMatch(/the library is missing/);
    expect((await patch('--date', 'yesterday')).stderr).toMatch(/'yesterday' is no date/);
    expect((await patch('--message', 'a\nb')).stderr).toMatch(/the message has control characters/);
    expect(patches()).toEqual([first]);
  });

  test('an edit that was built becomes a patch: nothing is compiled again, and a fresh build folder has it', async () => {
    edit('A cache is a promise', 'A cache is a solemn promise');
    const edited = await project.build();
    expect(edited).toContain('CC libfortune: quotes.o');
    const listed = await patch('--list');
    expect(listed.stdout).toMatch(/applied +0001-Add-a-saying.* Add a saying about kernel hacking\n/);
    expect(listed.stdout).toMatch(/edited since: libfortune-0\.1\/src\/quotes\.c/);

    const dry = await patch('--dry-run', 'solemn');
    expect(dry.stdout).toMatch(/^From 0{40} [\s\S]*\n-\t\{ "A cache is a promise[\s\S]*\n-- \nunigraph\n/);
    expect(patches()).toEqual([first]);

    const made = await patch(
      'solemn-caches',
      '--message',
      'Be solemn',
      '--message',
      'It matters.',
      '--date',
      '2026-01-02',
    );
    expect(made).toMatchObject({ status: 0, stderr: '' });
    expect(made.stdout).toMatch(/patches\/0002-solemn-caches\.patch\n {2}src\/quotes\.c: \+1 -1\n$/);
    const text = readFileSync(library('patches/0002-solemn-caches.patch'), 'utf8');
    expect(text).toContain(
      'From: Ada <ada@example.org>\nDate: Fri, 2 Jan 2026 00:00:00 +0000\nSubject: [PATCH] Be solemn\n\nIt matters.\n\n---\n src/quotes.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n',
    );
    expect(quotes()).toContain('A cache is a solemn promise');
    const after = await project.build();
    expect(after.filter((line) => !/^(UNTAR|PATCH) /.test(line))).toEqual([]);
    expect(await project.build()).toEqual([]);
    expect((await patch('--list')).stdout).toMatch(/applied +0002-solemn-caches\.patch +Be solemn\n$/);
    expect((await patch()).stderr).toMatch(/nothing is edited/);

    rmSync(join(project.folder, 'libfortune'), { recursive: true });
    const fresh = await project.build();
    expect(fresh).toContain('PATCH libfortune: 0001-Add-a-saying-about-kernel-hacking.patch');
    expect(quotes()).toContain('A cache is a solemn promise');
  });

  test('an edit that was not built yet is compiled once, after the patch was made', async () => {
    edit('solemn promise', 'most solemn promise');
    expect((await patch('most')).status).toBe(0);
    const ran = await project.build();
    expect(ran.filter((line) => line.startsWith('CC '))).toEqual(['CC libfortune: quotes.o']);
    expect(await project.build()).toEqual([]);
  });

  test('takes new and deleted files only when they are named', async () => {
    writeFileSync(origin('src/more.h'), '#define MORE 1\n');
    rmSync(origin('README.md'));
    appendFileSync(origin('src/quotes.c'), '/* more */\n');
    const made = await patch('--message', 'More', '--add', 'src/more.h');
    expect(made.stdout).toMatch(/0004-More\.patch\n {2}src\/more\.h: \+1 -0\n {2}src\/quotes\.c: \+1 -0\n/);
    expect(made.stderr).toMatch(/left out, being new or deleted: libfortune-0\.1\/README\.md/);
    expect((await patch('--add', 'src/none.h')).stderr).toMatch(
      /nothing is new, deleted or changed at .*src\/none\.h/,
    );
    const deleted = await patch('--add', '.', 'no-readme');
    expect(deleted).toMatchObject({ status: 0, stderr: '' });
    await project.build();
    expect(existsSync(origin('README.md'))).toBe(false);
    expect(readFileSync(origin('src/more.h'), 'utf8')).toBe('#define MORE 1\n');
  });

  test('refuses binary files, edits outside of the patched folder, and writes nothing then', async () => {
    const before = patches();
    const good = readFileSync(origin('Makefile'));
    writeFileSync(origin('Makefile'), Buffer.from([0, 1, 2]));
    expect((await patch()).stderr).toMatch(/libfortune-0\.1\/Makefile is a binary file/);
    writeFileSync(origin('Makefile'), good);
    writeFileSync(join(project.folder, 'libfortune/origin/beside'), 'x');
    expect((await patch('--add', '..')).stderr).toMatch(
      /beside is edited, but patches of libfortune are applied in libfortune-0\.1/,
    );
    rmSync(join(project.folder, 'libfortune/origin/beside'));
    expect(patches()).toEqual(before);
  });

  test('keeps the edits when the patches folder cannot be written, or an applied patch is gone', async () => {
    edit('most solemn promise', 'quite solemn promise');
    renameSync(library('patches'), library('kept'));
    writeFileSync(library('patches'), '');
    expect((await patch('quite')).stderr).toMatch(/0001-Add-a-saying\S* is gone since it was applied/);
    rmSync(library('patches'));
    renameSync(library('kept'), library('patches'));
    if (process.getuid?.() !== 0) {
      chmodSync(library('patches'), 0o555);
      expect((await patch('quite')).stderr).toMatch(
        /cannot write .*0006-quite\.patch \(EACCES\)\n {2}You may not write there/,
      );
      chmodSync(library('patches'), 0o755);
    }
    expect(quotes()).toContain('quite solemn promise');
    expect((await patch('quite')).stdout).toMatch(/0006-quite\.patch/);
  });

  test('says what is wrong when the edits do not fit a patch that was added meanwhile', async () => {
    edit('quite solemn promise', 'rather solemn promise');
    const clash = execFileSync('sed', [
      's/quite/barely/; s/most solemn/quite solemn/',
      library('patches/0006-quite.patch'),
    ]);
    writeFileSync(library('patches/0007-clash.patch'), clash);
    const before = patches();
    const refused = await patch('rather');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(
      /the edits do not fit the patches: .*does not apply[\s\S]*0007-clash\.patch was not applied to the edited origin yet/,
    );
    expect(patches()).toEqual(before);
    expect(quotes()).toContain('rather solemn promise');
    expect((await patch('--list')).stdout).toMatch(/not applied +0007-clash\.patch/);
    rmSync(library('patches/0007-clash.patch'));
    expect((await patch('rather')).stdout).toMatch(/0007-rather\.patch/);
  });

  test('waits for nobody: says that a build is at work, or that the system refuses', async () => {
    const state = join(project.folder, '.unigraph');
    const start = readFileSync('/proc/self/stat', 'latin1').split(') ')[1]!.split(' ')[19]!;
    writeFileSync(join(state, 'lock'), `${process.pid} ${start}\n`);
    expect((await patch()).stderr).toMatch(new RegExp(`a build \\(process ${process.pid}\\) is at work`));
    rmSync(join(state, 'lock'));
    const refused = await project.start('patch libfortune', author, { TMPDIR: '/nowhere' }).outcome;
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/cannot make the patch: .*nowhere/) as string,
    });
    expect(existsSync(join(state, 'lock'))).toBe(false);
  });

  test('tells what to write into a Makefile.uk that applies no patches', async () => {
    const makefile = library('Makefile.uk');
    const good = readFileSync(makefile, 'utf8');
    const call = /^\$\(eval \$\(call patch,.*\n/m;
    expect(good).toMatch(call);
    writeFileSync(makefile, good.replace(call, ''));
    expect((await patch()).stderr).toMatch(
      /Makefile\.uk: libfortune applies no patches\n {2}Add, after the line that fetches:\n {4}LIBFORTUNE_PATCHDIR = \$\(LIBFORTUNE_BASE\)\/patches\n {4}\$\(eval \$\(call patch,libfortune,\$\(LIBFORTUNE_PATCHDIR\),libfortune-0\.1\)\)/,
    );
    writeFileSync(makefile, good.replace(call, 'LIBFORTUNE_PATCHDIR = $(LIBFORTUNE_BASE)/patches\n'));
    expect((await patch()).stderr).toMatch(/\(LIBFORTUNE_PATCHDIR alone does nothing\)/);
    writeFileSync(makefile, good);
  });

  test('works without any patch so far, and with an origin that GNU make filled', async () => {
    rmSync(library('patches'), { recursive: true });
    rmSync(project.folder, { recursive: true });
    const configured = await project.call('olddefconfig');
    expect(configured.status, configured.stderr).toBe(0);
    expect((await patch()).stderr).toMatch(
      /the origin of libfortune is not there: .*\n {2}.*unigraph build prepare/,
    );
    await project.make();
    edit('A cache is a promise', 'A cache is a brave promise');
    expect((await patch('brave')).stdout).toMatch(/patches\/0001-brave\.patch/);
    const { stdout } = await project.call('build');
    expect(progress(stdout)).toContain('CC libfortune: quotes.o');
    expect(quotes()).toContain('brave promise');
    expect(await project.build()).toEqual([]);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileDifferences, unpatchable } from '../../../rules/patches/file-differences.ts';
import { handEdits } from '../../../rules/patches/hand-edits.ts';
import { fileStatistics, patchName, patchText, slug } from '../../../rules/patches/patch-message.ts';

describe('a patch file', () => {
  let root: string;
  const before = (name: string): string => join(root, 'before', name);
  const after = (name: string): string => join(root, 'after', name);
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'patch-message-'));
    for (const folder of ['before/src', 'after/src', 'work'])
      mkdirSync(join(root, folder), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const put = (name: string, old: string | Buffer | undefined, now: string | Buffer | undefined): void => {
    if (old !== undefined) writeFileSync(before(name), old);
    if (now !== undefined) writeFileSync(after(name), now);
  };
  const message = {
    author: { name: 'Zoë', email: 'zoe@example.org' },
    date: new Date('2026-03-01T09:05:07Z'),
    subject: 'Say more',
    body: ['Because less was said.'],
  };
  const differences = async (...names: string[]): Promise<string> => {
    const result = await fileDifferences(
      join(root, 'before'),
      join(root, 'after'),
      names,
      join(root, 'work'),
      process.env,
    );
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };

  test('is taken by patch -p1 and by git am, with new, deleted and changed files and any bytes', async () => {
    put('src/a.c', 'one\ntwo\nthree\n', 'one\n-- two\nthree');
    put('src/latin1.c', Buffer.from([0x61, 0xe9, 0x0a]), Buffer.from([0x61, 0xe8, 0x0a]));
    put('src/new.c', undefined, 'new\n');
    put('old.h', 'old\n', undefined);
    put('crlf.c', 'a\r\nb\r\n', 'a\r\nc\r\n');
    const edits = handEdits(join(root, 'before'), join(root, 'after'));
    expect(edits).toEqual({
      changed: ['crlf.c', 'src/a.c', 'src/latin1.c'],
      added: ['src/new.c'],
      deleted: ['old.h'],
    });
    const names = [...edits.changed, ...edits.added, ...edits.deleted];
    const text = patchText(message, await differences(...names));
    expect(text).toContain('diff --git a/old.h b/old.h\n');
    expect(text).toMatch(/ src\/new\.c +\| 1 \+\n 5 files changed, 5 insertions\(\+\), 5 deletions\(-\)\n/);
    const file = join(root, '0001-x.patch');
    writeFileSync(file, text, 'latin1');
    expect(text).toContain('Date: Sun, 1 Mar 2026 09:05:07 +0000\nSubject: [PATCH] Say more\n');

    for (const name of ['by-patch', 'by-git'])
      execFileSync('cp', ['-r', join(root, 'before'), join(root, name)]);
    execFileSync('patch', ['-s', '-p1', '-d', join(root, 'by-patch')], { input: readFileSync(file) });
    execFileSync('diff', ['-r', join(root, 'by-patch'), join(root, 'after')]);

    const git = (...words: string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=b', ...words], {
        cwd: join(root, 'by-git'),
        encoding: 'utf8',
        env: { ...process.env, HOME: root },
      });
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'base');
    git('am', '-q', '--keep-cr', file);
    execFileSync('diff', ['-r', '-x', '.git', join(root, 'by-git'), join(root, 'after')]);
    expect(git('log', '-1', '--format=%an <%ae> %aI|%s|%b').trim()).toBe(
      'Zoë <zoe@example.org> 2026-03-01T09:05:07+00:00|Say more|Because less was said.',
    );
  });

  test('counts lines as git does, removed lines that begin with dashes included', async () => {
    put('a.sql', '-- comment\nkeep\n', 'keep\n++ plus\n');
    expect(fileStatistics(await differences('a.sql'))).toEqual([{ name: 'a.sql', added: 1, removed: 1 }]);
  });

  test('cannot carry binary files and links', () => {
    put('blob', 'text', Buffer.from([1, 0, 2]));
    expect(unpatchable([join(root, 'before'), join(root, 'after')], ['blob'])?.message).toMatch(
      /blob is a binary file/,
    );
    execFileSync('ln', ['-s', 'nowhere', after('link')]);
    expect(unpatchable([join(root, 'after')], ['link'])?.message).toMatch(/not a plain file/);
    put('c', 'x', 'y');
    expect(unpatchable([join(root, 'before'), join(root, 'after')], ['c'])).toBeUndefined();
  });

  test('leaves out of the edits what patch, editors and compilers leave beside files', () => {
    for (const name of ['a.c.orig', 'a.c.rej', 'a.c~', '.a.c.swp', 'a.o']) put(name, undefined, '');
    expect(handEdits(join(root, 'before'), join(root, 'after')).added).toEqual([]);
  });
});

describe('the name of a patch file', () => {
  test('has the number after the greatest', () => {
    expect(patchName([], 'x')).toBe('0001-x.patch');
    expect(patchName(['0001-a.patch', '0007-b.patch', 'c.patch', '2021-note'], 'x')).toBe('2022-x.patch');
    expect(patchName(['9-a.patch', '10-b.patch'], 'x')).toBe('0011-x.patch');
  });

  test('is made of characters that makefiles take', () => {
    expect(slug('Add "a" $(fortune): now')).toBe('Add-a-fortune-now');
    expect(slug('0003-name.patch')).toBe('name');
    expect(slug('../../etc')).toBe('etc');
    expect(slug('ü')).toBe('');
  });
});

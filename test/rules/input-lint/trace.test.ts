import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTrace, TRACE_OPTIONS } from '../../../rules/input-lint/trace.ts';

describe('a record of strace', () => {
  const read = (...lines: string[]) => {
    const { read: files, written } = readTrace(lines.join('\n'), '/start');
    return { read: [...files.keys()], written: [...written.keys()] };
  };

  test('tells what was opened, and whether for writing', () => {
    expect(
      read(
        '7 openat(AT_FDCWD</w>, "a.c", O_RDONLY|O_NOCTTY) = 3</w/a.c>',
        '7 openat(AT_FDCWD</w>, "a.o", O_RDWR|O_CREAT|O_TRUNC, 0666) = 4</w/a.o>',
        '7 openat(AT_FDCWD</w>, "none.h", O_RDONLY) = -1 ENOENT (No such file or directory)',
        '7 openat(AT_FDCWD</w>, "folder", O_RDONLY|O_DIRECTORY) = 3</w/folder>',
      ),
    ).toEqual({ read: ['/w/a.c'], written: ['/w/a.o'] });
  });

  test('is put together where calls of other processes come between', () => {
    expect(
      read(
        '7 openat(AT_FDCWD</w>, "a.c", O_RDONLY <unfinished ...>',
        '8 execve("/bin/cc", ["cc", "x)= 1"], 0x1 /* 3 vars */) = 0',
        '7 <... openat resumed>) = 3</w/a.c>',
      ),
    ).toEqual({ read: ['/bin/cc', '/w/a.c'], written: [] });
  });

  test('has names in quotes, with escapes', () => {
    expect(read(String.raw`7 openat(AT_FDCWD</w>, "q\"uo\\te\303\274 \n", O_RDONLY) = 3</w/x>`).read).toEqual(
      ['/w/q"uo\\teü \n'],
    );
  });

  test('has names that are relative to where a process went', () => {
    expect(
      read('7 chdir("sub") = 0', '7 rename("old", "new") = 0', '8 symlink("target", "link") = 0').written,
    ).toEqual(['/start/sub/new', '/start/link']);
  });
});

const strace = spawnSync('strace', ['-V']).status === 0;

describe.skipIf(!strace)('a traced command', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'unigraph trace-')));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  test('is seen to read and write what it does, in its children too', () => {
    fs.writeFileSync(path.join(folder, 'in "1"'), 'x');
    fs.mkdirSync(path.join(folder, 'sub'));
    const record = path.join(folder, 'record');
    const text = 'cat \'in "1"\' > out; (cd sub && cp ../out copied && mv copied moved); ln -s out link';
    const { status } = spawnSync('strace', [...TRACE_OPTIONS, '-o', record, '--', 'sh', '-c', text], {
      cwd: folder,
    });
    expect(status).toBe(0);
    const { read, written } = readTrace(fs.readFileSync(record, 'utf8'), folder);
    const own = (files: ReadonlyMap<string, string>) =>
      [...files.keys()]
        .filter((file) => file.startsWith(folder))
        .map((file) => path.relative(folder, file))
        .sort();
    expect(own(read)).toEqual(['in "1"', 'out']);
    expect(own(written)).toEqual(['link', 'out', 'sub/copied', 'sub/moved']);
  });
});

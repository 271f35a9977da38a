import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeArchiveFailure } from '../../../engine/archive/archive-failure.ts';
import { list, topFolder, unpack } from '../../../engine/archive/unpack.ts';
import { has, scratch, sh, snapshot, sourceTree, tarStream } from './archives.ts';

const tarballs: readonly { name: string; make: string; needs: string }[] = [
  { name: 'plain.tar', make: 'tar -cf plain.tar top-1.0', needs: 'tar' },
  { name: 'gnu.tar.gz', make: 'tar --format=gnu -czf gnu.tar.gz top-1.0', needs: 'gzip' },
  { name: 'pax.tar.gz', make: 'tar --format=pax -czf pax.tar.gz top-1.0', needs: 'gzip' },
  { name: 'dot.tgz', make: 'tar -C top-1.0 -czf dot.tgz .', needs: 'gzip' },
  {
    name: 'two-members.tgz',
    make: '(tar -c top-1.0 | head -c 5000 | gzip; tar -c top-1.0 | tail -c +5001 | gzip) > two-members.tgz',
    needs: 'gzip',
  },
  { name: 'x.tar.xz', make: 'tar -cJf x.tar.xz top-1.0', needs: 'xz' },
  { name: 'x.tar.bz2', make: 'tar -cjf x.tar.bz2 top-1.0', needs: 'bzip2' },
  { name: 'x.tar.zst', make: 'tar --zstd -cf x.tar.zst top-1.0', needs: 'zstd' },
  { name: 'misnamed.zip', make: 'tar -cJf misnamed.zip top-1.0', needs: 'xz' },
];

describe('unpack gives what GNU tar gives', () => {
  for (const { name, make, needs } of tarballs) {
    it.skipIf(!has(needs))(name, async () => {
      const folder = scratch();
      sh(`${sourceTree}\n${make}`, folder);
      sh(
        `mkdir expected; umask 022; tar --no-same-owner --no-same-permissions -C expected -xf ${name}`,
        folder,
      );
      const destination = join(folder, 'actual');
      const before = process.umask(0o022);
      try {
        const result = await unpack(join(folder, name), destination);
        expect(result).toMatchObject({ ok: true });
      } finally {
        process.umask(before);
      }
      expect(snapshot(destination)).toEqual(snapshot(join(folder, 'expected')));
    });
  }

  it('under another umask', async () => {
    const folder = scratch();
    sh(`${sourceTree}\ntar -czf a.tgz top-1.0`, folder);
    sh(`mkdir expected; umask 077; tar --no-same-owner --no-same-permissions -C expected -xf a.tgz`, folder);
    const before = process.umask(0o077);
    try {
      expect(await unpack(join(folder, 'a.tgz'), join(folder, 'actual'))).toMatchObject({ ok: true });
    } finally {
      process.umask(before);
    }
    expect(snapshot(join(folder, 'actual'))).toEqual(snapshot(join(folder, 'expected')));
  });
});

describe.skipIf(!has('zip') || !has('unzip'))('unpack gives what unzip gives', () => {
  const zips = [
    { name: 'deflated.zip', make: 'zip -qr deflated.zip top-1.0' },
    { name: 'stored.zip', make: 'zip -qr0 stored.zip top-1.0' },
    { name: 'links.zip', make: 'zip -qry links.zip top-1.0' },
    { name: 'dos-times.zip', make: 'zip -qrX dos-times.zip top-1.0' },
    { name: 'dos-modes.zip', make: 'zip -qrk dos-modes.zip top-1.0/src' },
    { name: 'streamed.zip', make: 'zip -qr - top-1.0 | cat > streamed.zip' },
    { name: 'no-folders.zip', make: 'zip -qrD no-folders.zip top-1.0/src' },
  ];
  for (const { name, make } of zips) {
    it(name, async () => {
      const folder = scratch();
      // Without -y, zip follows links: round and round where one leads upwards.
      sh(`${sourceTree}\nrm top-1.0/src/deep/link-to-top\n${make}`, folder);
      sh(`mkdir expected; umask 022; unzip -qq ${name} -d expected`, folder);
      const before = process.umask(0o022);
      try {
        expect(await unpack(join(folder, name), join(folder, 'actual'))).toMatchObject({ ok: true });
      } finally {
        process.umask(before);
      }
      const actual = snapshot(join(folder, 'actual'));
      const expected = snapshot(join(folder, 'expected'));
      // Links keep the time of unpacking.
      for (const seen of [actual, expected]) {
        for (const path of Object.keys(seen)) seen[path] = seen[path]!.replace(/^link \S+/, 'link');
      }
      // Folders that the archive does not name have the time of unpacking, which differs.
      if (name === 'no-folders.zip' || name === 'dos-modes.zip') {
        for (const seen of [actual, expected]) {
          for (const path of Object.keys(seen)) if (seen[path]!.startsWith('folder')) seen[path] = 'folder';
        }
      }
      expect(actual).toEqual(expected);
    });
  }
});

describe('the destination', () => {
  const tree = tarStream([{ path: 'top/a', content: 'new' }]);

  it('may be an empty folder, and then holds exactly the content', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.tar'), tree);
    mkdirSync(join(folder, 'origin'));
    expect(await unpack(join(folder, 'a.tar'), join(folder, 'origin'))).toMatchObject({ ok: true });
    expect(Object.keys(snapshot(folder))).toEqual(['a.tar', 'origin', 'origin/top', 'origin/top/a']);
  });

  it('may be missing with its parents', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.tar'), tree);
    expect(await unpack(join(folder, 'a.tar'), join(folder, 'x/y/origin'))).toMatchObject({ ok: true });
    expect(existsSync(join(folder, 'x/y/origin/top/a'))).toBe(true);
  });

  it('may be a link to an empty folder, which stays a link', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.tar'), tree);
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'origin'));
    expect(await unpack(join(folder, 'a.tar'), join(folder, 'origin'))).toMatchObject({ ok: true });
    expect(existsSync(join(folder, 'real/top/a'))).toBe(true);
  });

  it('is not touched when it holds something, unless it is to be replaced', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.tar'), tree);
    mkdirSync(join(folder, 'origin'));
    writeFileSync(join(folder, 'origin/mine'), 'edited');
    const refused = await unpack(join(folder, 'a.tar'), join(folder, 'origin'));
    expect(refused).toMatchObject({
      ok: false,
      error: { kind: 'destination', reason: "it is not empty (it holds 'mine')" },
    });
    expect(readdirSync(join(folder, 'origin'))).toEqual(['mine']);
    expect(await unpack(join(folder, 'a.tar'), join(folder, 'origin'), { replace: true })).toMatchObject({
      ok: true,
    });
    expect(Object.keys(snapshot(folder))).toEqual(['a.tar', 'origin', 'origin/top', 'origin/top/a']);
  });

  it('that is a file is refused', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.tar'), tree);
    writeFileSync(join(folder, 'origin'), '');
    const result = await unpack(join(folder, 'a.tar'), join(folder, 'origin'));
    expect(result).toMatchObject({ ok: false, error: { kind: 'destination', reason: 'it is a file' } });
  });

  it('loses what a killed process left beside it, but not what a running one is writing', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.tar'), tree);
    // No process has this id: it is above the kernel's largest, 2^22.
    mkdirSync(join(folder, '.origin.unpacking-4194305-00000000/half'), { recursive: true });
    mkdirSync(join(folder, `.origin.unpacking-${process.ppid}-00000000/half`), { recursive: true });
    expect(await unpack(join(folder, 'a.tar'), join(folder, 'origin'))).toMatchObject({ ok: true });
    expect(readdirSync(folder).sort()).toEqual([
      `.origin.unpacking-${process.ppid}-00000000`,
      'a.tar',
      'origin',
    ]);
  });
});

describe('list', () => {
  it('gives names, types and sizes without writing, and the top folder', async () => {
    const folder = scratch();
    const archive = join(folder, 'a.tar');
    writeFileSync(
      archive,
      tarStream([
        { path: 'iperf-3.10.1/', type: 'Directory', mode: 0o755 },
        { path: 'iperf-3.10.1/src/main.c', content: '12345' },
        { path: 'iperf-3.10.1/link', type: 'SymbolicLink', link: 'src/main.c' },
      ]),
    );
    const result = await list(archive);
    if (!result.ok) throw new Error(describeArchiveFailure(result.error).message);
    expect(result.value.map(({ path, type, size, target }) => ({ path, type, size, target }))).toEqual([
      { path: 'iperf-3.10.1', type: 'directory', size: 0, target: undefined },
      { path: 'iperf-3.10.1/src/main.c', type: 'file', size: 5, target: undefined },
      { path: 'iperf-3.10.1/link', type: 'symlink', size: 0, target: 'src/main.c' },
    ]);
    expect(topFolder(result.value)).toBe('iperf-3.10.1');
    expect(readdirSync(folder)).toEqual(['a.tar']);
  });

  it('knows no top folder where there is none', async () => {
    const folder = scratch();
    const archive = join(folder, 'a.tar');
    const top = async (paths: readonly string[]): Promise<string | undefined> => {
      writeFileSync(archive, tarStream(paths.map((path) => ({ path }))));
      const result = await list(archive);
      return result.ok ? topFolder(result.value) : 'failed';
    };
    expect(await top(['a/x', 'a/y'])).toBe('a');
    expect(await top(['a/x', 'b/y'])).toBeUndefined();
    expect(await top(['x', 'a/y'])).toBeUndefined();
    expect(await top(['x'])).toBeUndefined();
  });
});

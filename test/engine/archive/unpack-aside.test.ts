import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { unpackAside } from '../../../engine/archive/unpack-aside.ts';
import { unpack } from '../../../engine/archive/unpack.ts';
import { digestOf } from '../../../engine/digest/hash.ts';
import { fileStat } from '../../../engine/disk.ts';
import { bundledUnpackWorker } from '../../support/bundled-helper.ts';
import { scratch, snapshot, tarStream, type Member } from './archives.ts';

const { program, remove } = await bundledUnpackWorker();
afterAll(remove);

/** 400 files that hardly compress, so that the archive is worth a thread. */
const members: Member[] = [
  { path: 'top/', type: 'Directory', mode: 0o755 },
  ...Array.from({ length: 400 }, (_, file) => ({
    path: `top/file${file}.c`,
    content: Buffer.from(Array.from({ length: 500 }, (__, at) => ((at + 1) * (file + 7919) * 31) & 0xff)),
  })),
  { path: 'top/link', type: 'SymbolicLink', link: 'file0.c' },
];
const archiveIn = (folder: string, bytes = gzipSync(tarStream(members))): string => {
  const archive = join(folder, 'a.tar.gz');
  writeFileSync(archive, bytes);
  return archive;
};

describe('an archive that is unpacked in a thread', () => {
  it('gives what unpacking it here gives', async () => {
    const folder = scratch();
    const archive = archiveIn(folder);
    const here = await unpack(archive, join(folder, 'here'));
    const aside = await unpackAside(archive, join(folder, 'aside'), { program });
    if (!here.ok || !aside.ok) throw new Error('it was refused');
    expect(snapshot(join(folder, 'aside'))).toEqual(snapshot(join(folder, 'here')));
    expect({ ...aside.value, contents: [] }).toEqual({ ...here.value, contents: [] });
    expect(aside.value.contents.map(({ path, digest }) => ({ path, digest }))).toEqual(
      here.value.contents.map(({ path, digest }) => ({ path, digest })),
    );
  });

  it('is refused in the same words', async () => {
    const folder = scratch();
    const hostile = gzipSync(tarStream([...members, { path: '../out', content: 'x' }]));
    const archive = archiveIn(folder, hostile);
    const aside = await unpackAside(archive, join(folder, 'out'), { program });
    expect(aside).toEqual(await unpack(archive, join(folder, 'out')));
    expect(aside.ok).toBe(false);
    expect(readdirSync(folder)).toEqual(['a.tar.gz']);
  });

  it('leaves nothing behind when it is aborted', async () => {
    const folder = scratch();
    const archive = archiveIn(folder);
    const abort = new AbortController();
    const unpacking = unpackAside(archive, join(folder, 'out'), { program, signal: abort.signal });
    abort.abort();
    expect(await unpacking).toEqual({ ok: false, error: { kind: 'aborted', archive } });
    expect(readdirSync(folder)).toEqual(['a.tar.gz']);
  });
});

it('the contents of a report are those of the files', async () => {
  const folder = scratch();
  const out = join(folder, 'out');
  const repeated = [...members, { path: 'top/file7.c', content: 'the last one of a name wins' }];
  const report = await unpack(archiveIn(folder, gzipSync(tarStream(repeated))), out);
  if (!report.ok) throw new Error('it was refused');
  expect(report.value.contents).toHaveLength(400);
  for (const { path, stat, digest } of report.value.contents) {
    expect(digest).toEqual(digestOf(readFileSync(join(out, path))));
    expect(stat).toEqual(fileStat(statSync(join(out, path))));
  }
});

import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packCpio } from '../../../engine/archive/cpio.ts';
import { has, scratch, sh, snapshot, sourceTree } from './archives.ts';

interface CpioEntry {
  readonly mode: number;
  readonly time: number;
  readonly content: Buffer;
}

/** Reads newc by the text of cpio(5), without anything of the writer. */
function readCpio(archive: Buffer): Map<string, CpioEntry> {
  const entries = new Map<string, CpioEntry>();
  let at = 0;
  const aligned = (offset: number): number => offset + ((4 - (offset % 4)) % 4);
  for (;;) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (index: number): number =>
      parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const nameSize = field(11);
    const name = archive.toString('utf8', at + 110, at + 110 + nameSize - 1);
    expect(archive[at + 110 + nameSize - 1]).toBe(0);
    const start = aligned(at + 110 + nameSize);
    const end = start + field(6);
    if (name === 'TRAILER!!!') {
      expect(end).toBe(archive.length);
      return entries;
    }
    expect(entries.has(name)).toBe(false);
    entries.set(name, { mode: field(1), time: field(5), content: archive.subarray(start, end) });
    at = aligned(end);
  }
}

describe('packCpio', () => {
  it('holds every file, folder and link with content, permissions and time, parents first', () => {
    const folder = scratch();
    sh(sourceTree, folder);
    const result = packCpio(join(folder, 'top-1.0'), join(folder, 'out.cpio'));
    if (!result.ok) throw new Error(result.error.message);
    const entries = readCpio(readFileSync(join(folder, 'out.cpio')));
    const expected = sh('cd top-1.0; find . -printf "%P %m %y %l\\n" | sed "s/^ /. /"', folder)
      .replace(/\n$/, '')
      .split('\n')
      .sort();
    const letter: Record<number, string> = { 0o100000: 'f', 0o040000: 'd', 0o120000: 'l' };
    const actual = [...entries].map(([name, { mode, content }]) => {
      const type = letter[mode & 0o170000]!;
      return `${name} ${(mode & 0o7777).toString(8)} ${type} ${type === 'l' ? content.toString() : ''}`;
    });
    expect(actual.sort()).toEqual(expected);
    expect(entries.get('big.dat')!.content.equals(readFileSync(join(folder, 'top-1.0/big.dat')))).toBe(true);
    expect(entries.get('src/hard.c')!.content.toString()).toContain('int main');
    expect(entries.get('src/main.c')!.time).toBe(Date.parse('1999-12-31T23:59:58') / 1000);
    expect(result.value.entries).toBe(expected.length);
    const order = [...entries.keys()];
    for (const name of order.filter((path) => path.includes('/'))) {
      expect(order.indexOf(name.slice(0, name.lastIndexOf('/')))).toBeLessThan(order.indexOf(name));
    }
  });

  it('gives the same bytes for the same folder, wherever it is', () => {
    const folder = scratch();
    sh(`${sourceTree}\ncp -a top-1.0 copy`, folder);
    expect(packCpio(join(folder, 'top-1.0'), join(folder, 'a'))).toMatchObject({ ok: true });
    expect(packCpio(join(folder, 'copy'), join(folder, 'b'))).toMatchObject({ ok: true });
    expect(readFileSync(join(folder, 'a')).equals(readFileSync(join(folder, 'b')))).toBe(true);
  });

  it.skipIf(!has('cpio'))('is unpacked by cpio to the same tree', () => {
    const folder = scratch();
    sh(`${sourceTree}\nrm top-1.0/src/hard.c`, folder);
    expect(packCpio(join(folder, 'top-1.0'), join(folder, 'out.cpio'))).toMatchObject({ ok: true });
    sh('mkdir out; cd out; cpio --quiet -idm < ../out.cpio', folder);
    const files = (root: string): string[] =>
      Object.entries(snapshot(join(folder, root))).map(
        ([name, seen]) => `${name} ${seen.replace(/\d+\.\d\d/, '')}`,
      );
    expect(files('out')).toEqual(files('top-1.0'));
  });

  it('leaves out what it cannot hold, and says so', () => {
    const folder = scratch();
    mkdirSync(join(folder, 'root'));
    sh('mkfifo root/pipe; echo x > root/file', folder);
    const result = packCpio(join(folder, 'root'), join(folder, 'out'));
    expect(result).toMatchObject({ ok: true, value: { skipped: ['pipe'], entries: 2 } });
  });

  it('fails with one message and leaves nothing', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'file'), '');
    expect(packCpio(join(folder, 'none'), join(folder, 'out'))).toMatchObject({
      ok: false,
      error: { message: `cannot pack ${join(folder, 'none')}: no such file or folder` },
    });
    expect(packCpio(join(folder, 'file'), join(folder, 'out'))).toMatchObject({ ok: false });
    mkdirSync(join(folder, 'out.d/sub'), { recursive: true });
    expect(packCpio(folder, join(folder, 'out.d'))).toMatchObject({ ok: false });
    expect(readdirSync(folder).sort()).toEqual(['file', 'out.d']);
  });

  it('may be given the folder as a link', () => {
    const folder = scratch();
    mkdirSync(join(folder, 'root'));
    writeFileSync(join(folder, 'root/file'), 'x');
    symlinkSync('root', join(folder, 'link'));
    expect(packCpio(join(folder, 'link'), join(folder, 'out'))).toMatchObject({ ok: true });
    expect([...readCpio(readFileSync(join(folder, 'out'))).keys()]).toEqual(['.', 'file']);
  });
});

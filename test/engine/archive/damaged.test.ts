import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeArchiveFailure, type ArchiveFailure } from '../../../engine/archive/archive-failure.ts';
import { list, unpack } from '../../../engine/archive/unpack.ts';
import { has, scratch, sh, tarStream } from './archives.ts';

const content = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 7919) & 0xff));
const stream = tarStream([
  { path: 'top/', type: 'Directory', mode: 0o755 },
  { path: 'top/a', content },
  { path: 'top/b', content },
]);

async function failureOf(archive: string): Promise<ArchiveFailure> {
  const result = await unpack(archive, `${archive}.out`);
  if (result.ok) throw new Error('it was accepted');
  return result.error;
}

describe('an archive that is cut short', () => {
  const programs = [
    { name: 'xz', needs: 'xz' },
    { name: 'bzip2', needs: 'bzip2' },
    { name: 'zstd', needs: 'zstd' },
    { name: 'gzip', needs: 'gzip' },
  ];
  for (const { name, needs } of programs) {
    it.skipIf(!has(needs))(`${name}: says that it ends too early`, async () => {
      const folder = scratch();
      writeFileSync(join(folder, 'a.tar'), stream);
      sh(`${name} -c a.tar > full`, folder);
      const full = readFileSync(join(folder, 'full'));
      for (const keep of [0.2, 0.5, 0.9]) {
        writeFileSync(join(folder, 'cut'), full.subarray(0, Math.floor(full.length * keep)));
        const failure = await failureOf(join(folder, 'cut'));
        expect(describeArchiveFailure(failure).message).toMatch(/is damaged: it ends too early/);
      }
      expect(readdirSync(folder).sort()).toEqual(['a.tar', 'cut', 'full']);
    });
  }

  it('plain tar: says how much is missing of what, and where that began', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'cut'), stream.subarray(0, 2048));
    expect(await failureOf(join(folder, 'cut'))).toMatchObject({
      kind: 'corrupt',
      reason: 'it ends too early: 2048 bytes of its last entry are missing',
      offset: 512,
    });
  });

  it('zip: says that it ends too early', async () => {
    if (!has('zip')) return;
    const folder = scratch();
    writeFileSync(join(folder, 'a.bin'), content);
    sh('zip -q full.zip a.bin', folder);
    const full = readFileSync(join(folder, 'full.zip'));
    writeFileSync(join(folder, 'cut'), full.subarray(0, full.length - 30));
    expect(describeArchiveFailure(await failureOf(join(folder, 'cut'))).message).toMatch(/it ends too early/);
  });
});

describe('an archive with flipped bytes', () => {
  it('tar: gives the offset of the header', async () => {
    const folder = scratch();
    const damaged = Buffer.from(stream);
    // The header of top/b: after one folder block, one header and 3000 bytes in 6 blocks.
    const offset = 512 + 512 + 6 * 512;
    damaged[offset + 3]! ^= 0xff;
    writeFileSync(join(folder, 'a'), damaged);
    expect(await failureOf(join(folder, 'a'))).toMatchObject({
      kind: 'corrupt',
      reason: 'the checksum of a header is wrong',
      offset,
    });
  });

  it('gzip: is noticed wherever it is', async () => {
    const folder = scratch();
    const good = gzipSync(stream);
    // Bytes 3 to 9 of a gzip header (flags aside: time, system) carry nothing that could be wrong.
    for (let at = 10; at < good.length; at += 97) {
      const damaged = Buffer.from(good);
      damaged[at]! ^= 0x55;
      writeFileSync(join(folder, 'a'), damaged);
      expect(await failureOf(join(folder, 'a'))).toMatchObject({ kind: 'corrupt' });
    }
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it.skipIf(!has('zip'))('zip: never crashes, and never yields other content', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.bin'), content);
    sh('zip -qX full.zip a.bin', folder);
    const good = readFileSync(join(folder, 'full.zip'));
    let noticed = 0;
    for (let at = 0; at < good.length; at += 13) {
      const damaged = Buffer.from(good);
      damaged[at]! ^= 0x55;
      writeFileSync(join(folder, 'a'), damaged);
      const result = await unpack(join(folder, 'a'), join(folder, 'out'), { replace: true });
      if (!result.ok) {
        noticed++;
        continue;
      }
      const names = readdirSync(join(folder, 'out'));
      if (names.length > 0) expect(readFileSync(join(folder, 'out', names[0]!)).equals(content)).toBe(true);
    }
    expect(noticed).toBeGreaterThan(good.length / 13 / 2);
  });
});

describe('an archive with bytes changed at random, checksums of headers mended', () => {
  const make: Record<string, string> = {
    'gnu.tar': 'tar --format=gnu -cf gnu.tar top',
    'pax.tar': 'tar --format=pax -cf pax.tar top',
    'file.zip': 'zip -qry file.zip top',
  };
  for (const [name, command] of Object.entries(make)) {
    it.skipIf(!has('zip'))(
      `${name}: gives files or a failure, never an exception, and leaves nothing`,
      async () => {
        const folder = scratch();
        const long = 'n'.repeat(150);
        sh(
          `mkdir -p top/deep; echo 1 > top/a; ln -s a top/l; ln top/a top/deep/h; echo 2 > top/${long}\n${command}; rm -r top`,
          folder,
        );
        const good = readFileSync(join(folder, name));
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
            async (changes) => {
              const bytes = Buffer.from(good);
              for (const [at, value] of changes) {
                bytes[at] = value;
                if (!name.endsWith('.tar')) continue;
                const block = bytes.subarray(at - (at % 512), at - (at % 512) + 512);
                block.fill(' ', 148, 156);
                const sum = block.reduce((total, byte) => total + byte, 0);
                block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
              }
              writeFileSync(join(folder, name), bytes);
              const result = await unpack(join(folder, name), join(folder, 'out'), { replace: true });
              if (!result.ok)
                expect(describeArchiveFailure(result.error).message).not.toMatch(/undefined|NaN|argument/);
              expect(readdirSync(folder).filter((entry) => entry !== name && entry !== 'out')).toEqual([]);
            },
          ),
          { numRuns: 300 },
        );
      },
    );
  }
});

describe('a file that is no archive', () => {
  const cases = [
    { what: '', says: 'the file is empty' },
    {
      what: '<!DOCTYPE html><html><body>404</body></html>',
      says: 'it is a web page (the server answered with a page instead of the file)',
    },
    { what: 'Not Found\nreally', says: "it is a text file that begins with 'Not Found'" },
    { what: 'LZIP\x01', says: 'it is compressed with lzip, which is not supported' },
    {
      what: 'version https://git-lfs.github.com/spec/v1\n',
      says: 'it is a pointer of Git LFS, not the file itself',
    },
    { what: '\x7fELF\x02\x01\x01\x00', says: 'it begins with the bytes 7f454c4602010100' },
  ];
  for (const { what, says } of cases) {
    it(says, async () => {
      const folder = scratch();
      writeFileSync(join(folder, 'a.tar.gz'), Buffer.from(what, 'latin1'));
      expect(await failureOf(join(folder, 'a.tar.gz'))).toMatchObject({
        kind: 'unknown-format',
        looksLike: says,
      });
    });
  }

  it('something else, compressed', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a'), gzipSync(Buffer.alloc(5000, 'text ')));
    expect(await failureOf(join(folder, 'a'))).toMatchObject({ kind: 'corrupt', offset: 0 });
    writeFileSync(join(folder, 'b'), gzipSync(Buffer.from('short')));
    expect(await failureOf(join(folder, 'b'))).toMatchObject({ reason: 'its content is not a tar archive' });
  });

  it('a missing file, a folder', async () => {
    const folder = scratch();
    expect(await failureOf(join(folder, 'none'))).toMatchObject({
      kind: 'unreadable',
      reason: 'no such file',
    });
    expect(await failureOf(folder)).toMatchObject({ kind: 'unreadable', reason: 'it is a folder' });
    expect(await list(join(folder, 'none'))).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
  });
});

describe('surroundings', () => {
  it.skipIf(!has('xz'))('a missing program is named with its package', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.tar'), stream);
    sh('xz a.tar', folder);
    const path = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      const failure = await failureOf(join(folder, 'a.tar.xz'));
      expect(failure).toMatchObject({ kind: 'missing-program', program: 'xz', debianPackage: 'xz-utils' });
      expect(describeArchiveFailure(failure).hint).toBe('apt-get install xz-utils');
    } finally {
      process.env['PATH'] = path;
    }
    expect(readdirSync(folder)).toEqual(['a.tar.xz']);
  });

  it('an abort leaves nothing behind', async () => {
    const folder = scratch();
    const many = Array.from({ length: 3000 }, (_, index) => ({ path: `f${index}`, content }));
    writeFileSync(join(folder, 'a'), gzipSync(tarStream(many)));
    const abort = new AbortController();
    const running = unpack(join(folder, 'a'), join(folder, 'out'), { signal: abort.signal });
    // The staging folder shows that the work has begun.
    while (!readdirSync(folder).some((name) => name.startsWith('.out.unpacking-'))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    abort.abort();
    expect(await running).toMatchObject({ ok: false, error: { kind: 'aborted' } });
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('an abort before the start does nothing', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a'), stream);
    const result = await unpack(join(folder, 'a'), join(folder, 'out'), { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ ok: false, error: { kind: 'aborted' } });
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

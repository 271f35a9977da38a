import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync, crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeArchiveFailure } from '../../../engine/archive/archive-failure.ts';
import { unpack } from '../../../engine/archive/unpack.ts';
import { has, scratch, sh, tarStream, type Member } from './archives.ts';

interface ZipMember {
  readonly name: string;
  readonly content?: Buffer;
  readonly unixMode?: number;
  readonly claimedSize?: number;
  readonly flags?: number;
  readonly crc?: number;
}

/** A zip file with exactly these records: no archiver would write some of them. */
function zipFile(members: readonly ZipMember[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const {
    name,
    content = Buffer.alloc(0),
    unixMode = 0o100644,
    claimedSize,
    flags = 0,
    crc,
  } of members) {
    const data = deflateRawSync(content);
    const bytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc ?? crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(claimedSize ?? content.length, 18);
    common.writeUInt16LE(bytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, bytes, data]);
    const attributes = Buffer.alloc(14);
    attributes.writeUInt32LE((unixMode << 16) >>> 0, 6);
    attributes.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, attributes, bytes);
    files.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, central, end]);
}

/** Unpacks; asserts that nothing at all was left beside the archive; returns the message. */
async function refusal(content: Buffer, limits = {}): Promise<string> {
  const folder = scratch();
  const work = join(folder, 'work');
  sh('mkdir work', folder);
  const archive = join(work, 'a');
  writeFileSync(archive, content);
  const result = await unpack(archive, join(work, 'out'), { limits });
  expect(readdirSync(folder)).toEqual(['work']);
  expect(readdirSync(work)).toEqual(['a']);
  if (result.ok) throw new Error('it was accepted');
  return describeArchiveFailure(result.error).message.replaceAll(archive, 'A');
}

describe('a hostile tar is refused, naming the entry, and nothing is written', () => {
  const top: Member = { path: 'd/', type: 'Directory', mode: 0o755 };
  const cases: readonly { title: string; members: readonly Member[]; says: RegExp }[] = [
    {
      title: 'a name with ..',
      members: [{ path: '../evil' }],
      says: /'\.\.\/evil' leaves the destination with '\.\.'/,
    },
    { title: 'a name with .. inside', members: [{ path: 'd/../../evil' }], says: /leaves the destination/ },
    {
      title: 'an absolute name',
      members: [{ path: '/elsewhere/evil' }],
      says: /'\/elsewhere\/evil' has an absolute name/,
    },
    {
      title: 'a control character',
      members: [{ path: 'a\u001b[2Jb' }],
      says: /'a\\x1b\[2Jb' has control characters/,
    },
    { title: 'a newline', members: [{ path: 'a\nb' }], says: /'a\\x0ab' has control characters/ },
    {
      title: 'a link to an absolute path',
      members: [{ path: 'l', type: 'SymbolicLink', link: '/etc' }],
      says: /'l' is a link to the absolute path \/etc/,
    },
    {
      title: 'a link out',
      members: [top, { path: 'd/l', type: 'SymbolicLink', link: '../../etc' }],
      says: /'d\/l' is a link that leaves the destination/,
    },
    {
      title: 'a link out by way of another link',
      members: [
        { path: 'a/b/c/', type: 'Directory' },
        { path: 'up', type: 'SymbolicLink', link: 'a/b/c' },
        { path: 'x', type: 'SymbolicLink', link: 'up/../../../../etc' },
      ],
      says: /'x' is a link that leaves/,
    },
    {
      title: 'a link whose text stays inside but whose way does not',
      members: [
        { path: 'a/b/', type: 'Directory' },
        { path: 'a/b/up', type: 'SymbolicLink', link: '../..' },
        { path: 'x', type: 'SymbolicLink', link: 'a/b/up/../etc' },
      ],
      says: /'x' is a link that leaves/,
    },
    {
      title: 'writing through a link',
      members: [{ path: 'l', type: 'SymbolicLink', link: 'd' }, top, { path: 'l/evil' }],
      says: /'l\/evil' would be written through the link l/,
    },
    {
      title: 'a folder over a link',
      members: [
        { path: 'l', type: 'SymbolicLink', link: 'd' },
        { path: 'l/', type: 'Directory' },
      ],
      says: /through the link l/,
    },
    {
      title: 'a hard link out',
      members: [{ path: 'h', type: 'Link', link: '../../etc/passwd' }],
      says: /'h' links to a name that leaves/,
    },
    {
      title: 'a hard link to an absolute path',
      members: [{ path: 'h', type: 'Link', link: '/etc/passwd' }],
      says: /'h' links to a name that has an absolute name/,
    },
    {
      title: 'a hard link to what is not there',
      members: [{ path: 'h', type: 'Link', link: 'etc/passwd' }],
      says: /is no file of the archive/,
    },
    {
      title: 'a hard link that moves a link to where it leads out',
      members: [
        { path: 'd/e/l', type: 'SymbolicLink', link: '../../x' },
        { path: 'h', type: 'Link', link: 'd/e/l' },
      ],
      says: /'h' is a link that leaves/,
    },
    {
      title: 'a character device',
      members: [{ path: 'null', type: 'CharacterDevice' }],
      says: /'null' is a character device/,
    },
    {
      title: 'a block device',
      members: [{ path: 'sda', type: 'BlockDevice' }],
      says: /'sda' is a block device/,
    },
    { title: 'a named pipe', members: [{ path: 'pipe', type: 'FIFO' }], says: /'pipe' is a named pipe/ },
    {
      title: 'a file instead of the destination',
      members: [{ path: './', type: 'SymbolicLink', link: 'x' }],
      says: /would replace the destination/,
    },
    {
      title: 'a file below a file',
      members: [{ path: 'f' }, { path: 'f/g' }],
      says: /would be written below the file f/,
    },
    { title: 'a file over a folder', members: [top, { path: 'd' }], says: /'d' is both a folder and a file/ },
  ];
  for (const { title, members, says } of cases) {
    it(title, async () => {
      expect(await refusal(tarStream([{ path: 'ok', content: 'fine' }, ...members]))).toMatch(says);
    });
  }

  it('a header larger than any name', async () => {
    const pax = { path: 'pax', type: 'ExtendedHeader', content: Buffer.alloc(2 ** 21, 'a') };
    expect(await refusal(tarStream([pax, { path: 'x' }]))).toMatch(/header is larger than 1 MiB/);
  });

  it('sparse files, which would be written wrongly', async () => {
    const record = 'GNU.sparse.major=1\n';
    const pax = { path: 'pax', type: 'ExtendedHeader', content: `${record.length + 3} ${record}` };
    expect(await refusal(tarStream([pax, { path: 'x' }]))).toMatch(/sparse files, which are not supported/);
  });
});

describe('what only looks hostile is unpacked', () => {
  const accepted: readonly { title: string; members: readonly Member[] }[] = [
    { title: 'dots in names', members: [{ path: '..a/b..' }, { path: 'a/...' }, { path: '.hidden' }] },
    { title: 'a link to its own top', members: [{ path: 'd/e/l', type: 'SymbolicLink', link: '../..' }] },
    {
      title: 'a chain of links that ends nowhere',
      members: [
        { path: 'a', type: 'SymbolicLink', link: 'b' },
        { path: 'b', type: 'SymbolicLink', link: 'a' },
      ],
    },
    {
      title: 'a file that replaces a link',
      members: [
        { path: 'l', type: 'SymbolicLink', link: 'f' },
        { path: 'f', content: 'old' },
        { path: 'l', content: 'new' },
      ],
    },
  ];
  for (const { title, members } of accepted) {
    it(title, async () => {
      const folder = scratch();
      writeFileSync(join(folder, 'a.tar'), tarStream(members));
      expect(await unpack(join(folder, 'a.tar'), join(folder, 'out'))).toMatchObject({ ok: true });
    });
  }

  it('a replaced link is not written through', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a.tar'), tarStream(accepted[3]!.members));
    await unpack(join(folder, 'a.tar'), join(folder, 'out'));
    expect(readFileSync(join(folder, 'out/f'), 'utf8')).toBe('old');
    expect(readFileSync(join(folder, 'out/l'), 'utf8')).toBe('new');
  });
});

describe('set-uid, set-gid and sticky bits are dropped', () => {
  it('from files and folders', async () => {
    const folder = scratch();
    writeFileSync(
      join(folder, 'a.tar'),
      tarStream([
        { path: 'd/', type: 'Directory', mode: 0o7755 },
        { path: 'd/f', mode: 0o6755 },
      ]),
    );
    expect(await unpack(join(folder, 'a.tar'), join(folder, 'out'))).toMatchObject({ ok: true });
    expect(statSync(join(folder, 'out/d')).mode & 0o7000).toBe(0);
    expect(statSync(join(folder, 'out/d/f')).mode & 0o7000).toBe(0);
  });
});

describe('a hostile zip is refused', () => {
  const cases: readonly { title: string; members: readonly ZipMember[]; says: RegExp }[] = [
    { title: '..', members: [{ name: '../evil' }], says: /leaves the destination/ },
    { title: 'an absolute name', members: [{ name: '/evil' }], says: /absolute name/ },
    { title: 'control characters', members: [{ name: 'a\rb' }], says: /'a\\x0db' has control characters/ },
    {
      title: 'a link out',
      members: [{ name: 'l', unixMode: 0o120777, content: Buffer.from('../x') }],
      says: /leaves the destination/,
    },
    {
      title: 'an absolute link',
      members: [{ name: 'l', unixMode: 0o120777, content: Buffer.from('/etc') }],
      says: /absolute path \/etc/,
    },
    {
      title: 'writing through a link',
      members: [{ name: 'l', unixMode: 0o120777, content: Buffer.from('.') }, { name: 'l/x' }],
      says: /through the link l/,
    },
    {
      title: 'an endless link',
      members: [{ name: 'l', unixMode: 0o120777, content: Buffer.alloc(5000, 'x') }],
      says: /endless target/,
    },
    { title: 'a device', members: [{ name: 'd', unixMode: 0o020666 }], says: /is a device/ },
    { title: 'an encrypted entry', members: [{ name: 'e', flags: 1 }], says: /it is encrypted/ },
    {
      title: 'more content than promised',
      members: [{ name: 'f', content: Buffer.alloc(5000), claimedSize: 10 }],
      says: /entry 'f': it is longer than its header says/,
    },
    {
      title: 'less content than promised',
      members: [{ name: 'f', content: Buffer.alloc(10), claimedSize: 5000 }],
      says: /entry 'f': it is shorter/,
    },
    {
      title: 'a wrong CRC',
      members: [{ name: 'f', content: Buffer.from('abc'), crc: 1 }],
      says: /entry 'f': its CRC is wrong/,
    },
  ];
  for (const { title, members, says } of cases) {
    it(title, async () => {
      expect(await refusal(zipFile([{ name: 'ok', content: Buffer.from('fine') }, ...members]))).toMatch(
        says,
      );
    });
  }
});

describe('expansion is limited', () => {
  const zeros = tarStream([{ path: 'zeros', content: Buffer.alloc(4 * 2 ** 20) }]);

  it('by the ratio, beyond what is always allowed', async () => {
    const limits = { maxRatio: 100, ratioFloor: 2 ** 20 };
    expect(await refusal(gzipSync(zeros), limits)).toMatch(/unpacks to more than 100 times its size/);
    const folder = scratch();
    writeFileSync(join(folder, 'a'), gzipSync(zeros));
    const patient = await unpack(join(folder, 'a'), join(folder, 'out'), { limits: { maxRatio: 100 } });
    expect(patient).toMatchObject({ ok: true });
  });

  it('by the size', async () => {
    expect(await refusal(gzipSync(zeros), { maxBytes: 2 ** 20 })).toMatch(/more than 1 MiB/);
    expect(await refusal(zeros, { maxBytes: 2 ** 20 })).toMatch(/more than 1 MiB/);
    const zip = zipFile([{ name: 'zeros', content: Buffer.alloc(4 * 2 ** 20) }]);
    expect(await refusal(zip, { maxBytes: 2 ** 20 })).toMatch(/more than 1 MiB/);
  });

  it('by the number of entries', async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ path: `f${index}` }));
    expect(await refusal(tarStream(many), { maxEntries: 49 })).toMatch(/more than 49 entries/);
  });

  it.skipIf(!has('xz'))('with xz as well, and ends the program', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'zeros.tar'), zeros);
    sh('xz zeros.tar', folder);
    expect(await refusal(readFileSync(join(folder, 'zeros.tar.xz')), { maxBytes: 2 ** 20 })).toMatch(/1 MiB/);
  });
});

/** Does the way to `name`, links followed on the disk itself, ever step out of `root`? */
function leaves(root: string, name: string): boolean {
  let here = root;
  const pending = name.split('/').reverse();
  for (let links = 0; pending.length > 0;) {
    const part = pending.pop()!;
    if (part === '' || part === '.') continue;
    const next = part === '..' ? here.slice(0, here.lastIndexOf('/')) : `${here}/${part}`;
    if (!`${next}/`.startsWith(`${root}/`)) return true;
    const stat = lstatSync(next, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) {
      if (++links > 40) return false;
      const target = readlinkSync(next);
      if (target.startsWith('/')) return true;
      pending.push(...target.split('/').reverse());
    } else here = next;
  }
  return false;
}

describe('nothing escapes, whatever the names and links', () => {
  const part = fc.constantFrom('a', 'b', 'c', '..', '.', '', 'l');
  const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
  const member = fc.record({
    path,
    type: fc.constantFrom('File', 'Directory', 'SymbolicLink', 'Link'),
    link: path,
    content: fc.constantFrom('', 'x'),
  });
  it('a real path of every accepted entry is inside', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(member, { minLength: 1, maxLength: 8 }), async (members) => {
        const usable = members
          .filter(({ path, link, type }) => path !== '' && (link !== '' || !type.endsWith('Link')))
          .map(({ path, type, link, content }) => ({
            path,
            type,
            ...(type.endsWith('Link') ? { link } : {}),
            content: type === 'File' ? content : '',
          }));
        const folder = scratchFolder();
        writeFileSync(join(folder, 'a.tar'), tarStream(usable));
        const result = await unpack(join(folder, 'a.tar'), join(folder, 'x/y/out'));
        expect(readdirSync(folder).sort()).toEqual(
          result.ok || existsSync(join(folder, 'x')) ? ['a.tar', 'x'] : ['a.tar'],
        );
        if (!result.ok) return;
        accepted++;
        const root = realpathSync(join(folder, 'x/y/out'));
        for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
          const escaped = leaves(root, name);
          if (escaped) throw new Error(`${name} leads out`);
        }
        sh('rm -rf x a.tar', folder);
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(5);
  });
  let shared: string | undefined;
  const scratchFolder = (): string => {
    shared ??= scratch();
    sh('rm -rf ./*', shared);
    return shared;
  };
});

import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileStates } from '../../../engine/digest/file-states.ts';
import { digestOf, formatDigest, parseDigest } from '../../../engine/digest/hash.ts';
import { tickOf, vouches } from '../../../engine/digest/stat-trust.ts';
import { nodeDisk, type Disk, type FileStat } from '../../../engine/disk.ts';
import { Journal } from '../../../engine/journal/journal.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'unigraph-states-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** The real disk, counting what is read. */
function countingDisk(): Disk & { reads: number; now: Partial<FileStat> } {
  return {
    ...nodeDisk,
    reads: 0,
    now: {},
    stat(file) {
      const stat = nodeDisk.stat(file);
      return stat === undefined ? undefined : { ...stat, ...this.now };
    },
    read(file, take) {
      this.reads++;
      return nodeDisk.read(file, take);
    },
  };
}

describe('digests of files', () => {
  test.each([0, 1, 31, 32, 33, 262_143, 262_144, 262_145, 1_000_000])(
    'a file of %d bytes digests in pieces to what it digests to as a whole',
    (size) => {
      const file = path.join(folder, 'file');
      const content = Buffer.alloc(size);
      for (let at = 0; at < size; at++) content[at] = (at * 7 + (at >> 8)) & 255;
      fs.writeFileSync(file, content);
      const files = new FileStates(Journal.read(path.join(folder, 'journal')), nodeDisk, Date);
      expect(files.digest(files.id(file))).toEqual(digestOf(content));
    },
  );

  test('a digest is read back from its text', () => {
    const digest = digestOf(Buffer.from('x'));
    expect(parseDigest(formatDigest(digest))).toEqual(digest);
    expect(formatDigest({ high: 1, low: 0xfffffffe })).toBe('00000001fffffffe');
  });
});

describe('which stats vouch for a content', () => {
  const fine = 1_700_000_000_123.456;
  const whole = 1_700_000_000_000;

  test('a time finer than ten milliseconds: after two of the clock’s ticks', () => {
    expect(tickOf({ mtimeMs: whole, ctimeMs: fine })).toBe(20);
    expect(vouches({ mtimeMs: fine, ctimeMs: fine }, fine + 19)).toBe(false);
    expect(vouches({ mtimeMs: fine, ctimeMs: fine }, fine + 21)).toBe(true);
  });

  test('whole seconds, and the hundredths of FAT: after two seconds', () => {
    for (const time of [whole, whole + 10]) {
      expect(vouches({ mtimeMs: time, ctimeMs: whole }, time + 1999)).toBe(false);
      expect(vouches({ mtimeMs: time, ctimeMs: whole }, time + 2000)).toBe(true);
    }
  });

  test('a modification time of the future vouches for nothing', () => {
    expect(vouches({ mtimeMs: fine + 1e6, ctimeMs: fine }, fine + 5000)).toBe(false);
  });
});

describe('what is read again', () => {
  const journalOf = (): Journal => Journal.open(path.join(folder, 'journal'));

  test('an output that was taken right after it was written is not, on a file system with a fine clock', () => {
    const disk = countingDisk();
    const journal = journalOf();
    const file = path.join(folder, 'out.o');
    fs.writeFileSync(file, 'object');
    const files = new FileStates(journal, disk, Date);
    files.takeOutput(files.id(file));
    expect(files.holdsStill(files.id(file))).toBe(true);
    expect(disk.reads).toBe(1);
    const later = new FileStates(journal, disk, Date);
    later.digest(later.id(file));
    expect(disk.reads).toBe(1);
    journal.close();
  });

  test('a file that an action says it wrote is not, until it changes', () => {
    const disk = countingDisk();
    const journal = journalOf();
    const file = path.join(folder, 'unpacked.c');
    fs.writeFileSync(file, 'source');
    const files = new FileStates(journal, disk, Date);
    expect(files.exists(files.id(file))).toBe(true);
    fs.writeFileSync(file, 'SOURCE');
    files.takeWritten(file, nodeDisk.stat(file)!, digestOf(Buffer.from('SOURCE')));
    expect(files.digest(files.id(file))).toEqual(digestOf(Buffer.from('SOURCE')));
    expect(disk.reads).toBe(1);
    fs.writeFileSync(file, 'another');
    expect(files.holdsStill(files.id(file))).toBe(false);
    expect(files.digest(files.id(file))).toEqual(digestOf(Buffer.from('another')));
    journal.close();
  });

  test('whether something is present is told without reading it', () => {
    const disk = countingDisk();
    const journal = journalOf();
    const file = path.join(folder, 'source.c');
    fs.writeFileSync(file, 'source');
    const files = new FileStates(journal, disk, Date);
    expect(files.isPresent(files.id(file))).toBe(true);
    expect(files.isPresent(files.id(`${file}.missing`))).toBe(false);
    expect(disk.reads).toBe(0);
    fs.symlinkSync('nowhere', path.join(folder, 'dangling'));
    expect(files.isPresent(files.id(`link:${path.join(folder, 'dangling')}`))).toBe(true);
    expect(files.isPresent(files.id(path.join(folder, 'dangling')))).toBe(false);
    journal.close();
  });

  test('an output is, on one with a coarse clock', () => {
    const disk = countingDisk();
    const journal = journalOf();
    const file = path.join(folder, 'out.o');
    fs.writeFileSync(file, 'object');
    const whole = Math.floor(Date.now() / 1000) * 1000;
    disk.now = { mtimeMs: whole, ctimeMs: whole };
    const files = new FileStates(journal, disk, Date);
    files.takeOutput(files.id(file));
    expect(files.holdsStill(files.id(file))).toBe(true);
    expect(disk.reads).toBe(2);
    journal.close();
  });

  test('a source that changed a moment before it was read is', () => {
    const disk = countingDisk();
    const journal = journalOf();
    const file = path.join(folder, 'source.c');
    fs.writeFileSync(file, 'one');
    const files = new FileStates(journal, disk, { now: () => fs.statSync(file).ctimeMs });
    files.digest(files.id(file));
    // Of the same size and, as far as a coarse tick tells, of the same time.
    const { mtimeMs, ctimeMs } = fs.statSync(file);
    disk.now = { mtimeMs, ctimeMs };
    fs.writeFileSync(file, 'two');
    expect(files.holdsStill(files.id(file))).toBe(false);
    expect(files.digest(files.id(file))).toEqual(digestOf(Buffer.from('two')));
    journal.close();
  });

  test('an output that is written again later is', () => {
    const journal = journalOf();
    const file = path.join(folder, 'out.o');
    fs.writeFileSync(file, 'object');
    const files = new FileStates(journal, nodeDisk, Date);
    files.takeOutput(files.id(file));
    const until = Date.now() + 25;
    while (Date.now() < until);
    fs.writeFileSync(file, 'OBJECT');
    expect(files.holdsStill(files.id(file))).toBe(false);
    journal.close();
  });
});

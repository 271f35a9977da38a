import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConsoleReader } from '../../../rules/run/console-reader.ts';
import { crashText, locate } from '../../../rules/run/crash-report.ts';
import { inspectImage, type Image } from '../../../rules/run/image.ts';
import { buildTinyGuest, canRunGuests, has } from './tiny-guest.ts';

const x86 = `[    0.105213] CRIT: [libkvmplat] <traps.c @   71> Unhandled Trap 6 (invalid opcode), error code=0x0
[    0.105214] CRIT: [libkvmplat] <trace.c @   41> RIP: 000000000010a3f2 CS: 0008
[    0.105215] CRIT: [libkvmplat] <trace.c @   42> RSP: 000000003ffdff20 SS: 0010 EFLAGS: 00010046
[    0.105216] CRIT: [libkvmplat] <trace.c @   44> RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000001
[    0.105217] CRIT: [libkvmplat] <trace.c @   88> base is 0x3ffdff60 caller is 0x10b001
base is 0x3ffdff80 caller is 0x10b0ff
`;
const arm = `CRIT: \t SP       : 0x0000000040220f30
CRIT: \t ESR_EL1  : 0x0000000096000045
CRIT: \t ELR_EL1  : 0x0000000040100abc
CRIT: \t LR (x30) : 0x0000000040100def
`;
const trace = `RIP: 0000000000101000 CS: 0008
Call trace:
  [0000000000101000]
  [0000000000102000]\r
  [0000000000103000]
`;

function recognised(text: string, pieces: readonly number[] = []): ConsoleReader {
  const reader = new ConsoleReader();
  const bytes = Buffer.from(text);
  let at = 0;
  for (const size of pieces) {
    reader.feed(bytes.subarray(at, at + size));
    at += size;
  }
  reader.feed(bytes.subarray(at));
  reader.end();
  return reader;
}

const addresses = (reader: ConsoleReader): string[] =>
  reader.addresses.map(({ address, role }) => `${role} ${address.toString(16)}`);

describe('a crash report on the console', () => {
  it('is recognised in the forms that cores print', () => {
    expect(addresses(recognised(x86))).toEqual(['trap 10a3f2', 'caller 10b001', 'caller 10b0ff']);
    expect(addresses(recognised(arm))).toEqual(['trap 40100abc', 'caller 40100def']);
    expect(addresses(recognised(trace))).toEqual(['trap 101000', 'caller 102000', 'caller 103000']);
  });

  it('is recognised however the output is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60)), (pieces) => {
        expect(addresses(recognised(x86, pieces))).toEqual(['trap 10a3f2', 'caller 10b001', 'caller 10b0ff']);
      }),
    );
  });

  it('is not seen where there is none', () => {
    const reader = recognised('caller is 0x1000\n[0000000000101000]\nRIP: gone\nhello\n');
    expect(reader.failure).toBeUndefined();
    expect(recognised('CRIT: Assertion failure: x > 0\n').failure).toBe('The guest crashed');
  });

  it('is told from a boot that failed, which names the function', () => {
    const reader = recognised(
      '[    0.106] ERR:  [libukrandom] <random.c @   65> Could not initialize the HWRNG (-95)\n' +
        '[    0.109] ERR:  [libukboot] <boot.c @  427> Init function at 0x123870 returned error -95\n',
    );
    expect(reader.failure).toBe('The guest did not boot: an init function returned -95');
    expect(addresses(reader)).toEqual(['function 123870']);
    expect(reader.hints).toHaveLength(1);
    expect(reader.hints[0]).toMatch(/RDRAND, RDSEED/);
  });

  it('is not all that a core tells: also what main returned', () => {
    const line = (status: number): string =>
      `[    0.2] Info: [libukboot] <boot.c @  524> main returned ${status}\n`;
    expect(recognised(line(3)).mainStatus).toBe(3);
    expect(recognised(line(-1)).mainStatus).toBe(255);
    expect(recognised('main returned 3\n').mainStatus).toBeUndefined();
  });

  it('is not followed without end', () => {
    const many = Array.from(
      { length: 500 },
      (_, index) => `caller is 0x${(0x2000 + index).toString(16)}\n`,
    ).join('');
    expect(recognised(`RIP: 0000000000101000\n${many}`).addresses).toHaveLength(32);
    const reader = new ConsoleReader();
    for (let index = 0; index < 1000; index++) reader.feed(Buffer.alloc(1000, 'x'));
    reader.feed(Buffer.from('\nRIP: 0000000000101000\n'));
    expect(reader.failure).toBe('The guest crashed');
  });
});

describe.skipIf(!canRunGuests || !has('addr2line'))('the place in the source', () => {
  const image: Image | undefined = (() => {
    const result = inspectImage(buildTinyGuest());
    return result.ok ? result.value : undefined;
  })();

  it('is found for addresses of the image, and only for those', async () => {
    const symbols = execFileSync('nm', [image!.debugImage!], { encoding: 'utf8' });
    const address = BigInt(`0x${/^([0-9a-f]+) t crash_here$/m.exec(symbols)![1]!}`);
    const frames = await locate(image!, [
      { address, role: 'trap' },
      { address: 0xdead0000n, role: 'caller' },
    ]);
    expect(frames?.[0]?.places[0]?.file).toMatch(/tiny-guest\.c:\d+$/);
    expect(crashText('The guest crashed', frames!)).toMatch(
      /^The guest crashed:\n {2}at 0x001\w+ {2}crash_here {2}.*tiny-guest\.c:\d+\n/,
    );
    expect(crashText('The guest crashed', frames!)).toMatch(/by 0xdead0000 {2}\(not in the image\)$/);
  });

  it('is not looked for without an unstripped image', async () => {
    expect(
      await locate({ ...image!, debugImage: undefined }, [{ address: 1n, role: 'trap' }]),
    ).toBeUndefined();
  });
});

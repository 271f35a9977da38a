import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameReader } from '../../../engine/exec/frames.ts';

test('frames survive any cutting of the stream', () => {
  const frame = fc.record({ head: fc.jsonValue(), tail: fc.uint8Array({ maxLength: 50 }) });
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(frame), cuts, (frames, sizes) => {
      const stream = Buffer.concat(frames.map(({ head, tail }) => encodeFrame(head, tail)));
      const received: { head: unknown; tail: Uint8Array }[] = [];
      const reader = new FrameReader((head, tail) => received.push({ head, tail: new Uint8Array(tail) }));
      for (let at = 0, cut = 0; at < stream.length; cut++) {
        const size = sizes[cut % sizes.length]!;
        reader.push(stream.subarray(at, at + size));
        at += size;
      }
      const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
      expect(received).toEqual(
        frames.map(({ head, tail }) => ({ head: plain(head), tail: new Uint8Array(tail) })),
      );
    }),
  );
});

test('a frame without a tail has an empty one', () => {
  const tails: Buffer[] = [];
  new FrameReader((_head, tail) => tails.push(tail)).push(encodeFrame({ a: 'ä' }));
  expect(tails).toEqual([Buffer.alloc(0)]);
});

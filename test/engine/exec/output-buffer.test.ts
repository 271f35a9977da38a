import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OutputBuffer } from '../../../engine/exec/output-buffer.ts';

test('keeps head and tail of any chunks, and everything when it fits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary-ascii', maxLength: 30 })),
      fc.integer({ min: 1, max: 40 }),
      (chunks, limit) => {
        const buffer = new OutputBuffer(limit);
        for (const chunk of chunks) buffer.append(Buffer.from(chunk, 'latin1'));
        const whole = chunks.join('');
        const { output, omittedBytes } = buffer.finish();
        const omitted = Math.max(0, whole.length - 2 * limit);
        expect(omittedBytes).toBe(omitted);
        const note = `\n[… ${omitted} bytes of output left out …]\n`;
        expect(output.toString()).toBe(
          omitted === 0 ? whole : whole.slice(0, limit) + note + whole.slice(-limit),
        );
      },
    ),
  );
});

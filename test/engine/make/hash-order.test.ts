import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../engine/make/evaluate.ts';
import { HashOrder, hashBytes, hashString } from '../../../engine/make/hash-order.ts';
import { nodeHost } from '../../../engine/make/node-host.ts';
import { environment, Folder, hasOracle, runOracle } from './oracle.ts';

describe('the order of GNU make’s tables', () => {
  it.skipIf(!hasOracle)('is that of $(.VARIABLES), also after undefine and when the table grows', () => {
    const lines = Array.from({ length: 1500 }, (_, index) => `V${index}_${'x'.repeat(index % 17)} = 1`);
    const undefined_ = Array.from(
      { length: 400 },
      (_, index) => `undefine V${index * 3}_${'x'.repeat((index * 3) % 17)}`,
    );
    const more = Array.from({ length: 100 }, (_, index) => `W${index} = 1`);
    const folder = new Folder({
      Makefile: `${[...lines, ...undefined_, ...more].join('\n')}\n$(info $(.VARIABLES))\nall:;@:\n`,
    });
    const wanted = runOracle(folder, [])!.stdout.trim();
    const own: string[] = [];
    evaluate({ host: nodeHost(), cwd: folder.path, environment, onInfo: (text) => own.push(text) });
    folder.remove();
    expect(own[0]).toBe(wanted);
  });

  it('does not depend on when it is asked for', () => {
    const keys = Array.from({ length: 300 }, (_, index) => `key${index}`);
    const often = new HashOrder(hashString, 100);
    const once = new HashOrder(hashString, 100);
    for (const [index, key] of keys.entries()) {
      for (const order of [often, once]) {
        order.insert(key);
        if (index % 7 === 0) order.delete(keys[Math.floor(index / 2)]!);
      }
      if (index % 10 === 0) often.keys();
    }
    expect(often.keys()).toEqual(once.keys());
  });

  it('comes from hashes that use all bytes of a name', () => {
    for (const hash of [hashBytes, hashString]) {
      const values = new Set(
        ['', 'a', 'b', 'ab', 'abc', 'abcd', 'abcde', 'a\xff', 'abcdefghijklm'].map(hash),
      );
      expect(values.size).toBe(9);
    }
  });
});

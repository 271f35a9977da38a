import { describe, expect, test } from 'vitest';
import { KeyDecoder, type Key } from '../../../cli/menuconfig/keys.ts';
import { FakeClock } from './fake-terminal.ts';

function decoder() {
  const keys: string[] = [];
  const clock = new FakeClock();
  const decode = new KeyDecoder(
    (key: Key) => keys.push(key.kind === 'character' ? key.text : `<${key.kind}>`),
    clock,
  );
  return { keys, clock, feed: (text: string) => decode.feed(Buffer.from(text)) };
}

describe('keys', () => {
  test('arrows and their kin, in both forms that terminals send', () => {
    const { keys, feed } = decoder();
    feed('\x1b[A\x1bOB\x1b[C\x1bOD\x1b[H\x1bOF\x1b[5~\x1b[6~\x1b[3~\x1b[1;2A\x1b[Z');
    expect(keys.join('')).toBe(
      '<up><down><right><left><home><end><page up><page down><delete><up><back tab>',
    );
  });

  test('characters beyond ASCII, in pieces', () => {
    const { keys } = decoder();
    const decode = new KeyDecoder(
      (key) => keys.push(key.kind === 'character' ? key.text : ''),
      new FakeClock(),
    );
    for (const byte of Buffer.from('aé漢😀')) decode.feed(Uint8Array.of(byte));
    expect(keys).toEqual(['a', 'é', '漢', '😀']);
  });

  test('a sequence may come in pieces', () => {
    const { keys, feed, clock } = decoder();
    feed('\x1b');
    clock.pass(50);
    feed('[');
    feed('A');
    clock.pass(1000);
    expect(keys).toEqual(['<up>']);
  });

  test('two escapes are one key, one alone is one after a moment', () => {
    const { keys, feed, clock } = decoder();
    feed('\x1b\x1b');
    expect(keys).toEqual(['<escape>']);
    feed('\x1b\x1b\x1b\x1b');
    expect(keys.length).toBe(3);
    feed('\x1b');
    expect(keys.length).toBe(3);
    clock.pass(100);
    expect(keys.length).toBe(4);
  });

  test('a slow second escape still belongs to the first, a third does not', () => {
    const { keys, feed, clock } = decoder();
    feed('\x1b');
    clock.pass(300);
    feed('\x1b');
    clock.pass(300);
    expect(keys).toEqual(['<escape>']);
    feed('\x1b');
    clock.pass(300);
    expect(keys).toEqual(['<escape>', '<escape>']);
  });

  test('an escape and then an arrow are two keys', () => {
    const { keys, feed } = decoder();
    feed('\x1b\x1b[A');
    expect(keys).toEqual(['<escape>', '<up>']);
  });

  test('a key with Alt is the key, unknown sequences are nothing', () => {
    const { keys, feed } = decoder();
    feed('\x1bx\x1b[99~y\x1b[200~z');
    expect(keys).toEqual(['x', 'y', 'z']);
  });

  test('control characters', () => {
    const { keys, feed } = decoder();
    feed('\r\t\x7f\x08\x03\x1a\x0c\x00');
    expect(keys.join('')).toBe('<enter><tab><backspace><backspace><interrupt><suspend><redraw>');
  });
});

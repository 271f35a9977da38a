import type { StringTable } from '../journal/string-table.ts';
import { EVERY_SYMBOL } from '../digest/source-scan.ts';
import { digestOfText, formatDigest } from '../digest/hash.ts';

/**
 * The symbols that a generated configuration header defines, such as `#define CONFIG_LIBUKDEBUG 1`. Manifests hold
 * interned `NAME=value` pairs, or `NAME` alone for a symbol that was not defined, so that checking one is a
 * comparison of integers.
 */
export class SymbolValues {
  readonly #strings: StringTable;
  readonly #values: ReadonlyMap<string, string>;
  readonly #holds = new Map<number, boolean>();

  constructor(strings: StringTable, header: string) {
    this.#strings = strings;
    const values = new Map<string, string>();
    for (const [, name, value] of header.matchAll(/^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]*(.*)$/gm)) {
      values.set(name!, value!.trim());
    }
    // The symbol that stands for all: its value is the digest of every definition.
    const every = [...values].map(([name, value]) => `${name} ${value}`).sort();
    values.set(EVERY_SYMBOL, formatDigest(digestOfText(every.join('\n'))));
    this.#values = values;
  }

  /** The value of a symbol; undefined when it is not defined. */
  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** The interned pair that stands for a symbol's value now. */
  pair(name: string): number {
    const value = this.#values.get(name);
    return this.#strings.intern(value === undefined ? name : `${name}=${value}`);
  }

  /** Takes a pair apart. */
  split(pair: number): readonly [name: string, value: string | undefined] {
    const text = this.#strings.text(pair);
    const at = text.indexOf('=');
    return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  }

  /** Whether a pair is still true. */
  holds(pair: number): boolean {
    let answer = this.#holds.get(pair);
    if (answer === undefined) {
      const [name, value] = this.split(pair);
      answer = this.#values.get(name) === value;
      this.#holds.set(pair, answer);
    }
    return answer;
  }
}

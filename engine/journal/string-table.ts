import type { StoredStrings } from './stored-strings.ts';

/**
 * Interns strings (paths, symbol values) as dense integers from 0, in order of first use. Ids are stable for
 * the life of a journal file, so records hold integers instead of text.
 */
export class StringTable {
  readonly #ids = new Map<string, number>();
  readonly #strings: (string | undefined)[] = [];
  /** The first strings, where a checkpoint has them: decoded when asked for. */
  readonly #stored: StoredStrings | undefined;
  readonly #first: number;
  #size: number;

  constructor(stored?: StoredStrings) {
    this.#stored = stored;
    this.#first = stored?.size ?? 0;
    this.#size = this.#first;
  }

  /** The id of `text`, giving it one when it is new. */
  intern(text: string): number {
    const known = this.find(text);
    if (known !== undefined) return known;
    const id = this.#size++;
    this.#strings[id] = text;
    this.#ids.set(text, id);
    return id;
  }

  /** The id of `text`, or undefined when it was never interned. */
  find(text: string): number | undefined {
    const known = this.#ids.get(text);
    if (known !== undefined || this.#stored === undefined) return known;
    const stored = this.#stored.find(text);
    if (stored !== undefined) {
      this.#strings[stored] = text;
      this.#ids.set(text, stored);
    }
    return stored;
  }

  /** The text of an id that `intern` returned. */
  text(id: number): string {
    const text = this.#strings[id];
    if (text !== undefined) return text;
    if (id >= this.#first) throw new RangeError(`string ${id} of ${this.#size}`);
    return (this.#strings[id] = this.#stored!.text(id));
  }

  get size(): number {
    return this.#size;
  }
}

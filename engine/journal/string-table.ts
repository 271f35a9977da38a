/**
 * Interns strings (paths, symbol values) as dense integers from 0, in order of first use. Ids are stable for
 * the life of a journal file, so records hold integers instead of text.
 */
export class StringTable {
  readonly #ids = new Map<string, number>();
  readonly #strings: string[] = [];

  /** The id of `text`, giving it one when it is new. */
  intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#strings.length;
    this.#strings.push(text);
    this.#ids.set(text, id);
    return id;
  }

  /** The id of `text`, or undefined when it was never interned. */
  find(text: string): number | undefined {
    return this.#ids.get(text);
  }

  /** The text of an id that `intern` returned. */
  text(id: number): string {
    const text = this.#strings[id];
    if (text === undefined) throw new RangeError(`string ${id} of ${this.#strings.length}`);
    return text;
  }

  get size(): number {
    return this.#strings.length;
  }
}

const STATE = 31;
const SEPARATION = 3;
const WARM_UP = 310;

/**
 * The C library's rand(3) (glibc, its default 'TYPE_3': an additive feedback generator of 31 words), so that
 * a random configuration is the same for the same seed.
 */
export class GlibcRandom {
  readonly #state = new Int32Array(STATE);
  #front = SEPARATION;
  #rear = 0;

  constructor(seed: number) {
    let word = seed | 0 || 1;
    this.#state[0] = word;
    for (let index = 1; index < STATE; index++) {
      // 16807 * word % 2147483647, computed as the library does it, without overflow.
      const high = Math.trunc(word / 127773);
      const low = word % 127773;
      word = 16807 * low - 2836 * high;
      if (word < 0) word += 2147483647;
      this.#state[index] = word;
    }
    for (let index = 0; index < WARM_UP; index++) this.next();
  }

  /** A number from 0 to 2^31 - 1. */
  next(): number {
    const state = this.#state;
    const sum = (state[this.#front]! + state[this.#rear]!) | 0;
    state[this.#front] = sum;
    this.#front = (this.#front + 1) % STATE;
    this.#rear = (this.#rear + 1) % STATE;
    return sum >>> 1;
  }
}

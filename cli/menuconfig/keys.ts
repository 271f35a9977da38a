/** A key: a character, or the name of one that has none. */
export type Key =
  | { readonly kind: 'character'; readonly text: string }
  | {
      readonly kind:
        | 'up'
        | 'down'
        | 'left'
        | 'right'
        | 'home'
        | 'end'
        | 'page up'
        | 'page down'
        | 'delete'
        | 'backspace'
        | 'tab'
        | 'back tab'
        | 'enter'
        | 'escape'
        | 'interrupt'
        | 'suspend'
        | 'redraw';
    };

export type KeyName = Exclude<Key['kind'], 'character'>;

const sequences: Readonly<Record<string, KeyName>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'back tab',
  '1~': 'home',
  '7~': 'home',
  '4~': 'end',
  '8~': 'end',
  '3~': 'delete',
  '5~': 'page up',
  '6~': 'page down',
};

const controls: Readonly<Record<string, KeyName>> = {
  '\x03': 'interrupt',
  '\x08': 'backspace',
  '\x7f': 'backspace',
  '\t': 'tab',
  '\r': 'enter',
  '\n': 'enter',
  '\x0c': 'redraw',
  '\x1a': 'suspend',
  // The emacs and readline movements.
  '\x01': 'home',
  '\x05': 'end',
  '\x10': 'up',
  '\x0e': 'down',
};

/** How long an escape may be the beginning of a key's sequence. Lines over a network are slower than this only when they stall. */
const SEQUENCE_MS = 100;
/** A second escape within this time belongs to the first: Esc Esc is one key, as in the kernel's menu. */
const DOUBLE_MS = 700;

/** A clock that tests replace. */
export interface KeyClock {
  now(): number;
  after(milliseconds: number, action: () => void): () => void;
}

export const realClock: KeyClock = {
  now: () => Date.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Turns what a terminal sends into keys. */
export class KeyDecoder {
  readonly #onKey: (key: Key) => void;
  readonly #clock: KeyClock;
  #pending = '';
  #cancel: (() => void) | undefined;
  /** Until when an escape is the second half of one that was told already. */
  #ignoreUntil = 0;
  readonly #utf8 = new TextDecoder();

  constructor(onKey: (key: Key) => void, clock: KeyClock = realClock) {
    this.#onKey = onKey;
    this.#clock = clock;
  }

  /** Takes bytes as they come, in pieces of any size. */
  feed(bytes: Uint8Array): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#pending += this.#utf8.decode(bytes, { stream: true });
    while (this.#pending !== '' && this.#step());
    if (this.#pending === '') return;
    this.#cancel = this.#clock.after(SEQUENCE_MS, () => {
      // Nothing followed: it was the key itself.
      this.#pending = this.#pending.slice(1);
      if (this.#escape()) this.#ignoreUntil = this.#clock.now() + DOUBLE_MS;
      this.feed(new Uint8Array(0));
    });
  }

  /** Takes one key off the pending text; false when more is needed. */
  #step(): boolean {
    const text = this.#pending;
    if (text[0] !== '\x1b') {
      const character = String.fromCodePoint(text.codePointAt(0)!);
      this.#pending = text.slice(character.length);
      const name = controls[character];
      if (name !== undefined) this.#onKey({ kind: name });
      else if (character >= ' ') this.#onKey({ kind: 'character', text: character });
      return true;
    }
    if (text.length === 1) return false;
    if (text[1] === '\x1b') {
      // Unless the second one begins a sequence: Esc, then an arrow.
      if (text.length > 2 && (text[2] === '[' || text[2] === 'O')) {
        this.#pending = text.slice(1);
        this.#escape();
        return true;
      }
      this.#pending = text.slice(2);
      this.#escape();
      return true;
    }
    if (text[1] === '[' || text[1] === 'O') {
      const match = /^\x1b(?:\[([0-9;?]*)([@-~])|O(.))/s.exec(text);
      if (match === null) return text.length > 32 ? this.#drop(text.length) : false;
      this.#pending = text.slice(match[0].length);
      const parameter = (match[1] ?? '').replace(/;.*/, '');
      const end = match[2] ?? match[3]!;
      const name = sequences[end === '~' ? `${parameter}~` : end];
      if (name !== undefined) this.#onKey({ kind: name });
      else if (match[3] === 'M') this.#onKey({ kind: 'enter' });
      return true;
    }
    // With Alt held: the key alone.
    this.#pending = text.slice(1);
    return true;
  }

  #drop(count: number): boolean {
    this.#pending = this.#pending.slice(count);
    return true;
  }

  /** Tells of an escape, unless it is the second half of one; returns whether it did. */
  #escape(): boolean {
    const second = this.#clock.now() < this.#ignoreUntil;
    this.#ignoreUntil = 0;
    if (!second) this.#onKey({ kind: 'escape' });
    return !second;
  }
}

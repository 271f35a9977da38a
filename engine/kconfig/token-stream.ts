import type { Lexer, Token } from './lexer.ts';

/** The next token fits no statement here. */
export class UnexpectedToken extends Error {}

/** How many right tokens end the silence after an error. */
const SILENT_TOKENS = 3;

/** The lexer's tokens with one of lookahead, fetched only when asked for. */
export class TokenStream {
  readonly #lexer: Lexer;
  #ahead: Token | undefined;
  #silent = 0;

  constructor(lexer: Lexer) {
    this.#lexer = lexer;
  }

  /** The next token; its text is in the lexer. */
  peek(): Token {
    return (this.#ahead ??= this.#lexer.next());
  }

  /** Takes the next token as right. */
  shift(): void {
    this.peek();
    this.#ahead = undefined;
    if (this.#silent > 0) this.#silent--;
  }

  /** Takes the next token if it is this one. */
  expect(token: Token): void {
    if (this.peek() !== token) throw new UnexpectedToken();
    this.shift();
  }

  /** Skips the next token. */
  drop(): void {
    this.#ahead = undefined;
  }

  /** Whether an error is so recent that the next one is not announced. */
  get recovering(): boolean {
    return this.#silent > 0;
  }

  recover(): void {
    this.#silent = SILENT_TOKENS;
  }

  get text(): string {
    return this.#lexer.text;
  }
}

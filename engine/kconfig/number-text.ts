/** What strtoll(3) or strtoull(3) made of a text. */
export interface ParsedNumber {
  /** The value, clamped to the type's range. */
  readonly value: bigint;
  /** How many characters were used; 0 when the text does not begin with a number. */
  readonly used: number;
  /** Whether the number did not fit (errno is ERANGE). */
  readonly overflow: boolean;
}

const SIGNED_MAX = (1n << 63n) - 1n;
const SIGNED_MIN = -(1n << 63n);
const UNSIGNED_MAX = (1n << 64n) - 1n;

const forms = {
  10: /^[ \t-\r]*([+-]?)()([0-9]+)/,
  // '0x' counts as a prefix only when a digit follows: else the number is the '0'.
  16: /^[ \t-\r]*([+-]?)(0[xX](?=[0-9a-fA-F]))?([0-9a-fA-F]+)/,
  0: /^[ \t-\r]*([+-]?)(?:(0[xX])(?=[0-9a-fA-F])([0-9a-fA-F]+)|()(0[0-7]*|[1-9][0-9]*))/,
} as const;

function parse(text: string, base: 0 | 10 | 16): { magnitude: bigint; negative: boolean; used: number } {
  const match = forms[base].exec(text);
  if (match === null) return { magnitude: 0n, negative: false, used: 0 };
  const digits = match[3] ?? match[5]!;
  let magnitude: bigint;
  if (base === 16 || (base === 0 && match[2])) magnitude = BigInt(`0x${digits}`);
  else if (base === 0 && digits.startsWith('0')) magnitude = BigInt(`0o${digits}`);
  else magnitude = BigInt(digits);
  return { magnitude, negative: match[1] === '-', used: match[0].length };
}

/** strtoll(3): leading blanks and a sign are accepted; base 0 reads `0x` and a leading `0` as C does. */
export function parseSigned(text: string, base: 0 | 10 | 16): ParsedNumber {
  const { magnitude, negative, used } = parse(text, base);
  const value = negative ? -magnitude : magnitude;
  if (value > SIGNED_MAX) return { value: SIGNED_MAX, used, overflow: true };
  if (value < SIGNED_MIN) return { value: SIGNED_MIN, used, overflow: true };
  return { value, used, overflow: false };
}

/** strtoull(3): a minus sign negates modulo 2^64. */
export function parseUnsigned(text: string, base: 0 | 10 | 16): ParsedNumber {
  const { magnitude, negative, used } = parse(text, base);
  if (magnitude > UNSIGNED_MAX) return { value: UNSIGNED_MAX, used, overflow: true };
  return { value: negative ? BigInt.asUintN(64, -magnitude) : magnitude, used, overflow: false };
}

/** The value as printf's `%llx` writes it. */
export function formatHex(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16);
}

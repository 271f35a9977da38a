import { execa } from 'execa';
import type { Image } from './image.ts';

/** An address of a crash: where it happened, or where a caller goes on. */
export interface CrashAddress {
  readonly address: bigint;
  readonly role: 'trap' | 'caller';
}

/** An address in terms of the source. */
export interface CrashFrame extends CrashAddress {
  /** The innermost function first; more than one where functions were inlined. */
  readonly places: readonly { readonly symbol: string; readonly file: string | undefined }[];
}

/** More than this is not worth reading. */
const MAX_ADDRESSES = 32;
/** A line of the console that is longer is no report of the core's. */
const LONGEST_LINE = 4096;

/**
 * Recognises a core's crash report in the console's output: the registers that `dump_regs` prints (`RIP: …` on x86,
 * `ELR_EL1` on arm64; plat/common), the callers that `stack_walk` prints (`caller is 0x…`), and the lines `[address]` of a
 * call trace.
 */
export class CrashRecognizer {
  readonly #addresses: CrashAddress[] = [];
  #rest = '';
  #asserted = false;

  /** Takes a piece of output, which may begin and end anywhere. */
  feed(chunk: Buffer): void {
    const text = this.#rest + chunk.toString('latin1');
    const lines = text.split('\n');
    const rest = lines.pop()!;
    this.#rest = rest.length > LONGEST_LINE ? '' : rest;
    for (const line of lines) this.#line(line);
  }

  /** Looks at an unfinished last line as well. */
  end(): void {
    this.#line(this.#rest);
    this.#rest = '';
  }

  /** Empty until a report was seen. */
  get addresses(): readonly CrashAddress[] {
    return this.#addresses;
  }

  get crashed(): boolean {
    return this.#addresses.length > 0 || this.#asserted;
  }

  #line(line: string): void {
    if (/Assertion failure: /.test(line)) this.#asserted = true;
    const trap = /\bRIP: ([0-9a-f]{16})\b/.exec(line) ?? /\bELR_EL1\s*: 0x([0-9a-f]{16})\b/.exec(line);
    if (trap !== null) {
      // A second report, e.g. of a fault in the report: the first one is what matters.
      if (this.#addresses.length === 0) this.#add(trap[1]!, 'trap');
      return;
    }
    if (this.#addresses.length === 0) return;
    const caller =
      /\bcaller is 0x([0-9a-f]+)\b/.exec(line) ??
      /\bLR \(x30\)\s*: 0x([0-9a-f]{16})\b/.exec(line) ??
      /^\W*\[<?(?:0x)?([0-9a-f]{8,16})>?\]\s*$/.exec(line.trimEnd());
    if (caller !== null) this.#add(caller[1]!, 'caller');
  }

  #add(digits: string, role: CrashAddress['role']): void {
    const address = BigInt(`0x${digits}`);
    const known = this.#addresses.some((other) => other.address === address);
    if (address === 0n || known || this.#addresses.length >= MAX_ADDRESSES) return;
    this.#addresses.push({ address, role });
  }
}

/**
 * Finds function, file and line for addresses in an unstripped image, with binutils' addr2line.
 * @returns undefined when addr2line is not installed or does not know the format
 */
export async function locate(
  image: Image,
  addresses: readonly CrashAddress[],
): Promise<readonly CrashFrame[] | undefined> {
  if (image.debugImage === undefined || addresses.length === 0) return undefined;
  // A caller's address is where it goes on; the call itself is before it, perhaps on another line.
  const asked = addresses.map(({ address, role }) => (role === 'caller' ? address - 1n : address));
  const words = [
    '-a',
    '-f',
    '-i',
    '-C',
    '-e',
    image.debugImage,
    ...asked.map((address) => `0x${address.toString(16)}`),
  ];
  const programs =
    image.architecture === 'arm64' ? ['aarch64-linux-gnu-addr2line', 'addr2line'] : ['addr2line'];
  for (const program of programs) {
    const result = await execa(program, words, { reject: false, stdin: 'ignore', env: { LC_ALL: 'C' } });
    if (!result.failed) return parse(result.stdout, addresses);
  }
  return undefined;
}

/** addr2line's answer: for each address a line with it, then pairs of lines, function and `file:line`. */
function parse(output: string, addresses: readonly CrashAddress[]): CrashFrame[] {
  const groups: string[][] = [];
  for (const line of output.split('\n')) {
    if (/^0x[0-9a-f]+$/.test(line)) groups.push([]);
    else groups.at(-1)?.push(line);
  }
  return addresses.map((address, index) => {
    const lines = groups[index] ?? [];
    const places: { symbol: string; file: string | undefined }[] = [];
    for (let at = 0; at + 1 < lines.length; at += 2) {
      const file = lines[at + 1]!.replace(/ \(discriminator \d+\)$/, '');
      places.push({ symbol: lines[at]!, file: file.startsWith('?') ? undefined : file.replace(/:\?$/, '') });
    }
    return { ...address, places };
  });
}

/** The frames as lines for the user. */
export function crashText(frames: readonly CrashFrame[]): string {
  const lines = ['The guest crashed:'];
  for (const { address, role, places } of frames) {
    const where = role === 'trap' ? 'at ' : 'by ';
    const known = places.filter(({ symbol, file }) => symbol !== '??' || file !== undefined);
    const shown = `0x${address.toString(16).padStart(8, '0')}`;
    if (known.length === 0) {
      lines.push(`  ${where}${shown}  (not in the image)`);
      continue;
    }
    known.forEach(({ symbol, file }, index) => {
      const prefix = index === 0 ? `${where}${shown}` : ' '.repeat(where.length + shown.length);
      const inlined = index < known.length - 1 ? ' (inlined)' : '';
      lines.push(`  ${prefix}  ${symbol}${inlined}${file === undefined ? '' : `  ${file}`}`);
    });
  }
  return lines.join('\n');
}

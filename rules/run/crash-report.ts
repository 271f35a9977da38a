import { execa } from 'execa';
import type { Image } from './image.ts';

/** An address of a crash: where it happened, where a caller goes on, or a function that failed. */
export interface CrashAddress {
  readonly address: bigint;
  readonly role: 'trap' | 'caller' | 'function';
}

/** An address in terms of the source. */
export interface CrashFrame extends CrashAddress {
  /** The innermost function first; more than one where functions were inlined. */
  readonly places: readonly { readonly symbol: string; readonly file: string | undefined }[];
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

/** The frames as lines for the user, below a title. */
export function crashText(title: string, frames: readonly CrashFrame[]): string {
  const lines = [`${title}:`];
  for (const { address, role, places } of frames) {
    const where = role === 'caller' ? 'by ' : 'at ';
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

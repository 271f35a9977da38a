import type { CrashAddress } from './crash-report.ts';

/** More than this is not worth reading. */
const MAX_ADDRESSES = 32;
/** A line of the console that is longer is no report of the core's. */
const LONGEST_LINE = 4096;

/** What is known to go wrong in a guest for reasons outside of it. */
const hints: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  {
    // lib/ukrandom of 0.17: RDSEED is not emulated by QEMU before 8.0.
    pattern: /Could not initialize the HWRNG/,
    hint:
      'this image takes its random numbers from the processor (RDRAND, RDSEED), which this one lacks: run it with KVM, ' +
      'with a newer QEMU, or build it with LIBUKRANDOM_SEED_INSECURE (for trying out only)',
  },
  {
    pattern:
      /Failed to initialize memory allocator|Failed to (?:extract cpio|mount) .*: (?:-?12|Out of memory)|[Nn]ot enough memory/,
    hint: 'the guest has too little memory: give it more with --memory',
  },
];

/**
 * Reads the console's output for what a core says about its end. A crash report is the registers that `dump_regs` prints (`RIP: …` on x86,
 * `ELR_EL1` on arm64; plat/common), the callers that `stack_walk` prints (`caller is 0x…`), and the lines `[address]` of a
 * call trace.
 */
export class ConsoleReader {
  readonly #addresses: CrashAddress[] = [];
  #rest = '';
  readonly #hints = new Set<string>();
  #title: string | undefined;
  #mainStatus: number | undefined;

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

  /** What happened, when it was no good end: the beginning of a message. */
  get failure(): string | undefined {
    return this.#title;
  }

  /** What main() returned, where the core says so (lib/ukboot, at the log level "info"). */
  get mainStatus(): number | undefined {
    return this.#mainStatus;
  }

  /** What the user could do about it. */
  get hints(): readonly string[] {
    return [...this.#hints];
  }

  #line(line: string): void {
    if (line.includes('Assertion failure: ')) this.#title ??= 'The guest crashed';
    for (const { pattern, hint } of hints) if (pattern.test(line)) this.#hints.add(hint);
    if (line.includes('[libukboot]')) this.#boot(line);
    const trap = /\bRIP: ([0-9a-f]{16})\b/.exec(line) ?? /\bELR_EL1\s*: 0x([0-9a-f]{16})\b/.exec(line);
    if (trap !== null) {
      // A second report, e.g. of a fault in the report: the first one is what matters.
      if (this.#addresses.length === 0) this.#add(trap[1]!, 'trap');
      this.#title ??= 'The guest crashed';
      return;
    }
    if (this.#addresses[0]?.role !== 'trap') return;
    const caller =
      /\bcaller is 0x([0-9a-f]+)\b/.exec(line) ??
      /\bLR \(x30\)\s*: 0x([0-9a-f]{16})\b/.exec(line) ??
      /^\W*\[<?(?:0x)?([0-9a-f]{8,16})>?\]\s*$/.exec(line.trimEnd());
    if (caller !== null) this.#add(caller[1]!, 'caller');
  }

  /** lib/ukboot/boot.c */
  #boot(line: string): void {
    const failed = /Init function at (?:0x)?([0-9a-f]+) returned error (-?\d+)/.exec(line);
    if (failed !== null && this.#title === undefined) {
      this.#title = `The guest did not boot: an init function returned ${failed[2]}`;
      this.#add(failed[1]!, 'function');
    }
    const returned = /\bmain returned (-?\d+)/.exec(line);
    if (returned !== null) this.#mainStatus = Number(returned[1]) & 0xff;
  }

  #add(digits: string, role: CrashAddress['role']): void {
    const address = BigInt(`0x${digits}`);
    const known = this.#addresses.some((other) => other.address === address);
    if (address === 0n || known || this.#addresses.length >= MAX_ADDRESSES) return;
    this.#addresses.push({ address, role });
  }
}

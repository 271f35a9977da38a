import type { MakeFlags } from './flags.ts';
import type { Output } from './output.ts';

/** The kinds of `--debug`: basic, verbose, implicit, jobs, makefiles. */
export type DebugKind = 'b' | 'v' | 'i' | 'j' | 'm';

/** What `-d` and `--debug` print (manual, "Options Summary"). */
export class DebugLevels {
  private readonly output: Output;
  private kinds: ReadonlySet<DebugKind> = new Set();
  /** While makefiles are remade, nothing is printed unless the kind `m` was asked for. */
  suspended = false;

  constructor(output: Output) {
    this.output = output;
  }

  /** @returns a specification that means nothing; undefined if all is well */
  set(flags: MakeFlags): string | undefined {
    const kinds = new Set<DebugKind>(flags.debugAll ? ['b', 'v', 'i', 'j', 'm'] : []);
    for (const text of flags.debug) {
      for (const word of text.split(/[, ]/)) {
        switch (word[0]?.toLowerCase()) {
          case 'a':
            for (const kind of ['b', 'v', 'i', 'j', 'm'] as const) kinds.add(kind);
            break;
          case 'b':
            kinds.add('b');
            break;
          case 'i':
            kinds.add('b').add('i');
            break;
          case 'j':
            kinds.add('j');
            break;
          case 'm':
            kinds.add('b').add('m');
            break;
          case 'n':
            kinds.clear();
            break;
          case 'v':
            kinds.add('b').add('v');
            break;
          default:
            return word;
        }
      }
    }
    this.kinds = kinds;
    return undefined;
  }

  is(kind: DebugKind): boolean {
    return this.kinds.has(kind) && (!this.suspended || this.kinds.has('m'));
  }

  /** Prints a line if its kind is asked for. */
  line(kind: DebugKind, text: string): void {
    if (this.kinds.size > 0 && this.is(kind)) this.output.raw(`${text}\n`);
  }

  /** Prints a line about a target, indented by its depth. */
  at(kind: DebugKind, depth: number, text: string): void {
    if (this.kinds.size > 0 && this.is(kind)) this.output.raw(`${' '.repeat(depth)}${text}\n`);
  }
}

import { nearest } from '../engine/nearest.ts';
import { fail, ok, type Result } from '../engine/result.ts';

/** An option of one of kraft's verbs. */
export interface KraftOption {
  /** With dashes: `--plat`, `-p`. */
  readonly flags: readonly string[];
  readonly takes: 'nothing' | 'value';
}

/** Parsed arguments, in kraft's (click's) syntax. */
export class KraftArguments {
  private readonly values: ReadonlyMap<string, readonly string[]>;
  readonly words: readonly string[];
  /** What comes after `--`. */
  readonly rest: readonly string[];

  constructor(
    values: ReadonlyMap<string, readonly string[]>,
    words: readonly string[],
    rest: readonly string[],
  ) {
    this.values = values;
    this.words = words;
    this.rest = rest;
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** The last value of an option, by its first flag without dashes. */
  value(name: string): string | undefined {
    return this.values.get(name)?.at(-1);
  }

  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  /** An option under its name in unigraph, with its value; nothing when it was not given. */
  as(name: string, flag: string): string[] {
    return this.all(name).flatMap((value) => (value === '' ? [flag] : [flag, value]));
  }
}

/**
 * Reads arguments as click does: `--plat kvm`, `--plat=kvm`, `-p kvm`, `-pkvm`, switches together as `-PB`; options and
 * words may be mixed; `--` ends the options.
 */
export function parseKraft(
  argv: readonly string[],
  options: readonly KraftOption[],
): Result<KraftArguments, string> {
  const byFlag = new Map(options.flatMap((option) => option.flags.map((flag) => [flag, option] as const)));
  const nameOf = (option: KraftOption) => option.flags[0]!.replace(/^-+/, '');
  const values = new Map<string, string[]>();
  const words: string[] = [];
  const put = (option: KraftOption, value: string) => {
    const name = nameOf(option);
    values.set(name, [...(values.get(name) ?? []), value]);
  };
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') return ok(new KraftArguments(values, words, argv.slice(at + 1)));
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const [flag = word, ...given] = word.startsWith('--') ? word.split(/=(.*)/s) : [word.slice(0, 2)];
    let current: string | undefined = flag;
    let tail: string | undefined = word.startsWith('--') ? given[0] : word.slice(2) || undefined;
    while (current !== undefined) {
      const option = byFlag.get(current);
      if (option === undefined) {
        const meant = nearest(current, byFlag.keys());
        return fail(`no such option: ${current}${meant === undefined ? '' : `. Did you mean '${meant}'?`}`);
      }
      if (option.takes === 'value') {
        const value: string | undefined = tail ?? argv[++at];
        if (value === undefined) return fail(`option ${current} requires an argument`);
        put(option, value);
        break;
      }
      if (tail !== undefined && word.startsWith('--')) return fail(`option ${current} does not take a value`);
      put(option, '');
      // Switches together: the next one is the next letter.
      current = tail === undefined ? undefined : `-${tail[0]}`;
      tail = tail?.slice(1) || undefined;
    }
  }
  return ok(new KraftArguments(values, words, []));
}

/** Declares options: `'--plat -p=' ` takes a value, `'--proper -p'` is a switch. */
export function kraftOptions(...texts: readonly string[]): KraftOption[] {
  return texts.map((text) => ({
    flags: text.replace(/=$/, '').split(' '),
    takes: text.endsWith('=') ? 'value' : 'nothing',
  }));
}

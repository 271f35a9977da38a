import { ConfigSymbol, MODULE, NO, YES } from './symbol.ts';

/** The C program's hash table has this many buckets, and its output files are in bucket order. */
const BUCKETS = 9973;

/**
 * FNV-1a, 32 bits, as the C program computes it. Its characters are signed, so a byte of 128 and above
 * flips the upper 24 bits too.
 */
export function bucketOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ ((name.charCodeAt(index) << 24) >> 24), 0x01000193);
  }
  return (hash >>> 0) % BUCKETS;
}

type Kind = 'plain' | 'constant' | 'choice';

function builtin(name: string, state: 0 | 1 | 2): ConfigSymbol {
  const symbol = new ConfigSymbol(name, true, false);
  symbol.state = state;
  symbol.text = name;
  symbol.valid = true;
  return symbol;
}

/** Every symbol of one configuration language tree. */
export class SymbolTable {
  readonly yes = builtin('y', YES);
  readonly module = builtin('m', MODULE);
  readonly no = builtin('n', NO);

  /** By kind: a plain symbol, a quoted text and a named choice may share a name. */
  readonly #byName: Record<Kind, Map<string, ConfigSymbol>> = {
    plain: new Map(),
    constant: new Map(),
    choice: new Map(),
  };
  readonly #created: ConfigSymbol[] = [];
  readonly #age = new Map<ConfigSymbol, number>();
  #ordered: ConfigSymbol[] | undefined;

  /** Finds or creates. A choice without a name is always a new one. */
  lookup(name: string | undefined, kind: Kind): ConfigSymbol {
    const known = name === undefined ? undefined : (this.#builtin(name) ?? this.#byName[kind].get(name));
    if (known !== undefined) return known;
    const symbol = new ConfigSymbol(name, kind === 'constant', kind === 'choice');
    if (name !== undefined) this.#byName[kind].set(name, symbol);
    this.#age.set(symbol, this.#created.length);
    this.#created.push(symbol);
    this.#ordered = undefined;
    return symbol;
  }

  /** The symbol that a line of `.config` means: never a quoted text, but possibly a named choice. */
  find(name: string): ConfigSymbol | undefined {
    const plain = this.#builtin(name) ?? this.#byName.plain.get(name);
    const choice = this.#byName.choice.get(name);
    if (plain === undefined || choice === undefined) return plain ?? choice;
    // Both exist: within a bucket the later one comes first.
    return this.#age.get(choice)! > (this.#age.get(plain) ?? -1) ? choice : plain;
  }

  /** All but y, m and n: by bucket, and within a bucket the later created first. */
  inHashOrder(): readonly ConfigSymbol[] {
    if (this.#ordered === undefined) {
      const keyed = this.#created.map((symbol, age) => ({
        symbol,
        bucket: symbol.name === undefined ? 0 : bucketOf(symbol.name),
        age,
      }));
      keyed.sort((a, b) => a.bucket - b.bucket || b.age - a.age);
      this.#ordered = keyed.map(({ symbol }) => symbol);
    }
    return this.#ordered;
  }

  #builtin(name: string): ConfigSymbol | undefined {
    if (name === 'y') return this.yes;
    if (name === 'm') return this.module;
    return name === 'n' ? this.no : undefined;
  }
}

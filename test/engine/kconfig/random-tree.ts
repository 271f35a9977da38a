import fc from 'fast-check';
import type { ConfCase } from './case-file.ts';

/** What a generated tree may contain. */
export interface Dialect {
  /** Everything that Unikraft's program has; otherwise what Linux v6.1 does the same way. */
  readonly full: boolean;
}

/** An entry before names are given out: numbers stand for earlier (or, for selects, later) symbols. */
type Entry =
  | {
      readonly kind: 'config';
      readonly type: string;
      readonly prompt: boolean;
      readonly options: readonly Option[];
    }
  | {
      readonly kind: 'choice';
      readonly members: number;
      readonly optional: boolean;
      readonly pick: number;
      readonly condition: Condition | undefined;
    }
  | {
      readonly kind: 'block';
      readonly keyword: 'if' | 'menu' | 'visible';
      readonly condition: Condition;
      readonly entries: readonly Entry[];
    }
  | { readonly kind: 'comment'; readonly condition: Condition | undefined };

type Option =
  | { readonly kind: 'default'; readonly value: number; readonly condition: Condition | undefined }
  | { readonly kind: 'depends'; readonly condition: Condition }
  | { readonly kind: 'select' | 'imply'; readonly target: number; readonly condition: Condition | undefined }
  | {
      readonly kind: 'range';
      readonly low: number;
      readonly width: number;
      readonly condition: Condition | undefined;
    };

type Condition =
  | { readonly kind: 'symbol'; readonly symbol: number }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'compare'; readonly symbol: number; readonly operator: string; readonly value: number };

const number = fc.nat({ max: 60 });

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('symbol' as const), symbol: number }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('not' as const), operand: tie('condition') }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        left: tie('condition'),
        right: tie('condition'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('compare' as const),
        symbol: number,
        operator: fc.constantFrom('=', '!='),
        value: number,
      }),
    },
  ),
}));

const maybeCondition = fc.option(condition, { nil: undefined, freq: 2 });

function option({ full }: Dialect): fc.Arbitrary<Option> {
  return fc.oneof(
    fc.record({ kind: fc.constant('default' as const), value: number, condition: maybeCondition }),
    fc.record({ kind: fc.constant('depends' as const), condition }),
    fc.record({
      kind: full ? fc.constantFrom('select' as const, 'imply' as const) : fc.constant('select' as const),
      target: number,
      condition: maybeCondition,
    }),
    fc.record({ kind: fc.constant('range' as const), low: number, width: number, condition: maybeCondition }),
  );
}

function entries(dialect: Dialect): fc.Arbitrary<readonly Entry[]> {
  const { list } = fc.letrec<{ list: readonly Entry[]; entry: Entry }>((tie) => ({
    entry: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('config' as const),
          type: fc.constantFrom('bool', 'bool', 'bool', 'tristate', 'int', 'hex', 'string'),
          prompt: fc.boolean(),
          options: fc.array(option(dialect), { maxLength: 4 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('choice' as const),
          members: fc.integer({ min: 1, max: 4 }),
          // In Linux v6.1 a member that is y turns an optional choice on.
          optional: dialect.full ? fc.boolean() : fc.constant(false),
          pick: number,
          condition: maybeCondition,
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('comment' as const), condition: maybeCondition }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('block' as const),
          keyword: fc.constantFrom('if' as const, 'menu' as const, 'visible' as const),
          condition,
          entries: tie('list'),
        }),
      },
    ),
    // An empty menu is closed in Linux v6.1 and not in v5.2.
    list: fc.array(tie('entry'), { minLength: 1, maxLength: 6 }),
  }));
  return list;
}

/** Writes entries out as Kconfig text. Conditions name earlier symbols and selects later ones, so that there are no circles. */
class Writer {
  readonly lines: string[] = [];
  readonly #total: number;
  #next = 0;
  #bools: string[] = ['ROOT'];

  constructor(total: number) {
    this.#total = total;
  }

  write(list: readonly Entry[]): void {
    for (const entry of list) this.#entry(entry);
  }

  #earlier(choice: number): string {
    return this.#bools[choice % this.#bools.length]!;
  }

  #later(choice: number): string {
    const left = this.#total - this.#next;
    return left <= 0 ? 'NOWHERE' : `S${this.#next + (choice % left)}`;
  }

  #condition(tree: Condition): string {
    switch (tree.kind) {
      case 'symbol':
        return this.#earlier(tree.symbol);
      case 'not':
        return `!(${this.#condition(tree.operand)})`;
      case 'and':
        return `(${this.#condition(tree.left)} && ${this.#condition(tree.right)})`;
      case 'or':
        return `(${this.#condition(tree.left)} || ${this.#condition(tree.right)})`;
      case 'compare':
        return `${this.#earlier(tree.symbol)} ${tree.operator} ${tree.value % 2 === 0 ? 'y' : 'n'}`;
    }
  }

  #if(tree: Condition | undefined): string {
    return tree === undefined ? '' : ` if ${this.#condition(tree)}`;
  }

  #entry(entry: Entry): void {
    const { lines } = this;
    switch (entry.kind) {
      case 'config': {
        const name = `S${this.#next++}`;
        lines.push(`config ${name}`, `\t${entry.type}${entry.prompt ? ` "${name} prompt"` : ''}`);
        for (const each of entry.options) this.#option(entry.type, each);
        if (entry.type === 'bool' || entry.type === 'tristate') this.#bools.push(name);
        break;
      }
      case 'choice': {
        const first = this.#next;
        this.#next += entry.members;
        lines.push('choice', '\tprompt "pick"');
        if (entry.optional) lines.push('\toptional');
        if (entry.condition !== undefined) lines.push(`\tdepends on ${this.#condition(entry.condition)}`);
        if (entry.pick % 2 === 0) lines.push(`\tdefault S${first + (entry.pick % entry.members)}`);
        const members = Array.from({ length: entry.members }, (_, index) => `S${first + index}`);
        for (const name of members) lines.push(`config ${name}`, `\tbool "${name} prompt"`);
        lines.push('endchoice');
        this.#bools.push(...members);
        break;
      }
      case 'comment':
        lines.push('comment "remark"');
        if (entry.condition !== undefined) lines.push(`\tdepends on ${this.#condition(entry.condition)}`);
        break;
      case 'block': {
        const condition = this.#condition(entry.condition);
        if (entry.keyword === 'if') lines.push(`if ${condition}`);
        else {
          const keyword = entry.keyword === 'menu' ? 'depends on' : 'visible if';
          lines.push('menu "menu"', `\t${keyword} ${condition}`);
        }
        this.write(entry.entries);
        lines.push(entry.keyword === 'if' ? 'endif' : 'endmenu');
      }
    }
  }

  #option(type: string, each: Option): void {
    const { lines } = this;
    const logic = type === 'bool' || type === 'tristate';
    switch (each.kind) {
      case 'default': {
        const value = logic
          ? each.value % 3 === 0
            ? this.#earlier(each.value)
            : each.value % 2 === 0
              ? 'y'
              : 'n'
          : type === 'string'
            ? `"text ${each.value}"`
            : type === 'int'
              ? String(each.value)
              : `0x${each.value.toString(16)}`;
        lines.push(`\tdefault ${value}${this.#if(each.condition)}`);
        break;
      }
      case 'depends':
        lines.push(`\tdepends on ${this.#condition(each.condition)}`);
        break;
      case 'select':
      case 'imply':
        if (logic) lines.push(`\t${each.kind} ${this.#later(each.target)}${this.#if(each.condition)}`);
        break;
      case 'range': {
        if (type !== 'int' && type !== 'hex') break;
        const bounds = [each.low, each.low + each.width].map((bound) =>
          type === 'int' ? String(bound) : `0x${bound.toString(16)}`,
        );
        lines.push(`\trange ${bounds.join(' ')}${this.#if(each.condition)}`);
      }
    }
  }
}

function countSymbols(list: readonly Entry[]): number {
  return list.reduce((sum, entry) => {
    if (entry.kind === 'config') return sum + 1;
    if (entry.kind === 'choice') return sum + entry.members;
    return entry.kind === 'block' ? sum + countSymbols(entry.entries) : sum;
  }, 0);
}

const line = fc.tuple(
  number,
  fc.constantFrom('=y', '=n', '=m', '=7', '=0x1b', '="given"', '=40', ' is not set'),
);

/** A random tree with a random `.config`, and a mode. */
export function randomCase(dialect: Dialect, modes: readonly (readonly string[])[]): fc.Arbitrary<ConfCase> {
  return fc
    .record({
      list: entries(dialect),
      modules: fc.boolean(),
      config: fc.option(fc.array(line, { maxLength: 30 }), { nil: undefined, freq: 5 }),
      mode: fc.constantFrom(...modes),
      seed: fc.nat(),
    })
    .map(({ list, modules, config, mode, seed }) => {
      const total = countSymbols(list);
      const writer = new Writer(total);
      // The two programs spell this option differently.
      const head =
        modules && dialect.full
          ? ['config MODULES', '\tbool "modules"', '\tdefault y', '\toption modules']
          : [];
      writer.lines.push('mainmenu "Random"', ...head, 'config ROOT', '\tbool "root"', '\tdefault y');
      writer.write(list);
      const files = new Map([['Kconfig', `${writer.lines.join('\n')}\n`]]);
      if (config !== undefined) {
        const lines = config.map(([symbol, value]) => {
          const name = `CONFIG_S${symbol % Math.max(1, total)}`;
          // A number that is not set means something else in Linux v6.1.
          return value === ' is not set'
            ? dialect.full
              ? `# ${name}${value}`
              : `${name}=n`
            : `${name}${value}`;
        });
        files.set('.config', `${lines.join('\n')}\n`);
      }
      return {
        topic: 'random',
        title: 'random tree',
        runs: [mode],
        environment: { KCONFIG_SEED: String(seed) },
        // Whatever is asked, one of three answers is right.
        stdin: '\n1\ny\n'.repeat(300),
        files,
        differs: undefined,
      };
    });
}

import { fail, ok, type Result } from '../result.ts';
import { decodeBytes, encodeBytes, fromByteText, toByteText } from './byte-text.ts';
import { ConfFileReader } from './conf-file.ts';
import type { ConfOutput } from './conf-run.ts';
import { ConfText } from './conf-text.ts';
import { ConfWriter } from './conf-writer.ts';
import type { KconfigHost } from './host.ts';
import { nextInOrder } from './menu.ts';
import { readTree } from './parser.ts';
import { Setter } from './setter.ts';
import { Solver } from './solver.ts';
import type { ConfigSymbol, Tristate } from './symbol.ts';
import type { KconfigTree } from './tree.ts';
import { ConfExit, World } from './world.ts';

/** Where a configuration comes from: what a run of `conf` would be given. */
export interface ConfigurationSource {
  /** The root file, e.g. `/core/Config.uk`. */
  readonly rootFile: string;
  /** Absolute; where relative paths start. */
  readonly cwd: string;
  /** As for `runConf`: `CONFIG_`, `KCONFIG_CONFIG`, …. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly host: KconfigHost;
}

/** The given values of all symbols at one moment. */
export type Snapshot = ReadonlyMap<
  ConfigSymbol,
  { set: boolean; state: Tristate; text: string | undefined; chosen: ConfigSymbol | undefined }
>;

/** A tree with one configuration of it, to ask questions of and to change. All texts in and out are byte texts. */
export class Configuration {
  readonly tree: KconfigTree;
  readonly solver: Solver;
  readonly setter: Setter;
  readonly text: ConfText;
  /** What names begin with in files. */
  readonly prefix: string;
  readonly #reader: ConfFileReader;
  readonly #writer: ConfWriter;
  readonly #messages: Messages;
  readonly #world: World;

  /**
   * Reads the tree; not yet a `.config`.
   * @returns what the C program would have said, where it would have ended
   */
  static open(source: ConfigurationSource): Result<Configuration, string> {
    const messages = new Messages();
    const { cwd, environment, host } = source;
    const world = new World(cwd, environment, host, messages, messages);
    try {
      const tree = readTree(world, toByteText(source.rootFile));
      return ok(new Configuration(tree, world, messages));
    } catch (error) {
      if (error instanceof ConfExit) return fail(messages.take());
      if (error instanceof RangeError) return fail('the configuration is nested too deeply');
      throw error;
    }
  }

  private constructor(tree: KconfigTree, world: World, messages: Messages) {
    this.tree = tree;
    this.#world = world;
    this.#messages = messages;
    this.solver = new Solver(tree);
    this.setter = new Setter(this.solver);
    this.prefix = world.variable('CONFIG_') ?? '';
    this.text = new ConfText(this.solver, this.prefix);
    this.#reader = new ConfFileReader(this.solver, this.prefix, () => undefined);
    this.#writer = new ConfWriter(this.solver, this.text, this.#reader, () => undefined);
  }

  /** The file that holds the configuration, as `KCONFIG_CONFIG` names it. */
  get file(): string {
    return this.#world.variable('KCONFIG_CONFIG') ?? '.config';
  }

  /** The content of a file; undefined when there is none. */
  read(name: string): string | undefined {
    return this.#world.open(name)?.text;
  }

  /**
   * Takes the values of a configuration file, of `.config` unless named; defaults where it says nothing.
   * @returns whether there was such a file
   */
  load(name?: string): boolean {
    const found = this.#reader.read(name, this.file);
    if (!found) this.reset();
    return found;
  }

  /** Takes the values of the text of a configuration file; `name` stands for it in messages. */
  loadText(text: string, name: string): void {
    this.#reader.readText(text, name);
  }

  /** Forgets all values that were given. */
  reset(): void {
    for (const symbol of this.tree.symbols.inHashOrder()) {
      symbol.user.set = false;
      symbol.user.text = undefined;
      symbol.user.chosen = undefined;
    }
    this.solver.invalidate();
  }

  /** Writes `.config`, and what is written with it where no build has done so yet. Returns whether it worked. */
  save(): boolean {
    return this.saveAs(this.file);
  }

  /** As `save`, into another file. */
  saveAs(name: string): boolean {
    this.solver.invalidate();
    return this.#writer.writeConfig(name) && this.#writer.writeAutomatic(false);
  }

  /** Writes a text as it is. */
  writeFile(name: string, text: string): boolean {
    return this.#world.host.writeFile(this.#world.path(name), encodeBytes(text));
  }

  /** The text that `save` would write. */
  dotConfig(): string {
    this.solver.invalidate();
    const text = this.text.dotConfig();
    // Composing the text uses up the marks of what belongs in it.
    this.solver.invalidate();
    return text;
  }

  /** What was said since last asked: warnings, one a line. */
  takeMessages(): string {
    return this.#messages.take();
  }

  /** The symbol of a name, with or without the prefix; only of those that a file can set. */
  find(name: string): ConfigSymbol | undefined {
    const candidates = [name, ...(name.startsWith(this.prefix) ? [name.slice(this.prefix.length)] : [])];
    for (const candidate of candidates) {
      const symbol = this.tree.symbols.find(candidate);
      if (symbol !== undefined && isDefined(symbol)) return symbol;
    }
    return undefined;
  }

  /** Every symbol with a name that is defined somewhere. */
  definedSymbols(): ConfigSymbol[] {
    return this.tree.symbols.inHashOrder().filter(isDefined);
  }

  /** The present value, as it stands in files but without quotes. */
  valueOf(symbol: ConfigSymbol): string {
    this.solver.calculate(symbol);
    return this.solver.textOf(symbol) ?? '';
  }

  /** The values of all symbols that `.config` holds, by name, in the order of the files. */
  values(): Map<string, string> {
    const values = new Map<string, string>();
    for (let menu = this.tree.root.list; menu !== undefined; menu = nextInOrder(menu)) {
      const { symbol } = menu;
      if (symbol === undefined || !isDefined(symbol)) continue;
      this.solver.calculate(symbol);
      if (symbol.write) values.set(symbol.name!, this.solver.textOf(symbol) ?? '');
    }
    return values;
  }

  /** Remembers every given value. */
  snapshot(): Snapshot {
    return new Map(
      this.tree.symbols.inHashOrder().map((symbol) => {
        const { set, state, text, chosen } = symbol.user;
        return [symbol, { set, state, text, chosen }] as const;
      }),
    );
  }

  /** Goes back to remembered values. */
  restore(snapshot: Snapshot): void {
    for (const [symbol, value] of snapshot) Object.assign(symbol.user, value);
    this.solver.invalidate();
  }
}

function isDefined(symbol: ConfigSymbol): boolean {
  return symbol.name !== undefined && symbol.type !== 'unknown' && !symbol.choice;
}

/** Collects what is written. */
class Messages implements ConfOutput {
  readonly isTTY = false;
  #text = '';

  write(bytes: Uint8Array): void {
    this.#text += decodeBytes(bytes);
  }

  take(): string {
    const text = fromByteText(this.#text);
    this.#text = '';
    return text;
  }
}

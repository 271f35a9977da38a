import { fromByteText, toByteText } from '../../engine/kconfig/byte-text.ts';
import type { Configuration, Snapshot } from '../../engine/kconfig/configuration.ts';
import type { Menu } from '../../engine/kconfig/menu.ts';
import type { SettingChange } from '../../engine/kconfig/settings-text.ts';
import { compareSettings } from '../../engine/kconfig/settings-text.ts';
import { NO, type ConfigSymbol, type Tristate } from '../../engine/kconfig/symbol.ts';
import { textChanges } from '../../rules/configure/apply.ts';

/** What changing one option would alter. */
export interface Preview {
  /** `y`, `m`, `n`. */
  readonly to: string;
  readonly changes: readonly SettingChange[];
  /** How many files that were compiled mention what changes; undefined where nothing was built yet. */
  readonly compiled: number | undefined;
}

/** Counts the compiled files that mention any of some options; undefined where nothing was built yet. */
export type CountUsers = (names: readonly string[]) => number | undefined;

/** What a menu edits: one configuration, with its history. */
export class Session {
  readonly configuration: Configuration;
  /** The file that it is saved to. */
  file: string;
  /** Menus that are unrolled where all is one menu. */
  readonly unrolled = new Set<Menu>();
  readonly single: boolean;
  hidden = false;
  #saved: string;
  readonly #countUsers: CountUsers;
  readonly #past: Snapshot[] = [];
  #future: Snapshot[] = [];

  /** @param single whether menus unroll in place (MENUCONFIG_MODE=single_menu) */
  constructor(configuration: Configuration, single: boolean, countUsers: CountUsers = () => undefined) {
    this.configuration = configuration;
    this.#countUsers = countUsers;
    this.single = single;
    this.file = configuration.file;
    this.#saved = configuration.read(this.file) ?? '';
  }

  /** Does something that may change values, so that it can be undone. Returns what `action` returns. */
  change<T>(action: () => T): T {
    const before = this.configuration.snapshot();
    const result = action();
    if (!same(before, this.configuration.snapshot())) {
      this.#past.push(before);
      this.#future = [];
    }
    return result;
  }

  /** Takes the last change back; false when there is none. */
  undo(): boolean {
    return this.#travel(this.#past, this.#future);
  }

  /** Does what was taken back again; false when there is nothing. */
  redo(): boolean {
    return this.#travel(this.#future, this.#past);
  }

  #travel(from: Snapshot[], to: Snapshot[]): boolean {
    const target = from.pop();
    if (target === undefined) return false;
    to.push(this.configuration.snapshot());
    this.configuration.restore(target);
    return true;
  }

  /** Whether the file would become another. */
  get unsaved(): boolean {
    return this.configuration.dotConfig() !== this.#saved;
  }

  /** What saving would change. */
  differences(): SettingChange[] {
    return textChanges(this.#saved, this.configuration.dotConfig(), this.configuration.prefix);
  }

  /** Saves; to another file when named, which is then the one that is edited. Returns whether it worked. */
  save(file = this.file): boolean {
    if (!this.configuration.saveAs(file)) return false;
    this.file = file;
    this.#saved = this.configuration.read(file) ?? '';
    return true;
  }

  /** Loads another file; false when there is none. */
  load(file: string): boolean {
    const text = this.configuration.read(file);
    if (text === undefined) return false;
    this.change(() => this.configuration.loadText(text, file));
    this.file = file;
    this.#saved = text;
    this.configuration.takeMessages();
    return true;
  }

  /** Puts unsaved changes beside the file, when the program has to end at once. Returns the name. */
  rescue(): string | undefined {
    if (!this.unsaved) return undefined;
    const name = `${this.file}.unsaved`;
    return this.configuration.writeFile(name, this.configuration.dotConfig()) ? name : undefined;
  }

  /** What the next toggle of an option would alter; undefined when it can have no other value. */
  preview(symbol: ConfigSymbol): Preview | undefined {
    const { configuration } = this;
    if (symbol.type !== 'bool' && symbol.type !== 'tristate') return undefined;
    configuration.solver.calculate(symbol);
    const { setter } = configuration;
    let next = symbol.state;
    do next = ((next + 1) % 3) as Tristate;
    while (next !== symbol.state && !setter.allows(symbol, next));
    if (next === symbol.state || symbol.choice) return undefined;
    const snapshot = configuration.snapshot();
    const before = configuration.values();
    setter.setState(symbol, next);
    const after = configuration.values();
    configuration.restore(snapshot);
    configuration.takeMessages();
    const changes = compareSettings(before, after);
    const compiled = this.#countUsers(changes.map(({ name }) => name));
    return { to: next === NO ? 'n' : next === 1 ? 'm' : 'y', changes, compiled };
  }

  /** Ordinary text of the file's name. */
  get fileName(): string {
    return fromByteText(this.file);
  }

  static fileNamed(name: string): string {
    return toByteText(name);
  }
}

function same(a: Snapshot, b: Snapshot): boolean {
  for (const [symbol, value] of b) {
    const old = a.get(symbol);
    if (
      old?.set !== value.set ||
      old.state !== value.state ||
      old.text !== value.text ||
      old.chosen !== value.chosen
    ) {
      return false;
    }
  }
  return true;
}

import { encodeBytes, lowerAscii } from './byte-text.ts';
import type { ConfFileReader } from './conf-file.ts';
import type { ConfText } from './conf-text.ts';
import type { Solver } from './solver.ts';
import { NO, type ConfigSymbol } from './symbol.ts';
import type { World } from './world.ts';

/** The longest path the C program can build for a file that it touches. */
const PATH_LIMIT = 4096;

let temporaries = 0;

/** Writes the files of a configuration. Each appears whole, by a rename, or not at all. */
export class ConfWriter {
  readonly #solver: Solver;
  readonly #world: World;
  readonly #text: ConfText;
  readonly #reader: ConfFileReader;
  readonly #onMessage: (text: string) => void;

  constructor(solver: Solver, text: ConfText, reader: ConfFileReader, onMessage: (text: string) => void) {
    this.#solver = solver;
    this.#world = solver.tree.world;
    this.#text = text;
    this.#reader = reader;
    this.#onMessage = onMessage;
  }

  /**
   * Writes `.config` (or another file) and keeps the old one as `.config.old`; leaves both alone when nothing would change.
   * @returns whether it worked
   */
  writeConfig(name = this.#world.variable('KCONFIG_CONFIG') ?? '.config'): boolean {
    const world = this.#world;
    if (name === '') {
      world.warn('config name is empty\n');
      return false;
    }
    const path = world.path(name);
    if (world.host.kind(path) === 'folder') {
      world.warn(`${name}: Is a directory\n`);
      return false;
    }
    if (!this.#makeParents(name)) return false;
    if (this.#solver.changes === 0) this.#solver.invalidate();
    const bytes = encodeBytes(this.#text.dotConfig());
    if (world.variable('KCONFIG_OVERWRITECONFIG')) {
      if (!world.host.writeFile(path, bytes)) return false;
    } else {
      const present = world.host.readFile(path);
      if (present !== undefined && Buffer.compare(present, bytes) === 0) {
        this.#onMessage(`No change to ${name}`);
        this.#solver.changes = 0;
        return true;
      }
      const temporary = temporaryPath(path);
      if (!world.host.writeFile(temporary, bytes)) return false;
      world.host.rename(path, `${path}.old`);
      if (!world.host.rename(temporary, path)) return false;
    }
    this.#onMessage(`configuration written to ${name}`);
    this.#solver.changes = 0;
    return true;
  }

  /** Writes a minimal configuration; returns whether it worked. */
  writeDefconfig(name: string): boolean {
    const path = this.#world.path(name);
    if (name === '' || this.#world.host.kind(path) === 'folder') return false;
    this.#solver.invalidate();
    return this.#world.host.writeFile(path, encodeBytes(this.#text.defconfig()));
  }

  /**
   * Writes `auto.conf.cmd`, touches a file for each symbol that changed since the last `auto.conf`, and writes
   * the header, `tristate.config` and `auto.conf`.
   * @param overwrite otherwise an existing `auto.conf` is reason to do nothing
   * @returns whether it worked
   */
  writeAutomatic(overwrite: boolean): boolean {
    const world = this.#world;
    const autoConf = world.variable('KCONFIG_AUTOCONFIG') ?? 'include/config/auto.conf';
    if (!overwrite && world.host.kind(world.path(autoConf)) !== undefined) return true;
    this.#solver.invalidate();
    this.#replace('include/config/auto.conf.cmd', this.#dependencies(autoConf));
    if (!this.#touchChanged(autoConf)) return false;
    const text = this.#text.automatic();
    // auto.conf comes last: it tells make that the others are done.
    return (
      this.#replace(world.variable('KCONFIG_AUTOHEADER') ?? 'include/generated/autoconf.h', text.header) &&
      this.#replace(world.variable('KCONFIG_TRISTATE') ?? 'include/config/tristate.conf', text.tristate) &&
      this.#replace(autoConf, text.autoConf)
    );
  }

  /** The makefile that says on which files and variables `auto.conf` depends. */
  #dependencies(autoConf: string): string {
    const files = [...this.#solver.tree.files.names()].reverse();
    let text = `deps_config := \\\n${files.map((name) => `\t${name}`).join(' \\\n')}\n`;
    text += `\n${autoConf}: \\\n\t$(deps_config)\n\n`;
    for (const [name, value] of this.#world.usedVariables) {
      text += `ifneq "$(${name})" "${value}"\n${autoConf}: FORCE\nendif\n`;
    }
    return `${text}\n$(deps_config): ;\n`;
  }

  #touchChanged(autoConf: string): boolean {
    const solver = this.#solver;
    this.#reader.readSimple(autoConf, '', 'auto', (name) => this.#touch(name));
    solver.calculate(solver.tree.modules!);
    for (const symbol of solver.tree.symbols.inHashOrder()) {
      solver.calculate(symbol);
      if (symbol.neverWritten || symbol.name === undefined || !this.#hasChanged(symbol)) continue;
      if (!this.#touch(symbol.name)) return false;
    }
    return true;
  }

  #hasChanged(symbol: ConfigSymbol): boolean {
    const { auto } = symbol;
    // auto.conf has no n: a value that is gone has changed.
    if (!symbol.write) return auto.set;
    switch (symbol.type) {
      case 'bool':
      case 'tristate':
        return symbol.state !== (auto.set ? auto.state : NO);
      case 'int':
      case 'hex':
      case 'string':
        return !auto.set || this.#solver.textOf(symbol) !== auto.text;
      case 'unknown':
        return true;
    }
  }

  #touch(name: string): boolean {
    const file = `include/config/${lowerAscii(name).replaceAll('_', '/')}.h`;
    if (file.length >= PATH_LIMIT) return false;
    const path = this.#world.path(file);
    const nothing = new Uint8Array(0);
    if (this.#world.host.writeFile(path, nothing)) return true;
    return this.#makeParents(file) && this.#world.host.writeFile(path, nothing);
  }

  #replace(name: string, text: string): boolean {
    if (!this.#makeParents(name)) return false;
    const { host } = this.#world;
    const path = this.#world.path(name);
    const temporary = temporaryPath(path);
    if (!host.writeFile(temporary, encodeBytes(text))) return false;
    if (host.rename(temporary, path)) return true;
    host.remove(temporary);
    return false;
  }

  #makeParents(name: string): boolean {
    const { host } = this.#world;
    const folders = [];
    for (let slash = name.indexOf('/', 1); slash !== -1; slash = name.indexOf('/', slash + 1)) {
      folders.push(this.#world.path(name.slice(0, slash)));
    }
    // Mostly the last one is there already.
    const last = folders.at(-1);
    if (last === undefined || host.kind(last) === 'folder') return true;
    return folders.every((folder) => host.kind(folder) === 'folder' || host.makeDirectory(folder));
  }
}

function temporaryPath(path: string): string {
  return `${path}.${process.pid}.${++temporaries}.tmp`;
}

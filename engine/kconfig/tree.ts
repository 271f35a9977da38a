import { Menu } from './menu.ts';
import { Simplifier } from './simplify.ts';
import { SourceFiles } from './source-file.ts';
import { NO, type ConfigSymbol, type Tristate } from './symbol.ts';
import { SymbolTable } from './symbol-table.ts';
import type { World } from './world.ts';

/** What a root file and everything it sources say: the symbols, and the menu that they hang in. */
export class KconfigTree {
  readonly world: World;
  readonly symbols = new SymbolTable();
  readonly files = new SourceFiles();
  readonly root = new Menu(undefined, undefined, undefined, 0);
  readonly simplifier: Simplifier;
  /** The symbol of `option modules`; n when there is none. Unset while the tree is read. */
  modules: ConfigSymbol | undefined;
  /** The calculated value of `modules`: with n, every tristate is a bool. */
  modulesState: Tristate = NO;
  /** The symbol of `option defconfig_list`. */
  defconfigList: ConfigSymbol | undefined;

  constructor(world: World) {
    this.world = world;
    this.simplifier = new Simplifier(this.symbols, (text) => world.print(text));
  }
}

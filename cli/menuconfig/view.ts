import type { ConfigSymbol } from '../../engine/kconfig/symbol.ts';
import type { Menu } from '../../engine/kconfig/menu.ts';
import type { Canvas } from './canvas.ts';
import type { Key } from './keys.ts';
import type { Session } from './session.ts';
import type { Look } from './widgets.ts';

/** What a view can ask of the program around it. */
export interface Desk {
  readonly session: Session;
  readonly look: Look;
  /** Shows a view on top of the present one. */
  push(view: View): void;
  /** Leaves a view, and those above it. */
  close(view: View): void;
  /** A line below the dialog, until the next key. */
  say(text: string): void;
  /** Opens the menu of an entry with the cursor on it; the nearest menu that can be seen, when the entry cannot. */
  jump(menu: Menu): void;
  /** Opens the menu where a symbol is defined. */
  jumpTo(symbol: ConfigSymbol): void;
  /** Actions that every menu has; the view only decides by which key. */
  help(menu: Menu): void;
  why(symbol: ConfigSymbol): void;
  search(): void;
  save(): void;
  load(): void;
  differences(): void;
  consequences(menu: Menu): void;
  /** Redraws soon, for what was calculated while nobody typed. */
  refresh(): void;
}

/** Something on the screen that keys go to. */
export interface View {
  /** A part of the path in the second line of the screen. */
  readonly crumb?: string | undefined;
  draw(canvas: Canvas, desk: Desk): void;
  key(key: Key, desk: Desk): void;
  /** Called when nobody has typed for a moment. */
  idle?(desk: Desk): void;
}

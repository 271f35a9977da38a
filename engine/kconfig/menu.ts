import type { Expression } from './expression.ts';
import type { SourceFile } from './source-file.ts';
import type { ConfigSymbol, Tristate } from './symbol.ts';
import { NO } from './symbol.ts';

export type PropertyKind =
  | 'prompt'
  | 'comment'
  /** The heading of a menu, and the prompt of a menuconfig. */
  | 'menu'
  | 'default'
  /** On a choice: its members. On a member: its choice. */
  | 'choice'
  | 'select'
  | 'imply'
  | 'range'
  /** The place where a symbol is defined. */
  | 'symbol';

/** One statement about a symbol (or the heading of a menu or comment). */
export class Property {
  kind: PropertyKind;
  readonly menu: Menu;
  readonly file: SourceFile | undefined;
  readonly line: number;
  /** The words of a prompt, comment or menu. */
  text: string | undefined;
  /** `if …`, with the conditions of the enclosing blocks once the tree is finished. */
  condition: Expression | undefined;
  /** The condition's value when last looked at. */
  visible: Tristate = NO;
  /** What a default, select, imply or range says. */
  expression: Expression | undefined;
  /** For a choice: its members. */
  members: ConfigSymbol[] | undefined;

  constructor(kind: PropertyKind, menu: Menu, file: SourceFile | undefined, line: number) {
    this.kind = kind;
    this.menu = menu;
    this.file = file;
    this.line = line;
  }
}

/**
 * A node of the menu tree: one place of definition of a symbol or choice, a menu, a comment, or (until the
 * tree is finished) an if block. Siblings are linked: finishing the tree re-hangs whole runs of them.
 */
export class Menu {
  next: Menu | undefined;
  parent: Menu | undefined;
  /** The first child. */
  list: Menu | undefined;
  readonly symbol: ConfigSymbol | undefined;
  prompt: Property | undefined;
  /** `visible if`, all of them. */
  visibility: Expression | undefined;
  /** `depends on` and the enclosing blocks' conditions. */
  dependency: Expression | undefined;
  help: string | undefined;
  readonly file: SourceFile | undefined;
  readonly line: number;

  constructor(
    symbol: ConfigSymbol | undefined,
    parent: Menu | undefined,
    file: SourceFile | undefined,
    line: number,
  ) {
    this.symbol = symbol;
    this.parent = parent;
    this.file = file;
    this.line = line;
  }

  /** The children, in order. */
  *children(): Generator<Menu, void> {
    for (let child = this.list; child !== undefined; child = child.next) yield child;
  }

  /** What a menu shows for this node. */
  get title(): string | undefined {
    return this.prompt === undefined ? this.symbol?.name : this.prompt.text;
  }
}

/** The node after `menu` in the order of the files; undefined at the end. `leaving` is told of every node left upwards. */
export function nextInOrder(menu: Menu, leaving?: (left: Menu) => void): Menu | undefined {
  if (menu.list !== undefined) return menu.list;
  if (menu.next !== undefined) return menu.next;
  for (let up = menu.parent; up !== undefined; up = up.parent) {
    leaving?.(up);
    if (up.next !== undefined) return up.next;
  }
  return undefined;
}

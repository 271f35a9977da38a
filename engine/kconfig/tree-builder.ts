import { isSpace } from './byte-text.ts';
import { both, copy, symbolExpression, type Expression } from './expression.ts';
import { Menu, Property, type PropertyKind } from './menu.ts';
import type { SourceFile } from './source-file.ts';
import { typeName, type ConfigSymbol, type SymbolType } from './symbol.ts';
import type { KconfigTree } from './tree.ts';

/** Where the reader is. */
export interface BuildPosition {
  /** The file being read. */
  readonly file: SourceFile | undefined;
  /** The line of the current statement. */
  readonly line: number;
}

/** Hangs entries into the menu tree, in the order in which the parser meets them. */
export class TreeBuilder {
  /** The entry that options go to. */
  entry: Menu;
  /** The innermost open block. */
  block: Menu;

  readonly #tree: KconfigTree;
  readonly #position: () => BuildPosition;
  /** Where the next entry is hung. */
  #hang: (menu: Menu) => void;

  constructor(tree: KconfigTree, position: () => BuildPosition) {
    this.#tree = tree;
    this.#position = position;
    this.entry = tree.root;
    this.block = tree.root;
    this.#hang = (menu) => (tree.root.list = menu);
  }

  /** Adds an entry: of a symbol or choice, or without one for menus, comments and ifs. */
  addEntry(symbol: ConfigSymbol | undefined): void {
    const { file, line } = this.#position();
    const entry = new Menu(symbol, this.block, file, line);
    this.#hang(entry);
    this.#hang = (menu) => (entry.next = menu);
    this.entry = entry;
    if (symbol !== undefined) this.addSymbolProperty('symbol', symbol, undefined);
  }

  /** Makes the current entry a block that the next entries are inside of. */
  openBlock(): Menu {
    const block = this.entry;
    this.#hang = (menu) => (block.list = menu);
    this.block = block;
    return block;
  }

  closeBlock(): void {
    const { block } = this;
    this.#hang = (menu) => (block.next = menu);
    this.block = block.parent!;
  }

  addDependency(condition: Expression): void {
    this.entry.dependency = both(this.entry.dependency, condition);
  }

  addVisibility(condition: Expression | undefined): void {
    this.entry.visibility = both(this.entry.visibility, condition);
  }

  setType(type: SymbolType): void {
    const symbol = this.entry.symbol!;
    if (symbol.type === type) return;
    if (symbol.type === 'unknown') {
      symbol.type = type;
      return;
    }
    warnAt(
      this.#tree,
      this.entry,
      `ignoring type redefinition of '${symbol.label}' from '${typeName(symbol.type)}' to '${typeName(type)}'`,
    );
  }

  addExpression(kind: PropertyKind, expression: Expression, condition: Expression | undefined): void {
    const property = this.#addProperty(kind, condition);
    property.expression = expression;
  }

  addSymbolProperty(kind: PropertyKind, symbol: ConfigSymbol, condition: Expression | undefined): void {
    this.addExpression(kind, symbolExpression(symbol), condition);
  }

  /** Marks the current entry's symbol as a choice whose members follow. */
  addMembers(): void {
    this.#addProperty('choice', undefined).members = [];
  }

  addPrompt(kind: 'prompt' | 'menu' | 'comment', text: string, condition: Expression | undefined): void {
    const { entry } = this;
    const property = this.#addProperty(kind, condition);
    property.text = text;
    if (isSpace(text.charAt(0))) {
      warnAt(this.#tree, property, 'leading whitespace ignored');
      property.text = text.replace(/^[ \t-\r]+/, '');
    }
    if (entry.prompt !== undefined && entry !== this.#tree.root) {
      warnAt(this.#tree, property, 'prompt redefined');
    }
    // A prompt is seen only where the menus around it are.
    if (kind === 'prompt') {
      for (let menu = entry.parent; menu !== undefined; menu = menu.parent) {
        property.condition = both(property.condition, copy(menu.visibility));
      }
    }
    entry.prompt = property;
  }

  #addProperty(kind: PropertyKind, condition: Expression | undefined): Property {
    const { file, line } = this.#position();
    const property = new Property(kind, this.entry, file, line);
    property.condition = condition;
    this.entry.symbol?.properties.push(property);
    return property;
  }
}

/** Warns about something that has a place in the files. */
export function warnAt(
  tree: KconfigTree,
  place: { readonly file: SourceFile | undefined; readonly line: number },
  message: string,
): void {
  tree.world.warn(`${place.file?.name ?? '<none>'}:${place.line}:warning: ${message}\n`);
}

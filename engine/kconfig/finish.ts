import { both, comparison, copy, either, mentions, symbolExpression, type Expression } from './expression.ts';
import type { Menu } from './menu.ts';
import { isValidText } from './value-text.ts';
import { choiceOf, type ConfigSymbol } from './symbol.ts';
import type { KconfigTree } from './tree.ts';
import { warnAt, type TreeBuilder } from './tree-builder.ts';

/**
 * Finishes a tree that was just read: hands conditions down from blocks to what is inside of them, gathers
 * selects and implies at their targets, makes submenus of entries that depend on the one before them,
 * dissolves ifs, and checks the properties.
 */
export function finishTree(tree: KconfigTree, builder: TreeBuilder): void {
  new Finisher(tree, builder).finish(tree.root);
}

class Finisher {
  readonly #tree: KconfigTree;
  readonly #builder: TreeBuilder;

  constructor(tree: KconfigTree, builder: TreeBuilder) {
    this.#tree = tree;
    this.#builder = builder;
  }

  finish(parent: Menu): void {
    const { symbol } = parent;
    if (parent.list !== undefined) {
      if (symbol?.choice) this.#settleTypes(parent, symbol);
      this.#handDown(parent);
      for (const menu of parent.children()) this.finish(menu);
    } else if (symbol !== undefined) {
      this.#collectDependents(parent, symbol);
      symbol.direct.expression = either(symbol.direct.expression, parent.dependency);
    }
    for (let menu = parent.list; menu !== undefined; menu = menu.next) {
      if (symbol?.choice && menu.symbol !== undefined && !menu.symbol.choiceValue) {
        this.#addMember(symbol, menu, menu.symbol);
      }
      dissolve(parent, menu);
    }
    if (symbol === undefined) return;
    if (!symbol.warned) {
      if (symbol.type === 'unknown') warnAt(this.#tree, parent, 'config symbol defined without type');
      if (symbol.choice && parent.prompt === undefined) {
        warnAt(this.#tree, parent, 'choice must have a prompt');
      }
      this.#checkProperties(symbol);
      symbol.warned = true;
    }
    // A choice that is not optional cannot be n while it is visible, as if it were selected with m.
    if (!symbol.optional && parent.prompt !== undefined) {
      symbol.selected.expression = either(
        symbol.selected.expression,
        both(parent.prompt.condition, symbolExpression(this.#tree.symbols.module)),
      );
    }
  }

  /** A choice without a type gets its first member's; members without one get the choice's. */
  #settleTypes(parent: Menu, choice: ConfigSymbol): void {
    const builder = this.#builder;
    if (choice.type === 'unknown') {
      builder.entry = parent;
      for (const menu of parent.children()) {
        if (menu.symbol === undefined || menu.symbol.type === 'unknown') continue;
        builder.setType(menu.symbol.type);
        break;
      }
    }
    for (const menu of parent.children()) {
      builder.entry = menu;
      if (menu.symbol?.type === 'unknown') builder.setType(choice.type);
    }
  }

  /** Adds the block's own condition to those of its children and of their properties. */
  #handDown(parent: Menu): void {
    const { simplifier } = this.#tree;
    let condition: Expression | undefined;
    // A member of a choice can be at most what the choice is.
    if (parent.symbol?.choice) condition = symbolExpression(parent.symbol);
    else condition = parent.prompt === undefined ? parent.dependency : parent.prompt.condition;

    for (const menu of parent.children()) {
      const base = simplifier.eliminateDuplicates(
        both(copy(condition), simplifier.transform(this.#guardModule(menu.dependency))),
      );
      menu.dependency = base;
      const properties = menu.symbol?.properties ?? (menu.prompt === undefined ? [] : [menu.prompt]);
      for (const property of properties) {
        // A symbol's other places of definition are handled there.
        if (property.menu !== menu) continue;
        const own = simplifier.eliminateDuplicates(
          both(copy(base), simplifier.transform(this.#guardModule(property.condition))),
        );
        if (menu.symbol !== undefined && menu.symbol.type !== 'tristate') simplifier.boolConditions(own);
        property.condition = own;
        if (property.kind === 'select' || property.kind === 'imply') {
          const target = property.expression!.symbol!;
          const dependency = property.kind === 'select' ? target.selected : target.implied;
          dependency.expression = either(
            dependency.expression,
            both(symbolExpression(menu.symbol!), copy(own)),
          );
        }
      }
    }
  }

  /** Makes `m` in a condition `m && MODULES`, so that it is n without modules. */
  #guardModule(expression: Expression | undefined): Expression | undefined {
    if (expression === undefined) return undefined;
    if (expression.kind === 'not' || expression.kind === 'and' || expression.kind === 'or') {
      expression.left = this.#guardModule(expression.left);
      expression.right = this.#guardModule(expression.right);
    } else if (expression.kind === 'symbol' && expression.symbol === this.#tree.symbols.module) {
      return both(expression, symbolExpression(this.#tree.modules!));
    }
    return expression;
  }

  /** Makes the entries right after `parent` that depend on its symbol its submenu. */
  #collectDependents(parent: Menu, symbol: ConfigSymbol): void {
    const { simplifier } = this.#tree;
    let base: Expression | undefined;
    let last: Menu | undefined;
    for (let menu = parent.next; menu !== undefined; menu = menu.next) {
      const condition = menu.prompt === undefined ? menu.dependency : menu.prompt.condition;
      if (!mentions(condition, symbol)) break;
      if (!this.#requires(condition!, symbol)) {
        // Something like (symbol || X) counts as well, when it contains all that the symbol depends on.
        base ??= this.#comparable(parent.prompt?.condition);
        const rest = copy(base);
        simplifier.eliminateCommon(this.#comparable(condition), rest);
        if (!simplifier.isYes(rest)) break;
      }
      this.finish(menu);
      menu.parent = parent;
      last = menu;
    }
    if (last === undefined) return;
    parent.list = parent.next;
    parent.next = last.next;
    last.next = undefined;
  }

  #comparable(condition: Expression | undefined): Expression {
    const { simplifier } = this.#tree;
    return simplifier.eliminateDuplicates(simplifier.transform(simplifier.comparedWithNo(condition, '!=')));
  }

  /** Whether the condition is n whenever the symbol is. */
  #requires(condition: Expression, symbol: ConfigSymbol): boolean {
    const { yes, module, no } = this.#tree.symbols;
    switch (condition.kind) {
      case 'and':
        return this.#requires(condition.left!, symbol) || this.#requires(condition.right!, symbol);
      case 'symbol':
        return condition.symbol === symbol;
      case '=':
        return condition.symbol === symbol && (condition.other === yes || condition.other === module);
      case '!=':
        return condition.symbol === symbol && condition.other === no;
      default:
        return false;
    }
  }

  #addMember(choice: ConfigSymbol, menu: Menu, member: ConfigSymbol): void {
    const tree = this.#tree;
    const builder = this.#builder;
    builder.entry = menu;
    member.choiceValue = true;
    if (menu.prompt === undefined) warnAt(tree, menu, 'choice value must have a prompt');
    for (const property of member.properties) {
      if (property.kind === 'default') warnAt(tree, property, 'defaults for choice values not supported');
      if (property.menu === menu) continue;
      if (property.kind === 'prompt' && property.menu.parent?.symbol !== choice) {
        warnAt(tree, property, 'choice value used outside its choice group');
      }
    }
    // In a tristate choice, members that are no tristates can be set only when the choice is y.
    if (choice.type === 'tristate' && member.type !== 'tristate') {
      const condition = (): Expression => comparison('=', choice, tree.symbols.yes);
      menu.dependency = both(condition(), menu.dependency);
      for (const property of member.properties) {
        if (property.menu === menu) property.condition = both(condition(), property.condition);
      }
    }
    builder.addSymbolProperty('choice', choice, undefined);
    choice.properties.find((property) => property.kind === 'choice')?.members?.push(member);
  }

  #checkProperties(symbol: ConfigSymbol): void {
    const tree = this.#tree;
    const { type } = symbol;
    const name = symbol.name ?? '(null)';
    const isNumber = type === 'int' || type === 'hex';
    const isLogic = type === 'bool' || type === 'tristate';
    for (const property of symbol.properties) {
      const { expression } = property;
      switch (property.kind) {
        case 'default': {
          if ((isNumber || type === 'string') && expression!.kind !== 'symbol') {
            warnAt(tree, property, `default for config symbol '${name}' must be a single symbol`);
          }
          if (expression!.kind !== 'symbol') break;
          const value = expression!.symbol!;
          if (isNumber && !isNumberFor(symbol, value)) {
            warnAt(tree, property, `'${name}': number is invalid`);
          }
          if (symbol.choice && choiceOf(value) !== symbol) {
            warnAt(tree, property, `choice default symbol '${value.name}' is not contained in the choice`);
          }
          break;
        }
        case 'select':
        case 'imply': {
          const target = expression!.symbol!;
          if (!isLogic) {
            warnAt(
              tree,
              property,
              `config symbol '${name}' uses ${property.kind}, but is not bool or tristate`,
            );
          } else if (target.type !== 'unknown' && target.type !== 'bool' && target.type !== 'tristate') {
            warnAt(
              tree,
              property,
              `'${target.name}' has wrong type. '${property.kind}' only accept arguments of bool and tristate type`,
            );
          }
          break;
        }
        case 'range':
          if (!isNumber) warnAt(tree, property, 'range is only allowed for int or hex symbols');
          if (!isNumberFor(symbol, expression!.symbol!) || !isNumberFor(symbol, expression!.other!)) {
            warnAt(tree, property, 'range is invalid');
          }
          break;
        default:
      }
    }
  }
}

/** Whether `value` can be a number of the symbol's type: a number's symbol, or its text. */
function isNumberFor(symbol: ConfigSymbol, value: ConfigSymbol): boolean {
  if (value.type === 'int' || value.type === 'hex') return true;
  return value.type === 'unknown' && isValidText(symbol.type, value.name!);
}

/** Replaces a node without a prompt (an if, or a promptless symbol's submenu) by itself and its children. */
function dissolve(parent: Menu, menu: Menu): void {
  if (menu.list === undefined || menu.prompt?.text !== undefined) return;
  let last = menu.list;
  for (;;) {
    last.parent = parent;
    if (last.next === undefined) break;
    last = last.next;
  }
  last.next = menu.next;
  menu.next = menu.list;
  menu.list = undefined;
}

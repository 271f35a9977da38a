import type { Expression } from './expression.ts';
import type { Menu, Property } from './menu.ts';
import { choiceOf, membersOf, type ConfigSymbol } from './symbol.ts';
import type { KconfigTree } from './tree.ts';

/** How a symbol on the path leads to the next one. */
type Relation = 'direct' | 'selected' | 'implied' | 'value' | 'visible';

interface Step {
  readonly symbol: ConfigSymbol;
  relation: Relation | undefined;
  property: Property | undefined;
}

/**
 * Looks for symbols whose values depend on themselves, and reports each circle on standard error.
 * @returns whether there is one
 */
export function checkCircularDependencies(tree: KconfigTree): boolean {
  const search = new Search(tree);
  let found = false;
  for (const symbol of tree.symbols.inHashOrder()) {
    if (search.check(symbol) !== undefined) found = true;
  }
  return found;
}

class Search {
  readonly #tree: KconfigTree;
  readonly #path: Step[] = [];

  constructor(tree: KconfigTree) {
    this.#tree = tree;
  }

  /** Follows everything a symbol depends on; returns the symbol that closes a circle. */
  check(symbol: ConfigSymbol): ConfigSymbol | undefined {
    if (symbol.onPath) {
      this.#report(symbol);
      return symbol;
    }
    if (symbol.checked) return undefined;
    if (symbol.choiceValue) {
      // A group is followed from its choice.
      const choice = choiceOf(symbol);
      if (choice === undefined) return undefined;
      return this.#step(symbol, () => this.check(choice));
    }
    if (symbol.choice) return this.#checkChoice(symbol);
    symbol.onPath = true;
    symbol.checked = true;
    const found = this.#checkSymbol(symbol);
    symbol.onPath = false;
    return found;
  }

  #step<T>(symbol: ConfigSymbol, action: (step: Step) => T): T {
    const step: Step = { symbol, relation: undefined, property: undefined };
    this.#path.push(step);
    const result = action(step);
    this.#path.pop();
    return result;
  }

  #checkSymbol(symbol: ConfigSymbol): ConfigSymbol | undefined {
    return this.#step(symbol, (step) => {
      for (const relation of ['direct', 'selected', 'implied'] as const) {
        step.relation = relation;
        const found = this.#checkExpression(symbol[relation].expression);
        if (found !== undefined) return found;
      }
      for (const property of symbol.properties) {
        if (property.kind === 'choice' || property.kind === 'select' || property.kind === 'imply') continue;
        step.property = property;
        step.relation = 'visible';
        const found = this.#checkExpression(property.condition);
        if (found !== undefined) return found;
        if (property.kind !== 'default' || symbol.choice) continue;
        step.relation = 'value';
        const inValue = this.#checkExpression(property.expression);
        if (inValue !== undefined) return inValue;
      }
      return undefined;
    });
  }

  #checkChoice(choice: ConfigSymbol): ConfigSymbol | undefined {
    const members = membersOf(choice);
    return this.#step(choice, () => {
      for (const member of members) {
        member.onPath = true;
        member.checked = true;
      }
      choice.onPath = true;
      choice.checked = true;
      let found = this.#checkSymbol(choice);
      choice.onPath = false;
      for (let index = 0; found === undefined && index < members.length; index++) {
        found = this.#checkSymbol(members[index]!);
      }
      for (const member of members) member.onPath = false;
      return found?.choiceValue && choiceOf(found) === choice ? choice : found;
    });
  }

  #checkExpression(expression: Expression | undefined): ConfigSymbol | undefined {
    if (expression === undefined) return undefined;
    switch (expression.kind) {
      case 'and':
      case 'or':
        return this.#checkExpression(expression.left) ?? this.#checkExpression(expression.right);
      case 'not':
        return this.#checkExpression(expression.left);
      case 'symbol':
        return this.check(expression.symbol!);
      case 'range':
        return undefined;
      case '=':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.check(expression.symbol!) ?? this.check(expression.other!);
    }
  }

  #report(closing: ConfigSymbol): void {
    const path = [...this.#path];
    let last = closing;
    if (closing.choiceValue) {
      path.push({ symbol: closing, relation: undefined, property: undefined });
      last = choiceOf(closing)!;
    }
    const start = path.findLastIndex((step) => step.symbol === last);
    if (start === -1) {
      this.#tree.world.warn('unexpected recursive dependency error\n');
      return;
    }
    const circle = path.slice(start);
    let menu: Menu | undefined;
    circle.forEach(({ symbol, relation, property: at }, index) => {
      const next = circle[index + 1]?.symbol ?? last;
      let property = at ?? symbol.properties[0];
      if (symbol.choice || symbol.choiceValue) {
        property = symbol.properties[0];
        menu = property?.menu;
      }
      const place = `${property?.file?.name}:${property?.line}:`;
      const menuPlace = `${menu?.file?.name}:${menu?.line}:`;
      const message = (line: string): void => this.#tree.world.warn(line);
      if (symbol === last) message(`${place}error: recursive dependency detected!\n`);
      const [name, nextName] = [symbol.label, next.label];
      if (symbol.choice) message(`${menuPlace}\tchoice ${name} contains symbol ${nextName}\n`);
      else if (symbol.choiceValue) {
        message(`${menuPlace}\tsymbol ${name} is part of choice ${nextName}\n`);
      } else if (relation === 'direct') message(`${place}\tsymbol ${name} depends on ${nextName}\n`);
      else if (relation === 'selected') message(`${place}\tsymbol ${name} is selected by ${nextName}\n`);
      else if (relation === 'implied') message(`${place}\tsymbol ${name} is implied by ${nextName}\n`);
      else if (relation === 'value') {
        message(`${place}\tsymbol ${name} ${property?.kind} value contains ${nextName}\n`);
      } else {
        message(`${place}\tsymbol ${name} ${property?.kind} is visible depending on ${nextName}\n`);
      }
    });
    this.#tree.world.warn(
      'For a resolution refer to Documentation/kbuild/kconfig-language.txt\n' +
        'subsection "Kconfig recursive dependency limitations"\n\n',
    );
  }
}

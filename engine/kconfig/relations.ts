import type { Menu, Property, PropertyKind } from './menu.ts';
import type { Solver } from './solver.ts';
import { MODULE, NO, typeName, YES, type ConfigSymbol, type Tristate } from './symbol.ts';

/** The C program formats each piece of its help in a buffer of this size. */
const PIECE_LIMIT = 9999;

/** How many menus above a prompt are told. */
const MAX_LOCATION = 8;

const NO_HELP = 'There is no help available for this option.';

function clip(text: string): string {
  return text.slice(0, PIECE_LIMIT);
}

/** The help of an entry with everything that is known about its symbol, as `?` shows it. */
export function extendedHelp(solver: Solver, menu: Menu, prefix: string): string {
  const { symbol, help } = menu;
  let text = '';
  if (help !== undefined && symbol?.name !== undefined) text += clip(`${prefix}${symbol.name}:\n\n`);
  text += clip(`${help ?? NO_HELP}\n`);
  if (symbol !== undefined) text += describeSymbol(solver, symbol);
  return text;
}

/** Value, type, prompts with their places, conditions and selections of a symbol. */
export function describeSymbol(solver: Solver, symbol: ConfigSymbol): string {
  let text = '';
  if (symbol.name !== undefined) {
    text += clip(`Symbol: ${symbol.name} [=${solver.textOf(symbol) ?? '(null)'}]\n`);
    text += `Type  : ${typeName(symbol.type)}\n`;
    if (symbol.type === 'int' || symbol.type === 'hex') {
      const range = solver.firstVisible(symbol, 'range');
      if (range !== undefined) text += `Range : ${solver.describe(range.expression)}\n`;
    }
  }
  for (const property of symbol.properties) {
    if (property.text !== undefined) text += describePrompt(solver, property);
  }
  const definition = symbol.properties.find((property) => property.kind === 'symbol');
  if (definition !== undefined) {
    text += clip(`  Defined at ${definition.menu.file?.name}:${definition.menu.line}\n`);
    if (!solver.tree.simplifier.isYes(definition.condition)) {
      text += `  Depends on: ${solver.describe(definition.condition)}\n`;
    }
  }
  text += describeTargets(solver, symbol, 'select', '  Selects: ');
  text += describeSources(solver, symbol, 'Selected');
  text += describeTargets(solver, symbol, 'imply', '  Implies: ');
  text += describeSources(solver, symbol, 'Implied');
  return `${text}\n\n`;
}

function describePrompt(solver: Solver, prompt: Property): string {
  let text = clip(`Prompt: ${prompt.text}\n`);
  const above: Menu[] = [];
  for (
    let menu = prompt.menu.parent;
    menu !== undefined && menu !== solver.tree.root && above.length < MAX_LOCATION;
    menu = menu.parent
  ) {
    solver.isVisible(menu);
    above.unshift(menu);
  }
  if (above.length > 0) text += '  Location:\n';
  above.forEach((menu, depth) => {
    text += clip(`${' '.repeat(4 + 2 * depth)}-> ${menu.title ?? '(null)'}`);
    if (menu.symbol !== undefined) {
      text += clip(` (${menu.symbol.label} [=${solver.textOf(menu.symbol) ?? '(null)'}])`);
    }
    text += '\n';
  });
  return text;
}

function describeTargets(solver: Solver, symbol: ConfigSymbol, kind: PropertyKind, title: string): string {
  const targets = symbol.properties.filter((property) => property.kind === kind);
  if (targets.length === 0) return '';
  return `${title}${targets.map((property) => solver.describe(property.expression)).join(' && ')}\n`;
}

function describeSources(solver: Solver, symbol: ConfigSymbol, verb: 'Selected' | 'Implied'): string {
  const { expression } = verb === 'Selected' ? symbol.selected : symbol.implied;
  const states: readonly (readonly [Tristate, string])[] = [
    [YES, 'y'],
    [MODULE, 'm'],
    [NO, 'n'],
  ];
  return states
    .map(([state, letter]) => solver.describeSelectors(expression, state, `  ${verb} by [${letter}]:\n`))
    .join('');
}
